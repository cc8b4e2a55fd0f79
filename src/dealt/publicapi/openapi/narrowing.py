"""What a list can be narrowed and ordered by, as parameters: told by its Listing, not written down again."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from dealt.kernel.lookups import LOOKUPS, Column
from dealt.publicapi.listing import Listing
from dealt.publicapi.openapi.fragments import Json, choice, day, flag, moment, number, text, whole
from dealt.publicapi.openapi.operation import Parameter

_SCHEMAS: Mapping[str, Json] = {
    "boolean": flag(), "integer": whole(), "float": number(), "date": day(), "datetime": moment(),
}  # fmt: skip
ATTRIBUTES = "Custom attributes narrow the list as its fields do."


def narrowing(listing: Listing, described: Collection[str]) -> list[Parameter]:
    """A parameter for each field with the look-ups that it takes, and the order, but for what is ``described``."""
    found = [
        _parameter(name, column)
        for name, column in listing.columns.items()
        if name not in described and name not in listing.specials
    ]
    if "ordering" not in described:
        names = [f"{way}{name}" for name in (*listing.sorts, *listing.slow_sorts) for way in ("", "-")]
        more = "; behind a comma `id` or `-id` decides among equals" if listing.columns else ""
        schema = text() if listing.sorts_attributes else choice(names)
        sorts = ", ".join((*listing.sorts, *listing.valued))
        by = f": {sorts} or a custom attribute" if listing.sorts_attributes else ""
        found.append(Parameter("ordering", schema, f"The order{by}, with `-` the other way round{more}."))
    return found


def _parameter(name: str, column: Column) -> Parameter:
    schema = text() if column.words else _SCHEMAS.get(column.kind, text())
    lookups = LOOKUPS[column.kind]
    others = [lookup for lookup in lookups if lookup != "exact"]
    told = f"Equal to this; or `{name}__` and a look-up: {', '.join(others)}."
    return Parameter(name, schema, told, lookups=lookups)
