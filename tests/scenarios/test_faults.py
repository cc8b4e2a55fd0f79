"""Orders keep coming while everything that serves them is killed, one after the other."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dealt.kernel.postgres import EmbeddedPostgres
from tests.processes.conftest import Serve
from tests.processes.running import Served, is_alive, until
from tests.scenarios.ordering import API, CONTACTS, SENDERS, Shop
from tests.scenarios.wholeness import Contents, contents

OPTIONS = ("--web", "2", "--workers", "1")


async def _wait(holds: Callable[[], Any], what: str) -> Any:
    return await asyncio.to_thread(until, holds, what)


async def _goes_on(shop: Shop) -> None:
    """Wait for more acknowledged orders than can have been under way: some of them were begun after this call."""
    before = len(shop.acknowledged)
    await _wait(lambda: len(shop.acknowledged) > before + 2 * SENDERS, "acknowledged orders")


def _children(server: Served) -> list[int]:
    return [*server.pids("web"), *server.pids("worker")]


async def _kill_a_child(shop: Shop, name: str) -> None:
    server = shop.server
    before = server.pids(name)
    os.kill(before[0], signal.SIGKILL)
    what = f"another {name} process"
    await _wait(lambda: len(now := server.pids(name)) == len(before) and before[0] not in now, what)
    await _goes_on(shop)


async def _kill_the_database(shop: Shop) -> None:
    postgres = EmbeddedPostgres(shop.server.data_dir)
    victim = postgres.pid
    assert victim is not None
    os.kill(victim, signal.SIGKILL)
    await _wait(lambda: postgres.pid not in (None, victim), "another PostgreSQL")
    await _goes_on(shop)


async def _kill_the_parent(shop: Shop, serve: Serve) -> None:
    orphans = _children(shop.server)
    shop.server.process.kill()
    shop.server.process.wait()
    # The new server begins while the processes of the old one may still be at work.
    shop.server = await asyncio.to_thread(serve(shop.server.data_dir, *OPTIONS).ready)
    await _goes_on(shop)
    await _wait(lambda: not any(map(is_alive, orphans)), "the end of the old processes")


def _check_acknowledged(shop: Shop, found: Contents) -> None:
    """Every acknowledged order is there once, under the id that was told, with all that belongs to it."""
    known = [deal for deal in found.deals if deal.custom_id in shop.acknowledged]
    assert sorted((deal.custom_id, deal.id) for deal in known) == sorted(shop.acknowledged.items())
    for directory in (found.deal_ids, found.deal_custom_ids):
        assert [key for key in shop.acknowledged if directory[key] != 1] == []


async def test_no_acknowledged_order_is_lost_or_halved_whatever_is_killed(data_dir: Path, serve: Serve) -> None:
    server = serve(data_dir, *OPTIONS).ready()
    for custom_id in CONTACTS:
        assert server.post(f"{API}users/", {"custom_id": custom_id})[0] == 201
    await _wait(lambda: len(_children(server)) == 3, "the processes")
    async with Shop(server).open() as shop:
        await _goes_on(shop)
        await _kill_a_child(shop, "web")
        await _kill_a_child(shop, "worker")
        await _kill_the_database(shop)
        await _kill_the_parent(shop, serve)
    assert shop.refused == []
    assert shop.failures > 0, "a killed database and a killed parent are noticed"
    found = await contents(EmbeddedPostgres(data_dir).dsn())
    assert found.halves == {}
    # Those that were not acknowledged may be there or not, but only as a whole.
    assert [deal for deal in found.deals if (deal.lines, deal.links, deal.created) != (2, 2, 1)] == []
    _check_acknowledged(shop, found)
    assert await asyncio.to_thread(shop.server.stop) == 0
