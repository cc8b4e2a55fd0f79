"""How customers spread over the scores, and who they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from dealt.freshness import Plan
from dealt.kernel.db import Connection
from dealt.kernel.limits import looking
from dealt.kernel.paging import Order, Page, PageRequest, fetch_page
from dealt.kernel.sql import Sql, all_of, sql
from dealt.rfm import queries
from dealt.rfm.cells import Cell, summed
from dealt.rfm.edging import find_edges, fixed_edges
from dealt.rfm.figures import measured
from dealt.rfm.indexing import indexed, quoted
from dealt.rfm.matrices import read_matrix
from dealt.rfm.model import Edges, Rfm
from dealt.rfm.ranges import within
from dealt.rfm.scoring import Reads, scores, stored

FEW = 5_000
"""So few are found by the index and put in order of their ids sooner than they are met among all others."""


async def page_of_rfms(connection: Connection, workspace_id: int, request: PageRequest) -> Page:
    """One page of rows of ``Rfm.of``, by id."""
    where = [sql("s.workspace_id = {}::bigint", workspace_id)]
    order = Order("s.id", id_column="s.id")
    return await fetch_page(connection, queries.COLUMNS, queries.SOURCE, where, order, request)


async def preview(connection: Connection, plan: Plan, rfm: Rfm, now: datetime) -> tuple[Edges | None, list[Cell]]:
    """The edges that an RFM would have now, and its cells; nothing is stored.

    Raises InvalidInput that names the place, also where looking at everybody's orders takes too long.
    """
    everybody = measured(plan.vocabulary, rfm, now)
    async with looking(connection, plan.vocabulary.longest_filter_ms, "filter"):
        if rfm.thresholds is None:
            edges = await find_edges(connection, everybody)
        else:
            edges = fixed_edges(rfm.thresholds, now.astimezone(plan.vocabulary.zone).date())
        signed = sql(", figures AS (SELECT orders, day, value, 1 AS sign FROM measured), ")
        text, values = (everybody + signed + summed(edges, "figures") + Sql(queries.CELLS)).render()
        return edges, [Cell(**row) for row in await connection.fetch(text, *values)]


async def page_of_users(
    connection: Connection, workspace_id: int, rfm: Rfm, asked: Mapping[str, Any], request: PageRequest,
    *, newest_first: bool = False,
) -> Page:  # fmt: skip
    """One page of ``contact_id`` and ``latest`` (the last order), by id or ``newest_first``.

    Whoever has a score, and those that ``asked`` names by ``SCORED``. How many they are is known from the matrix,
    unless the request narrows the list further.
    """
    orders, latest, value = indexed(rfm, "derived.aggregates")
    ranged = [
        sql("derived.workspace_id = {}::bigint", workspace_id),
        latest + sql(" IS NOT NULL"),
        *within(rfm, asked, Reads(orders, latest, value)),
    ]
    found = scores(stored(rfm), rfm.edges)
    conditions = [
        sql("s.workspace_id = {}::bigint", workspace_id),
        sql("NOT s.placeholder"),
        *ranged,
        sql("(") + found["recency"] + sql(") IS NOT NULL"),
        *(
            # Seldom otherwise than what the index found, which a plain comparison would not tell the planner.
            sql("CASE WHEN (")
            + found[name]
            + sql(f") = {{}}::{'text' if name == 'group' else 'integer'}", wanted)
            + sql(" THEN 1 ELSE 0 END <> 0")
            for name, wanted in asked.items()
        ),
    ]
    known = None
    if not request.narrowed.conditions:
        matrix = await read_matrix(connection, workspace_id, rfm)
        if matrix.is_current:
            known = sum(cell.users for cell in matrix.cells if cell.has(asked))
    if known is not None and known <= FEW and not newest_first:
        chosen = sql("SELECT contact_id FROM contact_derived AS derived WHERE ") + all_of(ranged)
        walked = sql(" ORDER BY ") + latest + sql(" DESC, contact_id DESC LIMIT {}::bigint", 2 * FEW)
        conditions.append(sql("s.id = ANY(ARRAY(") + chosen + walked + sql("))"))
    source = f"""contacts AS s JOIN contact_derived AS derived ON derived.contact_id = s.id
        CROSS JOIN LATERAL (SELECT {quoted(latest)} AS latest) AS at"""
    bounded = replace(request, narrowed=replace(request.narrowed, unserved=(*asked, "page")))
    order = (
        Order("at.latest", True, id_column="derived.contact_id") if newest_first else Order("s.id", id_column="s.id")
    )
    columns = "s.id, derived.contact_id, at.latest"
    return await fetch_page(connection, columns, source, conditions, order, bounded, known=known)
