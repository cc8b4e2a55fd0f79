"""A filter in the address of a page: shorter than JSON, and with few characters that an address has to escape.

``(all:!((field:country,op:equals,value:NO)))`` is what JSON writes ``{"all": [{"field": "country", ...}]}``: objects
stand in ``( )``, lists in ``!( )``, words bare, other texts in quotes with ``!`` before a quote or ``!`` of their own,
and true, false and null are ``!t !f !n``. Any JSON value has a spelling.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

LONGEST_SPELLING = 6_000
"""Characters of an address, as browsers and proxies take them."""
UNESCAPED = "!(),:'"
"""What stands in an address as it is: the ``safe`` characters to quote a spelling with."""
_DEEPEST = 100
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_QUOTED = re.compile(r"'((?:[^'!]|![!'])*)'")
_NAMED = {"!t": True, "!f": False, "!n": None}
_CALLED = {True: "!t", False: "!f", None: "!n"}


def spell(value: Any) -> str:
    """The spelling of a JSON value."""
    if value is None or isinstance(value, bool):
        return _CALLED[value]
    if isinstance(value, str):
        return value if _WORD.fullmatch(value) else f"'{value.replace('!', '!!').replace(chr(39), '!' + chr(39))}'"
    if isinstance(value, Mapping):
        return f"({','.join(f'{spell(str(key))}:{spell(one)}' for key, one in value.items())})"
    if isinstance(value, Sequence):
        return f"!({','.join(spell(one) for one in value)})"
    return msgspec.json.encode(value).decode()


def unspell(text: str) -> Any:
    """The JSON value that was spelled so. Raises ValueError."""
    value, end = _value(text, 0, 0)
    if end != len(text):
        raise ValueError(_wrong(end))
    return value


def _value(text: str, at: int, depth: int) -> tuple[Any, int]:
    if depth > _DEEPEST:
        raise ValueError("It is nested too deep.")
    if text.startswith("(", at):
        return _object(text, at + 1, depth)
    if text.startswith("!(", at):
        return _list(text, at + 2, depth)
    if text[at : at + 2] in _NAMED:
        return _NAMED[text[at : at + 2]], at + 2
    if quoted := _QUOTED.match(text, at):
        return re.sub(r"!(.)", r"\1", quoted[1]), quoted.end()
    if word := _WORD.match(text, at):
        return word[0], word.end()
    if number := _NUMBER.match(text, at):
        try:
            return msgspec.json.decode(number[0]), number.end()
        except msgspec.DecodeError:
            raise ValueError(_wrong(at)) from None
    raise ValueError(_wrong(at))


def _object(text: str, at: int, depth: int) -> tuple[dict[str, Any], int]:
    found: dict[str, Any] = {}
    while not text.startswith(")", at):
        key, at = _value(text, at + 1 if found and text.startswith(",", at) else at, depth + 1)
        if not isinstance(key, str) or not text.startswith(":", at) or key in found:
            raise ValueError(_wrong(at))
        found[key], at = _value(text, at + 1, depth + 1)
        if text[at : at + 1] not in (",", ")"):
            raise ValueError(_wrong(at))
    return found, at + 1


def _list(text: str, at: int, depth: int) -> tuple[list[Any], int]:
    found: list[Any] = []
    while not text.startswith(")", at):
        one, at = _value(text, at + 1 if found and text.startswith(",", at) else at, depth + 1)
        found.append(one)
        if text[at : at + 1] not in (",", ")"):
            raise ValueError(_wrong(at))
    return found, at + 1


def _wrong(at: int) -> str:
    return f"It cannot be read from character {at + 1} on."
