"""Forms of either encoding as plain values, nested as PHP writes them: ``lines[0][name]=Mug&tags[]=new``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from dealt.kernel.errors import InvalidInput

DEEPEST_KEY = 20
_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_PART = re.compile(r"\[([^\[\]]*)\]")
_BOUNDARY = re.compile(r';\s*boundary=("[^"]{1,70}"|[^\s;,"]{1,70})', re.IGNORECASE)
_FIELD = re.compile(
    r'^content-disposition:\s*form-data\s*;(?:[^\r\n]*;)?\s*name="([^"\r\n]*)"', re.IGNORECASE | re.MULTILINE
)
_FILE = re.compile(r"^content-disposition:[^\r\n]*;\s*filename\*?=", re.IGNORECASE | re.MULTILINE)

_Tree = dict[str, Any]


def parse_form(body: bytes) -> dict[str, Any]:
    """The values of a form, all of them texts, in objects and lists where names have brackets.

    ``name[]`` appends; an object whose keys are all numbers is a list in their order. The last of several values
    with one name wins. Raises InvalidInput for what is not UTF-8 and for a name that is a text and an object at once.
    """
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, encoding="utf-8", errors="strict")
    except UnicodeDecodeError:
        raise InvalidInput.of("body", "The form is not UTF-8.") from None
    return _nested(pairs)


def parse_multipart(body: bytes, content_type: str) -> dict[str, Any]:
    """The values of a form that was sent in parts (``multipart/form-data``), as of ``parse_form``.

    Raises InvalidInput for what is not such a form, for files and for what is not UTF-8.
    """
    boundary = _BOUNDARY.search(content_type)
    if boundary is None:
        raise InvalidInput.of("body", "The content type names no boundary.")
    parts = (b"\r\n" + body).split(b"\r\n--" + boundary[1].strip('"').encode("latin-1"))
    if len(parts) < 2 or not parts[-1].startswith(b"--"):
        raise InvalidInput.of("body", "The form has no end, or another boundary than its content type says.")
    return _nested([_named(part) for part in parts[1:-1]])


def _named(part: bytes) -> tuple[str, str]:
    head, _, value = part.partition(b"\r\n\r\n")
    try:
        told, text = head.decode("utf-8"), value.decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidInput.of("body", "The form is not UTF-8.") from None
    found = _FIELD.search(told)
    if found is None:
        raise InvalidInput.of("body", "A part of the form has no name.")
    if _FILE.search(told):
        raise InvalidInput.of(found[1] or "body", "This is a file; a text is needed.")
    return found[1], text


def _nested(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    tree: _Tree = {}
    for name, value in pairs:
        _put(tree, name, value)
    return {name: _with_lists(value) for name, value in tree.items()}


def _put(tree: _Tree, name: str, value: str) -> None:
    match = _NAME.fullmatch(name)
    first, *inner = [match[1], *_PART.findall(match[2])] if match else [name]
    if len(inner) > DEEPEST_KEY:
        raise InvalidInput.of(first, f"This is nested more than {DEEPEST_KEY} deep.")
    node, key = tree, first
    for part in inner:
        following = node.setdefault(key, {})
        if not isinstance(following, dict):
            raise _torn(first)
        node, key = following, part or str(len(following))
    if isinstance(node.get(key), dict):
        raise _torn(first)
    node[key] = value


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {key: _with_lists(item) for key, item in value.items()}
    if not all(key.isascii() and key.isdigit() and len(key) < 10 for key in inner):
        return inner
    return [inner[key] for key in sorted(inner, key=int)]


def _torn(name: str) -> InvalidInput:
    return InvalidInput.of(name, "This is given as a text and with brackets, too.")
