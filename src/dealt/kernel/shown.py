"""How a value that was sent stands in a sentence about it."""

from __future__ import annotations

from decimal import Decimal

_LONGEST = 60
_LITERALS: dict[object, str] = {None: "null", True: "true", False: "false"}


def shown(value: object) -> str:
    """The value as its sender wrote it, fit to begin a sentence: texts in quotes, long ones cut.

    Costs the same for a value of any size.
    """
    if isinstance(value, str):
        return f'"{_cut(value)}"'
    if value is None or isinstance(value, bool):
        return _LITERALS[value]
    if isinstance(value, int) and value.bit_length() > 4 * _LONGEST:
        return "A number this long"
    if isinstance(value, (int, float, Decimal)):
        return _cut(str(value))
    if isinstance(value, dict):
        return "An object"
    return "A list" if isinstance(value, list) else f"A {type(value).__name__}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
