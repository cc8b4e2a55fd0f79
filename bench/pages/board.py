"""The board of a pipeline with many deals: the page itself, a drag, and boards that are open while others write."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass

import asyncpg
import httpx

from bench.claims import Claim, bounded, observed, progress
from bench.filling import fill
from bench.machine import cpu_seconds, descendants
from bench.pages.visits import Browser, follow, p95, sign_in
from bench.plan import Plan
from bench.server import Server, serving
from bench.shop import Shop, database, open_shop, settle, temporary_folder

DEALS, CONTACTS = 1_500_000, 200_000
BOARDS, CHANGES_A_SECOND = 200, 50

PAGES: tuple[tuple[str, str, float], ...] = (
    ("The board", "/board/1/", 200),
    ("The board, by value", "/board/1/?sort=value", 200),
    ("The board, longest in stage first", "/board/1/?sort=waiting", 200),
    ("The board, won deals only", "/board/1/?status=2", 200),
    ("The board, grouped by person", "/board/1/?group=assigned", 200),
    ("The board, searched", "/board/1/?q=order+777", 200),
)
"""Pages that are measured: what they are, where, and in how many milliseconds 95 of 100 must be answered."""


@dataclass(frozen=True)
class _Open:
    cpu_percent: float
    idle_percent: float
    latency_ms: list[float]


def measure(plan: Plan) -> Iterator[Claim]:
    """The claims about the board."""
    deals, contacts = (150_000, 20_000) if plan.quick else (DEALS, CONTACTS)
    with temporary_folder() as folder:
        with database(folder, fast_unsafe=True) as postgres:
            shop = asyncio.run(open_shop(postgres, "board", contacts=contacts, products=500))
            asyncio.run(fill(shop, deals))
        with database(folder) as postgres:
            shop = Shop(postgres.dsn("board"), shop.workspace_id, shop.token, shop.contacts, shop.products)
            cookie = asyncio.run(sign_in(shop))
            asyncio.run(settle(shop.dsn))
            with serving(database_url=shop.dsn) as server:
                browser = Browser(server.port, cookie)
                for name, path, bar in PAGES:
                    times = browser.times_ms(path, [], plan.seconds)
                    progress(f"{name}: p95 {p95(times):.0f} ms")
                    yield bounded(
                        f"{name}, of {deals:,} deals: 95 of 100 are answered within", figure=p95(times), unit="ms",
                        at_most=bar,
                    )  # fmt: skip
                ids = asyncio.run(_some(shop, 400))
                moves = [{"deals": [one], "stage": stage} for one in ids for stage in (4, 5)]
                drags = browser.times_ms("/board/1/change/", moves, plan.seconds)
                yield bounded("A drag: 95 of 100 are answered within", figure=p95(drags), unit="ms", at_most=100)
                seen = asyncio.run(_live(shop, server, cookie, ids, plan))
    yield bounded(
        f"{CHANGES_A_SECOND} changes a second: 95 of 100 are on an open board within", figure=p95(seen.latency_ms),
        unit="ms", at_most=300,
    )  # fmt: skip
    yield bounded(
        f"{BOARDS} open boards, {CHANGES_A_SECOND} changes a second: of one core they take",
        figure=seen.cpu_percent - seen.idle_percent, unit="%", at_most=20,
    )  # fmt: skip
    yield observed(
        "The same changes with no board open: of one core, the server takes", figure=seen.idle_percent, unit="%"
    )


async def _some(shop: Shop, number: int) -> list[int]:
    connection = await asyncpg.connect(shop.dsn)
    try:
        rows = await connection.fetch("SELECT id FROM deals ORDER BY ordered_at DESC LIMIT $1", number)
    finally:
        await connection.close()
    return [row["id"] for row in rows]


async def _live(shop: Shop, server: Server, cookie: str, ids: list[int], plan: Plan) -> _Open:
    seconds = max(plan.seconds, 6.0)
    idle, _ = await _busy(shop, server, ids, seconds, turn=0)
    heard = [asyncio.Queue[tuple[float, bytes]]() for _ in range(BOARDS)]
    following = [asyncio.create_task(follow(server.port, cookie, "/board/1/live/", queue)) for queue in heard]
    await asyncio.sleep(3)
    busy, sent = await _busy(shop, server, ids, seconds, turn=1)
    await asyncio.sleep(1)
    for one in following:
        one.cancel()
    await asyncio.gather(*following, return_exceptions=True)
    latencies = []
    while not heard[0].empty():
        at, line = heard[0].get_nowait()
        for card in json.loads(line[6:]).get("cards", ()):
            earlier = [moment for moment in sent.get(card["id"], ()) if moment <= at]
            if earlier:
                latencies.append(1000 * (at - min(earlier)))
                sent[card["id"]] = [moment for moment in sent[card["id"]] if moment > at]
    progress(f"{len(latencies)} changes seen, {busy:.0f} % of a core with boards, {idle:.0f} % without")
    return _Open(busy, idle, latencies)


async def _busy(
    shop: Shop, server: Server, ids: list[int], seconds: float, *, turn: int
) -> tuple[float, dict[int, list[float]]]:
    """How much of a core the server's processes took while deals were moved, and when each was."""
    sent: dict[int, list[float]] = {}
    headers = {"Authorization": f"Token {shop.token}", "Accept": "*/*; version=2"}
    address = f"http://127.0.0.1:{server.port}/api/public/"
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=30) as client:

        async def move(number: int) -> None:
            deal = ids[number % len(ids)]
            sent.setdefault(deal, []).append(time.perf_counter())
            answer = await client.patch(f"deals/{deal}/", json={"stage": 1 + (turn + number // len(ids) + number) % 3})
            answer.raise_for_status()

        began, spent = time.monotonic(), cpu_seconds(descendants(server.pid))
        moving = []
        for number in range(int(seconds * CHANGES_A_SECOND)):
            moving.append(asyncio.create_task(move(number)))
            await asyncio.sleep(max(0.0, began + (number + 1) / CHANGES_A_SECOND - time.monotonic()))
        await asyncio.gather(*moving)
        took = time.monotonic() - began
    return 100 * (cpu_seconds(descendants(server.pid)) - spent) / took, sent
