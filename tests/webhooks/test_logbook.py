"""The log: a ping, sending again, and what is forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dealt.kernel.db import transaction
from dealt.kernel.errors import NotFound
from dealt.webhooks import (
    delete_webhook,
    forget_deliveries_of,
    forget_old_deliveries,
    resend,
    resend_failed,
    send_ping,
    update_webhook,
)
from dealt.webhooks.retrying import ATTEMPTS
from tests.house import NOW
from tests.kernel.outbound_servers import OK
from tests.webhooks.conftest import REFUSED, Desk


async def test_a_ping_is_sent_even_to_a_webhook_that_is_off(desk: Desk) -> None:
    webhook, _ = await desk.webhook(enabled=False)
    async with transaction(desk.house.pool) as connection:
        made = await send_ping(connection, *webhook.key, now=NOW, actor="token:1")
    assert (made["kind"], made["status"]) == ("ping", "waiting")
    await desk.deliver()
    assert desk.bodies == [
        {
            "type": "ping",
            "timestamp": "2025-06-24T12:00:00Z",
            "data": {"object_type": "webhook", "id": webhook.id, "actor": "token:1"},
        }
    ]
    assert await desk.statuses(webhook) == ["delivered"]


async def test_what_waits_when_a_webhook_is_switched_off_is_sent_when_it_is_on_again(desk: Desk) -> None:
    webhook, _ = await desk.webhook()

    async def switch(*, enabled: bool) -> None:
        async with transaction(desk.house.pool) as connection:
            await update_webhook(connection, *webhook.key, {"enabled": enabled}, now=desk.clock.now(), actor="token:1")

    await desk.change(1)
    await desk.fan()
    await switch(enabled=False)
    await desk.change(2)
    await desk.later(60)
    assert desk.received == []
    await switch(enabled=True)
    await desk.change(3)
    await desk.deliver()
    assert sorted(desk.deals) == [1, 3], "what happened while it was off is not told"


async def test_a_delivery_is_sent_again_with_its_id(desk: Desk) -> None:
    webhook, _ = await desk.webhook()
    await desk.change(1)
    await desk.deliver()
    [logged] = await desk.log(webhook)
    for repetition in (1, 2):
        async with transaction(desk.house.pool) as connection:
            again = await resend(connection, *webhook.key, logged["id"], now=desk.clock.now())
        assert (again["status"], again["finished_at"]) == ("waiting", None)
        await desk.deliver()
        assert len(desk.received) == 1 + repetition
    assert {one.headers["webhook-id"] for one in desk.received} == {f"msg_{logged['id']}"}
    assert [row["attempts"] for row in await desk.log(webhook)] == [3]


async def test_a_delivery_that_waits_for_a_later_attempt_is_tried_at_once_when_it_is_sent_again(desk: Desk) -> None:
    webhook, _ = await desk.webhook()
    desk.answer(REFUSED)
    await desk.change(1)
    await desk.deliver()
    await desk.later(10)
    assert len(desk.received) == 2
    desk.answer(OK)
    [logged] = await desk.log(webhook)
    async with transaction(desk.house.pool) as connection:
        await resend(connection, *webhook.key, logged["id"], now=desk.clock.now())
    await desk.deliver()
    assert await desk.statuses(webhook) == ["delivered"]


async def test_all_that_was_given_up_since_a_moment_is_sent_again(desk: Desk) -> None:
    webhook, _ = await desk.webhook()
    desk.answer(REFUSED)
    for deal_id in (1, 2):
        await desk.change(deal_id)
        await desk.deliver()
        await desk.house.pool.execute("UPDATE webhook_lanes SET attempts = $1", ATTEMPTS - 1)
        await desk.later(600)
    assert await desk.statuses(webhook) == ["failed", "failed"]
    desk.answer(OK)
    async with transaction(desk.house.pool) as connection:
        assert await resend_failed(connection, *webhook.key, desk.clock.now(), now=desk.clock.now()) == 1
    await desk.deliver()
    assert await desk.statuses(webhook) == ["failed", "delivered"]
    async with transaction(desk.house.pool) as connection:
        since = NOW - timedelta(days=1)
        assert await resend_failed(connection, *webhook.key, since, now=desk.clock.now()) == 1
    await desk.deliver()
    assert await desk.statuses(webhook) == ["delivered", "delivered"]


async def test_the_log_is_kept_for_thirty_days(desk: Desk) -> None:
    webhook, _ = await desk.webhook()
    await desk.change(1)
    await desk.deliver()
    desk.answer(REFUSED)
    await desk.change(2)
    await desk.deliver()
    assert await forget_old_deliveries(desk.house.pool, NOW + timedelta(days=30)) == 0
    assert await forget_old_deliveries(desk.house.pool, NOW + timedelta(days=30, seconds=60)) == 2
    desk.answer(OK)
    await desk.later(86_400)
    assert await desk.log(webhook) == []
    assert await desk.house.fetch("SELECT FROM webhook_lanes") == [], "a lane of which nothing is left ends"


async def test_who_is_erased_is_in_no_delivery_any_more(desk: Desk) -> None:
    webhook, _ = await desk.webhook()
    await desk.change(1, contact_id=7)
    await desk.change(2, contact_id=8)
    await desk.fan()
    async with transaction(desk.house.pool) as connection:
        assert await forget_deliveries_of(connection, desk.house.workspace_id, [7]) == 1
    await desk.deliver()
    assert desk.deals == [2]
    assert [row["contact_id"] for row in await desk.log(webhook)] == [8]


async def test_a_deleted_webhook_is_sent_nothing_more(desk: Desk) -> None:
    webhook, _ = await desk.webhook()
    await desk.change(1)
    await desk.fan()
    async with transaction(desk.house.pool) as connection:
        await delete_webhook(connection, *webhook.key, now=NOW, actor="token:1")
    await desk.deliver()
    assert desk.received == []
    async with transaction(desk.house.pool) as connection:
        with pytest.raises(NotFound):
            await send_ping(connection, *webhook.key, now=NOW, actor="token:1")
