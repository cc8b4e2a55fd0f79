"""A shop that is driven at random over the public API, and compared after each step with what is worked out anew."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any

import httpx

from dealt.aggregators import CompanyRounds
from dealt.app import Application
from dealt.auditing import Auditor
from dealt.derivation import build_derived
from dealt.freshness import BACKFILL, Backfill, Drift, Settling, wake
from dealt.kernel.clock import FixedClock
from dealt.kernel.db import transaction
from dealt.kernel.journal import Lane
from dealt.segments import ObjectRounds
from dealt.setup import set_up_workspace
from dealt.work import HANDLERS
from tests.derived.acting import KINDS, Actor
from tests.derived.comparing import Comparing
from tests.derived.facts import Facts, read_facts
from tests.derived.inventing import EVENTS, LISTS, TAGS, Inventor
from tests.derived.reckoning import TARGETS
from tests.publicapi.conftest import V2, settings_of

START = datetime(2024, 2, 28, 22, 30, tzinfo=UTC)
FIRST_DEFINITIONS, MOST_DEFINITIONS = 5, 14
_TYPES = (
    ("company", "seats", "float"),
    ("clientuser", "birthday", "date"), ("clientuser", "points", "float"), ("clientuser", "vip", "boolean"),
    ("deal", "courier", "string"), ("deal", "due", "date"), ("deal", "paid_at", "datetime"),
    ("deal", "weight", "float"), ("deal", "order_date", "datetime"),
)  # fmt: skip
_JUMPS = (
    1, 60, 3600, 4 * 3600, 86_400, 86_399, 7 * 86_400, 30 * 86_400, 31 * 86_400, 100 * 86_400,
)  # fmt: skip


@dataclass
class Shop(Comparing):
    """``operations`` counts requests that were taken, definitions and jumps of the clock; ``compared`` values."""

    app: Application
    client: httpx.AsyncClient
    clock: FixedClock
    workspace_id: int
    facts: Facts = field(init=False)
    aggregators: dict[str, dict[str, Any]] = field(default_factory=dict)
    segments: dict[str, dict[str, Any]] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    operations: int = 0
    refused: int = 0
    compared: int = 0
    named: int = 0

    def __post_init__(self) -> None:
        assert self.app.services is not None
        self.pool = self.app.services.pool
        self.derived = build_derived()
        self.settling = Settling([self.derived])
        self.objects = ObjectRounds(self.pool, self.derived, self.clock)
        self.companies = CompanyRounds(self.pool, self.derived, self.clock)

    async def prepare(self) -> None:
        """Declare attributes, tags and events, and make stages."""
        for content_type, name, value_type in _TYPES:
            await self.ask(
                "POST", "attributes/", {"content_type": content_type, "name": name, "value_type": value_type}
            )
        for name in LISTS:
            await self.ask("POST", "lists/", {"name": name})
        for tag in TAGS:
            await self.ask("POST", "tags/", {"name": tag})
        for name in EVENTS:
            declared = await self.ask("POST", "events/definitions/", {"name": name})
            amount = {"content_type": "event", "event": declared["id"], "name": "amount", "value_type": "float"}
            await self.ask("POST", "attributes/", amount)
        pipelines = (await self.ask("GET", "pipelines/"))["results"]
        for number in range(4):
            await self.ask("POST", "stages/", {"name": f"Stage {number}", "pipeline": pipelines[0]["id"]})
        for number in range(1, 6):
            await self.ask("POST", "users/", {"custom_id": f"c{number}", "user_key": f"key{number}"})
        for number in range(1, 4):
            await self.ask("POST", "companies/", {"custom_id": f"f{number}", "name": "Firm", "country": "PL"})
        self.facts = await read_facts(self.pool, self.workspace_id, self.clock.now())

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

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """An answer; None where the request was refused. No request fails."""
        if isinstance(body, str):
            answer = await self.client.request(method, path, content=body)
        else:
            answer = await self.client.request(method, path, json=body)
        self.told.append(f"{method} {path} {json.dumps(body)} -> {answer.status_code} {answer.text[:200]}")
        assert answer.status_code < 500, self.story()
        if answer.status_code >= 400:
            self.refused += 1
            return None
        is_json = answer.headers.get("content-type", "").startswith("application/json")
        return answer.json() if answer.content and is_json else {}

    async def step(self, seed: int, most: int) -> None:
        """Some things happen; then everything is worked off and compared."""
        rng = Random(seed)
        while len(self.ids) < FIRST_DEFINITIONS and self.named < 4 * FIRST_DEFINITIONS:
            await self._define(rng)
        for _ in range(rng.randint(1, most)):
            await self.act(rng)
            if rng.random() < 0.05:
                await self.read_one(rng)
        await self.settle()
        await self.compare()

    async def act(self, rng: Random) -> None:
        """One thing happens."""
        chance = rng.random()
        if chance < 0.08:
            await self._jump(rng)
        elif chance < 0.14:
            await self._define(rng)
        else:
            request = Actor(rng, self.facts).request(rng.choice(KINDS))
            if request is not None and request[0] == "FILE":
                await self._send_file(*request[1:])
            elif request is not None and await self.ask(*request) is not None:
                self.operations += 1
                if rng.random() < 0.1:
                    await self.ask(*request)

    async def _send_file(self, kind: str, lines: str) -> None:
        made = await self.ask("POST", "imports/", {"kind": kind, "file_name": "file.ndjson", "silent": True})
        if made is not None:
            await self.ask("PUT", f"imports/{made['id']}/parts/1/", lines)
            await self.ask("POST", f"imports/{made['id']}/start/")
            self.operations += 1

    async def _jump(self, rng: Random) -> None:
        """The clock goes on: anywhere, or to the very moment at which something is to change, or just before it."""
        seconds = rng.choice(_JUMPS) + rng.choice((0, 0, 1, 0.5))
        due = await self.pool.fetchval(_NEXT, self.workspace_id, self.clock.now())
        if due is not None and rng.random() < 0.6:
            seconds = max((due - self.clock.now()).total_seconds() - rng.choice((0, 0, 1, 0.000001)), 0)
        self.clock.advance(seconds)
        self.told.append(f"the clock goes on by {seconds} s to {self.clock.now()}")
        self.operations += 1

    async def _define(self, rng: Random) -> None:
        inventor = Inventor(rng, self.clock.now().year, self.aggregators, self.segments)
        number = len(self.ids)
        if number >= MOST_DEFINITIONS or (number and rng.random() < 0.3):
            await self._redefine(rng, inventor)
            return
        self.named += 1
        is_segment = rng.random() < 0.5
        name = f"{'seg' if is_segment else 'agg'}_{self.named}"
        body = inventor.segment(name) if is_segment else inventor.aggregator(name)
        answer = await self.ask("POST", "segments/" if is_segment else "aggregators/", body)
        if answer is not None:
            self.operations += 1
            (self.segments if is_segment else self.aggregators)[name] = body
            self.ids[name] = answer["id"]

    async def _redefine(self, rng: Random, inventor: Inventor) -> None:
        name = rng.choice(sorted(self.ids))
        known, kind = (self.segments, "segments") if name in self.segments else (self.aggregators, "aggregators")
        path = f"{kind}/{self.ids[name]}/"
        if rng.random() < 0.5:
            if await self.ask("DELETE", path) is not None:
                self.operations += 1
                del known[name], self.ids[name]
            return
        subject = TARGETS[known[name]["source"]] if kind == "aggregators" else known[name]["subject"]
        change: dict[str, Any] = {"filter": inventor.filter(subject, 2)}
        if kind == "aggregators" and known[name].get("by") != "due":
            change["window"] = inventor.window()
        if await self.ask("PATCH", path, change) is not None:
            self.operations += 1
            known[name] = known[name] | change

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
        query = "DELETE FROM jobs WHERE id = (SELECT min(id) FROM jobs) RETURNING workspace_id, kind, payload"
        while job := await self.pool.fetchrow(query):
            handler = Backfill(self.derived, self.clock) if job["kind"] == BACKFILL else HANDLERS[job["kind"]]
            await handler(self.pool, job["workspace_id"], json.loads(job["payload"]), self.clock.now())


_LEFT = """
SELECT EXISTS (SELECT FROM jobs) OR EXISTS (SELECT FROM stale WHERE workspace_id = $1)
    OR EXISTS (SELECT FROM stale_companies WHERE workspace_id = $1)
    OR EXISTS (SELECT FROM contact_derived WHERE workspace_id = $1 AND wake_at <= $2)
    OR EXISTS (SELECT FROM company_derived WHERE workspace_id = $1 AND wake_at <= $2)"""
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
    shop = Shop(app, client, clock, first.workspace_id)
    await shop.prepare()
    return shop
