"""What a domain tells the filter language about its standard fields."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """One standard field. ``value_type`` is one of the attributes' types; ``column`` is the column it is read from."""

    name: str
    value_type: str
    label: str
    column: str
