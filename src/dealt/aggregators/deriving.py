"""Aggregators as definitions of derived data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from dealt.aggregators import queries
from dealt.aggregators.compiling import Wanted, compile_run
from dealt.aggregators.figures import Figure, read_figure
from dealt.aggregators.model import KIND, Aggregator, unconverted_key
from dealt.freshness import Definition, Provided, Run, Stored, Unit, Vocabulary, facets
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput
from dealt.kernel.journal import ANYTHING, SETTINGS, Entry, record
from dealt.kernel.sql import Sql
from dealt.predicates import Beside, FilterField, Kind, Relation, attribute

_KINDS = {
    "integer": Kind.NUMBER,
    "float": Kind.NUMBER,
    "boolean": Kind.TRUTH,
    "date": Kind.DATE,
    "datetime": Kind.MOMENT,
    "string": Kind.TEXT,
    "json": Kind.CHOICES,
}

_DERIVED = Relation("derived", "contact", "derived", "derived", "contact_derived AS {r}", "{r}.contact_id")


@dataclass(frozen=True, slots=True)
class Content:
    """What an aggregator's definition holds. ``figure`` is None where it makes no sense, or is not to be computed."""

    aggregator: Aggregator
    figure: Figure | None


class AggregatorDeriver:
    """See ``freshness.Deriver``."""

    kind = KIND

    async def provide(self, connection: Connection, workspace_id: int) -> Provided:
        """The targets, as fields of contacts."""
        found = [one for one in await load_aggregators(connection, workspace_id) if one.deleted_at is None]
        return Provided(fields={"contact": {one.target: _field(one) for one in found}})

    async def load(self, connection: Connection, vocabulary: Vocabulary) -> list[Definition]:
        """All, those among them whose values are still being removed."""
        found = await load_aggregators(connection, vocabulary.workspace_id)
        live = {one.target for one in found if one.deleted_at is None}
        # Whoever has the target now overwrites what the deleted one left.
        return [_definition(one, vocabulary) for one in found if one.deleted_at is None or one.target not in live]

    def compile(self, vocabulary: Vocabulary, definitions: Sequence[Definition]) -> Run:
        """One statement for all; what cannot be computed is taken away."""
        return compile_run(
            vocabulary, [Wanted(one.content.aggregator.target, one.content.figure) for one in definitions]
        )

    async def quarantine(
        self, connection: Connection, workspace_id: int, definition_id: int, error: str, now: datetime
    ) -> None:
        """Mark an aggregator; it is shown with the error, and tried again when it is changed."""
        await connection.execute(queries.QUARANTINE, workspace_id, definition_id, error, now)
        entry = Entry(SETTINGS, "aggregator.failed", KIND, definition_id, "system", {"error": ("", error)})
        await record(connection, workspace_id, [entry], now)

    async def forget(self, connection: Connection, workspace_id: int, version: int) -> None:
        """The rows of deleted aggregators."""
        await connection.execute(queries.FORGET, workspace_id, version)

    async def stored(self, connection: Connection, workspace_id: int, contact_ids: Sequence[int]) -> Stored:
        """Every value, and every number of deals that could not be converted."""
        found = await load_aggregators(connection, workspace_id)
        known: dict[str, int] = {}
        for one in sorted(found, key=lambda one: one.deleted_at is None):
            known[one.target] = known[unconverted_key(one.target)] = one.id
        rows = await connection.fetch(queries.VALUES, workspace_id, list(contact_ids))
        return {
            Unit(row["contact_id"], "contact", row["contact_id"], f"{KIND}:{known.get(name, 0)}", name): value
            for row in rows
            for name, value in msgspec.json.decode(row["aggregates"]).items()
        }

    async def drop(self, connection: Connection, workspace_id: int, units: Sequence[Unit]) -> None:
        """Values of attributes that no aggregator fills."""
        ids, names = [one.contact_id for one in units], [one.name for one in units]
        await connection.execute(queries.DROP, workspace_id, ids, names)


async def load_aggregators(connection: Connection, workspace_id: int) -> list[Aggregator]:
    """All aggregators of a workspace by id, those among them whose values are still being removed."""
    return [Aggregator.of(row) for row in await connection.fetch(queries.ALL, workspace_id)]


def _definition(one: Aggregator, vocabulary: Vocabulary) -> Definition:
    figure, error = None, one.error
    try:
        figure = read_figure(one, vocabulary)
    except InvalidInput as invalid:
        error = error or invalid.detail
    if one.deleted_at is not None:
        return Definition(KIND, one.id, one.name, one.version, Content(one, None), facets=facets.PRESENCE)
    follows = figure.follows if figure else frozenset[str]()
    # What makes no sense may do so again, and nobody would be waited for then.
    reads = facets.PRESENCE | figure.facets if figure else ANYTHING
    if one.failed_at is not None:
        figure = None
    return Definition(KIND, one.id, one.name, one.version, Content(one, figure), follows, error, reads)


def _field(one: Aggregator) -> FilterField:
    """The target as filters read it: days since something are asked of the date of it."""
    kind = Kind.MOMENT if one.function == "days_since" else _KINDS[one.value_type]
    read = attribute(one.target, kind, "aggregates")

    def stored(alias: str) -> Sql:
        inner = read("derived")
        return Sql(
            f"(SELECT {inner.text} FROM contact_derived AS derived WHERE derived.contact_id = {alias}.id)",
            inner.values,
        )

    # A batch reads the row of each contact once, whatever is asked of it.
    beside = Beside(_DERIVED, "(array_agg({r}.aggregates))[1]", attribute(one.target, kind, ""))
    return FilterField(one.target, kind, one.name, stored, refers_to=f"{KIND}:{one.id}", beside=beside, facets=0)
