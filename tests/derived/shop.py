"""A shop that is driven at random over the public API, and compared after each step with what is worked out anew."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

import httpx

from dealt.aggregators import CompanyRounds
from dealt.app import Application
from dealt.auditing import Auditor
from dealt.derivation import build_derived
from dealt.freshness import BACKFILL, Backfill, Drift, Settling, wake
from dealt.kernel.clock import FixedClock
from dealt.kernel.db import transaction
from dealt.kernel.journal import Lane
from dealt.rfm import MatrixRounds
from dealt.segments import ObjectRounds
from dealt.setup import set_up_workspace
from dealt.work import HANDLERS
from tests.derived.acting import KINDS, Actor
from tests.derived.counting import matrices
from tests.derived.kept import FIRST_DEFINITIONS, Kept
from tests.publicapi.conftest import V2, settings_of

START = datetime(2024, 2, 28, 22, 30, tzinfo=UTC)
_JUMPS = (
    1, 60, 3600, 4 * 3600, 86_400, 86_399, 7 * 86_400, 30 * 86_400, 31 * 86_400, 100 * 86_400,
)  # fmt: skip


@dataclass(kw_only=True)
class Shop(Kept):
    """See ``kept.Kept``; its workers are called by hand, and its clock is set."""

    app: Application
    client: httpx.AsyncClient
    clock: FixedClock
    workspace_id: int

    def __post_init__(self) -> None:
        assert self.app.services is not None
        self.pool = self.app.services.pool
        self.derived = build_derived()
        self.settling = Settling([self.derived])
        self.objects = ObjectRounds(self.pool, self.derived, self.clock)
        self.companies = CompanyRounds(self.pool, self.derived, self.clock)
        self.matrices = MatrixRounds(self.pool, self.clock)

    async def audit(self) -> list[Drift]:
        """What the auditor finds; it has to find nothing."""
        drift: list[Drift] = []
        auditor = Auditor(self.derived.apart(), self.clock)
        await auditor.audit(self.pool, self.workspace_id, mend=False, report=lambda _, more: drift.extend(more))
        return drift

    async def close(self) -> None:
        """Let go of it, and let nothing wake in it any more."""
        await self.client.aclose()
        for table in ("contact_derived", "company_derived"):
            await self.pool.execute(f"UPDATE {table} SET wake_at = NULL WHERE workspace_id = $1", self.workspace_id)

    async def step(self, seed: int, most: int) -> None:
        """Some things happen; then everything is worked off and compared."""
        rng = Random(seed)
        while len(self.ids) < FIRST_DEFINITIONS and self.named < 4 * FIRST_DEFINITIONS:
            await self.define(rng)
        for _ in range(rng.randint(1, most)):
            await self.act(rng)
            if rng.random() < 0.05:
                await self.read_one(rng)
        await self.settle()
        await self.compare()
        await self._compare_matrix(rng)

    async def _compare_matrix(self, rng: Random) -> None:
        """With what is not folded yet, and now and then when it is."""
        if rng.random() < 0.5:
            await self.matrices.round()
        if self.facts.rfm and (pair := await matrices(self.pool, self.workspace_id, self.facts.rfm["id"])):
            self._same("the matrix", *pair)

    async def act(self, rng: Random) -> None:
        """One thing happens."""
        chance = rng.random()
        if chance < 0.08:
            await self._jump(rng)
        elif chance < 0.14:
            await self.define(rng)
        elif chance < 0.17:
            await self.govern(rng)
        else:
            request = Actor(rng, self.facts).request(rng.choice(KINDS))
            if request is not None and request[0] == "FILE":
                await self.send_file(*request[1:])
            elif request is not None and await self.ask(*request) is not None:
                self.operations += 1
                if rng.random() < 0.1:
                    await self.ask(*request)

    async def _jump(self, rng: Random) -> None:
        """The clock goes on: anywhere, or to the very moment at which something is to change, or just before it."""
        seconds = rng.choice(_JUMPS) + rng.choice((0, 0, 1, 0.5))
        due = await self.pool.fetchval(_NEXT, self.workspace_id, self.clock.now())
        if due is not None and rng.random() < 0.6:
            seconds = max((due - self.clock.now()).total_seconds() - rng.choice((0, 0, 1, 0.000001)), 0)
        self.clock.advance(seconds)
        self.told.append(f"the clock goes on by {seconds} s to {self.clock.now()}")
        self.operations += 1

    async def settle(self) -> None:
        """Do what workers do, until nothing is left to do."""
        while True:
            await self._jobs()
            while await wake(self.pool, self.clock.now()):
                pass
            for lane in Lane:
                await self._lane(lane)
            await self.companies.look(self.workspace_id)
            await self.objects.look(self.workspace_id)
            if not await self.pool.fetchval(_LEFT, self.workspace_id, self.clock.now()):
                return

    async def _lane(self, lane: Lane) -> None:
        while True:
            async with transaction(self.pool) as connection:
                claimed = await self.settling.claim(connection, lane, 500)
                if not claimed:
                    return
                await self.settling.settle_claimed(connection, claimed, self.clock)

    async def _jobs(self) -> None:
        await self.pool.execute(_DUE, self.clock.now())
        query = "DELETE FROM jobs WHERE id = (SELECT min(id) FROM jobs) RETURNING workspace_id, kind, payload"
        while job := await self.pool.fetchrow(query):
            handler = Backfill(self.derived, self.clock) if job["kind"] == BACKFILL else HANDLERS[job["kind"]]
            await handler(self.pool, job["workspace_id"], json.loads(job["payload"]), self.clock.now())


_LEFT = """
SELECT EXISTS (SELECT FROM jobs) OR EXISTS (SELECT FROM delayed_jobs WHERE run_at <= $2)
    OR EXISTS (SELECT FROM stale WHERE workspace_id = $1)
    OR EXISTS (SELECT FROM stale_companies WHERE workspace_id = $1)
    OR EXISTS (SELECT FROM contact_derived WHERE workspace_id = $1 AND wake_at <= $2)
    OR EXISTS (SELECT FROM company_derived WHERE workspace_id = $1 AND wake_at <= $2)"""
_DUE = """
WITH due AS (DELETE FROM delayed_jobs WHERE run_at <= $1 RETURNING workspace_id, kind, payload, created_at)
INSERT INTO jobs (workspace_id, kind, payload, created_at) SELECT * FROM due"""
_NEXT = """
SELECT least(
    (SELECT min(wake_at) FROM contact_derived WHERE workspace_id = $1 AND wake_at > $2),
    (SELECT min(wake_at) FROM company_derived WHERE workspace_id = $1 AND wake_at > $2))"""


@asynccontextmanager
async def open_application(database_url: str, clock: FixedClock) -> AsyncIterator[Application]:
    """The application without a server: it is asked in this process."""
    app = Application(settings_of(database_url), clock)
    await app.start()
    try:
        yield app
    finally:
        await app.stop()


async def open_shop(app: Application, clock: FixedClock) -> Shop:
    """A new workspace, at the moment at which all begin."""
    assert app.services is not None
    clock.set(START)
    async with transaction(app.services.pool) as connection:
        first = await set_up_workspace(connection, now=START)
    await app.services.pool.execute("UPDATE workspaces SET requests_per_second = 0 WHERE id = $1", first.workspace_id)
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),
        base_url="http://shop/api/public/",
        headers={"Authorization": f"Token {first.token}"} | V2,
    )
    shop = Shop(app=app, client=client, clock=clock, workspace_id=first.workspace_id)
    await shop.prepare()
    return shop
