"""Values of attributes that are more than a line: several choices, JSON, and texts that lead somewhere."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import msgspec

from dealt.web.showing import many

_LONGEST_ADDRESS = 2_000
_NAMES_TOLD = 4
_PAGE = re.compile(r"https?://[^\s<>\"']+\.[^\s<>\"']+")
_EMAIL = re.compile(r"[^\s@<>\"'?&]+@[^\s@<>\"'?&]+\.[^\s@<>\"'?&]+")
_PHONE = re.compile(r"\+[0-9][0-9 ().-]{5,20}[0-9]")
_encoder = msgspec.json.Encoder(decimal_format="string")


def several(value: Any) -> str:
    """Chosen values as the control for several keeps them: a JSON list; what was typed, as it was."""
    if value is None:
        return "[]"
    return (
        value
        if isinstance(value, str) and value.startswith("[")
        else as_json(value if isinstance(value, list) else [value])
    )


def as_json(value: Any) -> str:
    """JSON in one line, for an attribute of an element."""
    return _encoder.encode(value).decode()


def typed_json(value: Any) -> str:
    """JSON as people edit it, a line for each thing in it; what was typed and refused, as it was."""
    if value is None:
        return ""
    if isinstance(value, AsTyped):
        return value.text
    return msgspec.json.format(_encoder.encode(value), indent=2).decode()


class AsTyped(msgspec.Struct, frozen=True):
    """A text that was typed where JSON is wanted."""

    text: str


def held(value: Any) -> str:
    """What a list or an object holds, where it is folded: ``3 entries: size, colour, weight``."""
    number = many(len(value), "entry", "entries")
    if not isinstance(value, dict) or not value:
        return number
    names = ", ".join(list(map(str, value))[:_NAMES_TOLD])
    return f"{number}: {names}{', …' if len(value) > _NAMES_TOLD else ''}"


def leads(value: Any) -> str:
    """Where a text leads that is an address of a page, an e-mail address or a telephone number; else empty."""
    if not isinstance(value, str) or len(value) > _LONGEST_ADDRESS:
        return ""
    if _PAGE.fullmatch(value):
        return value
    if _EMAIL.fullmatch(value):
        return f"mailto:{quote(value, safe='@+')}"
    if _PHONE.fullmatch(value):
        return "tel:+" + re.sub(r"[^0-9]", "", value)
    return ""
