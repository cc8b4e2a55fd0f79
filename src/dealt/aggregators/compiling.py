"""From figures to statements: all aggregators of a stratum for a batch of contacts or companies, in one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from dealt.aggregators import queries
from dealt.aggregators.figures import Figure
from dealt.aggregators.functions import Rows
from dealt.aggregators.model import unconverted_key
from dealt.aggregators.money import DEALS_OF
from dealt.freshness import Run, Vocabulary, Work
from dealt.kernel.db import Connection
from dealt.kernel.sql import Late, Sql, join, sql
from dealt.predicates import AllOf, Batch, Compiler, Moment, Subject, least

_PAIRS = 40
"""PostgreSQL's functions take at most 100 arguments."""
_IDS, _NOW = Late("ids"), Late("now")
_WHOLE = {"contact": " AND NOT s.placeholder", "company": ""}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A figure and the attribute that shows it; None where nothing can be computed, so that the value goes.

    ``watched`` says that somebody counts by it.
    """

    target: str
    figure: Figure | None
    watched: bool = False


def compile_run(vocabulary: Vocabulary, wanted: Sequence[Wanted]) -> Run:
    """One statement that computes, stores and journals, and notes for whoever counts by it what has changed."""
    targets = [one.target for one in wanted]
    keys = [key for target in targets for key in (target, unconverted_key(target))]
    workspace = vocabulary.workspace_id
    watched = any(one.watched for one in wanted)
    noted = (workspace, workspace) if watched else ()
    values = (keys, workspace, _NOW, *noted, Late("cause"), targets, _NOW, workspace, workspace, workspace)
    store = Sql(queries.STORE_WATCHED if watched else queries.STORE, values)
    statement = (computed(vocabulary, wanted, "contact") + store).prepared()

    async def run(connection: Connection, work: Work) -> Mapping[int, datetime]:
        bound = statement.bound(ids=work.contact_ids, hops=work.hop_list, now=work.now, cause=int(work.cause))
        rows = await connection.fetch(statement.text, *bound)
        return {row["contact_id"]: row["wake_at"] for row in rows}

    return run


async def compute(
    connection: Connection, vocabulary: Vocabulary, wanted: Sequence[Wanted], subject: str, ids: Sequence[int],
    now: datetime,
) -> dict[int, str]:  # fmt: skip
    """The values by contact or company, JSON objects by target, nothing stored; placeholders are left out."""
    read = sql(f" SELECT {subject}_id AS id, found FROM computed")
    statement = (computed(vocabulary, wanted, subject) + read).prepared()
    bound = statement.bound(ids=list(ids), hops=[0] * len(ids), now=now)
    return {row["id"]: row["found"] for row in await connection.fetch(statement.text, *bound)}


def over_everybody(vocabulary: Vocabulary, figures: Mapping[str, Figure], now: datetime) -> Sql:
    """A query for all contacts that have rows, placeholders among them: ``contact_id`` and each figure by its name.

    The figures are of one relation; they are what the aggregators would store, and nothing is stored.
    """
    contact, row = vocabulary.catalogue.subject("contact"), "r"
    compiler = Compiler(contact, "s", moment_of(vocabulary, now))
    relation = next(iter(figures.values())).relation
    owner = relation.owner.replace("{r}", row)
    columns = [one.function.build(rows_of(one, compiler, row)) + sql(f" AS {name}") for name, one in figures.items()]
    return (
        sql(f"SELECT {owner} AS contact_id, ") + join(", ", columns)
        + sql(f" FROM {relation.source.replace('{r}', row)} WHERE {row}.workspace_id = {{}}::bigint GROUP BY 1",
              vocabulary.workspace_id)
    )  # fmt: skip


def moment_of(vocabulary: Vocabulary, now: Any) -> Moment:
    """The moment that filters are compiled for; ``now`` may be told later."""
    return Moment(cast(datetime, now), vocabulary.zone.key)


def passing_of(figure: Figure, compiler: Compiler, alias: str) -> Sql | None:
    """The condition that a row counts; None where every row does."""
    if figure.where == AllOf(()):
        return None
    return compiler.related(figure.rows, alias).condition(figure.where)


def computed(vocabulary: Vocabulary, wanted: Sequence[Wanted], subject: str) -> Sql:
    """A CTE ``computed`` of what is found for each contact or company, and when that changes by time alone."""
    owner, batch = vocabulary.catalogue.subject(subject), Batch()
    compiler = Compiler(owner, "s", moment_of(vocabulary, _NOW), batch)
    pairs: list[Sql] = []
    wakes: list[Sql | None] = []
    for one in wanted:
        if one.figure is not None:
            pairs += _pairs(one.target, one.figure, owner, compiler, batch)
            wakes.append(compiler.next_change(one.figure.passing))
    found = [
        sql("jsonb_build_object(") + join(", ", pairs[first : first + _PAIRS]) + sql(")")
        for first in range(0, len(pairs), _PAIRS)
    ] or [sql("jsonb_build_object()")]
    return (
        sql(f"WITH computed AS MATERIALIZED (SELECT s.id AS {subject}_id, asked.hop, jsonb_strip_nulls(")
        + join(" || ", found) + sql(") AS found, ") + (least(wakes) or sql("NULL::timestamptz"))
        + sql(" AS wake_at\nFROM unnest({}::bigint[], {}::smallint[]) AS asked(id, hop)", _IDS, Late("hops"))
        + sql(f" JOIN {owner.table} AS s ON s.id = asked.id") + batch.joins()
        + sql("\nWHERE s.workspace_id = {}::bigint" + _WHOLE[subject] + ")", vocabulary.workspace_id)
    )  # fmt: skip


def _pairs(target: str, figure: Figure, owner: Subject, compiler: Compiler, batch: Batch) -> list[Sql]:
    """A key and its value, and the number of deals that could not be converted."""

    def aggregate(alias: str) -> Sql:
        return figure.function.build(rows_of(figure, compiler, alias))

    value = batch.figure(owner, "s", figure.relation, aggregate)
    if figure.function.zero:
        value = sql("coalesce(") + value + sql(", 0)")
    found = [sql("{}::text, ", target) + value]
    amount = figure.amount
    if amount is not None:
        deals = DEALS_OF[figure.relation.name]

        def unconverted(alias: str) -> Sql:
            lacking = sql("(") + amount.converted(alias) + sql(") IS NULL AND ") + amount.own(alias)
            passing = passing_of(figure, compiler, alias)
            also = sql(" AND ") + passing if passing is not None else sql("")
            rows = (
                Sql(deals.replace("{a}", alias))
                + sql(" FILTER (WHERE ")
                + lacking
                + sql(" IS NOT NULL")
                + also
                + sql("), 0)")
            )
            return sql("nullif(") + rows

        found.append(
            sql("{}::text, ", unconverted_key(target)) + batch.figure(owner, "s", figure.relation, unconverted)
        )
    return found


def rows_of(figure: Figure, compiler: Compiler, alias: str) -> Rows:
    """The rows of a figure, as the functions read them; amounts of money in base currency."""
    read = sql("*")
    if figure.amount is not None:
        read = figure.amount.converted(alias)
    elif figure.field is not None:
        read = figure.field.read(alias)
    keys = figure.rows.keys(alias)
    kind = figure.field.kind if figure.field is not None else figure.by.kind
    return Rows(read, kind, figure.by.read(alias), keys, passing_of(figure, compiler, alias), figure.n)
