"""From a checked filter to SQL: one compiler for lists, previews, batches of settling, backfill and audit.

Every expression is total: it fails for no stored value. A leaf may be NULL, which counts as not true; negations ask
``IS NOT TRUE``, so a condition and its opposite never both hold and never both fail.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Protocol

from dealt.kernel.sql import Sql, join, sql
from dealt.predicates.catalogue import Beside, FilterField, Membership, Relation, Subject
from dealt.predicates.checked import (
    AllOf,
    Checked,
    CountTest,
    FieldTest,
    FigureTest,
    Inverse,
    MemberTest,
    OneOf,
    PickTest,
)
from dealt.predicates.moments import Moment

Aggregate = Callable[[str], Sql]
"""From the alias of a related row to an aggregate expression over such rows, or to a condition on one."""


class Figures(Protocol):
    """Where figures over related rows are computed: in place, once for a whole batch, or once for all there are.

    ``beside`` says whether what stands beside a row is read by a figure, too.
    """

    @property
    def beside(self) -> bool: ...

    def figure(
        self, subject: Subject, alias: str, relation: Relation, aggregate: Aggregate, passing: Aggregate | None = None
    ) -> Sql:
        """An expression, over the subject's row ``alias``, of the aggregate over its related rows; NULL of none.

        ``passing`` is the condition that a row counts. The aggregate is one function, where there is a condition.
        """


class InPlace:
    """Figures as sub-selects of each row: for lists, previews and whatever is asked of single subjects."""

    beside = False

    def __init__(self) -> None:
        self._numbers = count(1)

    def figure(
        self, subject: Subject, alias: str, relation: Relation, aggregate: Aggregate, passing: Aggregate | None = None
    ) -> Sql:
        """See ``Figures``."""
        related = f"r{next(self._numbers)}"
        condition = belongs(relation, related, alias)
        if passing is not None:
            condition += sql(" AND (") + passing(related) + sql(")")
        wanted = aggregate(related)
        found = from_related(relation, related, wanted + condition)
        return sql("(SELECT ") + wanted + found + sql(" WHERE ") + condition + sql(")")


def belongs(relation: Relation, related: str, alias: str) -> Sql:
    """The condition that a related row belongs to the subject's row ``alias``."""
    condition = f"{relation.owner} = {relation.key}"
    if relation.workspace:
        condition += f" AND {relation.workspace} = {alias}.workspace_id"
    return Sql(condition.replace("{r}", related).replace("{s}", alias))


def from_related(relation: Relation, alias: str, read: Sql) -> Sql:
    """The FROM clause of related rows, of which ``read`` is all that is asked."""
    source = relation.lean if relation.lean and f"{alias}d." not in read.text else relation.source
    return Sql(f" FROM {source.replace('{r}', alias)}")


class Compiler:
    """Compiles filters of ``subject``, whose row is ``alias``, as of ``at``."""

    def __init__(self, subject: Subject, alias: str, at: Moment, figures: Figures | None = None) -> None:
        self._subject = subject
        self._alias = alias
        self._at = at
        self._figures = figures or InPlace()
        # Below a batch's figures everything is asked in place.
        self._nested = self._figures if isinstance(self._figures, InPlace) else InPlace()

    def condition(self, node: Checked) -> Sql:
        """The filter as a boolean expression that may be NULL, which is not true."""
        match node:
            case AllOf(parts):
                return _joined(" AND ", [self.condition(part) for part in parts], "true")
            case OneOf(parts):
                return _joined(" OR ", [self.condition(part) for part in parts], "false")
            case Inverse(part):
                return sql("(") + self.condition(part) + sql(") IS NOT TRUE")
            case FieldTest():
                built = node.operator.build(self.read(node.field), node.field, node.value, self._at)
                return sql("(") + built + sql(")")
            case MemberTest():
                return self._member(node)
            case CountTest():
                return self._count(node)
            case FigureTest():
                read = sql("(") + self.figure_of(node) + sql(")")
                return sql("(") + node.operator.build(read, node.result, node.value, self._at) + sql(")")
            case PickTest():
                return self._pick(node)

    def next_change(self, node: Checked) -> Sql | None:
        """The next moment after now at which the filter may change by time alone, NULL for none.

        None where it never does, whatever is stored.
        """
        match node:
            case AllOf(parts) | OneOf(parts):
                return least([self.next_change(part) for part in parts])
            case Inverse(part):
                return self.next_change(part)
            case FieldTest():
                return least([*node.operator.changes(self.read(node.field), node.field, node.value, self._at)])
            case CountTest(relation=relation, target=target, where=where):
                return self._next_of_related(relation, target, [where])
            case FigureTest(relation=relation, target=target, where=where):
                own = self._changes_of_figure(node)
                return least([self._next_of_related(relation, target, [where]), own])
            case PickTest(relation=relation, target=target, where=where, wanted=wanted):
                return self._next_of_related(relation, target, [where, wanted])
            case MemberTest():
                return None

    def figure_of(self, node: FigureTest) -> Sql:
        """The figure itself. Counts and sums of nothing are 0, all others of nothing are NULL."""
        figure = self._figures.figure(
            self._subject, self._alias, node.relation, self._aggregate(node), self._passing(node.target, node.where)
        )
        if node.measure in ("count", "count_distinct", "sum"):
            return sql("coalesce(") + figure + sql(", 0)")
        return figure

    def number_of(self, node: CountTest) -> Sql:
        """How many related rows pass."""
        passing = self._passing(node.target, node.where)
        counted = self._figures.figure(self._subject, self._alias, node.relation, lambda _: sql("count(*)"), passing)
        return sql("coalesce(") + counted + sql(", 0)")

    def related(self, target: Subject, alias: str) -> Compiler:
        """A compiler for rows of a relation's target."""
        return Compiler(target, alias, self._at, self._nested)

    def read(self, field: FilterField) -> Sql:
        """A field of the subject's row."""
        if field.beside is None or not self._figures.beside:
            return field.read(self._alias)
        return field.beside.read(self._beside(field.beside))

    def _beside(self, beside: Beside) -> str:
        """The value that a batch has read beside the row."""
        return self._figures.figure(
            self._subject, self._alias, beside.relation, lambda related: Sql(beside.aggregate.replace("{r}", related))
        ).text

    def belonged(self, node: MemberTest) -> Sql:
        """Which of the ids that a condition names the subject belongs to, as an array."""
        among = [
            sql("CASE WHEN ") + self._among(node.membership, [one]) + sql(" THEN {}::bigint END", one)
            for one in node.value
        ]
        return sql("array_remove(ARRAY[") + join(", ", among) + sql("]::bigint[], NULL)")

    def _member(self, node: MemberTest) -> Sql:
        if node.operator.name == "in_all":
            return _joined(" AND ", [self._among(node.membership, [member]) for member in node.value], "true")
        condition = sql("(") + self._among(node.membership, node.value) + sql(")")
        return condition + sql(" IS NOT TRUE") if node.operator.name == "in_none" else condition

    def _among(self, membership: Membership, ids: list[int]) -> Sql:
        if membership.beside is None or not self._figures.beside:
            return membership.among(self._alias, ids)
        held = membership.beside.read(self._beside(membership.beside))
        return sql("coalesce(") + held + sql(" && {}::bigint[], false)", ids)

    def _count(self, node: CountTest) -> Sql:
        sign = "<=" if node.quantifier in ("none", "at_most") else ">="
        return sql("(") + self.number_of(node) + sql(f" {sign} {{}}::bigint)", node.count)

    def _pick(self, node: PickTest) -> Sql:
        """Of rows told apart by numbers the one that comes first or last, and what is true of it: without sorting."""

        def aggregate(alias: str) -> Sql:
            by, related = node.by.read(alias), self.related(node.target, alias)
            keys = [sql(f"{key}::float8, ") for key in node.target.keys(alias)]
            # Seconds as a fraction keep microseconds apart for three centuries.
            order = sql("date_part('epoch', ") + by + sql(")::float8, ") + join("", keys)
            wanted = sql("((") + related.condition(node.wanted) + sql(") IS TRUE)::int::float8")
            passing = related.condition(node.where) + sql(" AND ") + by + sql(" IS NOT NULL")
            function, place = "max" if node.pick == "last" else "min", len(keys) + 2
            return (
                sql(f"({function}(ARRAY[") + order + wanted + sql("]) FILTER (WHERE ") + passing
                + sql(f"))[{place}] = 1")
            )  # fmt: skip

        return self._figures.figure(self._subject, self._alias, node.relation, aggregate)

    def _aggregate(self, node: FigureTest) -> Aggregate:
        names = {
            "count": "count",
            "count_distinct": "count",
            "sum": "sum",
            "average": "avg",
            "min": "min",
            "max": "max",
        }

        def aggregate(alias: str) -> Sql:
            read = node.field.read(alias) if node.field else sql("*")
            distinct = "DISTINCT " if node.measure == "count_distinct" else ""
            return sql(f"{names[node.measure]}({distinct}") + read + sql(")")

        return aggregate

    def _passing(self, target: Subject, where: Checked) -> Aggregate | None:
        if where == AllOf(()):
            return None
        return lambda alias: self.related(target, alias).condition(where)

    def _changes_of_figure(self, node: FigureTest) -> Sql | None:
        """A date that is the least or largest of many may itself be compared with the present moment."""
        return least([*node.operator.changes(self.figure_of(node), node.result, node.value, self._at)])

    def _next_of_related(self, relation: Relation, target: Subject, nodes: list[Checked]) -> Sql | None:
        if least([self.related(target, "probe").next_change(node) for node in nodes]) is None:
            return None

        def aggregate(alias: str) -> Sql:
            following = least([self.related(target, alias).next_change(node) for node in nodes])
            assert following is not None, "it changes with time, as was just seen"
            return sql("min(") + following + sql(")")

        return self._figures.figure(self._subject, self._alias, relation, aggregate)


def compile_filter(node: Checked, subject: Subject, alias: str, at: Moment) -> Sql:
    """The filter as a condition on the subject's row ``alias``: true or not, for use in WHERE."""
    return Compiler(subject, alias, at).condition(node)


def least(moments: list[Sql | None]) -> Sql | None:
    """The least of moments that may be NULL; None where there are none at all."""
    found = [moment for moment in moments if moment is not None]
    if len(found) < 2:
        return found[0] if found else None
    return sql("least(") + join(", ", found) + sql(")")


def _joined(word: str, parts: list[Sql], empty: str) -> Sql:
    return sql("(") + join(word, parts) + sql(")") if parts else Sql(empty)
