"""What a workspace holds, as plain dicts: only what was written; what follows from it is worked out here anew."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg

from tests.derived.times import day_of

Row = dict[str, Any]
TABLES = (
    "contacts", "deals", "deal_lines", "deal_products", "events", "product_events", "products", "companies",
    "company_members", "exchange_rates", "page_views", "tasks", "list_members", "stages", "pipelines",
    "contact_keys",
)  # fmt: skip
_JSON = ("attributes", "data", "receipt")
_MICRO = Decimal("0.000001")


@dataclass
class Facts:
    """``tables`` by name; ``owned`` finds rows of a table by the contact that they belong to."""

    now: datetime
    zone: ZoneInfo
    base: str
    tables: dict[str, list[Row]]
    tags: dict[str, int]
    events: dict[str, int]
    lists: dict[str, int]
    attributes: dict[str, int] = field(default_factory=dict)
    rfm: Row | None = None
    aside: set[tuple[str, int]] = field(default_factory=set)
    """Definitions that are put aside, with their kind."""
    static: dict[int, set[int]] = field(default_factory=dict)
    """The members of static segments, as they are kept."""
    owned: dict[str, dict[int, list[Row]]] = field(default_factory=dict)

    @property
    def contacts(self) -> list[Row]:
        """Contacts that are people."""
        return [row for row in self.tables["contacts"] if not row["placeholder"]]

    def of_contact(self, table: str, contact_id: int) -> list[Row]:
        """The rows of one contact."""
        if table not in self.owned:
            found: dict[int, list[Row]] = defaultdict(list)
            for row in self.tables[table]:
                found[row["contact_id"]].append(row)
            self.owned[table] = found
        return self.owned[table].get(contact_id, [])


async def read_facts(pool: asyncpg.Pool, workspace_id: int, now: datetime) -> Facts:
    """Everything of one workspace, as of one moment."""
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        workspace = await connection.fetchrow(
            "SELECT time_zone, base_currency FROM workspaces WHERE id = $1", workspace_id
        )
        tables = {
            table: [_row(row) for row in await connection.fetch(_ALL.format(table), workspace_id)] for table in TABLES
        }
        names = {
            table: {row["name"]: row["id"] for row in await connection.fetch(_ALL.format(table), workspace_id)}
            for table in ("tags", "event_definitions", "lists", "attributes")
        }
        rfm = await connection.fetchrow(_RFM, workspace_id)
        static = await connection.fetch(_STATIC, workspace_id)
        aside = await connection.fetch(_ASIDE, workspace_id)
    facts = Facts(
        now, ZoneInfo(workspace["time_zone"]), workspace["base_currency"], tables, names["tags"],
        names["event_definitions"], names["lists"], names["attributes"],
    )  # fmt: skip
    facts.rfm = rfm and {key: json.loads(value or "null") if key != "id" else value for key, value in rfm.items()}
    facts.aside = {(row["kind"], row["id"]) for row in aside}
    for row in static:
        facts.static.setdefault(row["segment_id"], set()).add(row["id"])
    _derive(facts)
    return facts


_RFM = """
SELECT s.id, s.thresholds::text, c.edges::text FROM rfm_setups AS s LEFT JOIN rfm_cuts AS c
    ON c.workspace_id = s.workspace_id AND c.rfm_id = s.id AND c.revision = s.revision
WHERE s.workspace_id = $1"""
_ASIDE = """
SELECT 'aggregator' AS kind, id FROM aggregators WHERE workspace_id = $1 AND failed_at IS NOT NULL
UNION ALL SELECT 'segment', id FROM segments WHERE workspace_id = $1 AND failed_at IS NOT NULL"""
_STATIC = """
SELECT m.segment_id, m.id FROM segments AS s JOIN (
    SELECT workspace_id, segment_id, contact_id AS id FROM segment_members
    UNION ALL SELECT workspace_id, segment_id, deal_id FROM deal_segment_members
    UNION ALL SELECT workspace_id, segment_id, object_id FROM object_segment_members
) AS m ON m.workspace_id = s.workspace_id AND m.segment_id = s.id
WHERE s.workspace_id = $1 AND s.kind = 'static' AND s.deleted_at IS NULL"""
_ALL = "SELECT * FROM {} WHERE workspace_id = $1"


def _row(record: Any) -> Row:
    row = dict(record)
    for name in _JSON:
        if name in row:
            row[name] = json.loads(row[name], parse_float=Decimal)
    return row


def _derive(facts: Facts) -> None:
    """Totals of deals from their lines and their value in base currency from the rates, whatever is stored."""
    lines = defaultdict(list)
    for line in facts.tables["deal_lines"]:
        lines[line["contact_id"], line["deal_id"]].append(line)
    for deal in facts.tables["deals"]:
        own = lines[deal["contact_id"], deal["id"]]
        _total(deal, own)
        deal["base_rate"] = _rate(facts, deal)
        deal["base_value"] = converted(deal["value"], deal["base_rate"])
        for line in own:
            line["deal"] = deal


def _total(deal: Row, lines: list[Row]) -> None:
    adds_up = bool(lines) and all(line["currency"] == deal["currency"] for line in lines)
    total = sum((line["total"] for line in lines), Decimal(0))
    refunded = sum((line["refunded_value"] for line in lines), Decimal(0))
    deal["lines_total"] = total if adds_up else None
    deal["refunded_total"] = refunded if adds_up else Decimal(0)
    deal["net_value"] = total - refunded if adds_up else deal["value"]


def _rate(facts: Facts, deal: Row) -> Decimal | None:
    if deal["currency"] == facts.base:
        return Decimal(1)
    day: date = day_of(deal["ordered_at"], facts.zone)
    known = [
        rate
        for rate in facts.tables["exchange_rates"]
        if rate["currency"] == deal["currency"] and rate["valid_from"] <= day
    ]
    return max(known, key=lambda rate: rate["valid_from"])["rate"] if known else None


def converted(amount: Decimal | None, rate: Decimal | None) -> Decimal | None:
    """An amount at a rate, to six digits."""
    return None if amount is None or rate is None else (amount * rate).quantize(_MICRO, ROUND_HALF_UP)
