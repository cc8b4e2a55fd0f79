"""What aggregators found: for users' answers, and for one contact with the rows behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from dealt.accounts import Part
from dealt.aggregators import queries
from dealt.aggregators.compiling import Wanted, compute, moment_of
from dealt.aggregators.deriving import load_aggregators
from dealt.aggregators.figures import Figure
from dealt.aggregators.functions import as_json
from dealt.aggregators.model import Aggregator, unconverted_key
from dealt.freshness import Vocabulary
from dealt.kernel.clock import parse_datetime
from dealt.kernel.db import Connection
from dealt.kernel.limits import looking
from dealt.kernel.sql import Sql, sql
from dealt.predicates import Compiler
from dealt.subjects import is_amount

MOST_BEHIND = 100
_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Behind:
    """A row that a value is made of: the id of a deal, or of what happened; and what was read of it."""

    id: int
    at: datetime | None
    value: Any


@dataclass(frozen=True, slots=True)
class Explained:
    """How many rows make a value, the newest of them, and when it may change with nothing done."""

    rows: int
    behind: list[Behind]
    changes_at: datetime | None


async def _load(connection: Connection, workspace_id: int) -> dict[str, Aggregator]:
    return await _of(connection, workspace_id, "contact")


async def _load_of_companies(connection: Connection, workspace_id: int) -> dict[str, Aggregator]:
    return await _of(connection, workspace_id, "company")


async def _of(connection: Connection, workspace_id: int, subject: str) -> dict[str, Aggregator]:
    found = await load_aggregators(connection, workspace_id)
    return {one.target: one for one in found if one.deleted_at is None and one.subject == subject}


AGGREGATORS: Part[dict[str, Aggregator]] = Part("aggregators", _load)
"""The aggregators of contacts by the attributes that they fill."""
OF_COMPANIES: Part[dict[str, Aggregator]] = Part("company_aggregators", _load_of_companies)
"""The aggregators of companies by the attributes that they fill."""


async def values_of(connection: Connection, workspace_id: int, contact_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What is stored, by contact and target; a contact of which nothing is stored is left out."""
    rows = await connection.fetch(queries.VALUES, workspace_id, list(contact_ids))
    return {row["contact_id"]: msgspec.json.decode(row["aggregates"]) for row in rows}


def shown_values(stored: dict[str, Any], known: dict[str, Aggregator], now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """The values as attributes: days are counted in the workspace's time zone, up to ``now``."""
    return {target: shown_value(stored[target], one, now, zone) for target, one in known.items() if target in stored}


def shown_value(value: Any, one: Aggregator, now: datetime, zone: ZoneInfo) -> Any:
    """One value; see ``shown_values``."""
    if one.function != "days_since" or not isinstance(value, str):
        return value
    since = parse_datetime(value, _UTC).astimezone(zone).date()
    return (now.astimezone(zone).date() - since).days


def is_money(one: Aggregator) -> bool:
    """Whether its values are amounts in the workspace's base currency."""
    subject = {"deals": "deal", "order_products": "line"}.get(one.source, "")
    return one.value_type == "float" and one.field is not None and is_amount(subject, one.field)


async def preview(
    connection: Connection, vocabulary: Vocabulary, figure: Figure, ids: Sequence[int], now: datetime
) -> dict[int, tuple[Any, int]]:
    """The value for each contact or company, and how many deals could not be converted; nothing is stored.

    Raises InvalidInput where that takes longer than the workspace allows.
    """
    async with looking(connection, vocabulary.longest_filter_ms, "filter"):
        found = await compute(connection, vocabulary, [Wanted("value", figure)], figure.owner.name, ids, now)
    told = {object_id: msgspec.json.decode(values) for object_id, values in found.items()}
    return {key: (values.get("value"), values.get(unconverted_key("value"), 0)) for key, values in told.items()}


async def sample(connection: Connection, workspace_id: int, subject: str, count: int) -> list[int]:
    """The newest contacts or companies."""
    return [row["id"] for row in await connection.fetch(queries.SAMPLE[subject], workspace_id, count)]


async def explain_value(
    connection: Connection, vocabulary: Vocabulary, figure: Figure, owner_id: int, now: datetime
) -> Explained:
    """What makes the value of one contact or company."""
    compiler = Compiler(figure.owner, "s", moment_of(vocabulary, now))
    workspace_id = vocabulary.workspace_id
    theirs = f" FROM {figure.owner.table} AS s WHERE s.id = {{}}::bigint AND s.workspace_id = {{}}::bigint"
    owner = sql(theirs, owner_id, workspace_id)
    changes = compiler.next_change(figure.passing) or Sql("NULL::timestamptz")
    asked = sql("SELECT ") + compiler.number_of(figure.passing) + sql(" AS rows, ") + changes + sql(" AS at") + owner
    text, values = asked.render()
    row = await connection.fetchrow(text, *values)
    rows, changes_at = (row["rows"], row["at"]) if row else (0, None)
    return Explained(rows, await _behind(connection, figure, compiler, owner_id, workspace_id), changes_at)


async def _behind(
    connection: Connection, figure: Figure, compiler: Compiler, owner_id: int, workspace_id: int
) -> list[Behind]:
    relation, shown = figure.relation, figure.rows.shown.replace("{s}", "e")
    read = Sql("NULL::jsonb")
    if figure.field is not None:
        value = figure.amount.converted("e") if figure.amount else figure.field.read("e")
        read = sql("to_jsonb(") + as_json(value, figure.field.kind) + sql(")")
    by = figure.by.read("e")
    keys = ", ".join(f"{key} DESC" for key in figure.rows.keys("e"))
    passing = compiler.related(figure.rows, "e").condition(figure.where)
    text, values = (
        sql(f"SELECT {shown} AS id, ") + by + sql(" AS at, ") + read + sql(" AS value FROM ")
        + Sql(relation.source.replace("{r}", "e"))
        + sql(f" WHERE {relation.owner.replace('{r}', 'e')} = {{}}::bigint AND ", owner_id)
        + sql(f"{(relation.workspace or '{r}.workspace_id').replace('{r}', 'e')} = {{}}::bigint AND ", workspace_id)
        + passing
        + sql(" ORDER BY ") + by + sql(f" DESC NULLS LAST, {keys} LIMIT {MOST_BEHIND}")
    ).render()  # fmt: skip
    return [
        Behind(row["id"], row["at"], None if row["value"] is None else msgspec.json.decode(row["value"]))
        for row in await connection.fetch(text, *values)
    ]
