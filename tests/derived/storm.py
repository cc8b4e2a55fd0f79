"""``python -m tests.derived.storm``: two servers on one database, many clients at once, and workers killed in between.

Clients edit, merge, delete and import whatever they come across, one of them changes definitions and settings, and
processes of workers and of one server are killed by SIGKILL, again and again. Then everybody stops, and when nothing
waits any more, ``dealt audit`` and the slow computation in Python look at all that is derived. An audit also runs in
the midst of it. Clocks are real, so that the same seed does not do the same again.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import asyncpg
import httpx

from dealt.kernel.clock import Clock, SystemClock
from dealt.kernel.postgres import EmbeddedPostgres
from tests.derived.acting import KINDS, Actor
from tests.derived.kept import FIRST_DEFINITIONS, Kept
from tests.derived.long import say
from tests.processes.running import PATIENCE_S, Served, command
from tests.publicapi.conftest import V2

CLIENTS = 6
AUDIT_EVERY_S = 15
TRIES = 12
"""Looks at a shop in which time goes on, before a difference is one."""
_WAITS = """
SELECT (SELECT count(*) FROM stale) + (SELECT count(*) FROM stale_companies) + (SELECT count(*) FROM jobs)
    + (SELECT count(*) FROM backfills WHERE finished_at IS NULL)
    + (SELECT count(*) FROM imports WHERE state IN ('queued', 'running'))
    + (SELECT count(*) FROM contact_derived WHERE wake_at <= now())
    + (SELECT count(*) FROM company_derived WHERE wake_at <= now())"""


@dataclass(kw_only=True)
class Stormy(Kept):
    """One client of two servers; ``settled`` is whether whoever answers 5xx is to be blamed."""

    pool: asyncpg.Pool
    clock: Clock = field(default_factory=SystemClock)  # type: ignore[assignment]
    workspace_id: int = 1
    addresses: list[str] = field(default_factory=list)
    unanswered: int = 0

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """As ``Kept`` says; None also where there was no answer, or 503."""
        address = self.addresses[self.operations % len(self.addresses)]
        content: dict[str, Any] = {"content": body} if isinstance(body, str) else {"json": body}
        try:
            answer = await self.client.request(method, f"{address}/api/public/{path}", **content)
        except httpx.TransportError:
            self.unanswered += 1
            await asyncio.sleep(0.2)
            return None
        self.told.append(f"{method} {path} {json.dumps(body)} -> {answer.status_code} {answer.text[:200]}")
        assert answer.status_code in (503,) or answer.status_code < 500, self.story()
        self.unanswered += answer.status_code == 503
        if answer.status_code >= 400:
            self.refused += 1
            return None
        is_json = answer.headers.get("content-type", "").startswith("application/json")
        return answer.json() if answer.content and is_json else {}

    async def edit(self, seed: int, until: float) -> None:
        """Do this and that to what is there."""
        rng = Random(seed)
        while time.monotonic() < until:
            await self.look_again()
            for _ in range(15):
                request = Actor(rng, self.facts).request(rng.choice(KINDS))
                if request is None:
                    continue
                if request[0] == "FILE":
                    await self.send_file(*request[1:])
                elif await self.ask(*request) is not None:
                    self.operations += 1
                if rng.random() < 0.1 and self.facts.contacts:
                    await self.ask("GET", f"users/{rng.choice(self.facts.contacts)['id']}/")

    async def rule(self, seed: int, until: float) -> None:
        """Make and change definitions and settings."""
        rng = Random(seed)
        while time.monotonic() < until:
            await self.look_again()
            await (self.define(rng) if rng.random() < 0.6 or len(self.ids) < FIRST_DEFINITIONS else self.govern(rng))
            await asyncio.sleep(rng.random() * 0.6)


@dataclass
class Storm:
    """``first`` answers whoever rules, and of it only the worker is killed; of ``second`` anything."""

    dsn: str
    first: Served
    second: Served
    pool: asyncpg.Pool
    client: httpx.AsyncClient
    killed: int = 0
    audits: int = 0
    operations: int = 0
    unanswered: int = 0
    ruler: Stormy = field(init=False)

    async def round(self, seed: int, seconds: float) -> None:
        """Everything at once, then calm, then a look."""
        until = time.monotonic() + seconds
        both = [self.first.address, self.second.address]
        editors = [Stormy(client=self.client, pool=self.pool, addresses=both) for _ in range(CLIENTS)]
        before = self.ruler.operations
        async with asyncio.TaskGroup() as group:
            for number, editor in enumerate(editors):
                group.create_task(editor.edit(seed * 100 + number, until))
            group.create_task(self.ruler.rule(seed * 100 + 99, until))
            group.create_task(self._kill(Random(seed), until))
            group.create_task(self._audit_beside(until))
        self.operations += sum(one.operations for one in editors) + self.ruler.operations - before
        self.unanswered += sum(one.unanswered for one in editors)
        await self._calm()
        await self._audit("after the storm")
        await self._compare()

    async def _kill(self, rng: Random, until: float) -> None:
        while time.monotonic() < until:
            await asyncio.sleep(rng.uniform(1, 6))
            victims = [*self.first.pids("worker"), *self.second.pids("worker"), *self.second.pids("web")]
            if victims:
                os.kill(rng.choice(victims), signal.SIGKILL)
                self.killed += 1

    async def _audit_beside(self, until: float) -> None:
        while time.monotonic() < until - AUDIT_EVERY_S:
            await asyncio.sleep(AUDIT_EVERY_S)
            await self._audit("in the midst")

    async def _calm(self) -> None:
        end = time.monotonic() + 5 * PATIENCE_S
        quiet = 0
        while quiet < 3:
            quiet = 0 if await self.pool.fetchval(_WAITS) else quiet + 1
            assert time.monotonic() < end, "something waits for ever"
            await asyncio.sleep(0.5)
        # Segments of companies and products are looked at every two seconds, and what follows from them after that.
        await asyncio.sleep(6)

    async def _audit(self, when: str) -> None:
        told = await asyncio.to_thread(
            command, self.second.data_dir, "audit", "--json", "--workspace", "1", DATABASE_URL=self.dsn
        )
        assert told.stdout, told.stderr
        found = json.loads(told.stdout)
        self.audits += 1
        assert not found["drift"], f"drift {when}: {json.dumps(found, indent=1)[:5000]}\n{self.ruler.story()}"

    async def _compare(self) -> None:
        for left in reversed(range(TRIES)):
            try:
                await self.ruler.compare()
            except AssertionError:
                if not left:
                    raise
                await asyncio.sleep(2)
            else:
                return


async def run(dsn: str, folder: Path, rounds: int, seconds: float, seed: int) -> None:
    """Storm after storm on one shop."""
    (folder / "one").mkdir()
    (folder / "two").mkdir()
    environment = {"DATABASE_URL": dsn, "DEALT_SECRET_KEY": "5" * 64}
    first = await asyncio.to_thread(Served(folder / "one", "--web", "1", "--workers", "1", **environment).ready)
    second = await asyncio.to_thread(Served(folder / "two", "--web", "1", "--workers", "1", **environment).ready)
    headers = {"Authorization": f"Token {first.token}"} | V2
    try:
        async with (
            asyncpg.create_pool(dsn, min_size=1, max_size=8) as pool,
            httpx.AsyncClient(headers=headers, timeout=PATIENCE_S, trust_env=False) as client,
        ):
            await pool.execute("UPDATE workspaces SET requests_per_second = 0")
            storm = Storm(dsn, first, second, pool, client)
            storm.ruler = Stormy(client=client, pool=pool, addresses=[first.address])
            await storm.ruler.prepare()
            for number in range(rounds):
                await storm.round(seed + number, seconds)
                say(
                    f"round {seed + number}: {storm.operations:,} operations by {CLIENTS} clients, "
                    f"{storm.killed} killed, {storm.unanswered:,} requests unanswered, {storm.audits} audits: "
                    f"no drift, no difference of {storm.ruler.compared:,} values"
                )
    finally:
        for server in (second, first):
            server.stop()


def main() -> None:
    """Start a database and two servers of its own and run on them."""
    parser = argparse.ArgumentParser(prog="python -m tests.derived.storm", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=60, help="how long each storm lasts")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    memory = Path("/dev/shm")  # noqa: S108
    with (
        tempfile.TemporaryDirectory(prefix="dealt-storm-", dir=memory if memory.is_dir() else None) as folder,
        EmbeddedPostgres(Path(folder) / "data", fast_unsafe=True) as database,
    ):
        os.environ["DEALT_TEST_RUN"] = folder
        asyncio.run(run(database.dsn("postgres"), Path(folder), asked.rounds, asked.seconds, asked.seed))


if __name__ == "__main__":
    main()
