"""Custom attributes as version 1 lists them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dealt.attributes import Attribute


def typed(known: Mapping[str, Attribute], values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The same with the type of each, as searches of version 2 list them."""
    return [{**one, "value_type": known[one["name_std"]].value_type} for one in listed(known, values)]


def listed(known: Mapping[str, Attribute], values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The attributes that have a value, in the order in which they were defined."""
    return [
        {
            "id": attribute.id,
            "name": attribute.name,
            "name_std": name,
            "value": values[name],
            "description": attribute.description,
        }
        for name, attribute in known.items()
        if name in values
    ]
