"""Indexes of fields that people sort and narrow their lists by: asked for, built by a worker, and taken back."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg

from dealt.accounts import Part, settings_changed
from dealt.attributes import queries
from dealt.kernel.db import Connection, Pool
from dealt.kernel.errors import InvalidInput, NotFound
from dealt.kernel.jobs import enqueue
from dealt.kernel.journal import SETTINGS, Entry, record
from dealt.kernel.lookups import attribute_column

BUILD, DROP = "attributes.index", "attributes.unindex"
MOST_PER_DOMAIN = 16
TABLES = {
    "contact": "contacts", "deal": "deals", "company": "companies", "product": "products", "task": "tasks",
}  # fmt: skip
_WHOLE = {"contact": " AND NOT placeholder"}
_COLUMN = re.compile(r"[a-z][a-z_]{0,62}")
_LOCK = 0x696E6478  # "indx"
_ASK_AGAIN_S = 0.5


@dataclass(frozen=True, slots=True)
class FieldIndex:
    """``share`` is how much of it is built, of a hundred; None where it waits, failed or is done."""

    domain: str
    field: str
    value_type: str
    column_name: str
    asked_at: datetime
    built_at: datetime | None
    error: str
    share: int | None = None

    @property
    def is_built(self) -> bool:
        return self.built_at is not None


async def load_built(connection: Connection, workspace_id: int) -> dict[tuple[str, str], str]:
    """The type that each field's index was built for, by domain and field."""
    rows = await connection.fetch(queries.BUILT_INDEXES, workspace_id)
    return {(row["domain"], row["field"]): row["value_type"] for row in rows}


INDEXES: Part[dict[tuple[str, str], str]] = Part("field_indexes", load_built)


async def list_indexes(connection: Connection, workspace_id: int) -> list[FieldIndex]:
    """All that were asked for, with how far those are that are being built."""
    rows = await connection.fetch(queries.INDEXES, workspace_id)
    names = [_name(workspace_id, row["domain"], row["field"]) for row in rows]
    running = {row["name"]: row["share"] for row in await connection.fetch(queries.INDEXING, names)}
    return [FieldIndex(**dict(row), share=running.get(name)) for row, name in zip(rows, names, strict=True)]


async def ask_for_index(
    connection: Connection,
    workspace_id: int,
    domain: str,
    field: str,
    value_type: str,
    *,
    column_name: str = "",
    actor: str,
    now: datetime,
) -> None:
    """Have a field indexed; again where it was, with another type, or could not be.

    ``column_name`` is the column of a field that everybody has, empty for an attribute. Raises InvalidInput.
    """
    if domain not in TABLES or value_type == "json" or (column_name and not _COLUMN.fullmatch(column_name)):
        raise InvalidInput.of("field", "This field cannot be indexed.")
    await settings_changed(connection, workspace_id)
    held = await connection.fetch(queries.INDEXES, workspace_id)
    others = [row for row in held if row["domain"] == domain and row["field"] != field]
    if len(others) >= MOST_PER_DOMAIN:
        told = f"At most {MOST_PER_DOMAIN} fields of one kind are indexed. Take one back first."
        raise InvalidInput.of("field", told)
    await connection.execute(queries.ASK_INDEX, workspace_id, domain, field, value_type, column_name, now)
    await enqueue(connection, workspace_id, BUILD, {"domain": domain, "field": field}, now=now)
    entry = Entry(SETTINGS, "field.indexed", "field", 0, actor, {"field": (None, field), "domain": (None, domain)})
    await record(connection, workspace_id, [entry], now)


async def drop_field_index(
    connection: Connection, workspace_id: int, domain: str, field: str, *, actor: str, now: datetime
) -> None:
    """Take an index back; lists go on without it. Raises NotFound."""
    await settings_changed(connection, workspace_id)
    if await connection.fetchval(queries.FORGET_INDEX, workspace_id, domain, field) is None:
        raise NotFound("This field is not indexed any more.")
    await enqueue(connection, workspace_id, DROP, {"domain": domain, "field": field}, now=now)
    entry = Entry(SETTINGS, "field.unindexed", "field", 0, actor, {"field": (field, None), "domain": (domain, None)})
    await record(connection, workspace_id, [entry], now)


async def build_field_index(pool: Pool, workspace_id: int, payload: Mapping[str, Any], now: datetime) -> None:
    """The job: build it beside everybody's work, whatever a try before has left."""
    domain, field = str(payload["domain"]), str(payload["field"])
    name = _name(workspace_id, domain, field)
    async with pool.acquire() as connection, indexing_alone(connection):
        row = await connection.fetchrow(queries.INDEX, workspace_id, domain, field)
        if row is None or row["built_at"] is not None:
            return
        error = await build_index(connection, name, _create(workspace_id, name, row), TABLES[domain])
        async with connection.transaction():
            await settings_changed(connection, workspace_id)
            built_at = None if error else now
            await connection.execute(queries.FINISH_INDEX, workspace_id, domain, field, built_at, error)


async def remove_field_index(pool: Pool, workspace_id: int, payload: Mapping[str, Any], _now: datetime) -> None:
    """The job: drop it, unless somebody has asked for it again."""
    domain, field = str(payload["domain"]), str(payload["field"])
    async with pool.acquire() as connection, indexing_alone(connection):
        if await connection.fetchrow(queries.INDEX, workspace_id, domain, field) is None:
            await drop_index(connection, _name(workspace_id, domain, field))


@asynccontextmanager
async def indexing_alone(connection: Connection) -> AsyncIterator[None]:
    """One index at a time is built or dropped, however long that takes; to be called outside a transaction.

    Whoever waits asks again and again: a statement that waited would itself be waited for by the building.
    """
    while not await connection.fetchval(queries.TRY_INDEXING, _LOCK):  # noqa: ASYNC110
        await asyncio.sleep(_ASK_AGAIN_S)
    try:
        await connection.execute(queries.TAKING_LONG)
        yield
    finally:
        await connection.execute(queries.AS_USUAL)
        await connection.execute(queries.UNLOCK_INDEXING, _LOCK)


async def build_index(connection: Connection, name: str, statement: str, table: str) -> str:
    """Build an index of ``table`` anew by ``statement``; what went wrong, then there is none, or nothing."""
    await drop_index(connection, name)
    try:
        await connection.execute(statement)
        await connection.execute(f"ANALYZE {table}")
    except asyncpg.PostgresError as failed:
        await drop_index(connection, name)
        return str(failed)[:500]
    return ""


async def drop_index(connection: Connection, name: str) -> None:
    """Drop an index, if there is one."""
    await connection.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")


def _name(workspace_id: int, domain: str, field: str) -> str:
    digest = hashlib.blake2b(field.encode(), digest_size=6).hexdigest()
    return f"field_{workspace_id}_{domain}_{digest}"


def _create(workspace_id: int, name: str, row: Mapping[str, Any]) -> str:
    """The statement; an index has no bound values, so that the name of an attribute is quoted."""
    domain = row["domain"]
    expression = row["column_name"]
    if not expression:
        quoted = "'" + str(row["field"]).replace("'", "''") + "'"
        expression = attribute_column(row["field"], row["value_type"]).sql.replace("{}", quoted)
    return (
        f"CREATE INDEX CONCURRENTLY {name} ON {TABLES[domain]} (({expression}), id) "
        f"WHERE workspace_id = {int(workspace_id)}::bigint{_WHOLE.get(domain, '')}"
    )
