"""How customers spread over the scores, and who they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from dealt.accounts import read_workspace
from dealt.freshness import Plan
from dealt.kernel.db import Connection
from dealt.kernel.limits import looking
from dealt.kernel.paging import Order, Page, PageRequest, fetch_page
from dealt.kernel.sql import Sql, join, sql
from dealt.rfm import queries
from dealt.rfm.edging import find_edges, fixed_edges
from dealt.rfm.figures import measured
from dealt.rfm.model import SCORED, Edges, Rfm
from dealt.rfm.scoring import Reads, scores, stored


@dataclass(frozen=True, slots=True)
class Cell:
    """How many contacts have these scores, and the value of all their orders in base currency."""

    recency: int
    frequency: int
    monetary: int
    users: int
    value: Decimal


async def page_of_rfms(connection: Connection, workspace_id: int, request: PageRequest) -> Page:
    """One page of rows of ``Rfm.of``, by id."""
    where = [sql("s.workspace_id = {}::bigint", workspace_id)]
    order = Order("s.id", id_column="s.id")
    return await fetch_page(connection, queries.COLUMNS, queries.SOURCE, where, order, request)


async def read_cells(connection: Connection, workspace_id: int, rfm: Rfm) -> list[Cell]:
    """The cells that somebody is in, as values are stored now. Raises InvalidInput where that takes too long."""
    found = stored(rfm)
    # The figures are read once for each contact, not once for each edge that they are compared with.
    figures = (
        sql("WITH figures AS MATERIALIZED (SELECT ") + found.orders + sql(" AS orders, ") + found.day
        + sql(" AS day, ") + found.value + sql(" AS value FROM contact_derived AS derived"
        " WHERE derived.workspace_id = {}::bigint AND NOT EXISTS (SELECT FROM contacts AS c"
        " WHERE c.workspace_id = {}::bigint AND c.placeholder AND c.id = derived.contact_id)), ",
        workspace_id, workspace_id)
    )  # fmt: skip
    reads = Reads(sql("f.orders"), sql("f.day"), sql("f.value"))
    longest_ms = (await read_workspace(connection, workspace_id)).longest_filter_ms
    async with looking(connection, longest_ms, "filter"):
        return await _cells(connection, figures, reads, rfm.edges, sql(" FROM figures AS f"))


async def preview(connection: Connection, plan: Plan, rfm: Rfm, now: datetime) -> tuple[Edges | None, list[Cell]]:
    """The edges that an RFM would have now, and its cells; nothing is stored.

    Raises InvalidInput that names the place, also where looking at everybody's orders takes too long.
    """
    everybody = measured(plan.vocabulary, rfm, now)
    reads = Reads(sql("f.orders"), sql("f.day"), sql("f.value"))
    async with looking(connection, plan.vocabulary.longest_filter_ms, "filter"):
        if rfm.thresholds is None:
            edges = await find_edges(connection, everybody)
        else:
            edges = fixed_edges(rfm.thresholds, now.astimezone(plan.vocabulary.zone).date())
        return edges, await _cells(connection, everybody + sql(", "), reads, edges, sql(" FROM measured AS f"))


async def page_of_users(
    connection: Connection, workspace_id: int, rfm: Rfm, asked: Mapping[str, Any], request: PageRequest
) -> Page:
    """One page of ``contact_id``, by id: whoever has a score, and those that ``asked`` names by ``SCORED``."""
    found = scores(stored(rfm), rfm.edges)
    conditions = [
        sql("s.workspace_id = {}::bigint", workspace_id),
        sql("NOT s.placeholder"),
        sql("(") + found["recency"] + sql(") IS NOT NULL"),
        *(
            sql("(") + found[name] + sql(f") = {{}}::{'text' if name == 'group' else 'integer'}", value)
            for name, value in asked.items()
        ),
    ]
    source = "contacts AS s JOIN contact_derived AS derived ON derived.contact_id = s.id"
    bounded = replace(request, narrowed=replace(request.narrowed, unserved=(*asked, "page")))
    order = Order("s.id", id_column="s.id")
    return await fetch_page(connection, "s.id, s.id AS contact_id", source, conditions, order, bounded)


async def _cells(connection: Connection, before: Sql, reads: Reads, edges: Edges | None, source: Sql) -> list[Cell]:
    found = scores(reads, edges)
    columns: Sequence[Sql] = [found[name] + sql(f" AS {name}") for name in SCORED[:3]]
    scored = sql("scored AS (SELECT ") + join(", ", [*columns, reads.value + sql(" AS value")]) + source + sql(")")
    text, values = (before + scored + Sql(queries.CELLS)).render()
    return [Cell(**row) for row in await connection.fetch(text, *values)]
