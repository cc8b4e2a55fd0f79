"""A stage that is being removed and a deal that is being written into it: one of them wins, never both."""

from __future__ import annotations

import asyncio

import pytest

from dealt.accounts import Actor, Definitions, trusting
from dealt.app import PARTS
from dealt.deals import DealWork, parse_deal
from dealt.deals.writing import Supplies, write_set
from dealt.kernel.db import open_pool, transaction
from dealt.kernel.errors import Conflict
from dealt.pipelines import delete_stage
from tests.house import NOW, House


async def test_a_stage_waits_for_writes_that_trust_it_and_then_sees_their_deals(
    house: House, database_url: str
) -> None:
    snapshot = await house.run(lambda connection, snapshot: asyncio.sleep(0, snapshot))
    work = DealWork(
        how="create",
        actor=Actor(house.workspace_id, "system"),
        patch=parse_deal({"name": "x", "stage": 6}, snapshot.time_zone),
    )
    async with await open_pool(database_url, size=3) as pool:

        async def remove() -> None:
            async with transaction(pool) as connection:
                await delete_stage(connection, house.workspace_id, 6, now=NOW)

        async with transaction(pool) as connection:
            await connection.execute(trusting(house.workspace_id))
            await write_set(connection, Supplies(Definitions(PARTS)), house.workspace_id, [work], NOW)
            removal = asyncio.create_task(remove())
            done, _ = await asyncio.wait([removal], timeout=0.3)
            assert not done
        with pytest.raises(Conflict):
            await removal
