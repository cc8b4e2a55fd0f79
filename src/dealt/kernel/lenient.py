"""Readers for what shops really send: numbers for texts, empty texts for nothing, an answer sent back as it came."""

from __future__ import annotations

import re
from typing import Any

from dealt.kernel.money import parse_amount, parse_currency
from dealt.kernel.schema import Reader, text
from dealt.kernel.shown import shown

LONGEST_LINK = 2_048
MOST_NAMED = 1_000
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_UNSAFE = re.compile(r"[\x00-\x20\x7f]")


def or_nothing(reader: Reader) -> Reader:
    """Reads null or an empty text as None, or else what ``reader`` reads."""
    return lambda value: None if value is None or value == "" else reader(value)


def words(longest: int) -> Reader:
    """Reads a text, or a number as its text; nothing but blanks is None."""
    strict = text(longest, blank=True)

    def read(value: Any) -> str | None:
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 10**18:
            value = str(value)
        return strict(value) or None

    return or_nothing(read)


amount: Reader = or_nothing(parse_amount)
currency: Reader = or_nothing(parse_currency)


def _read_link(value: Any) -> str | None:
    """Pages make links of these: a scheme that runs in the browser must never be stored."""
    address = str(text(LONGEST_LINK, blank=True)(value))
    scheme = _SCHEME.match(address)
    if _UNSAFE.search(address) or (scheme and scheme[1].lower() not in ("http", "https")):
        raise ValueError(f"{shown(value)} is not an address such as https://shop.example/mug.")
    return address or None


link: Reader = or_nothing(_read_link)


def names(value: Any) -> list[str]:
    """Reads a list of names, or of objects with a name; null is an empty list."""
    found: list[Any] = [item.get("name") if isinstance(item, dict) else item for item in _list(value)]
    for name in found:
        if not isinstance(name, str):
            raise ValueError(f"{shown(name)} is not a name.")
    return list(dict.fromkeys(found))


def named_values(value: Any) -> dict[str, Any]:
    """Reads an object, or a list of objects with name_std (or name) and value, as values by name."""
    if isinstance(value, dict):
        return dict(value)
    found = {}
    for item in _list(value):
        name = item.get("name_std") or item.get("name") if isinstance(item, dict) else None
        if not isinstance(name, str):
            raise ValueError("An attribute is an object with name_std and value.")
        found[name] = item.get("value")
    return found


def _list(value: Any) -> list[Any]:
    if value is None or value == "":
        return []
    if not isinstance(value, list):
        raise ValueError(f"{shown(value)} is not a list.")
    if len(value) > MOST_NAMED:
        raise ValueError(f"This list has more than {MOST_NAMED} entries.")
    return value
