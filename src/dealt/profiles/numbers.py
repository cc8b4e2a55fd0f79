"""Whole numbers that a form or an address names."""

from __future__ import annotations

from dealt.kernel.errors import InvalidInput


def number_in(text: str, field: str, *, default: int | None = None) -> int:
    """The number, or ``default`` where it is none. Raises InvalidInput where there is no default."""
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    if default is None:
        raise InvalidInput.of(field, "Choose one of the list.")
    return default
