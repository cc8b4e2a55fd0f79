"""Why a filter holds for one subject or does not: every condition, what made it so, and when it changes by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from dealt.kernel.db import Connection
from dealt.kernel.sql import Sql, join, sql
from dealt.predicates.catalogue import Subject
from dealt.predicates.checked import Checked, CountTest, FigureTest, Leaf, PickTest, leaves
from dealt.predicates.compile import Compiler, belongs, from_related
from dealt.predicates.describe import describe
from dealt.predicates.moments import Moment

MOST_RELATED = 10


@dataclass(frozen=True, slots=True)
class ExplainedLeaf:
    """One condition. ``related`` are ids of the rows behind it (at most 10), ``figure`` what was counted or summed.

    ``flips`` says what would change the answer; ``changes_at`` is when it may change with nothing done.
    """

    path: str
    sentence: str
    holds: bool
    figure: Decimal | int | datetime | None = None
    related: list[int] = field(default_factory=list)
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
        columns += [_truth(compiler, leaf), _figure(compiler, leaf), _related(compiler, leaf)]
        columns.append(compiler.next_change(leaf) or Sql("NULL::timestamptz"))
    whose = subject.key.replace("{s}", "s")
    query = sql("SELECT ") + join(", ", columns) + sql(f" FROM {subject.table} AS s WHERE {whose} = ") + key
    text, values = (query + sql(" AND s.workspace_id = {}", workspace_id)).render()
    row = await connection.fetchrow(text, *values)
    if row is None:
        return None
    return Explained(row[0], [_explained(leaf, row[1 + 4 * place : 5 + 4 * place]) for place, leaf in enumerate(found)])


def _truth(compiler: Compiler, node: Checked) -> Sql:
    return sql("(") + compiler.condition(node) + sql(") IS TRUE")


def _figure(compiler: Compiler, leaf: Leaf) -> Sql:
    if isinstance(leaf, FigureTest):
        return compiler.figure_of(leaf)
    if isinstance(leaf, CountTest):
        return compiler.number_of(leaf)
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


def _explained(leaf: Leaf, cells: Any) -> ExplainedLeaf:
    holds, figure, related, changes_at = cells
    return ExplainedLeaf(
        leaf.path,
        describe(leaf),
        holds,
        figure,
        list(related or ()),
        _flips(leaf, holds, figure, changes_at),
        changes_at,
    )


def _flips(leaf: Leaf, holds: bool, figure: Any, changes_at: datetime | None) -> str:
    """What would make the condition say the opposite."""
    by_itself = " It may change by itself at the time shown." if changes_at is not None else ""
    match leaf:
        case CountTest(relation=relation):
            needed, word = _needed(leaf, holds, figure)
            return f"{needed} {word} {relation.one if needed == 1 else relation.label} would change it.{by_itself}"
        case FigureTest():
            return f"The figure is {figure if figure is not None else 'not there'}.{by_itself}"
        case PickTest():
            return f"Another {leaf.pick} {leaf.relation.one}, or a change of it, would change it.{by_itself}"
        case _:
            return f"Another value would change it.{by_itself}"


def _needed(leaf: CountTest, holds: bool, number: int) -> tuple[int, str]:
    """How many related rows more or fewer turn the answer round."""
    wants_many = leaf.quantifier in ("any", "at_least")
    if wants_many != holds:
        return leaf.count - number + (0 if wants_many else 1), "more"
    return number - leaf.count + (1 if wants_many else 0), "fewer"
