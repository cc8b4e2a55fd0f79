"""What aggregators found for companies, and how old that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from dealt.aggregators import queries_of_companies as queries
from dealt.freshness import Age, Progress
from dealt.kernel.db import Connection


@dataclass(frozen=True, slots=True)
class CompanyProgress:
    """How many of all companies have the values of a definition."""

    done: int
    total: int
    is_done: bool


async def values_of_companies(
    connection: Connection, workspace_id: int, company_ids: Sequence[int]
) -> dict[int, dict[str, Any]]:
    """What is stored, by company and target; a company of which nothing is stored is left out."""
    rows = await connection.fetch(queries.VALUES, workspace_id, list(company_ids))
    return {row["company_id"]: msgspec.json.decode(row["aggregates"]) for row in rows}


async def ages_of_companies(
    connection: Connection, workspace_id: int, company_ids: Sequence[int], now: datetime
) -> dict[int, Age]:
    """By company; one for which nothing was ever computed is left out."""
    rows = await connection.fetch(queries.AGES, workspace_id, list(company_ids))
    return {
        row["company_id"]: Age(
            row["computed_at"], max((now - row["since"]).total_seconds(), 0.0) if row["since"] else 0.0
        )
        for row in rows
    }


async def companies_wait_since(connection: Connection, workspace_id: int) -> datetime | None:
    """When the company was marked that waits longest, None where none waits; its users were settled by then."""
    since: datetime | None = await connection.fetchval(queries.WAITS_SINCE, workspace_id)
    return since


async def progress_of_companies(
    connection: Connection, workspace_id: int, version: int, walk: Progress | None
) -> CompanyProgress:
    """How far values of a definition of ``version`` are; they are there for good once the walk has ended, too."""
    row = await connection.fetchrow(queries.PROGRESS, workspace_id, version)
    assert row is not None, "an aggregate has one row"
    is_walked = walk is not None and walk.covers(version)
    return CompanyProgress(row["done"], row["total"], is_walked and row["done"] == row["total"])
