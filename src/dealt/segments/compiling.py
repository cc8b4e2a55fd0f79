"""From segments to statements: all of a stratum for a batch, in one, whatever their filters look into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from dealt.freshness import Definition, Run, Vocabulary, Work, follow_companies
from dealt.kernel.db import Connection, Record
from dealt.kernel.journal import SETTINGS, Entry, record
from dealt.kernel.sql import Late, Sql, Statement, join, sql
from dealt.predicates import Batch, Compiler, Moment, least
from dealt.segments import queries
from dealt.segments.model import DYNAMIC, TABLES

_IDS, _NOW = Late("ids"), Late("now")
_THEIRS = "m.workspace_id = {}::bigint AND m.contact_id = ANY({}::bigint[])"
# The segments are a constant, which is looked up by its hash, and none to search the index for: all that there are of a
# contact are read in their order, from the index alone.
_HAD = """, ARRAY(SELECT m.segment_id FROM segment_members AS m
    WHERE m.contact_id = s.id AND m.segment_id + 0 = ANY('{%s}'::bigint[]) ORDER BY m.segment_id) AS had"""
# Companies and products number their own rows each: a company's id tells nothing of whether a product is there.
_OF_SUBJECT = (
    " AND EXISTS (SELECT FROM segments AS g WHERE g.workspace_id = m.workspace_id AND g.id = m.segment_id"
    " AND g.subject = {}::text)"
)
_RANGE = "m.workspace_id = {}::bigint AND m.object_id > {}::bigint AND m.object_id <= {}::bigint" + _OF_SUBJECT
_THESE = "m.workspace_id = {}::bigint AND m.object_id = ANY({}::bigint[])" + _OF_SUBJECT


def compile_run(vocabulary: Vocabulary, definitions: Sequence[Definition]) -> Run:
    """What settles segments of contacts and of their deals.

    Those of companies are told to look anew; products are told by whatever writes an order.
    """
    companies = any(one.content.segment.subject == "company" for one in definitions)
    statements = [
        (subject, (build(vocabulary, wanted)).prepared())
        for subject, build in (("contact", _of_contacts), ("deal", _of_deals))
        if (wanted := [one for one in definitions if one.content.segment.subject == subject])
    ]

    async def run(connection: Connection, work: Work) -> Mapping[int, datetime]:
        wakes: dict[int, datetime] = {}
        entries: list[Entry] = []
        for subject, statement in statements:
            rows = await connection.fetch(statement.text, *statement.bound(ids=work.contact_ids, now=work.now))
            for row in rows:
                if row["wake_at"] is not None:
                    contact_id, at = row["contact_id"], row["wake_at"]
                    wakes[contact_id] = min(at, wakes.get(contact_id, at))
                else:
                    entries.append(_moved(row, subject, work))
        await record(connection, work.workspace_id, entries, work.now)
        if companies:
            await follow_companies(connection, work)
        return wakes

    return run


def compile_range(vocabulary: Vocabulary, subject: str, definitions: Sequence[Definition]) -> Statement:
    """What settles segments of companies or products whose ids are above ``after`` and up to ``upto``, at ``now``."""
    bounds = (vocabulary.workspace_id, Late("after"), Late("upto"))
    which = sql("s.workspace_id = {}::bigint AND s.id > {}::bigint AND s.id <= {}::bigint", *bounds)
    return _of_objects(vocabulary, subject, definitions, which, _RANGE, (*bounds, subject))


def compile_objects(vocabulary: Vocabulary, subject: str, definitions: Sequence[Definition]) -> Statement:
    """The same for companies or products with these ``ids``."""
    bounds = (vocabulary.workspace_id, _IDS)
    which = sql("s.workspace_id = {}::bigint AND s.id = ANY({}::bigint[])", *bounds)
    return _of_objects(vocabulary, subject, definitions, which, _THESE, (*bounds, subject))


def entry_of_object(row: Record, subject: str, cause: int) -> Entry:
    """What the journal says of a company or a product that entered or left."""
    return Entry(SETTINGS, _kind(row), subject, row["object_id"], "system", _change(row), cause)


def moment_of(vocabulary: Vocabulary, now: Any) -> Moment:
    """The moment that filters are compiled for; ``now`` may be told later."""
    return Moment(cast(datetime, now), vocabulary.zone.key)


def _of_objects(
    vocabulary: Vocabulary, subject: str, definitions: Sequence[Definition], which: Sql, these: str,
    bounds: tuple[Any, ...],
) -> Statement:  # fmt: skip
    compiler = Compiler(vocabulary.catalogue.subject(subject), "s", moment_of(vocabulary, _NOW))
    held = (
        sql("WITH held AS MATERIALIZED (SELECT s.id AS object_id, ")
        + _segments(compiler, definitions) + sql(", ") + _wakes(compiler, definitions)
        + sql(f" FROM {TABLES[subject].table} AS s WHERE ") + which + sql(")")
    )  # fmt: skip
    return (held + _store(subject, definitions, these, bounds, vocabulary.workspace_id)).prepared()


def _of_contacts(vocabulary: Vocabulary, definitions: Sequence[Definition]) -> Sql:
    workspace, batch, dynamic = vocabulary.workspace_id, Batch(), _dynamic(definitions)
    compiler = Compiler(vocabulary.catalogue.subject("contact"), "s", moment_of(vocabulary, _NOW), batch)
    found = _segments(compiler, definitions) + sql(", ") + _wakes(compiler, definitions)
    had = Sql(_HAD % ",".join(map(str, dynamic)))
    held = (
        sql("WITH held AS MATERIALIZED (SELECT s.id AS contact_id, ") + found + had
        + sql("\nFROM contacts AS s")
        + batch.joins()
        + sql("\nWHERE s.id = ANY({}::bigint[]) AND s.workspace_id = {}::bigint", _IDS, workspace)
        + sql(" AND NOT s.placeholder)")
    )  # fmt: skip
    return held + Sql(queries.STORE_CONTACTS, (workspace, _IDS, workspace, _NOW))


def _of_deals(vocabulary: Vocabulary, definitions: Sequence[Definition]) -> Sql:
    """Whatever a deal's filter looks into is found by the deal itself, each by its index."""
    workspace = vocabulary.workspace_id
    compiler = Compiler(vocabulary.catalogue.subject("deal"), "s", moment_of(vocabulary, _NOW))
    held = (
        sql("WITH held AS MATERIALIZED (SELECT s.contact_id, s.id AS deal_id, ")
        + _segments(compiler, definitions) + sql(", ") + _wakes(compiler, definitions)
        + sql("\nFROM deals AS s WHERE s.contact_id = ANY({}::bigint[]) AND s.workspace_id = {}::bigint)",
              _IDS, workspace)
    )  # fmt: skip
    return held + _store("deal", definitions, _THEIRS, (workspace, _IDS), workspace)


def _segments(compiler: Compiler, definitions: Sequence[Definition]) -> Sql:
    """The ids of the segments that a row belongs to, as an array, ascending."""
    cases = [
        sql("CASE WHEN ") + compiler.condition(one.content.node) + sql(" THEN {}::bigint END", one.id)
        for one in sorted(definitions, key=lambda one: one.id)
        if one.content.node is not None
    ]
    return sql("array_remove(ARRAY[") + join(", ", cases) + sql("]::bigint[], NULL) AS segments")


def _wakes(compiler: Compiler, definitions: Sequence[Definition]) -> Sql:
    nodes = [one.content.node for one in definitions if one.content.node is not None]
    following = least([compiler.next_change(node) for node in nodes])
    return (following or sql("NULL::timestamptz")) + sql(" AS wake_at")


def _store(subject: str, definitions: Sequence[Definition], these: str, bounds: tuple[Any, ...], workspace: int) -> Sql:
    values = (*bounds, _dynamic(definitions), workspace, _NOW, workspace)
    return Sql(queries.store(TABLES[subject], these), values)


def _dynamic(definitions: Sequence[Definition]) -> list[int]:
    """The ids of the segments whose members follow from a filter."""
    return [one.id for one in definitions if one.content.segment.kind == DYNAMIC]


def _moved(row: Record, subject: str, work: Work) -> Entry:
    contact_id: int = row["contact_id"]
    moved = contact_id if subject == "contact" else row["deal_id"]
    hop = work.hops.get(contact_id, 0)
    return Entry(contact_id, _kind(row), subject, moved, "system", _change(row), int(work.cause), hop)


def _kind(row: Record) -> str:
    return "segment.entered" if row["entered"] else "segment.left"


def _change(row: Record) -> Mapping[str, tuple[Any, Any]]:
    segment_id = row["segment_id"]
    return {"segment": (None, segment_id) if row["entered"] else (segment_id, None)}
