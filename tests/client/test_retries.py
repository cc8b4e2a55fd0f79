"""What is lost on the way is sent again, and has no second effect."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from dealt.client import (
    AsyncClient,
    BulkStopped,
    Client,
    NotFound,
    RateLimited,
    Retries,
    ServerError,
    Unreachable,
)
from dealt.client.errors import retry_after
from dealt.client.retries import Steps, attempts
from tests.client.conftest import QUICK, answering, waiting
from tests.client.losing import Losing, losing
from tests.publicapi.conftest import Shop

REQUEST = httpx.Request("POST", "http://shop.example/api/public/deals/")
FIXED = Retries(most=3, first_s=1, longest_s=8, total_s=100)


@pytest_asyncio.fixture
async def proxy(shop: Shop) -> AsyncIterator[Losing]:
    async with losing(shop.url) as proxy:
        yield proxy


async def kinds(shop: Shop) -> list[object]:
    """What the journal has about deals, oldest first."""
    rows = await shop.fetch("SELECT kind FROM journal WHERE kind LIKE 'deal.%' ORDER BY id")
    return [row["kind"] for row in rows]


async def test_a_write_whose_answer_is_lost_takes_place_once(shop: Shop, proxy: Losing) -> None:
    async with AsyncClient(proxy.url, shop.token, retries=QUICK) as client:
        proxy.lose = 3
        made = await client.deals.create({"name": "Order"})
        proxy.lose = 1
        await client.deals.update(made["id"], {"value": 5})
        proxy.lose = 1
        assert (await client.deals.delete(made["id"])) is None, "the second one is not told that there is none"
    assert await kinds(shop) == ["deal.created", "deal.updated", "deal.deleted"]
    assert len(proxy.requests) == 8


async def test_the_client_that_waits_does_the_same(shop: Shop, proxy: Losing) -> None:
    with Client(proxy.url, shop.token, retries=QUICK) as client:
        proxy.lose = 2
        made = await waiting(client.deals.create, {"name": "Order"})
        assert (await waiting(client.deals.get, made["id"]))["name"] == "Order"
    assert await kinds(shop) == ["deal.created"]


async def test_without_retries_nothing_is_sent_twice(shop: Shop, proxy: Losing) -> None:
    proxy.lose = 1
    async with AsyncClient(proxy.url, shop.token, retries=Retries(most=0)) as client:
        with pytest.raises(Unreachable) as lost:
            await client.deals.create({"name": "Order"})
    assert lost.value.request and isinstance(lost.value.__cause__, httpx.TransportError)
    assert (len(proxy.requests), lost.value.idempotency_key) == (1, None)


async def test_after_the_last_attempt_the_key_may_be_used_again(shop: Shop, proxy: Losing) -> None:
    proxy.lose = 3
    async with AsyncClient(proxy.url, shop.token, retries=Retries(most=2, first_s=0)) as client:
        with pytest.raises(Unreachable) as lost:
            await client.deals.create({"name": "Order"})
        assert lost.value.idempotency_key
        await client.deals.create({"name": "Order"}, idempotency_key=lost.value.idempotency_key)
    assert await kinds(shop) == ["deal.created"]


async def test_a_set_of_upserts_whose_answer_is_lost_is_sent_again(shop: Shop, proxy: Losing) -> None:
    proxy.lose = 1
    lines = [{"custom_id": f"order-{n}", "name": "Order"} for n in range(3)]
    async with AsyncClient(proxy.url, shop.token, retries=QUICK) as client:
        results = [result async for result in client.deals.bulk(lines)]
    assert [result["custom_id"] for result in results] == ["order-0", "order-1", "order-2"]
    assert await kinds(shop) == ["deal.created"] * 3


@pytest.mark.parametrize("line", [{"name": "Order"}, {"name": "Order", "custom_id": "order-0"}])
async def test_a_set_that_would_be_written_twice_is_not(shop: Shop, proxy: Losing, line: dict[str, Any]) -> None:
    """Without an id of its own a line makes another deal each time; with the same one, lines undo each other."""
    proxy.lose = 1
    lines = [{"custom_id": "order-0", "name": "First"}, line]
    async with AsyncClient(proxy.url, shop.token, retries=QUICK) as client:
        with pytest.raises(BulkStopped) as stopped:
            [result async for result in client.deals.bulk(lines)]
    assert (stopped.value.first, stopped.value.last, len(proxy.requests)) == (1, 2, 1)


async def test_a_link_to_another_server_is_not_followed(shop: Shop, proxy: Losing) -> None:
    """The links of an answer are as the server was addressed; the token goes only to where the client was pointed."""
    async with AsyncClient(proxy.url, shop.token) as client:
        for n in range(3):
            await client.tags.create({"name": f"tag {n}"})
        before = len(proxy.requests)
        assert len([tag async for tag in client.tags.list(page_size=2)]) == 3
    assert len(proxy.requests) == before + 2


async def test_a_server_that_is_not_there_is_told() -> None:
    with Client("http://127.0.0.1:9", "token", retries=QUICK) as client, pytest.raises(Unreachable):
        await waiting(client.deals.get, 1)


def test_errors_that_are_no_json_are_told_too() -> None:
    client = Client("http://shop.example", "token", retries=Retries(0), http=answering(502, "<h1>Bad Gateway</h1>"))
    with pytest.raises(ServerError, match="502 Bad Gateway"):
        client.deals.get(1)
    limited = answering(429, {"detail": "Slow down."}, {"Retry-After": "7"})
    with pytest.raises(RateLimited) as told:
        Client("http://shop.example", "token", retries=Retries(0), http=limited).deals.get(1)
    assert told.value.retry_after == 7


def test_a_moment_to_come_back_at_is_read_as_seconds() -> None:
    response = httpx.Response(503, headers={"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, request=REQUEST)
    assert retry_after(response) == 0
    assert retry_after(httpx.Response(503, headers={"Retry-After": "soon"}, request=REQUEST)) is None


def run(steps: Steps[httpx.Response], *outcomes: httpx.Response | httpx.TransportError) -> list[float]:
    """Drive it with these outcomes of its requests; the pauses that it made."""
    waiting, pauses = iter(outcomes), []
    step = next(steps)
    try:
        while True:
            if isinstance(step, float):
                pauses.append(step)
                step = steps.send(None)
            else:
                step = steps.send(next(waiting))
    except StopIteration:
        return pauses


def answer(status: int, **headers: str) -> httpx.Response:
    return httpx.Response(status, headers=headers, request=REQUEST)


def test_pauses_double_and_differ() -> None:
    lost = httpx.ReadError("gone")
    pauses = run(attempts(REQUEST, FIXED, lambda: 0.0, repeatable=True), lost, lost, lost, answer(200))
    assert all(whole / 2 <= pause <= whole for pause, whole in zip(pauses, (1, 2, 4), strict=True))
    with pytest.raises(Unreachable, match="gone"):
        run(attempts(REQUEST, FIXED, lambda: 0.0, repeatable=True), *[lost] * 4)


def test_the_server_is_asked_again_when_it_says() -> None:
    busy = httpx.Response(503, headers={"Retry-After": "20"}, request=REQUEST)
    [pause] = run(attempts(REQUEST, FIXED, lambda: 0.0, repeatable=True), busy, answer(200))
    assert 20 <= pause <= 21
    late = httpx.Response(503, headers={"Retry-After": "200"}, request=REQUEST)
    with pytest.raises(ServerError):
        run(attempts(REQUEST, FIXED, lambda: 0.0, repeatable=True), late)


def test_no_attempt_begins_after_the_time_is_up() -> None:
    times = iter((0.0, 50.0, 99.5))
    with pytest.raises(Unreachable):
        run(attempts(REQUEST, FIXED, lambda: next(times), repeatable=True), *[httpx.ReadTimeout("slow")] * 2)


def test_what_is_refused_or_hopeless_is_not_repeated() -> None:
    with pytest.raises(NotFound):
        run(attempts(REQUEST, FIXED, lambda: 0.0, repeatable=True), answer(404))
    with pytest.raises(Unreachable):
        run(attempts(REQUEST, FIXED, lambda: 0.0, repeatable=True), httpx.LocalProtocolError("bad header"))


@pytest.mark.parametrize(
    ("outcome", "repeated"),
    [
        (httpx.ConnectError("refused"), True), (answer(429), True),
        (httpx.ReadError("gone"), False), (answer(503), False), (answer(502), False),
    ],
)  # fmt: skip
def test_what_may_have_had_an_effect_is_not_repeated_without_a_key(outcome: Any, repeated: bool) -> None:
    steps = attempts(REQUEST, FIXED, lambda: 0.0, repeatable=False)
    if repeated:
        assert len(run(steps, outcome, answer(200))) == 1
    else:
        with pytest.raises((Unreachable, ServerError)):
            run(steps, outcome)
