"""How often a token may ask, and how every answer tells what is left."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import pytest_asyncio

from dealt.accounts import create_token
from dealt.kernel.clock import FixedClock
from dealt.kernel.db import transaction
from tests.publicapi.conftest import Shop, open_shop, serving

FIELDS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After")


@dataclass
class Limited:
    """A server whose clock stands still unless it is moved, and whose setting allows two requests a second."""

    shop: Shop
    clock: FixedClock

    async def token(self, rate: int | None) -> str:
        assert self.shop.app.services
        async with transaction(self.shop.app.services.pool) as connection:
            made = await create_token(
                connection, self.shop.workspace_id, "Test", now=self.clock.now(), requests_per_second=rate
            )
        return made.secret

    async def ask(self, token: str, path: str = "workspace/") -> httpx.Response:
        return await self.shop.client.get(path, headers={"Authorization": f"Token {token}"})


@pytest_asyncio.fixture
async def limited(database_url: str) -> AsyncIterator[Limited]:
    clock = FixedClock(datetime(2025, 6, 24, 12, tzinfo=UTC))
    async with serving(database_url, clock, requests_per_second=2) as served:
        shop = await open_shop(*served)
        yield Limited(shop, clock)
        await shop.client.aclose()
        await shop.v1.aclose()


def told(answer: httpx.Response) -> tuple[str | None, ...]:
    return tuple(answer.headers.get(name) for name in FIELDS)


async def test_every_answer_tells_what_is_left_and_a_refusal_when_to_come_back(limited: Limited) -> None:
    token = await limited.token(1)
    assert told(await limited.ask(token)) == ("2", "1", "1", None)
    missing = await limited.ask(token, "deals/1/")
    assert (missing.status_code, told(missing)) == (404, ("2", "0", "2", None))
    refused = await limited.ask(token)
    assert (refused.status_code, told(refused)) == (429, ("2", "0", "2", "1"))
    assert list(refused.json()) == ["detail"]
    limited.clock.advance(1)
    assert told(await limited.ask(token)) == ("2", "0", "2", None)


async def test_the_limit_is_the_tokens_own_else_the_workspaces_else_the_setting(limited: Limited) -> None:
    assert told(await limited.ask(await limited.token(None)))[0] == "4"
    changed = await limited.shop.client.patch("workspace/", json={"requests_per_second": 50})
    assert (changed.status_code, changed.json()["requests_per_second"]) == (200, 50)
    assert told(await limited.ask(await limited.token(None)))[0] == "100"
    assert told(await limited.ask(await limited.token(7)))[0] == "14"
    cleared = await limited.shop.client.patch("workspace/", json={"requests_per_second": None})
    assert cleared.json()["requests_per_second"] is None
    assert told(await limited.ask(await limited.token(None)))[0] == "4"


async def test_zero_means_without_limit_and_without_headers(limited: Limited) -> None:
    token = await limited.token(0)
    answers = [await limited.ask(token) for _ in range(10)]
    assert {(answer.status_code, told(answer)) for answer in answers} == {(200, (None,) * 4)}


async def test_a_rate_that_cannot_be_is_refused(limited: Limited) -> None:
    for rate in (-1, 10**7, 1.5, "many"):
        answer = await limited.shop.client.patch("workspace/", json={"requests_per_second": rate})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["requests_per_second"])


async def test_one_who_has_no_token_is_told_nothing(limited: Limited) -> None:
    answer = await limited.ask("unknown")
    assert (answer.status_code, told(answer)) == (401, (None,) * 4)
