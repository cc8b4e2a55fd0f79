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

    def __init__(self) -> None:
        self._groups: dict[str, _Group] = {}

    def figure(self, subject: Subject, alias: str, relation: Relation, aggregate: Aggregate) -> Sql:
        """The column, in the joined figures, of an aggregate; the same aggregate is computed once."""
        group = self._groups.get(relation.name)
        if group is None:
            group = self._groups[relation.name] = _Group(relation, alias, f"g{len(self._groups) + 1}")
        wanted = aggregate(f"{group.name}r")
        if wanted not in group.figures:
            group.figures.append(wanted)
        return Sql(f"{group.name}.f{group.figures.index(wanted) + 1}")

    def joins(self) -> Sql:
        """The joins that bring the figures to the rows of the subject."""
        return join("", [_joined(group) for group in self._groups.values()])


def _joined(group: _Group) -> Sql:
    row = f"{group.name}r"
    columns = [figure + sql(f" AS f{place}") for place, figure in enumerate(group.figures, 1)]
    read = sql("SELECT ") + join(", ", columns) + from_related(group.relation, row)
    read += sql(" WHERE ") + belongs(group.relation, row, group.subject)
    return sql("\nCROSS JOIN LATERAL (") + read + sql(f") AS {group.name}")
