"""Figures for many subjects at once: each kind of related rows is read once, however many filters look into it."""

from __future__ import annotations

from dataclasses import dataclass, field

from dealt.kernel.sql import Sql, join, sql
from dealt.predicates.catalogue import Relation, Subject
from dealt.predicates.compile import Aggregate, belongs, from_related


@dataclass
class _Group:
    """The figures over one relation of the rows ``subject``, computed by one read of the related rows."""

    relation: Relation
    subject: str
    name: str
    figures: list[Sql] = field(default_factory=list)


class Batch:
    """Collects the figures that compiled filters ask for, and joins them to the subjects of a batch.

    Each subject's rows are read by their index, whatever the planner believes of how many subjects there are: it
    knows no more than that of an array that it has not seen, and would compare all with all.
    """

    beside = True

    def __init__(self) -> None:
        self._groups: dict[str, _Group] = {}

    def figure(
        self, subject: Subject, alias: str, relation: Relation, aggregate: Aggregate, passing: Aggregate | None = None
    ) -> Sql:
        """The column, in the joined figures, of an aggregate; the same aggregate is computed once."""
        group = self._groups.get(relation.name)
        if group is None:
            group = self._groups[relation.name] = _Group(relation, alias, f"g{len(self._groups) + 1}")
        row = f"{group.name}r"
        wanted = aggregate(row)
        if passing is not None:
            wanted += sql(" FILTER (WHERE ") + passing(row) + sql(")")
        if wanted not in group.figures:
            group.figures.append(wanted)
        return Sql(f"{group.name}.f{group.figures.index(wanted) + 1}")

    def joins(self) -> Sql:
        """The joins that bring the figures to the rows of the subject."""
        return join("", [_joined(group) for group in self._groups.values()])


class Whole:
    """Figures for all subjects of a workspace at once: the related rows that pass are read and grouped once for each.

    For subjects whose key is a single column.
    """

    beside = False

    def __init__(self, workspace_id: int) -> None:
        self._workspace_id = workspace_id
        self._reads: list[Sql] = []

    def figure(
        self, subject: Subject, alias: str, relation: Relation, aggregate: Aggregate, passing: Aggregate | None = None
    ) -> Sql:
        """The column, in a joined read of its own, of an aggregate."""
        name = f"w{len(self._reads) + 1}"
        row = f"{name}r"
        wanted = aggregate(row)
        condition = sql(f" WHERE {row}.workspace_id = {{}}::bigint", self._workspace_id)
        if passing is not None:
            condition += sql(" AND (") + passing(row) + sql(")")
        read = sql(f"SELECT {relation.owner.replace('{r}', row)} AS key, ") + wanted + sql(" AS figure")
        read += from_related(relation, row, wanted + condition) + condition
        joined = sql("\nLEFT JOIN (") + read + sql(f" GROUP BY 1) AS {name} ON {name}.key = ")
        self._reads.append(joined + Sql(relation.key.replace("{s}", alias)))
        return Sql(f"{name}.figure")

    def joins(self) -> Sql:
        """The joins that bring the figures to the rows of the subject."""
        return join("", self._reads)


def _joined(group: _Group) -> Sql:
    row = f"{group.name}r"
    columns = [figure + sql(f" AS f{place}") for place, figure in enumerate(group.figures, 1)]
    wanted = join(", ", columns)
    read = sql("SELECT ") + wanted + from_related(group.relation, row, wanted)
    read += sql(" WHERE ") + belongs(group.relation, row, group.subject)
    return sql("\nCROSS JOIN LATERAL (") + read + sql(f") AS {group.name}")
