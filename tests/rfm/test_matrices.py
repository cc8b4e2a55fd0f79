"""The kept matrix is what a count of everybody finds, whatever happens, before and after it is folded."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dealt.app import MOVERS
from dealt.freshness import Drift
from dealt.kernel.db import transaction
from dealt.kernel.paging import PageRequest
from dealt.people import delete_person, merge, unmerge
from dealt.rfm import Matrix, MatrixRounds, Rfm, build_rfm_index, check_matrix, matrices, page_of_users, read_matrix
from dealt.rfm.matrices import read_cells
from tests.house import NOW, House
from tests.rfm.scoring import Scoring
from tests.rfm.test_following import FIXED, order, person

WAITING = "SELECT count(*) AS number FROM figure_changes"


class Counting(Scoring):
    """A shop whose matrix is looked at as a reader does, and compared with a count of everybody."""

    async def fold(self) -> None:
        """What the worker does until nothing is left."""
        rounds = MatrixRounds(self.house.pool, self.clock)
        while await rounds.round() == 0:
            pass
        assert await self.house.fetch(WAITING) == [{"number": 0}]

    async def matrix(self, rfm: Rfm) -> Matrix:
        async with self.house.pool.acquire() as connection:
            return await read_matrix(connection, self.house.workspace_id, await self.find(rfm))

    async def is_exact(self, rfm: Rfm, *, of: int) -> None:
        """Before and after folding; nothing is counted twice, and the auditor agrees."""
        for folded in (False, True):
            if folded:
                await self.fold()
            async with self.house.pool.acquire() as connection:
                counted = await read_cells(connection, self.house.workspace_id, await self.find(rfm))
            found = await self.matrix(rfm)
            assert (list(found.cells), found.is_current) == (counted, True), folded
            assert sum(cell.users for cell in found.cells) == of
            assert await self.audit() == []

    async def audit(self, *, mend: bool = False) -> list[Drift]:
        """What the auditor finds of matrices; bare rows of tests would lead it astray elsewhere."""
        async with transaction(self.house.pool) as connection:
            _, drift = await check_matrix(connection, self.house.workspace_id, 0, self.clock, mend=mend)
        return drift

    async def people(self, rfm: Rfm, **asked: Any) -> tuple[list[int], int]:
        """The first page of a cell, and how many there are."""
        async with self.house.pool.acquire() as connection:
            page = await page_of_users(
                connection, self.house.workspace_id, await self.find(rfm), asked, PageRequest(size=2), newest_first=True
            )
        return [row["contact_id"] for row in page.rows], page.count


async def test_what_happens_to_contacts_is_counted(house: House) -> None:
    counting = Counting(house)
    people = [await person(house) for _ in range(5)]
    for place, one in enumerate(people):
        for days in range(place + 1):
            await order(house, one, days=days + place, value=10 + place)
    rfm = await counting.create(thresholds=FIXED)
    await counting.refresh()
    await counting.is_exact(rfm, of=5)

    await order(house, people[0], days=25, value=100)
    await counting.touch(people[0])
    await counting.work()
    assert await house.fetch(WAITING) == [{"number": 1}]
    await counting.is_exact(rfm, of=5)
    await house.pool.execute("UPDATE deals SET status = 1 WHERE contact_id = $1", people[1])
    await counting.touch(people[1], people[2])
    await counting.work()
    assert await house.fetch(WAITING) == [{"number": 1}], "who stays as before is not told of"
    await counting.is_exact(rfm, of=4)

    async with house.transaction() as connection:
        await merge(connection, MOVERS, house.actor, people[2], [people[3]], now=NOW)
    assert sum(cell.users for cell in (await counting.matrix(rfm)).cells) == 3
    await counting.work()
    await counting.is_exact(rfm, of=3)
    async with house.transaction() as connection:
        await unmerge(connection, MOVERS, house.actor, people[3], now=NOW)
    await counting.work()
    await counting.is_exact(rfm, of=4)
    async with house.transaction() as connection:
        await delete_person(connection, MOVERS, house.actor, people[4], now=NOW)
    await counting.work()
    await counting.is_exact(rfm, of=3)

    await house.pool.execute("UPDATE workspaces SET time_zone = 'Pacific/Auckland', settings_version = 99")
    await counting.is_exact(rfm, of=3)
    rfm = await counting.alter(rfm, filter={}, thresholds=FIXED | {"recency_days": [0, 1, 2, 3]})
    await counting.refresh()
    await counting.is_exact(rfm, of=4)
    counting.clock.advance(24 * 3600)
    await counting.refresh()
    await counting.is_exact(rfm, of=4)
    await counting.drop(rfm)
    await counting.refresh()
    await counting.fold()
    for left in ("rfm_counts", "rfm_cells"):
        assert await house.fetch(f"SELECT * FROM {left}") == []


async def test_a_count_misses_nothing_that_is_written_beside_it(house: House) -> None:
    counting, early, late = Counting(house), await person(house), await person(house)
    await order(house, early)
    rfm = await counting.create(thresholds=FIXED)
    await counting.refresh()
    change = (
        "WITH was AS (SELECT aggregates AS before FROM contact_derived WHERE contact_id = $2), now AS (UPDATE"
        " contact_derived SET aggregates = (SELECT aggregates FROM contact_derived WHERE contact_id = $3) WHERE"
        " contact_id = $2 RETURNING aggregates AS after) INSERT INTO figure_changes (workspace_id, watcher, before,"
        " after) SELECT $1, $4, before, after FROM was, now"
    )
    async with transaction(house.pool) as connection:
        await connection.execute(change, house.workspace_id, late, early, rfm.id)
        await MatrixRounds(house.pool, counting.clock).round()
        assert [cell.users for cell in (await counting.matrix(rfm)).cells] == [1]
    assert [cell.users for cell in (await counting.matrix(rfm)).cells] == [2]
    await counting.fold()
    assert [cell.users for cell in (await counting.matrix(rfm)).cells] == [2]
    assert await counting.audit() == []


async def test_while_other_edges_are_counted_by_it_is_told_by_those_before(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matrices, "FEW", 0)
    counting, buyer = Counting(house), await person(house)
    await order(house, buyer, days=15)
    rfm = await counting.create()
    assert await counting.matrix(rfm) == Matrix([], 0, is_current=True), "there are no edges yet"
    await counting.refresh()
    assert await counting.matrix(rfm) == Matrix([])
    await counting.fold()
    before = await counting.matrix(rfm)
    assert (before.revision, before.is_current, [cell.recency for cell in before.cells]) == (1, True, [5])
    rfm = await counting.alter(rfm, thresholds=FIXED)
    await order(house, buyer, days=15)
    await counting.touch(buyer)
    await counting.work()
    found = await counting.matrix(rfm)
    assert (found.revision, found.counted_at, found.is_current) == (1, before.counted_at, False)
    assert [(cell.recency, cell.value) for cell in found.cells] == [(5, 20)], "what happens is seen all the same"
    await counting.fold()
    found = await counting.matrix(rfm)
    assert (found.is_current, [cell.recency for cell in found.cells]) == (True, [4])
    await counting.is_exact(rfm, of=1)


async def test_drift_is_found_and_mended(house: House) -> None:
    counting, buyer = Counting(house), await person(house)
    await order(house, buyer)
    rfm = await counting.create(thresholds=FIXED)
    await counting.refresh()
    await counting.fold()
    assert await counting.audit() == []
    for planted in (
        "UPDATE rfm_cells SET users = users + 1",
        "UPDATE rfm_cells SET value = value - 0.01",
        "UPDATE rfm_cells SET monetary = 5",
        "DELETE FROM rfm_cells",
        "INSERT INTO figure_changes (workspace_id, watcher, before, after) SELECT workspace_id, id, '{}', "
        """'{"rfm_orders": 1, "rfm_last_order": "2025-06-24T12:00:00Z"}' FROM rfm_setups""",
    ):
        await house.pool.execute(planted)
        found = await counting.audit()
        assert {one.unit.definition for one in found} <= {"rfm_cells:users", "rfm_cells:value"} and found, planted
        assert await counting.audit(mend=True) == found, planted
        await counting.is_exact(rfm, of=1)


async def test_a_cell_opens_newest_first_with_and_without_its_index(house: House) -> None:
    counting = Counting(house)
    people = [await person(house) for _ in range(9)]
    for place, who in enumerate(people):
        for number in range(place % 3 + 1):
            moment = NOW - timedelta(days=place * 3, seconds=number, microseconds=place)
            await order(house, who, value=place, ordered_at=moment)
    await house.pool.execute("UPDATE workspaces SET time_zone = 'Asia/Kolkata'")
    rfm = await counting.create(thresholds=FIXED)
    await counting.refresh()
    asked: list[dict[str, Any]] = [
        {}, {"recency": 5}, {"frequency": 3}, {"monetary": 2}, {"group": "Potential loyalists"}, {"recency": 1},
        {"recency": 4, "frequency": 1}, {"group": "New", "monetary": 1}, {"group": "Lost", "recency": 5},
    ]  # fmt: skip
    found = []
    for indexed in (False, True):
        if indexed:
            await counting.fold()
            for _ in range(2):
                await build_rfm_index(house.pool, house.workspace_id, {"rfm": rfm.id}, NOW)
        found.append([await counting.people(rfm, **one) for one in asked])
    assert found[0] == found[1]
    scores = await counting.scores(rfm, people)
    for one, (first, count) in zip(asked, found[1], strict=True):
        wanted = [who for who in people if all(scores[who][name] == score for name, score in one.items())]
        assert (first, count) == (wanted[:2], len(wanted)), one
    [index] = await house.fetch("SELECT indexdef FROM pg_indexes WHERE indexname = 'rfm_' || $1 || '_1'",
                                str(house.workspace_id))  # fmt: skip
    assert "contact_derived" in index["indexdef"]
