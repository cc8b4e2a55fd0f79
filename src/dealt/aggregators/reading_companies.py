"""What aggregators found for companies, and how old that is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from dealt.aggregators import queries_of_companies as queries
from dealt.aggregators.model import Aggregator
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
    return {row["company_id"]: Age.of(row["since"], row["wake_at"], now) for row in rows}


async def companies_wait_since(connection: Connection, workspace_id: int) -> datetime | None:
    """When the company was marked that waits longest, None where none waits; its users were settled by then."""
    since: datetime | None = await connection.fetchval(queries.WAITS_SINCE, workspace_id)
    return since


async def progress_of_each(
    connection: Connection, workspace_id: int, aggregators: Collection[Aggregator], walk: Progress | None
) -> dict[int, Progress | CompanyProgress | None]:
    """How far the values of each are, by id: for contacts as far as their ``walk``, for companies of their own."""
    versions = {one.version for one in aggregators if one.subject == "company"}
    of_companies = await _of_companies(connection, workspace_id, versions, walk) if versions else {}
    return {one.id: of_companies[one.version] if one.subject == "company" else walk for one in aggregators}


async def _of_companies(
    connection: Connection, workspace_id: int, versions: Collection[int], walk: Progress | None
) -> dict[int, CompanyProgress]:
    """By version of a definition; its values are there for good once the walk has ended, too."""
    rows = await connection.fetch(queries.PROGRESS, workspace_id)
    total, found = sum(row["companies"] for row in rows), {}
    for version in versions:
        done = sum(row["companies"] for row in rows if row["version"] >= version)
        is_walked = walk is not None and walk.covers(version)
        found[version] = CompanyProgress(done, total, is_walked and done == total)
    return found
