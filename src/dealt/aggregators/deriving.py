"""Aggregators as definitions of derived data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from dealt.aggregators import queries
from dealt.aggregators.compiling import Wanted, compile_run
from dealt.aggregators.figures import Figure, read_figure
from dealt.aggregators.model import KIND, SUBJECTS, Aggregator, unconverted_key
from dealt.freshness import Definition, Provided, Run, Stored, Unit, Vocabulary, Work, facets, follow_companies
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput
from dealt.kernel.journal import ANYTHING, SETTINGS, Entry, record
from dealt.kernel.sql import Sql, sql
from dealt.predicates import Beside, FilterField, Kind, Relation, attribute, belongs, from_related

# What says for whom a contact's rows count.
_WHOSE = {"contact": facets.PRESENCE, "company": facets.PRESENCE | facets.DEALS | facets.COMPANIES}
_KINDS = {
    "integer": Kind.NUMBER,
    "float": Kind.NUMBER,
    "boolean": Kind.TRUTH,
    "date": Kind.DATE,
    "datetime": Kind.MOMENT,
    "string": Kind.TEXT,
    "json": Kind.CHOICES,
}

# The row beside a subject's, which a batch reads once, whatever is asked of it.
_DERIVED = {
    "contact": Relation("derived", "contact", "derived", "derived", "contact_derived AS {r}", "{r}.contact_id"),
    "company": Relation(
        "derived", "company", "derived", "derived", "company_derived AS {r}", "{r}.company_id",
        workspace="{r}.workspace_id",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Content:
    """What an aggregator's definition holds. ``figure`` is None where it makes no sense, or is not to be computed."""

    aggregator: Aggregator
    figure: Figure | None


class AggregatorDeriver:
    """See ``freshness.Deriver``."""

    kind = KIND

    async def provide(self, connection: Connection, workspace_id: int) -> Provided:
        """The targets, as fields of contacts and companies."""
        found = [one for one in await load_aggregators(connection, workspace_id) if one.deleted_at is None]
        fields: dict[str, dict[str, FilterField]] = {subject: {} for subject in SUBJECTS}
        for one in found:
            fields[one.subject][one.target] = _field(one)
        return Provided(fields=fields)

    async def load(self, connection: Connection, vocabulary: Vocabulary) -> list[Definition]:
        """All, those among them whose values are still being removed."""
        found = await load_aggregators(connection, vocabulary.workspace_id)
        live = {(one.subject, one.target) for one in found if one.deleted_at is None}
        # Whoever has the target now overwrites what the deleted one left.
        return [
            _definition(one, vocabulary)
            for one in found
            if one.deleted_at is None or (one.subject, one.target) not in live
        ]

    def compile(self, vocabulary: Vocabulary, definitions: Sequence[Definition]) -> Run:
        """One statement for all; what cannot be computed is taken away. Those of companies are told to look anew."""
        own = [one for one in definitions if one.content.aggregator.subject == "contact"]
        wanted = [
            Wanted(found.aggregator.target, found.figure, found.aggregator.watcher is not None)
            for found in (one.content for one in own)
        ]
        compute = compile_run(vocabulary, wanted) if wanted else None
        if len(own) == len(definitions) and compute is not None:
            return compute

        async def run(connection: Connection, work: Work) -> Mapping[int, datetime]:
            wakes = await compute(connection, work) if compute is not None else {}
            await follow_companies(connection, work)
            return wakes

        return run

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
            if one.subject != "contact":
                continue
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
    reads = _WHOSE[one.subject] | figure.facets if figure else ANYTHING
    if one.failed_at is not None:
        figure = None
    return Definition(KIND, one.id, one.name, one.version, Content(one, figure), follows, error, reads)


def _field(one: Aggregator) -> FilterField:
    """The target as filters read it: days since something are asked of the date of it."""
    kind = Kind.MOMENT if one.function == "days_since" else _KINDS[one.value_type]
    read, held = attribute(one.target, kind, "aggregates"), _DERIVED[one.subject]

    def stored(alias: str) -> Sql:
        inner = read("derived")
        found = from_related(held, "derived", inner) + sql(" WHERE ") + belongs(held, "derived", alias)
        return sql("(SELECT ") + inner + found + sql(")")

    beside = Beside(held, "(array_agg({r}.aggregates))[1]", attribute(one.target, kind, ""))
    # What aggregators of contacts find is followed by itself; companies are no work of a contact, and say so by this.
    reads = facets.COMPANIES if one.subject == "company" else 0
    return FilterField(one.target, kind, one.name, stored, refers_to=f"{KIND}:{one.id}", beside=beside, facets=reads)
