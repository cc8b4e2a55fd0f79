"""Nothing is queued where nobody listens, and nothing is lost in the moment in which somebody begins to."""

from __future__ import annotations

import asyncio
from typing import Any
from zoneinfo import ZoneInfo

from dealt.accounts import Definitions, settings_changed
from dealt.app import PARTS
from dealt.deals import DealWork, DealWriter, Submission, parse_deal
from dealt.kernel.clock import FixedClock
from dealt.kernel.db import Connection, transaction
from dealt.kernel.journal import SETTINGS, Entry, Follower, record
from dealt.webhooks import delete_webhook, update_webhook
from tests.house import NOW, House
from tests.webhooks.conftest import Desk

QUEUED = "SELECT count(*) AS count FROM follows WHERE follower = $1"


async def queued(desk: Desk) -> Any:
    [row] = await desk.house.fetch(QUEUED, int(Follower.WEBHOOKS))
    return row["count"]


def order(house: House, number: int) -> Submission:
    patch = parse_deal({"name": "Order", "custom_id": f"order-{number}", "value": number}, ZoneInfo("UTC"))
    return Submission(work=DealWork(how="upsert", actor=house.actor, patch=patch, custom_id=f"order-{number}"))


async def set_enabled(desk: Desk, webhook_id: int, *, enabled: bool) -> None:
    async with transaction(desk.house.pool) as connection:
        await update_webhook(
            connection, desk.house.workspace_id, webhook_id, {"enabled": enabled}, now=NOW, actor="token:1"
        )


async def test_nothing_is_queued_where_no_webhook_is_on(desk: Desk) -> None:
    writer = DealWriter(desk.house.pool, FixedClock(NOW), Definitions(PARTS))
    await desk.webhook(workspace_id=desk.house.stranger.workspace_id)
    await desk.fan()
    await desk.change(1)
    await writer.submit(order(desk.house, 1))
    assert await queued(desk) == 0
    webhook, _ = await desk.webhook()
    await desk.fan()
    await writer.submit(order(desk.house, 2))
    await desk.change(2)
    assert await queued(desk) == 2
    await set_enabled(desk, webhook.id, enabled=False)
    await desk.fan()
    await writer.submit(order(desk.house, 3))
    await desk.change(3)
    assert await queued(desk) == 0
    await set_enabled(desk, webhook.id, enabled=True)
    await desk.fan()
    await writer.submit(order(desk.house, 4))
    assert await queued(desk) == 1
    async with transaction(desk.house.pool) as connection:
        await delete_webhook(connection, *webhook.key, now=NOW, actor="token:1")
    await desk.fan()
    await writer.submit(order(desk.house, 5))
    assert await queued(desk) == 0


async def test_no_order_is_lost_in_the_moment_in_which_a_webhook_is_made(desk: Desk) -> None:
    writers = [DealWriter(desk.house.pool, FixedClock(NOW), Definitions(PARTS)) for _ in range(2)]
    told_from: list[int] = []
    numbers = iter(range(10_000))

    async def send(writer: DealWriter) -> None:
        while not told_from or len(begun_after) < 20:
            number = next(numbers)
            if told_from:
                begun_after.append(number)
            await writer.submit(order(desk.house, number))

    begun_after: list[int] = []
    senders = [asyncio.create_task(send(writers[n % 2])) for n in range(8)]
    await asyncio.sleep(0)
    webhook, _ = await desk.webhook()
    told_from.append(1)
    await asyncio.gather(*senders)
    await desk.fan()
    rows = await desk.house.fetch(
        "SELECT j.id, EXISTS "
        "(SELECT FROM webhook_deliveries AS d WHERE d.sequence = j.id AND d.webhook_id = $1) AS told "
        "FROM journal AS j WHERE j.kind = 'deal.created' ORDER BY j.id",
        webhook.id,
    )
    told = [row["told"] for row in rows]
    assert told[-len(begun_after) :] == [True] * len(begun_after)
    # From the first one that is told on, all are: there is one moment, and no hole behind it.
    assert all(told[told.index(True) :])


async def test_a_change_of_settings_that_is_being_written_is_waited_for(desk: Desk) -> None:
    async def change(connection: Connection, number: int) -> None:
        await record(connection, desk.house.workspace_id, [Entry(SETTINGS, "tag.created", "tag", number, "x", {})], NOW)

    async with transaction(desk.house.pool) as connection:
        await change(connection, 1)
        making = asyncio.create_task(desk.webhook("tag.*"))
        await asyncio.sleep(0.05)
        assert not making.done()
    webhook, _ = await making
    async with transaction(desk.house.pool) as connection:
        await settings_changed(connection, desk.house.workspace_id)
        await change(connection, 2)
    await desk.fan()
    assert [row["object_id"] for row in await desk.log(webhook)] == [2]


async def test_an_order_that_went_to_another_contact_meanwhile_is_told_in_order(desk: Desk) -> None:
    webhook, _ = await desk.webhook()
    await desk.change(5, contact_id=7)
    async with transaction(desk.house.pool) as connection:
        await connection.execute("UPDATE journal SET contact_id = 8 WHERE contact_id = 7")
    await desk.change(5, contact_id=8)
    await desk.deliver()
    assert desk.deals == [5, 5]
    log = await desk.log(webhook)
    assert [row["contact_id"] for row in log] == [8, 8]
    assert [body["data"]["sequence"] for body in desk.bodies] == sorted(row["sequence"] for row in log)
