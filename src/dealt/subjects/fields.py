"""From the fields of domains and the attributes of a workspace to fields of the filter language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dealt.attributes import Attribute
from dealt.kernel.fields import Field
from dealt.predicates import FilterField, Kind, attribute, column

_KINDS = {
    "string": Kind.TEXT,
    "integer": Kind.NUMBER,
    "float": Kind.NUMBER,
    "boolean": Kind.TRUTH,
    "date": Kind.DATE,
    "datetime": Kind.MOMENT,
    "json": Kind.JSON,
}


def standard(fields: Iterable[Field]) -> dict[str, FilterField]:
    """A domain's own fields, read from its columns."""
    return {
        field.name: FilterField(
            field.name,
            _KINDS[field.value_type],
            field.label,
            column(field.column),
            cast="bigint" if field.value_type == "integer" else "numeric",
            happens=field.value_type in ("date", "datetime"),
        )
        for field in fields
    }


def custom(attributes: Mapping[str, Attribute], stored: str = "attributes") -> dict[str, FilterField]:
    """Custom attributes, read from the column ``stored`` by the type that each has now."""
    return {name: _custom(one, stored) for name, one in attributes.items()}


def kind_of(one: Attribute) -> Kind:
    """What an attribute holds."""
    if one.value_type == "fixed":
        return Kind.CHOICES if one.allow_multiple_choices else Kind.CHOICE
    return _KINDS[one.value_type]


def _custom(one: Attribute, stored: str) -> FilterField:
    kind = kind_of(one)
    return FilterField(one.name_std, kind, one.name, attribute(one.name_std, kind, stored), choices=one.choices)
