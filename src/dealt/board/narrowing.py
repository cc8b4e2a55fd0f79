"""From what a board is asked for to SQL: the filter language, the search, and what a member may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dealt.accounts import Snapshot, sees_only
from dealt.board import queries
from dealt.board.grouping import read_group
from dealt.board.model import SORTS, Asked
from dealt.builders import Filtered, as_equals, filtered, joined, read_written
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput
from dealt.kernel.money import parse_amount
from dealt.kernel.sql import Sql, all_of, sql
from dealt.searching import search
from dealt.web import Visit

MOST_FOUND = 50


@dataclass(frozen=True, slots=True)
class Narrowed:
    """``conditions`` on ``d``, each begun by AND, and where the deals are read; ``before`` begins the statement."""

    conditions: Sql
    source: Sql
    before: Sql


def read_quick(query: Mapping[str, str]) -> list[Any]:
    """What the quick controls of an address ask for, as conditions of the filter language. Raises InvalidInput."""
    parts: list[Any] = []
    if (status := _number(query, "status")) is not None:
        parts.append(as_equals("status", status))
    if (assigned := _number(query, "assigned")) is not None:
        parts.append(as_equals("assigned_to", assigned))
    if (tag := _number(query, "tag")) is not None:
        parts.append(as_equals("tags", [tag], "in_any"))
    if query.get("least", "").strip():
        try:
            least = parse_amount(query["least"].strip())
        except ValueError as error:
            raise InvalidInput.of("least", str(error)) from None
        parts.append(as_equals("base_value", float(least or 0), "greater_or_equal"))
    return parts


async def read_asked(
    visit: Visit, snapshot: Snapshot, pipeline_id: int, query: Mapping[str, str]
) -> tuple[Asked, Filtered | None]:
    """What an address asks for, and what the builder's part of it says; unknown words mean the default.

    Raises InvalidInput, by place, for what cannot be read or makes no sense.
    """
    quick, written = read_quick(query), read_written(query.get("filter", ""))
    only_status = _number(query, "status") if len(quick) == 1 and not written else None
    asked = Asked(
        pipeline_id, SORTS.get(query.get("sort", ""), SORTS["newest"]), only_status, None,
        query.get("q", "").strip()[:200], sees_only(visit.member),
        read_group(visit, snapshot, query.get("group", "")),
    )  # fmt: skip
    if only_status is not None or not (quick or written):
        return asked, None
    async with visit.reading() as connection:
        told = await filtered(visit, connection, "deal", written, "d") if written else None
        conditions = [told.condition] if told else []
        if quick:
            conditions.append((await filtered(visit, connection, "deal", joined(*quick), "d")).condition)
    return replace(asked, filter=all_of(conditions)), told


async def narrow(connection: Connection, snapshot: Snapshot, asked: Asked) -> Narrowed:
    """The SQL of it."""
    conditions, source, before = Sql(""), Sql("deals"), Sql("")
    if asked.status is not None:
        conditions += sql(" AND d.status = {}", asked.status)
    if asked.own is not None:
        conditions += sql(" AND d.assigned_to = {}", asked.own)
    if asked.filter is not None:
        conditions += Sql(" AND ") + asked.filter
    if asked.text:
        found, before = await _found(connection, snapshot.workspace_id, asked.text)
        conditions, source = conditions + found, Sql("found")
    return Narrowed(conditions, source, before)


async def _found(connection: Connection, workspace_id: int, text: str) -> tuple[Sql, Sql]:
    """Deals that hold the words, and those of people who do, the best fifty of each: as a condition and as a WITH."""
    hits = await search(connection, workspace_id, text, kinds=("deal", "contact"), limit=MOST_FOUND)
    deals = [hit.id for hit in hits if hit.kind == "deal"]
    contacts = [hit.id for hit in hits if hit.kind == "contact"]
    homes = await connection.fetch(queries.HOMES, workspace_id, deals)
    condition = sql(" AND (d.id = ANY({}::bigint[]) OR d.contact_id = ANY({}::bigint[]))", deals, contacts)
    places = [row["contact_id"] for row in homes], [row["deal_id"] for row in homes]
    return condition, sql(queries.FOUND, workspace_id, *places, workspace_id, contacts, deals)


def _number(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise InvalidInput.of(name, "Choose one of the list.")
    return int(text)
