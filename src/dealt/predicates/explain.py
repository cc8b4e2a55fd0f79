"""Why a filter holds for one subject or does not: every condition, what made it so, and when it changes by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from dealt.kernel.db import Connection
from dealt.kernel.sql import Sql, join, sql
from dealt.predicates.catalogue import Subject
from dealt.predicates.checked import Checked, CountTest, FieldTest, FigureTest, Leaf, MemberTest, PickTest, leaves
from dealt.predicates.compile import Compiler, belongs, from_related
from dealt.predicates.describe import describe
from dealt.predicates.flipping import deciding, flips
from dealt.predicates.moments import Moment

MOST_RELATED = 10


@dataclass(frozen=True, slots=True)
class ExplainedLeaf:
    """One condition. ``figure`` is what was counted or summed.

    ``related`` are ids of the rows behind it (at most 10), of the subject ``related_to``; of a line its deal's.
    ``flips`` says how it stands and what would change that; ``decides`` whether the whole answer turns round with this
    condition alone; ``changes_at`` is when it may change with nothing done.
    """

    path: str
    sentence: str
    holds: bool
    figure: Decimal | int | datetime | None = None
    related: list[int] = field(default_factory=list)
    related_to: str = ""
    decides: bool = False
    flips: str = ""
    changes_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """Whether the filter holds, and its conditions in the order they were written."""

    holds: bool
    leaves: list[ExplainedLeaf]


async def explain(
    connection: Connection, node: Checked, subject: Subject, workspace_id: int, key: Sql, at: Moment
) -> Explained | None:
    """What ``node`` says of the subject whose key is ``key``, in one statement; None where there is no such subject."""
    compiler, found = Compiler(subject, "s", at), list(leaves(node))
    columns = [_truth(compiler, node)]
    for leaf in found:
        columns += [_truth(compiler, leaf), _found(compiler, leaf), _related(compiler, leaf)]
        columns.append(compiler.next_change(leaf) or Sql("NULL::timestamptz"))
    whose = subject.key.replace("{s}", "s")
    query = sql("SELECT ") + join(", ", columns) + sql(f" FROM {subject.table} AS s WHERE {whose} = ") + key
    text, values = (query + sql(" AND s.workspace_id = {}", workspace_id)).render()
    row = await connection.fetchrow(text, *values)
    if row is None:
        return None
    cells = [row[1 + 4 * place : 5 + 4 * place] for place in range(len(found))]
    decisive = deciding(node, {leaf.path: cell[0] for leaf, cell in zip(found, cells, strict=True)})
    zone = ZoneInfo(at.zone)
    told = [_explained(leaf, cell, leaf.path in decisive, zone) for leaf, cell in zip(found, cells, strict=True)]
    return Explained(row[0], told)


def _truth(compiler: Compiler, node: Checked) -> Sql:
    return sql("(") + compiler.condition(node) + sql(") IS TRUE")


def _found(compiler: Compiler, leaf: Leaf) -> Sql:
    """What the condition is about: a figure, a number of rows, a field, or the ids of what it belongs to."""
    match leaf:
        case FigureTest():
            return compiler.figure_of(leaf)
        case CountTest():
            return compiler.number_of(leaf)
        case FieldTest(field=read):
            return compiler.read(read)
        case MemberTest():
            return compiler.belonged(leaf)
    return Sql("NULL::bigint")


def _related(compiler: Compiler, leaf: Leaf) -> Sql:
    """Ids of the rows that a condition looks at: those that pass its filter, the picked one first."""
    if not isinstance(leaf, CountTest | FigureTest | PickTest):
        return Sql("NULL::bigint[]")
    relation, target = leaf.relation, leaf.target
    passing = compiler.related(target, "e").condition(leaf.where)
    wanted = belongs(relation, "e", "s")
    order = Sql(target.shown.replace("{s}", "e"))
    if isinstance(leaf, PickTest):
        wanted += sql(" AND ") + leaf.by.read("e") + sql(" IS NOT NULL")
        way = "DESC" if leaf.pick == "last" else "ASC"
        order = leaf.by.read("e") + sql(f" {way}, ") + order + sql(f" {way}")
    most = 1 if isinstance(leaf, PickTest) else MOST_RELATED
    read = (
        sql(f"SELECT {target.shown.replace('{s}', 'e')}")
        + from_related(relation, "e", wanted)
        + sql(" WHERE ")
        + wanted
    )
    return sql("ARRAY(") + read + sql(" AND (") + passing + sql(") ORDER BY ") + order + sql(f" LIMIT {most})")


def _explained(leaf: Leaf, cells: Any, decides: bool, zone: ZoneInfo) -> ExplainedLeaf:
    holds, found, related, changes_at = cells
    ids = list(related or ())
    target = leaf.target.name if isinstance(leaf, CountTest | FigureTest | PickTest) else ""
    return ExplainedLeaf(
        leaf.path,
        describe(leaf),
        holds,
        found if isinstance(leaf, CountTest | FigureTest) else None,
        ids,
        "deal" if target == "line" else target,
        decides,
        flips(leaf, holds=holds, found=found, related=ids, zone=zone),
        changes_at,
    )
