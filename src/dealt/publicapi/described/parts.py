"""Shapes that several resources have in common."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from dealt.publicapi.openapi import Json, Shape, anything, array, choice, identifier, moment, nullable, obj, text

VALUE = anything("The value, of the attribute's type, or null.")
TAG = obj({"id": identifier(), "name": text()})
NAMED_VALUE = Shape(
    "AttributeValue",
    obj({
        "id": identifier(), "name": text("As it was first given."), "name_std": text("Its key."), "value": VALUE,
        "description": text(),
    }),
    {"id": 4, "name": "order_method", "name_std": "order_method", "value": "Online", "description": ""},
)  # fmt: skip
CHANGE = Shape(
    "Change",
    obj({
        "id": identifier(),
        "at": moment("When it was committed."),
        "kind": text("What happened, such as `deal.updated`."),
        "actor": text("Who did it, such as `token:1`."),
        "cause": choice(("live", "silent", "backfill", "merge"), "Why it happened."),
        "changes": {
            "type": "object",
            "description": "A field's value before and after, by the field's name.",
            "additionalProperties": {"type": "array", "minItems": 2, "maxItems": 2},
        },
    }),
    {
        "id": 18, "at": "2026-11-26T11:43:28.392919Z", "kind": "deal.updated", "actor": "token:1", "cause": "live",
        "changes": {"stage": [1, 4], "value": ["249.99", "199.99"]},
    },
)  # fmt: skip
CURRENCY = text("An ISO 4217 code.", pattern="^[A-Z]{3}$")
CUSTOM_VALUE = anything("A custom attribute.")
NAMED_VALUES = array(
    obj({"name_std": text(), "name": text(), "value": VALUE}, required=["name_std"], extra=True),
    "Custom attributes as version 1 answers them; they may be keys of the object itself, too.",
)


def listed(answered: Json, hidden: dict[str, Any]) -> Json:
    """A version 1 answer: other names instead of some, and custom attributes in a list."""
    properties = {name: schema for name, schema in answered["properties"].items() if name not in hidden}
    return obj(properties | {n: s for n, s in hidden.values() if n} | {"attributes": array(NAMED_VALUE)})


@cache
def _recorded() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = msgspec.json.decode(files(__package__).joinpath("answers.json").read_bytes())
    return found


def recorded(name: str, schema: Json, v1: Json | None = None) -> Shape:
    """A shape whose examples are answers that the server really gave."""
    samples = _recorded().get(name, {})
    return Shape(name, schema, samples.get("2"), v1, samples.get("1"))


def or_null(schema: Json, description: str = "") -> Json:
    """The schema or null, with its description."""
    return nullable(schema) | ({"description": description} if description else {})
