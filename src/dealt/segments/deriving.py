"""Segments as definitions of derived data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from dealt.freshness import Definition, Provided, Run, Stored, Unit, Vocabulary, facets
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput
from dealt.kernel.journal import ANYTHING, SETTINGS, Entry, record
from dealt.kernel.sql import Sql, sql
from dealt.predicates import Beside, Membership, Relation, facets_of, references
from dealt.segments import queries
from dealt.segments.compiling import compile_run
from dealt.segments.filtering import read_filter
from dealt.segments.model import KIND, OBJECTS, STATIC, SUBJECTS, Content, Segment

# Which members' rows are those of a row ``{s}``.
_OWN = {
    "contact": "segment_members AS m WHERE m.contact_id = {s}.id",
    "deal": "deal_segment_members AS m WHERE m.contact_id = {s}.contact_id AND m.deal_id = {s}.id",
    "product": "object_segment_members AS m WHERE m.workspace_id = {s}.workspace_id AND m.object_id = {s}.id",
    "company": "object_segment_members AS m WHERE m.workspace_id = {s}.workspace_id AND m.object_id = {s}.id",
}
# A deal that goes leaves also what a static segment holds of it.
_LOOKED_THROUGH = {"deal": facets.DEALS}
# Segments of companies and products are no work of a contact: when their members change, contacts are told so by these.
MOVED_WITH = {"deal": facets.DEALS, "product": facets.PRODUCTS, "company": facets.COMPANIES}
# A contact's own segments, read once for a batch.
_BESIDE = Beside(
    Relation("segment_members", "contact", "segments", "segment", "segment_members AS {r}", "{r}.contact_id"),
    "array_agg({r}.segment_id)",
    Sql,
)


class SegmentDeriver:
    """See ``freshness.Deriver``."""

    kind = KIND

    async def provide(self, connection: Connection, workspace_id: int) -> Provided:
        """Belonging to segments, for each subject."""
        found = await load_segments(connection, workspace_id)
        return Provided(
            segments={
                subject: Membership(
                    "segments",
                    "Segments",
                    _among(subject),
                    {one.name: one.id for one in found if one.subject == subject},
                    KIND,
                    _BESIDE if subject == "contact" else None,
                    MOVED_WITH.get(subject, 0),
                )
                for subject in SUBJECTS
            }
        )

    async def load(self, connection: Connection, vocabulary: Vocabulary) -> list[Definition]:
        """All that are not deleted; members of deleted ones are shown nowhere and wait to be removed."""
        return [_definition(one, vocabulary) for one in await load_segments(connection, vocabulary.workspace_id)]

    def compile(self, vocabulary: Vocabulary, definitions: Sequence[Definition]) -> Run:
        """One statement for contacts and one for deals; nobody belongs to what cannot be computed."""
        return compile_run(vocabulary, definitions)

    async def quarantine(
        self, connection: Connection, workspace_id: int, definition_id: int, error: str, now: datetime
    ) -> None:
        """Mark a segment; it is shown with the error, and tried again when it is changed."""
        await connection.execute(queries.QUARANTINE, workspace_id, definition_id, error, now)
        entry = Entry(SETTINGS, "segment.failed", KIND, definition_id, "system", {"error": ("", error)})
        await record(connection, workspace_id, [entry], now)

    async def forget(self, connection: Connection, workspace_id: int, version: int) -> None:
        """Deleted segments and their members."""
        ids = [row["id"] for row in await connection.fetch(queries.FORGET, workspace_id, version)]
        if ids:
            for statement in queries.FORGET_MEMBERS:
                await connection.execute(statement, workspace_id, ids)

    async def stored(self, connection: Connection, workspace_id: int, contact_ids: Sequence[int]) -> Stored:
        """Who belongs to what: contacts and their deals."""
        rows = await connection.fetch(queries.STORED, workspace_id, list(contact_ids))
        return {
            Unit(
                row["contact_id"], row["subject"], row["object_id"], f"{KIND}:{row['segment_id']}", row["name"] or "",
                row["orphaned"],
            ): True
            for row in rows
        }  # fmt: skip

    async def drop(self, connection: Connection, workspace_id: int, units: Sequence[Unit]) -> None:
        """Members of segments that are gone, and members that are gone."""
        for subject, statement in queries.DROP.items():
            ours = [one for one in units if one.subject == subject]
            columns = ([one.contact_id for one in ours], [one.object_id for one in ours], [_id(one) for one in ours])
            await connection.execute(statement, workspace_id, *columns)


async def load_segments(connection: Connection, workspace_id: int) -> list[Segment]:
    """All segments of a workspace by id."""
    return [Segment.of(row) for row in await connection.fetch(queries.ALL, workspace_id)]


def _id(unit: Unit) -> int:
    return int(unit.definition.removeprefix(f"{KIND}:"))


def _definition(one: Segment, vocabulary: Vocabulary) -> Definition:
    reads = facets.PRESENCE | _LOOKED_THROUGH.get(one.subject, 0)
    if one.kind == STATIC:
        return Definition(KIND, one.id, one.name, one.version, Content(one, None), facets=reads)
    node, error, follows = None, one.error, frozenset[str]()
    try:
        node = read_filter(one.filter, one.subject, vocabulary)
        follows = frozenset(references(node))
        reads |= _reads(one.subject, facets_of(node))
    except InvalidInput as invalid:
        error = error or invalid.detail
        # It may make sense again, and nobody would be waited for then.
        reads = ANYTHING
    node = None if error else node
    return Definition(KIND, one.id, one.name, one.version, Content(one, node), follows, error, reads)


def _reads(subject: str, found: int) -> int:
    """Companies are looked at apart; but a contact leads to those that have to do with it, where they ask for that.

    Products are marked by orders themselves.
    """
    if subject in OBJECTS and not (subject == "company" and found & facets.COMPANIES):
        return 0
    return found


def _among(subject: str) -> Callable[[str, list[int]], Sql]:
    own = _OWN[subject]
    return lambda alias, ids: sql(
        f"EXISTS (SELECT FROM {own.replace('{s}', alias)} AND m.segment_id = ANY({{}}::bigint[]))", ids
    )
