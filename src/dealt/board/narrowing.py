"""From what a board is asked for to SQL: the filter language, the search, and what a member may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from dealt.accounts import Member, Snapshot, sees_only
from dealt.board import queries
from dealt.board.model import SORTS, Asked
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput
from dealt.kernel.money import parse_amount
from dealt.kernel.sql import Sql, sql
from dealt.predicates import Moment, check_filter, compile_filter, parse_filter
from dealt.searching import search
from dealt.subjects import load_subjects

MOST_FOUND = 50


@dataclass(frozen=True, slots=True)
class Narrowed:
    """``conditions`` on ``d``, each begun by AND, and where the deals are read; ``before`` begins the statement."""

    conditions: Sql
    source: Sql
    before: Sql


def read_asked(pipeline_id: int, query: Mapping[str, str], member: Member) -> Asked:
    """What an address asks for; unknown words mean the default. Raises InvalidInput for what cannot be read."""
    status = _number(query, "status")
    parts: list[Any] = []
    if status is not None:
        parts.append({"field": "status", "op": "equals", "value": status})
    if (assigned := _number(query, "assigned")) is not None:
        parts.append({"field": "assigned_to", "op": "equals", "value": assigned})
    if (tag := _number(query, "tag")) is not None:
        parts.append({"field": "tags", "op": "in_any", "value": [tag]})
    if query.get("least", "").strip():
        try:
            least = parse_amount(query["least"].strip())
        except ValueError as error:
            raise InvalidInput.of("least", str(error)) from None
        parts.append({"field": "base_value", "op": "greater_or_equal", "value": float(least or 0)})
    if query.get("filter"):
        try:
            parts.append(msgspec.json.decode(query["filter"]))
        except msgspec.DecodeError:
            raise InvalidInput.of("filter", "This filter is no JSON.") from None
    only_status = len(parts) == 1 and status is not None
    return Asked(
        pipeline_id, SORTS.get(query.get("sort", ""), SORTS["newest"]), status if only_status else None,
        {} if only_status or not parts else {"all": parts}, query.get("q", "").strip()[:200], sees_only(member),
    )  # fmt: skip


async def narrow(connection: Connection, snapshot: Snapshot, asked: Asked, now: datetime) -> Narrowed:
    """The SQL of it. Raises InvalidInput for a filter that makes no sense."""
    conditions, source, before = Sql(""), Sql("deals"), Sql("")
    if asked.status is not None:
        conditions += sql(" AND d.status = {}", asked.status)
    if asked.own is not None:
        conditions += sql(" AND d.assigned_to = {}", asked.own)
    if asked.filter:
        catalogue = await load_subjects(connection, snapshot)
        node = check_filter(parse_filter(asked.filter, "filter"), catalogue, "deal", snapshot.time_zone)
        moment = Moment(now, snapshot.time_zone.key)
        conditions += Sql(" AND ") + compile_filter(node, catalogue.subject("deal"), "d", moment)
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
