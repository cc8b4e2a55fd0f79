"""RFMs as definitions of derived data: scores are read from what aggregators found and from edges, never stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from dealt.accounts import Part
from dealt.freshness import Definition, Provided, Run, Stored, Unit, Vocabulary, Work, facets
from dealt.kernel.db import Connection
from dealt.kernel.sql import Sql
from dealt.predicates import FilterField, Kind
from dealt.rfm import queries
from dealt.rfm.groups import GROUPS
from dealt.rfm.model import KIND, SCORED, Rfm
from dealt.rfm.scoring import scores, stored

LABELS = {
    "recency": "recency score", "frequency": "frequency score", "monetary": "monetary score", "group": "group",
}  # fmt: skip


async def load_rfms(connection: Connection, workspace_id: int) -> list[Rfm]:
    """All of a workspace by id, with the edges in force."""
    return [Rfm.of(row) for row in await connection.fetch(queries.ALL, workspace_id)]


RFMS: Part[list[Rfm]] = Part("rfm", load_rfms)
"""The RFMs of a workspace, for showing scores."""


class RfmDeriver:
    """See ``freshness.Deriver``. Segments of scores follow from the RFM, and the RFM from its aggregators."""

    kind = KIND

    async def provide(self, connection: Connection, workspace_id: int) -> Provided:
        """The scores, as fields of contacts."""
        found = await load_rfms(connection, workspace_id)
        return Provided(fields={"contact": {field.name: field for one in found for field in fields_of(one)}})

    async def load(self, connection: Connection, vocabulary: Vocabulary) -> list[Definition]:
        """All; other edges are another version."""
        return [
            Definition(KIND, one.id, one.name, one.version, one, one.follows, facets=facets.PRESENCE)
            for one in await load_rfms(connection, vocabulary.workspace_id)
        ]

    def compile(self, vocabulary: Vocabulary, definitions: Sequence[Definition]) -> Run:
        """There is nothing to store."""
        return _nothing

    async def quarantine(
        self, connection: Connection, workspace_id: int, definition_id: int, error: str, now: datetime
    ) -> None:
        """Nothing runs, so nothing fails."""

    async def forget(self, connection: Connection, workspace_id: int, version: int) -> None:
        """Nothing is left of one that is deleted."""

    async def stored(self, connection: Connection, workspace_id: int, contact_ids: Sequence[int]) -> Stored:
        """Nothing is."""
        return {}

    async def drop(self, connection: Connection, workspace_id: int, units: Sequence[Unit]) -> None:
        """Nothing is stored, so nothing is there that should not be."""


def fields_of(rfm: Rfm) -> list[FilterField]:
    """The scores and the group, as filters read them."""
    reference, choices = f"{KIND}:{rfm.id}", tuple(group.name for group in GROUPS)
    return [
        FilterField(
            rfm.attribute(name), Kind.CHOICE if name == "group" else Kind.NUMBER, f"{rfm.name} {LABELS[name]}",
            _reading(rfm, name), choices=choices if name == "group" else (), refers_to=reference, facets=0,
        )
        for name in SCORED
    ]  # fmt: skip


def _reading(rfm: Rfm, name: str) -> Callable[[str], Sql]:
    inner = scores(stored(rfm), rfm.edges)[name]

    def read(alias: str) -> Sql:
        text = f"(SELECT {inner.text} FROM contact_derived AS derived WHERE derived.contact_id = {alias}.id)"
        return Sql(text, inner.values)

    return read


async def _nothing(_connection: Connection, _work: Work) -> Mapping[int, datetime]:
    return {}
