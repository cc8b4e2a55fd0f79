"""A worker is killed while it delivers: nothing that was committed stays untold, and every order is told in order."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import defaultdict
from pathlib import Path

import asyncpg

from dealt.client import AsyncClient, verify
from dealt.kernel.postgres import EmbeddedPostgres
from tests.kernel.outbound_servers import OK, Received, serving
from tests.processes.conftest import Serve
from tests.processes.running import until
from tests.scenarios.ordering import API

ORDERS, EDITS = 12, 3


async def _write(client: AsyncClient, numbers: range) -> None:
    for number in numbers:
        for value in range(EDITS + 1):
            await client.deals.update_or_create({"custom_id": f"order-{number}", "name": "Order", "value": value + 1})


async def _end_leases(dsn: str) -> None:
    """Let the half minute pass after which what a dead worker had under way is anybody's."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("UPDATE webhook_lanes SET due_at = due_at - interval '30 seconds'")
    finally:
        await connection.close()


async def test_nothing_is_untold_or_out_of_order_when_the_worker_is_killed(data_dir: Path, serve: Serve) -> None:
    hanging, begun, told = asyncio.Event(), asyncio.Event(), defaultdict[int, list[int]](list)
    secrets: list[str] = []

    async def answer(received: Received, writer: asyncio.StreamWriter) -> None:
        data = verify(secrets[0], received.headers, received.body)["data"]
        told[data["id"]].append(data["sequence"])
        if len(told) > ORDERS // 3 and not hanging.is_set():
            begun.set()
            await hanging.wait()
        writer.write(OK)

    server = serve(data_dir, "--web", "1", "--workers", "1", DEALT_ALLOW_PRIVATE_NETWORKS="127.0.0.0/8")
    await asyncio.to_thread(server.ready)
    async with serving(answer) as receiver, AsyncClient(server.address, server.token) as client:
        made = await client.webhooks.create({"url": receiver.url("/"), "kinds": ["deal.*"]})
        secrets.append(made["secret"])
        writing = asyncio.create_task(_write(client, range(ORDERS)))
        await begun.wait()
        os.kill(server.pids("worker")[0], signal.SIGKILL)
        hanging.set()
        await writing
        await asyncio.to_thread(until, lambda: server.pids("worker"), "another worker")
        await _end_leases(EmbeddedPostgres(data_dir).dsn())
        path = f"{API}webhooks/{made['id']}/deliveries/?status=delivered&page_size=1"
        wanted = ORDERS * (EDITS + 1)
        await asyncio.to_thread(until, lambda: server.get(path)[1]["count"] == wanted, "all deliveries")
    assert len(told) == ORDERS
    for sequences in told.values():
        assert sequences == sorted(sequences), "in order, though something may be told twice"
        assert len(set(sequences)) == EDITS + 1
    assert sum(map(len, told.values())) > wanted, "what the dead worker had under way is told again"
    assert await asyncio.to_thread(server.stop) == 0
