"""One index for each RFM: contacts by their last order, with what else a cell asks for, so that it opens at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dealt.attributes import build_index, drop_index, indexing_alone
from dealt.kernel.db import Connection, Pool
from dealt.kernel.jobs import enqueue
from dealt.kernel.lookups import attribute_column
from dealt.kernel.sql import Sql, sql
from dealt.rfm import queries
from dealt.rfm.model import FIGURES, Rfm

BUILD_RFM, DROP_RFM = "rfm.index", "rfm.unindex"
TABLE = "contact_derived"


def indexed(rfm: Rfm, source: str) -> tuple[Sql, Sql, Sql]:
    """Orders, last order and value as the index has them, of the jsonb ``source``.

    A moment is without its Z, so that moments are in the order of their letters; whatever else may stand there is cut
    short, as no entry of an index may be long.
    """
    names = [rfm.attribute(name) for name in FIGURES]
    orders, value = (attribute_column(name, "float", source) for name in (names[0], names[2]))
    latest = sql(f"rtrim(left({source} ->> {{}}::text, 40), 'Z') COLLATE \"C\"", names[1])
    return (
        sql(orders.sql, *orders.values), latest,
        sql("coalesce(") + sql(value.sql, *value.values) + sql(", 0::numeric)"),
    )  # fmt: skip


async def ask_for_index(connection: Connection, workspace_id: int, rfm: Rfm, now: datetime) -> None:
    """Have the index built, where there is none: for a new RFM, and for one that came from elsewhere."""
    if not await connection.fetchval(queries.HAS_INDEX, _name(workspace_id, rfm.id)):
        await enqueue(connection, workspace_id, BUILD_RFM, {"rfm": rfm.id}, now=now)


async def build_rfm_index(pool: Pool, workspace_id: int, payload: Mapping[str, Any], _now: datetime) -> None:
    """The job: build it beside everybody's work, whatever a try before has left."""
    async with pool.acquire() as connection, indexing_alone(connection):
        row = await connection.fetchrow(queries.READ, workspace_id, payload["rfm"])
        if row is not None and not await connection.fetchval(queries.HAS_INDEX, _name(workspace_id, row["id"])):
            await build_index(connection, _name(workspace_id, row["id"]), _statement(workspace_id, Rfm.of(row)), TABLE)


async def remove_rfm_index(pool: Pool, workspace_id: int, payload: Mapping[str, Any], _now: datetime) -> None:
    """The job: drop that of an RFM that is gone."""
    async with pool.acquire() as connection, indexing_alone(connection):
        if await connection.fetchrow(queries.READ, workspace_id, payload["rfm"]) is None:
            await drop_index(connection, _name(workspace_id, payload["rfm"]))


def _name(workspace_id: int, rfm_id: int) -> str:
    return f"rfm_{int(workspace_id)}_{int(rfm_id)}"


def _statement(workspace_id: int, rfm: Rfm) -> str:
    """An index has no bound values, so that the names of attributes are quoted."""
    orders, latest, value = (quoted(one) for one in indexed(rfm, "aggregates"))
    return (
        f"CREATE INDEX CONCURRENTLY {_name(workspace_id, rfm.id)} ON {TABLE} (({latest}), contact_id, ({orders}), "
        f"({value})) WHERE workspace_id = {int(workspace_id)}::bigint AND ({latest}) IS NOT NULL"
    )


def quoted(found: Sql) -> str:
    """Where texts stand as literals."""
    texts: Sequence[str] = [str(one).replace("'", "''") for one in found.values]
    pieces = found.text.split("{}")
    return pieces[0] + "".join(f"'{text}'{piece}" for text, piece in zip(texts, pieces[1:], strict=True))
