"""Pieces of JSON Schema (draft 2020-12), short enough to write a resource's shape in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A named schema with an example, as each version of the API shows it; the document refers to it by name.

    ``v1`` and ``example_v1`` are needed only where version 1 differs.
    """

    name: str
    v2: Json
    example: Any
    v1: Json | None = None
    example_v1: Any = None

    def schema(self, version: int) -> Json:
        """The schema in an API version."""
        return self.v1 if version == 1 and self.v1 is not None else self.v2

    def sample(self, version: int) -> Any:
        """The example in an API version."""
        return self.example_v1 if version == 1 and self.example_v1 is not None else self.example


Schema: TypeAlias = Json | Shape
"""What a property, body or answer may be described by; a Shape may stand anywhere inside a schema."""


def described(schema: Schema, description: str) -> Json:
    """The schema with a sentence about what it means here."""
    return {"allOf": [schema], "description": description} if isinstance(schema, Shape) else schema | _said(description)


def text(description: str = "", *, longest: int | None = None, **more: Any) -> Json:
    """A text of at most ``longest`` characters."""
    limits = {} if longest is None else {"maxLength": longest}
    return {"type": "string", **limits, **more, **_said(description)}


def choice(values: Collection[Any], description: str = "") -> Json:
    """One of a few texts or whole numbers."""
    kind = "integer" if all(isinstance(value, int) for value in values) else "string"
    return {"type": kind, "enum": list(values), **_said(description)}


def whole(description: str = "", *, least: int | None = None, most: int | None = None) -> Json:
    """A whole number."""
    limits = {"minimum": least, "maximum": most}
    return {"type": "integer", **{k: v for k, v in limits.items() if v is not None}, **_said(description)}


def identifier(description: str = "") -> Json:
    """A number that names an object."""
    return whole(description, least=1, most=LARGEST_ID) | {"format": "int64"}


def number(description: str = "", *, least: float | None = None) -> Json:
    """Any number."""
    return {"type": "number", **({} if least is None else {"minimum": least}), **_said(description)}


def decimal(description: str = "") -> Json:
    """A decimal number in an answer: a text, so that nothing of it is lost."""
    return {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$", **_said(description)}


def flag(description: str = "") -> Json:
    """True or false."""
    return {"type": "boolean", **_said(description)}


def day(description: str = "") -> Json:
    """A calendar day, such as 2025-06-24."""
    return {"type": "string", "format": "date", **_said(description)}


def moment(description: str = "") -> Json:
    """A moment in ISO 8601, with an offset or Z in answers."""
    return {"type": "string", "format": "date-time", **_said(description)}


def link(description: str = "") -> Json:
    """An address."""
    return {"type": "string", **_said(description)}


def anything(description: str = "") -> Json:
    """Any JSON value."""
    return _said(description)


def array(items: Schema, description: str = "", *, most: int | None = None) -> Json:
    """A list."""
    limits = {} if most is None else {"maxItems": most}
    return {"type": "array", "items": items, **limits, **_said(description)}


def nullable(schema: Schema) -> Json:
    """The schema, or null."""
    if isinstance(schema, Shape):
        return {"anyOf": [schema, {"type": "null"}]}
    if isinstance(kind := schema.get("type"), str):
        choices = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
        return schema | {"type": [kind, "null"]} | choices
    if "anyOf" in schema:
        return schema | {"anyOf": [*schema["anyOf"], {"type": "null"}]}
    return schema


def any_of(*schemas: Schema, description: str = "") -> Json:
    """One of several schemas."""
    return {"anyOf": list(schemas), **_said(description)}


def obj(
    properties: Mapping[str, Schema],
    *,
    required: Collection[str] | None = None,
    extra: Schema | bool = False,
    description: str = "",
) -> Json:
    """An object: every property is required unless ``required`` names them; ``extra`` describes any other key."""
    names = list(properties) if required is None else list(required)
    needed = {"required": names} if names else {}
    return {
        "type": "object", "properties": dict(properties), **needed, "additionalProperties": extra,
        **_said(description),
    }  # fmt: skip


def partial(schema: Json) -> Json:
    """The object with nothing required: what a change may name."""
    return {name: value for name, value in schema.items() if name != "required"}


def enlarged(schema: Json, properties: Mapping[str, Schema], *, required: Collection[str] = ()) -> Json:
    """The object with more properties."""
    return schema | {
        "properties": schema["properties"] | properties,
        "required": [*schema.get("required", ()), *required],
    }


def page_of(item: Schema) -> Json:
    """The envelope of a list."""
    return obj({
        "count": whole("How many there are: exact up to 10,000, an estimate above (`Dealt-Count: estimate`).", least=0),
        "next": nullable(link("The address of the next page.")),
        "previous": nullable(link("The address of the page before; by page number only.")),
        "results": array(item, most=100),
    })  # fmt: skip


def _said(description: str) -> Json:
    return {"description": description} if description else {}
