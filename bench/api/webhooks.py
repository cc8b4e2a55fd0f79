"""Deliveries of webhooks to a receiver on this machine: how many a second, in which order, and after a kill."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import httpx

from bench.claims import Claim, bounded, observed, progress
from bench.machine import cpu_seconds, descendants
from bench.plan import Plan
from bench.receiver import Told, receiving
from bench.server import Server, serving
from bench.shop import Shop, database, open_shop, temporary_folder

LEAST_RATE = 200
EDITS = 5
"""Changes of each order, its creation among them: they must be told in this order."""
WRITERS = 8
PATIENCE_S = 120.0
_WAITING = "SELECT (SELECT count(*) FROM follows WHERE follower = 2) + (SELECT count(*) FROM webhook_lanes)"


def measure(plan: Plan) -> Iterator[Claim]:
    """The claims about webhooks: one worker process, one receiver."""
    orders = 150 if plan.quick else 1_000
    with temporary_folder() as folder, database(folder) as postgres:
        shop = asyncio.run(open_shop(postgres, "measured"))
        told, cpu_s = _run(shop, orders, kill=False)
        after_kill, _ = _run(shop, orders // 2, kill=True)
    wanted, wanted_after = orders * EDITS, orders // 2 * EDITS
    progress(f"{told.rate:,.0f} deliveries/s; after the kill {after_kill.repeated} came twice")
    yield bounded("Deliveries of webhooks to one receiver", figure=told.rate, unit="deliveries/s", at_least=LEAST_RATE)
    yield _whole("Deliveries that came", told.deliveries, wanted)
    yield _whole("Deliveries in the order of their object", told.deliveries - told.disordered, wanted)
    yield _whole("A worker is killed: deliveries that came", after_kill.deliveries, wanted_after)
    in_order = after_kill.deliveries - after_kill.disordered
    yield _whole("A worker is killed: deliveries in the order of their object", in_order, wanted_after)
    yield observed("A worker is killed: deliveries that came twice", figure=after_kill.repeated, unit="deliveries")
    each_us = 1e6 * cpu_s / max(told.deliveries, 1)
    yield observed("Processor time of a delivery: all of Dealt, writing the order included", figure=each_us, unit="µs")


def _whole(claim: str, came: int, wanted: int) -> Claim:
    return bounded(claim, figure=100 * came / wanted, unit="%", at_least=100)


def _run(shop: Shop, orders: int, *, kill: bool) -> tuple[Told, float]:
    """What the receiver was told of ``orders`` and their edits, and the processor time that Dealt took for it."""
    settings = {"database_url": shop.dsn, "allow_private_networks": "127.0.0.0/8", "worker_processes": 1}
    with receiving() as receiver, serving(**settings) as server:
        begun = cpu_seconds(descendants(server.pid))
        asyncio.run(_work(server, shop, f"http://127.0.0.1:{receiver.port}/", orders, kill=kill))
        spent = cpu_seconds(descendants(server.pid)) - begun
    return receiver.told, spent


async def _work(server: Server, shop: Shop, url: str, orders: int, *, kill: bool) -> None:
    headers = {"Authorization": f"Token {shop.token}", "Accept": "*/*; version=2"}
    base = f"http://127.0.0.1:{server.port}/api/public/"
    async with httpx.AsyncClient(base_url=base, headers=headers, timeout=60, trust_env=False) as client:
        made = await client.post("webhooks/", json={"url": url, "kinds": ["deal.*"]})
        made.raise_for_status()
        numbers = iter(range(orders))
        stamp = time.time_ns()
        writing = [asyncio.create_task(_write(client, numbers, stamp)) for _ in range(WRITERS)]
        if kill:
            while _left(numbers) > orders // 2:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            os.kill(_worker(server), signal.SIGKILL)
            progress("the worker was killed; what it had under way comes again half a minute later")
        await asyncio.gather(*writing)
        await _all_told(shop)
        (await client.delete(f"webhooks/{made.json()['id']}/")).raise_for_status()


def _left(numbers: Iterator[int]) -> int:
    """How many numbers are left."""
    return numbers.__length_hint__()  # type: ignore[attr-defined,no-any-return]


async def _write(client: httpx.AsyncClient, numbers: Iterator[int], stamp: int) -> None:
    for number in numbers:
        for edit in range(EDITS):
            body = {"custom_id": f"{stamp}-{number}", "name": "Order", "value": edit + 1, "currency": "EUR"}
            (await client.post("deals/update_or_create/", json=body)).raise_for_status()


async def _all_told(shop: Shop) -> None:
    """Wait until nothing is queued for webhooks any more."""
    connection = await asyncpg.connect(shop.dsn)
    until = time.monotonic() + PATIENCE_S
    try:
        while await connection.fetchval(_WAITING) and time.monotonic() < until:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    finally:
        await connection.close()


def _worker(server: Server) -> int:
    """The worker's process."""
    for pid in descendants(server.pid):
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            continue
        if b"dealt.processes.worker" in command:
            return pid
    raise RuntimeError("The server has no worker process.")
