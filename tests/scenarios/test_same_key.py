"""Many clients write the same order at the same time, through two web processes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest_asyncio

from dealt.kernel.postgres import EmbeddedPostgres
from tests.processes.conftest import Serve
from tests.processes.running import PATIENCE_S
from tests.scenarios.wholeness import contents

KEY = "the-one-order"
BY_KEY = f"deals-by-id/{KEY}/"
WRITERS = 4
UPSERTS = 50
CONTACTS = ("ann", "ben")


@pytest_asyncio.fixture
async def client(data_dir: Path, serve: Serve) -> AsyncIterator[httpx.AsyncClient]:
    """Of two web processes; each request has a connection of its own, so that either may get it."""
    server = await asyncio.to_thread(serve(data_dir, "--web", "2", "--workers", "0").ready)
    async with httpx.AsyncClient(
        base_url=f"{server.address}/api/public/",
        headers={"Authorization": f"Token {server.token}", "Accept": "*/*; version=2"},
        limits=httpx.Limits(max_keepalive_connections=0),
        timeout=PATIENCE_S,
        trust_env=False,
    ) as opened:
        for custom_id in CONTACTS:
            assert (await opened.post("users/", json={"custom_id": custom_id})).status_code == 201
        yield opened
    assert await asyncio.to_thread(server.stop) == 0


def _order(number: int, stages: list[int]) -> dict[str, Any]:
    """The same order in other words: a value of its own, one of the stages, one to three lines."""
    products = [f"sku-{number % 5}", f"sku-{number % 3 + 5}", f"sku-{number % 2 + 8}"][: number % 3 + 1]
    return {
        "custom_id": KEY,
        "name": "Order",
        "user_custom_id": CONTACTS[number // 7 % 2],
        "value": number + 1,
        "currency": "EUR",
        "stage": stages[number % len(stages)],
        "order_products": [{"product_custom_id": key, "value": 5, "quantity": number % 4 + 1} for key in products],
    }


async def _write(client: httpx.AsyncClient, writer: int, stages: list[int]) -> list[tuple[int, bool]]:
    """One writer's upserts, and in between edits by either id; id and ``created`` of each upsert's answer."""
    answers = []
    for number in range(writer * UPSERTS, (writer + 1) * UPSERTS):
        answer = await client.post("deals/update_or_create/", json=_order(number, stages))
        assert answer.is_success, answer.text
        answers.append((answer.json()["id"], answer.json()["created"]))
        if number % 3 == 0:
            edited = await client.patch(f"deals/{answers[-1][0]}/", json={"value": 1000 + number})
            assert edited.status_code == 200, edited.text
        if number % 3 == 1:
            moved = await client.patch(BY_KEY, json={"stage": stages[number % 2], "value": 2000 + number})
            assert moved.status_code == 200, moved.text
    return answers


async def _write_at_once(client: httpx.AsyncClient) -> int:
    """The id of the one deal that all writers have written."""
    stages = [stage["id"] for stage in (await client.get("pipelines/")).json()["results"][0]["stages"]]
    assert len(stages) > 1
    written = await asyncio.gather(*(_write(client, writer, stages) for writer in range(WRITERS)))
    answers = [answer for answers in written for answer in answers]
    assert len({deal_id for deal_id, _ in answers}) == 1
    assert sum(created for _, created in answers) == 1
    assert (await client.get("deals/")).json()["count"] == 1
    return answers[0][0]


async def _history(client: httpx.AsyncClient, deal_id: int) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = []
    url: str | None = f"deals/{deal_id}/history/"
    while url is not None:
        page = (await client.get(url)).json()
        entries += page["results"]
        url = page["next"]
    return entries


def _follow(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """Field -> last value, where every entry goes on from what the one before it left."""
    left: dict[str, Any] = {}
    for entry in entries:
        for field, (before, after) in entry["changes"].items():
            assert before == left.get(field), (entry["id"], field)
            left[field] = after
    return left


async def _check_history(client: httpx.AsyncClient, deal_id: int) -> None:
    entries = await _history(client, deal_id)
    assert [entry["kind"] for entry in entries] == ["deal.created"] + ["deal.updated"] * (len(entries) - 1)
    told, shown = _follow(entries), (await client.get(f"deals/{deal_id}/")).json()
    assert {name: told[name] for name in ("value", "stage", "user_id")}.items() <= shown.items()
    lines = {field: line for field, line in told.items() if field.startswith("order_products.") and line is not None}
    assert lines == {f"order_products.{line['id']}": line for line in shown["order_products"]}
    assert shown["version"] == len(entries)


async def test_one_key_is_one_deal_whose_history_chains_before_and_after_a_delete(
    client: httpx.AsyncClient, data_dir: Path
) -> None:
    first = await _write_at_once(client)
    await _check_history(client, first)
    assert (await client.delete(BY_KEY)).status_code == 204
    assert (await client.get(BY_KEY)).status_code == 404
    second = await _write_at_once(client)
    assert second != first
    await _check_history(client, second)
    found = await contents(EmbeddedPostgres(data_dir).dsn())
    assert ([deal.id for deal in found.deals], found.halves) == ([second], {})
