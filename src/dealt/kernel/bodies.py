"""Request bodies as plain values: JSON and form-encoded, strict about what could not be stored or would be lost."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from dealt.kernel.errors import InvalidInput
from dealt.kernel.forms import parse_form, parse_multipart

_DECODER = msgspec.json.Decoder()
_KEY = re.compile(rb'"[ \t\n\r]*:')
_LEAST, _LARGEST = -(2**63), 2**63 - 1
DEEPEST = 100
"""How many lists and objects may stand within each other: far below what would exhaust anybody's stack."""
_NUL = b"\\u0000"
FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data"


def parse_object(body: bytes, content_type: str = "") -> dict[str, Any]:
    """The object in a JSON body or a form of either encoding; an empty body is an empty object.

    Some clients send JSON and call it a form: what begins with a brace is JSON whatever it is called.

    Raises InvalidInput for anything else, for a key given twice and for NUL characters, naming the place.
    """
    if content_type[: len(FORM)].lower() == FORM and not body.lstrip().startswith((b"{", b"[")):
        form = parse_form(body)
        refuse_nul(form)
        return form
    if not body or body.isspace():
        return {}
    if content_type[: len(PARTS)].lower() == PARTS:
        form = parse_multipart(body, content_type)
        refuse_nul(form)
        return form
    value = parse_json(body)
    if not isinstance(value, dict):
        raise InvalidInput.of("body", "A JSON object is needed.")
    return value


def parse_json(body: bytes) -> Any:
    """Any JSON value, with the checks of ``parse_object``."""
    try:
        value = _DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInput.of("body", f"This is not JSON: {error}.") from None
    except RecursionError:
        raise _too_deep() from None
    if isinstance(value, int | float):
        _refuse_huge(value)
    try:
        keys = _count_keys(value)
    except OverflowError:
        _refuse_huge(value)
        raise
    if len(_KEY.findall(body)) != keys:
        _refuse_repeated_keys(body)
    if _NUL in body:
        refuse_nul(value)
    return value


def refuse_nul(value: Any, path: str = "") -> None:
    """Raise InvalidInput where a text or key holds a NUL character, which PostgreSQL cannot store."""
    if isinstance(value, str):
        if "\x00" in value:
            raise InvalidInput.of(path or "body", "A NUL character cannot be stored.")
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            refuse_nul(key, f"{path}.{key}".strip(".").replace("\x00", ""))
            refuse_nul(inner, f"{path}.{key}".strip("."))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            refuse_nul(inner, f"{path}.{index}".strip("."))


def _refuse_huge(value: Any, path: str = "") -> None:
    """Raise InvalidInput where a number is beyond 64 bits: no column could hold it, nor a later body."""
    if isinstance(value, int | float) and not _LEAST <= value <= _LARGEST:
        raise InvalidInput.of(path or "body", "The number is too large.")
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        _refuse_huge(item, f"{path}.{key}".strip("."))


def _count_keys(value: Any, depth: int = 1) -> int:
    """The number of keys in all objects. Raises OverflowError for a number beyond 64 bits: one walk does both.

    Raises InvalidInput where it is nested too deeply.
    """
    if depth > DEEPEST:
        raise _too_deep()
    inner: Iterable[Any]
    if type(value) is dict:
        count, inner = len(value), value.values()
    elif type(value) is list:
        count, inner = 0, value
    else:
        return 0
    for item in inner:
        kind = type(item)
        if kind is dict or kind is list:
            count += _count_keys(item, depth + 1)
        elif (kind is int or kind is float) and not _LEAST <= item <= _LARGEST:
            raise OverflowError
    return count


def _too_deep() -> InvalidInput:
    return InvalidInput.of("body", f"The JSON is nested more than {DEEPEST} deep.")


def _refuse_repeated_keys(body: bytes) -> None:
    """The exact check, for the few bodies whose quick count of colons behind quotes differs from their keys."""

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(items)
        if len(found) != len(items):
            names = [name for name, _ in items]
            repeated = next(name for name in names if names.count(name) > 1)
            raise InvalidInput.of(repeated, "This key is given twice in one object.")
        return found

    json.loads(body, object_pairs_hook=pairs)
