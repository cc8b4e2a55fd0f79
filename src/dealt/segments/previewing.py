"""What a filter would do before it is saved, who would come and go, and why somebody belongs or does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dealt.freshness import Plan
from dealt.kernel.db import Connection, Record
from dealt.kernel.errors import InvalidInput, NotFound
from dealt.kernel.limits import looking
from dealt.kernel.sql import Sql, sql
from dealt.predicates import Explained, describe, explain
from dealt.segments import queries
from dealt.segments.compiling import moment_of
from dealt.segments.filtering import PLACE, read_filter
from dealt.segments.keeping import check_change
from dealt.segments.looking import passing, single
from dealt.segments.model import DYNAMIC, TABLES, Segment, Tables

SAMPLE = 10


_FIRST = f"(array_agg(id ORDER BY id))[1:{SAMPLE}] AS ids"


@dataclass(frozen=True, slots=True)
class Some:
    """So many, and some of them: rows of ``id``, ``custom_id`` and ``name``."""

    count: int
    sample: Sequence[Record]


@dataclass(frozen=True, slots=True)
class Preview:
    """Who passes a filter, and the filter as a sentence."""

    sentence: str
    passing: Some


@dataclass(frozen=True, slots=True)
class Changes:
    """Who would enter and who would leave if the filter were another one."""

    sentence: str
    entering: Some
    leaving: Some


async def preview(connection: Connection, plan: Plan, subject: str, written: Any, now: datetime) -> Preview:
    """Who passes a filter now. Raises InvalidInput for one that makes no sense or takes too long."""
    node = read_filter(written, subject, plan.vocabulary)
    tables, workspace_id = TABLES[subject], plan.vocabulary.workspace_id
    query = passing(plan, subject, node, now) + Sql("SELECT count(*) AS number, " + _FIRST + " FROM passing")
    async with looking(connection, plan.vocabulary.longest_filter_ms, PLACE):
        row = await single(connection, query)
        found = await _some(connection, tables, workspace_id, row["number"], row["ids"])
    return Preview(describe(node), found)


async def preview_changes(
    connection: Connection, plan: Plan, segment: Segment, written: Any, now: datetime
) -> Changes:  # fmt: skip
    """Who would enter and leave ``segment`` with another filter. Raises InvalidInput as saving it would."""
    if segment.kind != DYNAMIC:
        raise InvalidInput.of(PLACE, "This segment is static: its members are a copy that no filter changes.")
    node = check_change(plan, segment, written)
    tables, workspace_id = TABLES[segment.subject], plan.vocabulary.workspace_id
    members = sql(
        f", members AS MATERIALIZED (SELECT {tables.member} AS id FROM {tables.members} WHERE workspace_id = {{}}"
        " AND segment_id = {}) ",
        workspace_id, segment.id,
    )  # fmt: skip
    entering = f"SELECT count(*) AS number, {_FIRST} FROM passing WHERE id NOT IN (SELECT id FROM members)"
    leaving = f"SELECT count(*) AS number, {_FIRST} FROM members WHERE id NOT IN (SELECT id FROM passing)"
    both = sql(f"SELECT e.number, e.ids, l.number AS gone, l.ids AS gone_ids FROM ({entering}) AS e, ({leaving}) AS l")
    async with looking(connection, plan.vocabulary.longest_filter_ms, PLACE):
        row = await single(connection, passing(plan, segment.subject, node, now) + members + both)
        come = await _some(connection, tables, workspace_id, row["number"], row["ids"])
        gone = await _some(connection, tables, workspace_id, row["gone"], row["gone_ids"])
    return Changes(describe(node), come, gone)


async def explain_member(
    connection: Connection, plan: Plan, segment: Segment, object_id: int, now: datetime
) -> Explained:
    """Why an object belongs to a segment or does not. Raises NotFound, and InvalidInput where no filter tells it."""
    if segment.kind != DYNAMIC:
        raise InvalidInput.of("segment", "This segment is static: its members are a copy of those of another one.")
    node = read_filter(segment.filter, segment.subject, plan.vocabulary)
    subject, workspace_id = plan.vocabulary.catalogue.subject(segment.subject), plan.vocabulary.workspace_id
    key = sql("{}::bigint", object_id)
    if segment.subject == "deal":
        contact_id = await connection.fetchval(queries.DEAL_CONTACT, workspace_id, object_id)
        key = sql("({}::bigint, {}::bigint)", contact_id, object_id)
    if segment.subject == "contact" and await connection.fetchval(queries.IS_PLACEHOLDER, workspace_id, object_id):
        raise NotFound
    async with looking(connection, plan.vocabulary.longest_filter_ms, PLACE):
        found = await explain(connection, node, subject, workspace_id, key, moment_of(plan.vocabulary, now))
    if found is None:
        raise NotFound(f"There is no such {segment.subject}.")
    return found


async def _some(
    connection: Connection, tables: Tables, workspace_id: int, number: int, ids: Sequence[int] | None
) -> Some:
    if not ids:
        return Some(number, [])
    text = f"SELECT s.id, s.custom_id, {tables.name} AS name FROM {tables.table} AS s"
    if tables.table == "deals":
        # Deals are found by their directory.
        text += (
            " JOIN deal_ids AS d ON d.contact_id = s.contact_id AND d.deal_id = s.id AND d.deal_id = ANY($2::bigint[])"
        )
        text += " AND d.workspace_id = s.workspace_id"
    text += " WHERE s.workspace_id = $1 AND s.id = ANY($2::bigint[]) ORDER BY s.id"
    return Some(number, list(await connection.fetch(text, workspace_id, list(ids))))
