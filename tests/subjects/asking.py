"""A small shop in the database, and filters asked of it in every way there is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dealt.accounts import Snapshot
from dealt.attributes import define_for
from dealt.kernel.db import Connection
from dealt.kernel.sql import sql
from dealt.predicates import Batch, Checked, Compiler, FilterCatalogue, Moment, check_filter, parse_filter
from dealt.subjects import Extra, build_subjects
from tests.house import NOW, House


@dataclass
class Shop:
    """A workspace whose filters can be asked."""

    house: House
    catalogue: FilterCatalogue
    zone: ZoneInfo

    def checked(self, written: Any, subject: str = "contact") -> Checked:
        return check_filter(parse_filter(written), self.catalogue, subject, self.zone)

    async def ask(self, written: Any, subject: str = "contact", now: datetime = NOW) -> set[int]:
        """The ids that pass; asked in place and, for contacts, in a batch, which must agree with each other."""
        node, kind, at = self.checked(written, subject), self.catalogue.subject(subject), Moment(now, self.zone.key)
        compiler = Compiler(kind, "s", at)
        guest = sql(" AND NOT s.placeholder") if subject == "contact" else sql("")
        where = sql(" WHERE s.workspace_id = {}", self.house.workspace_id) + guest
        passing = sql("(") + compiler.condition(node) + sql(") IS TRUE")
        text, values = (
            sql("SELECT s.id, ") + passing + sql(" AS passes") + sql(f" FROM {kind.table} AS s") + where
        ).render()  # fmt: skip
        rows = await self.house.fetch(text, *values)
        found = {row["id"] for row in rows if row["passes"]}
        if subject == "contact":
            assert await self._in_batch(node, now, [row["id"] for row in rows]) == found
        return found

    async def next_change(self, written: Any, now: datetime, key: int) -> datetime | None:
        """When the filter may change for one contact."""
        batch, at = Batch(), Moment(now, self.zone.key)
        compiler = Compiler(self.catalogue.subject("contact"), "s", at, batch)
        following = compiler.next_change(self.checked(written))
        if following is None:
            return None
        query = sql("SELECT ") + following + sql(" AS at FROM contacts AS s") + batch.joins()
        text, values = (query + sql(" WHERE s.id = {}", key)).render()
        rows = await self.house.fetch(text, *values)
        found: datetime | None = rows[0]["at"]
        return found

    async def _in_batch(self, node: Checked, now: datetime, keys: list[int]) -> set[int]:
        batch, at = Batch(), Moment(now, self.zone.key)
        condition = Compiler(self.catalogue.subject("contact"), "s", at, batch).condition(node)
        query = sql("SELECT s.id FROM contacts AS s") + batch.joins()
        text, values = (query + sql(" WHERE s.id = ANY({}::bigint[]) AND ", keys) + condition).render()
        return {row["id"] for row in await self.house.fetch(text, *values)}


async def open_shop(
    house: House, raw: dict[str, list[dict[str, Any]]], zone: str = "UTC", extra: Extra | None = None
) -> Shop:
    """A shop whose attributes are those that ``raw`` values of each domain bring."""
    async with house.transaction() as connection:
        for domain, values in raw.items():
            await define_for(connection, house.workspace_id, domain, values, ZoneInfo(zone), actor="token:1", now=NOW)
        snapshot: Snapshot = await house.definitions.uncommitted(connection, house.workspace_id)
    return Shop(house, build_subjects(snapshot, extra), ZoneInfo(zone))


async def contact(
    connection: Connection, house: House, *, attributes: dict[str, Any] | None = None, **columns: Any
) -> int:
    """A contact with these columns."""
    columns = {"workspace_id": house.workspace_id, "created_at": NOW, "updated_at": NOW} | columns
    return await _insert(connection, "contacts", columns, attributes)


async def deal(
    connection: Connection, house: House, contact_id: int, *, attributes: dict[str, Any] | None = None, **columns: Any
) -> int:
    """A deal of a contact with these columns."""
    columns = {
        "contact_id": contact_id, "workspace_id": house.workspace_id, "name": "Order", "pipeline_id": 1, "stage_id": 1,
        "stage_entered_at": NOW, "status": 1, "ordered_at": NOW, "created_at": NOW, "updated_at": NOW,
        "id": await connection.fetchval("SELECT nextval('deal_id_seq')"),
        "currency": "EUR", "base_rate": 1, "base_value": columns.get("value"),
    } | columns  # fmt: skip
    return await _insert(connection, "deals", columns, attributes)


async def line(connection: Connection, house: House, contact_id: int, deal_id: int, number: int, **columns: Any) -> int:
    """A line of a deal."""
    columns = {
        "contact_id": contact_id, "deal_id": deal_id, "id": number, "workspace_id": house.workspace_id,
        "position": number, "quantity": 1, "value": 1, "total": 1, "receipt": "{}",
    } | columns  # fmt: skip
    return await _insert(connection, "deal_lines", columns, None)


async def _insert(
    connection: Connection, table: str, columns: dict[str, Any], attributes: dict[str, Any] | None
) -> int:
    if attributes is not None:
        columns = columns | {"attributes": json.dumps(attributes)}
    places = ", ".join(f"${place}" for place in range(1, len(columns) + 1))
    found: int = await connection.fetchval(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places}) RETURNING id", *columns.values()
    )
    return found
