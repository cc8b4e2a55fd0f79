"""A shop with an RFM, worked on as a worker would; and what scores must be, told plainly."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from dealt.aggregators import values_of
from dealt.freshness import BACKFILL
from dealt.kernel.jobs import enqueue
from dealt.kernel.paging import PageRequest
from dealt.rfm import REFRESH, Keeper, RefreshRfm, Rfm, create_rfm, delete_rfm, read_new, read_rfm, update_rfm
from dealt.rfm import page_of_users as page
from dealt.rfm.scoring import shown_scores
from tests.aggregators.rolling import Rolling

Figures = tuple[date, int, Decimal]
"""The day of the last order, the number of orders, and their value."""


@dataclass
class Scoring(Rolling):
    """``refreshed`` counts the walks over all contacts that were asked for since ``tidy``."""

    @property
    def keeper(self) -> Keeper:
        return Keeper(self.derived, self.house.actor, self.clock.now())

    async def create(self, **body: Any) -> Rfm:
        async with self.house.transaction() as connection:
            return await create_rfm(connection, self.keeper, read_new(body))

    async def alter(self, rfm: Rfm, **body: Any) -> Rfm:
        async with self.house.transaction() as connection:
            return await update_rfm(connection, self.keeper, rfm.id, body)

    async def drop(self, rfm: Rfm) -> None:
        async with self.house.transaction() as connection:
            await delete_rfm(connection, self.keeper, rfm.id)

    async def find(self, rfm: Rfm) -> Rfm:
        async with self.house.transaction() as connection:
            return await read_rfm(connection, self.house.workspace_id, rfm.id)

    async def refresh(self) -> None:
        """Do the refreshes that wait or are due, and have everybody brought up to what they found."""
        job, now = RefreshRfm(self.derived), self.clock.now()
        waiting = await self.house.fetch("DELETE FROM jobs WHERE kind = $1 RETURNING payload", REFRESH)
        due = "DELETE FROM delayed_jobs WHERE kind = $1 AND run_at <= $2 RETURNING payload"
        for row in [*waiting, *await self.house.fetch(due, REFRESH, now)]:
            await job(self.house.pool, self.house.workspace_id, json.loads(row["payload"]), now)
        await self.walk()
        await self.work()

    async def ask(self, rfm: Rfm) -> None:
        """Have a refresh done, though nothing was changed."""
        async with self.house.transaction() as connection:
            await enqueue(connection, self.house.workspace_id, REFRESH, {"rfm": rfm.id}, now=self.clock.now())

    async def walks(self) -> int:
        """How many walks over all contacts wait."""
        [row] = await self.house.fetch("SELECT count(*) AS number FROM jobs WHERE kind = $1", BACKFILL)
        return int(row["number"])

    async def groups(self, rfm: Rfm) -> dict[int, list[str]]:
        """The groups whose segments hold a contact, by contact."""
        rows = await self.house.fetch(
            "SELECT m.contact_id, array_agg(s.name) AS names FROM segment_members AS m JOIN segments AS s "
            "ON s.workspace_id = m.workspace_id AND s.id = m.segment_id WHERE m.segment_id = ANY($1) GROUP BY 1",
            list(rfm.segment_ids),
        )
        return {row["contact_id"]: [name.removeprefix(f"{rfm.name}: ") for name in row["names"]] for row in rows}

    async def scores(self, rfm: Rfm, ids: Sequence[int]) -> dict[int, Mapping[str, Any]]:
        """The scores that are shown, by contact; of those who have some."""
        rfm = await self.find(rfm)
        async with self.house.pool.acquire() as connection:
            stored = await values_of(connection, self.house.workspace_id, ids)
        shown = {contact_id: shown_scores(values, [rfm]) for contact_id, values in stored.items()}
        return {
            contact_id: {name.removeprefix(f"{rfm.key}_"): value for name, value in of.items()}
            for contact_id, of in shown.items()
            if of
        }

    async def listed(self, rfm: Rfm, **asked: Any) -> set[int]:
        """Who is listed for scores."""
        async with self.house.pool.acquire() as connection:
            found = await page(connection, self.house.workspace_id, await self.find(rfm), asked, PageRequest())
        return {row["contact_id"] for row in found.rows}


def expected(figures: Mapping[int, Figures]) -> dict[int, tuple[int, int, int]]:
    """Scores by quintiles, by the rule as the page on RFM tells it."""
    days = sorted((day for day, _, _ in figures.values()), reverse=True)
    counts, values = sorted(one[1] for one in figures.values()), sorted(one[2] for one in figures.values())
    marks = [-(-fifth * len(figures) // 5) - 1 for fifth in (1, 2, 3, 4)]
    oldest = [days[mark] for mark in marks]
    return {
        who: (
            1 + sum(day >= edge for edge in oldest),
            1 + sum(_above(number, counts, mark) for mark in marks),
            1 + sum(_above(value, values, mark) for mark in marks),
        )
        for who, (day, number, value) in figures.items()
    }


def _above(figure: Any, ordered: Sequence[Any], mark: int) -> bool:
    return bool(figure > ordered[mark])
