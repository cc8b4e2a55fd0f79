"""Figures for many subjects at once: each kind of related rows is read once, however many filters look into it."""

from __future__ import annotations

from dataclasses import dataclass, field

from dealt.kernel.sql import Sql, join, sql
from dealt.predicates.catalogue import Relation, Subject
from dealt.predicates.compile import Aggregate, from_related, owned


@dataclass
class _Group:
    """The figures over one relation, computed by one grouped read of its rows."""

    relation: Relation
    alias: str
    figures: list[Sql] = field(default_factory=list)


class Batch:
    """Collects the figures that compiled filters ask for, and joins them to the subjects of a batch."""

    def __init__(self, workspace_id: int) -> None:
        self._workspace_id = workspace_id
        self._groups: dict[str, _Group] = {}

    def figure(self, subject: Subject, alias: str, relation: Relation, aggregate: Aggregate) -> Sql:
        """The column, in the joined figures, of an aggregate; the same aggregate is computed once."""
        group = self._groups.get(relation.name)
        if group is None:
            group = self._groups[relation.name] = _Group(relation, f"g{len(self._groups) + 1}")
        wanted = aggregate(f"{group.alias}r")
        if wanted not in group.figures:
            group.figures.append(wanted)
        return Sql(f"{group.alias}.f{group.figures.index(wanted) + 1}")

    def joins(self, key: str, keys: Sql) -> Sql:
        """The LEFT JOINs that bring the figures to rows whose key is the expression ``key``; ``keys`` is an array."""
        return join("", [self._join(group, key, keys) for group in self._groups.values()])

    def _join(self, group: _Group, key: str, keys: Sql) -> Sql:
        row, owner = f"{group.alias}r", owned(group.relation, f"{group.alias}r")
        columns = [figure + sql(f" AS f{place}") for place, figure in enumerate(group.figures, 1)]
        read = sql("SELECT ") + owner + sql(" AS key, ") + join(", ", columns) + from_related(group.relation, row)
        read += sql(" WHERE ") + owner + sql(" = ANY(") + keys + sql(")")
        if group.relation.workspace:
            read += sql(f" AND {group.relation.workspace.replace('{r}', row)} = {{}}::bigint", self._workspace_id)
        read += sql(" GROUP BY 1")
        return sql("\nLEFT JOIN (") + read + sql(f") AS {group.alias} ON {group.alias}.key = {key}")
