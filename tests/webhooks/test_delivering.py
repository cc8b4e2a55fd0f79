"""What a receiver gets, in which order, and what happens when it does not take it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json

from dealt.kernel.db import transaction
from dealt.webhooks import resume_webhook, rotate_secret
from dealt.webhooks.retrying import ATTEMPTS
from tests.kernel.outbound_servers import OK, Received, saying, serving
from tests.webhooks.conftest import REFUSED, Desk, answering

FOUR_DAYS_S = 4 * 86_400


def is_signed(secret: str, received: Received) -> bool:
    """Whether one of the signatures is right: written from the standard, with nothing of ours."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    head = f"{received.headers['webhook-id']}.{received.headers['webhook-timestamp']}."
    expected = base64.b64encode(hmac.new(key, head.encode() + received.body, hashlib.sha256).digest()).decode()
    return f"v1,{expected}" in received.headers["webhook-signature"].split(" ")


async def test_a_change_is_told_once_signed_and_logged(desk: Desk) -> None:
    webhook, secret = await desk.webhook()
    await desk.change(17)
    await desk.deliver()
    [received] = desk.received
    assert (received.line, received.headers["content-type"]) == ("POST /hook HTTP/1.1", "application/json")
    assert is_signed(secret, received) and not is_signed("whsec_" + base64.b64encode(b"x" * 32).decode(), received)
    [logged] = await desk.log(webhook)
    assert received.headers["webhook-id"] == f"msg_{logged['id']}"
    assert received.headers["webhook-timestamp"] == str(int(desk.clock.now().timestamp()))
    body = json.loads(received.body)
    assert body == logged["body"] == {
        "type": "deal.updated", "timestamp": "2025-06-24T12:00:00Z",
        "data": {"object_type": "deal", "id": 17, "sequence": logged["sequence"], "actor": "token:1",
                 "cause": "live", "changes": {"value": [1, 2]}},
    }  # fmt: skip
    assert (logged["status"], logged["attempts"]) == ("delivered", 1)
    sent = {name.lower(): value for name, value in logged["headers"].items()}
    assert sent.items() <= dict(received.headers.items()).items()
    assert [(answer["status"], answer["error"], answer["answer"]) for answer in logged["answers"]] == [(200, "", "ok")]
    assert await desk.house.fetch("SELECT FROM webhook_lanes") == []


async def test_only_what_was_asked_for_is_told(desk: Desk) -> None:
    exact, _ = await desk.webhook("deal.created")
    wide, _ = await desk.webhook("deal.*", "contact.created")
    await desk.fan()
    every, _ = await desk.webhook("*")
    for kind in ("deal.created", "deal.updated", "deals.created", "contact.created"):
        await desk.change(1, kind=kind)
    await desk.deliver()
    kinds = {hook.id: [row["kind"] for row in await desk.log(hook)] for hook in (exact, wide, every)}
    assert kinds[exact.id] == ["deal.created"]
    assert kinds[wide.id] == ["deal.created", "deal.updated", "contact.created"]
    assert kinds[every.id] == [
        "webhook.created", "deal.created", "deal.updated", "deals.created", "contact.created",
    ]  # fmt: skip


async def test_what_happens_elsewhere_is_not_told(desk: Desk) -> None:
    await desk.webhook()
    await desk.webhook(workspace_id=desk.house.stranger.workspace_id)
    await desk.change(1)
    await desk.deliver()
    assert len(desk.received) == 1


async def test_the_deliveries_of_an_object_wait_for_each_other_and_those_of_others_do_not(desk: Desk) -> None:
    webhook, _ = await desk.webhook()
    refused = REFUSED

    def choose(received: Received) -> bytes:
        return refused if json.loads(received.body)["data"]["id"] == 1 else OK

    desk.answer_by(choose)
    for deal_id in (1, 1, 2, 1, 2):
        await desk.change(deal_id)
    await desk.deliver()
    assert sorted(desk.deals) == [1, 2, 2], "one attempt for the first of deal 1, and all of deal 2"
    first = desk.bodies[desk.deals.index(1)]
    desk.answer(OK)
    await desk.later(10)
    told = [body["data"]["sequence"] for body in desk.bodies if body["data"]["id"] == 1]
    assert told[0] == told[1] == first["data"]["sequence"]
    assert told[1:] == sorted(set(told))
    assert await desk.statuses(webhook) == ["delivered"] * 5


async def test_an_attempt_that_fails_is_repeated_as_it_was_ever_later_and_then_given_up(desk: Desk) -> None:
    webhook, secret = await desk.webhook()
    desk.answer_by(lambda received: OK if json.loads(received.body)["data"]["id"] == 2 else REFUSED)
    await desk.change(1)
    await desk.deliver()
    for waiting in range(1, ATTEMPTS):
        assert len(desk.received) == waiting
        assert await desk.statuses(webhook) == ["waiting"]
        await desk.later(4)
        assert len(desk.received) == waiting, "it is not due yet"
        # Another object is taken now and then: the receiver lives.
        await desk.later(30 * 3600)
    await desk.change(2)
    await desk.deliver()
    tries = [one for one in desk.received if json.loads(one.body)["data"]["id"] == 1]
    assert len(tries) == ATTEMPTS
    assert len({one.headers["webhook-id"] for one in tries}) == len({one.body for one in tries}) == 1
    assert len({one.headers["webhook-timestamp"] for one in tries}) == ATTEMPTS
    assert all(is_signed(secret, one) for one in tries)
    [failed, _] = await desk.log(webhook)
    assert (failed["status"], failed["attempts"], len(failed["answers"])) == ("failed", ATTEMPTS, 5)
    assert failed["answers"][-1]["answer"] == "full"


async def test_a_receiver_that_takes_nothing_for_days_is_paused_and_goes_on_where_it_was_when_resumed(
    desk: Desk,
) -> None:
    webhook, _ = await desk.webhook()
    witness, _ = await desk.webhook("webhook.paused", url=desk.receiver.url("/witness"))
    desk.answer_by(lambda received: REFUSED if "/hook" in received.line else OK)
    for deal_id in range(5):
        await desk.change(deal_id)
    await desk.deliver()
    for _ in range(6):
        await desk.later(86_400)
    paused = await desk.found(webhook)
    assert paused.paused_at is not None and paused.last_error == "The receiver answered 500."
    assert [kind for kind, _ in await desk.house.journal("webhook")][:2] == ["webhook.created", "webhook.created"]
    [notice] = await desk.house.fetch("SELECT actor, changes FROM journal WHERE kind = 'webhook.paused'")
    assert (notice["actor"], json.loads(notice["changes"])["last_error"]) == (
        "system", [None, "The receiver answered 500."],
    )  # fmt: skip
    assert await desk.statuses(witness) == ["delivered"]
    before = len(desk.received)
    await desk.change(9)
    await desk.later(FOUR_DAYS_S)
    assert len(desk.received) == before, "it is left alone"
    assert set(await desk.statuses(webhook)) == {"waiting"}
    desk.answer(OK)
    async with transaction(desk.house.pool) as connection:
        await resume_webhook(connection, *webhook.key, now=desk.clock.now(), actor="token:1")
    await desk.deliver()
    assert await desk.statuses(webhook) == ["delivered"] * 6
    assert (await desk.found(webhook)).failures == 0


async def test_a_receiver_that_is_gone_is_switched_off(desk: Desk) -> None:
    webhook, _ = await desk.webhook()
    desk.answer(answering(410))
    await desk.change(1)
    await desk.deliver()
    gone = await desk.found(webhook)
    assert not gone.enabled and "410" in gone.last_error
    assert await desk.house.fetch("SELECT FROM followers") == []
    await desk.change(2)
    await desk.later(FOUR_DAYS_S)
    assert (len(desk.received), await desk.statuses(webhook)) == (1, ["waiting"])


async def test_a_receiver_is_left_alone_as_long_as_it_asks(desk: Desk) -> None:
    webhook, _ = await desk.webhook()
    desk.answer(answering(429, Retry_After="3000"), OK)
    await desk.change(1)
    await desk.deliver()
    await desk.change(2)
    await desk.later(2_900)
    assert len(desk.received) == 1
    await desk.later(200)
    assert await desk.statuses(webhook) == ["delivered"] * 2


async def test_a_redirect_is_not_followed(desk: Desk) -> None:
    webhook, _ = await desk.webhook()
    async with serving(saying(OK)) as elsewhere:
        desk.answer(answering(307, Location=elsewhere.url("/")))
        await desk.change(1)
        await desk.deliver()
        assert elsewhere.received == []
    assert "redirect" in (await desk.found(webhook)).last_error


async def test_a_private_address_is_not_asked_unless_it_is_allowed(desk: Desk) -> None:
    webhook, _ = await desk.webhook(url="http://10.0.0.1:8080/")
    await desk.change(1)
    await desk.deliver()
    [logged] = await desk.log(webhook)
    assert logged["answers"][0]["status"] is None
    assert "no public address" in logged["answers"][0]["error"]


async def test_a_long_answer_is_cut_and_counts_as_what_its_status_says(desk: Desk) -> None:
    webhook, _ = await desk.webhook()
    desk.answer(b"HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n" + b"\xff\x00" + b"y" * 4_999_998)
    await desk.change(1)
    await desk.deliver()
    [logged] = await desk.log(webhook)
    assert logged["status"] == "delivered"
    assert len(logged["answers"][0]["answer"]) < 3_000


async def test_after_a_rotation_both_secrets_sign_for_a_day(desk: Desk) -> None:
    webhook, former = await desk.webhook()
    async with transaction(desk.house.pool) as connection:
        _, secret = await rotate_secret(connection, desk.keys, *webhook.key, now=desk.clock.now(), actor="token:1")
    await desk.change(1)
    await desk.deliver()
    assert is_signed(secret, desk.received[0]) and is_signed(former, desk.received[0])
    desk.clock.advance(24 * 3600)
    await desk.change(1)
    await desk.deliver()
    assert is_signed(secret, desk.received[1]) and not is_signed(former, desk.received[1])


async def test_a_receiver_that_hangs_delays_nobody_else(desk: Desk) -> None:
    hanging = asyncio.Event()

    async def hang(_received: Received, _writer: asyncio.StreamWriter) -> None:
        await hanging.wait()

    async with serving(hang) as dead:
        stuck, _ = await desk.webhook(url=dead.url("/"))
        await desk.webhook()
        for deal_id in range(100):
            await desk.change(deal_id)
        await desk.fan()
        while desk.deals.count(99) == 0 or len(desk.deals) < 100:
            await desk.deliverer.round()
        assert await desk.statuses(stuck) == ["waiting"] * 100
        assert 1 <= len(dead.received) <= 20
        await desk.deliverer.round()
        hanging.set()


async def test_a_delivery_whose_worker_dies_is_sent_again_by_another_with_the_same_id(desk: Desk) -> None:
    webhook, _ = await desk.webhook()
    arrived, hanging = asyncio.Event(), asyncio.Event()

    async def hang(_received: Received, _writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await hanging.wait()

    desk.receiver.answer = hang
    await desk.change(1)
    await desk.change(1)
    await desk.fan()
    dying = desk.worker()
    task = asyncio.create_task(dying.round())
    await arrived.wait()
    task.cancel()
    desk.answer(OK)
    await desk.deliver()
    assert len(desk.received) == 1, "it is still the other's"
    await desk.later(31)
    ids = [one.headers["webhook-id"] for one in desk.received]
    assert (len(ids), ids[0] == ids[1]) == (3, True)
    assert await desk.statuses(webhook) == ["delivered"] * 2
    # The first worker, which only seemed dead, can change nothing of it.
    hanging.set()
    await dying.close()
    assert [row["attempts"] for row in await desk.log(webhook)] == [1, 1]
