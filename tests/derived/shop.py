"""A shop that is driven at random over the public API, and compared after each step with what is worked out anew."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from typing import Any

import httpx

from dealt.app import Application
from dealt.derivation import build_derived
from dealt.freshness import BACKFILL, Backfill, Settling, wake
from dealt.kernel.clock import FixedClock
from dealt.kernel.db import transaction
from dealt.kernel.journal import Lane
from dealt.segments import ObjectRounds
from dealt.setup import set_up_workspace
from dealt.work import HANDLERS
from tests.derived.acting import KINDS, Actor
from tests.derived.adding import reckoner, stored, unconverted, worth
from tests.derived.facts import Facts, read_facts
from tests.derived.inventing import EVENTS, TAGS, Inventor
from tests.derived.reckoning import Reckoner
from tests.publicapi.conftest import V2, settings_of

START = datetime(2024, 2, 28, 22, 30, tzinfo=UTC)
MOST_DEFINITIONS = 12
_TYPES = (
    ("clientuser", "birthday", "date"), ("clientuser", "points", "float"), ("clientuser", "vip", "boolean"),
    ("deal", "courier", "string"), ("deal", "due", "date"), ("deal", "paid_at", "datetime"),
    ("deal", "weight", "float"), ("deal", "order_date", "datetime"),
)  # fmt: skip
_JUMPS = (
    1, 60, 3600, 4 * 3600, 86_400, 86_399, 7 * 86_400, 30 * 86_400, 31 * 86_400, 100 * 86_400,
)  # fmt: skip


@dataclass
class Shop:
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
        self.settling = Settling([build_derived()])
        self.derived = build_derived()
        self.objects = ObjectRounds(self.pool, self.derived, self.clock)

    async def prepare(self) -> None:
        """Declare attributes, tags and events, and make stages."""
        for content_type, name, value_type in _TYPES:
            await self.ask(
                "POST", "attributes/", {"content_type": content_type, "name": name, "value_type": value_type}
            )
        for tag in TAGS:
            await self.ask("POST", "tags/", {"name": tag})
        for name in EVENTS:
            declared = await self.ask("POST", "events/definitions/", {"name": name})
            amount = {"content_type": "event", "event": declared["id"], "name": "amount", "value_type": "float"}
            await self.ask("POST", "attributes/", amount)
        pipelines = (await self.ask("GET", "pipelines/"))["results"]
        for number in range(4):
            await self.ask("POST", "stages/", {"name": f"Stage {number}", "pipeline": pipelines[0]["id"]})
        self.facts = await read_facts(self.pool, self.workspace_id, self.clock.now())

    async def close(self) -> None:
        """Let go of it, and let nothing wake in it any more."""
        await self.client.aclose()
        await self.pool.execute("UPDATE contact_derived SET wake_at = NULL WHERE workspace_id = $1", self.workspace_id)

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """An answer; None where the request was refused. No request fails."""
        answer = await self.client.request(method, path, json=body)
        self.told.append(f"{method} {path} {json.dumps(body)} -> {answer.status_code} {answer.text[:200]}")
        assert answer.status_code < 500, self.story()
        if answer.status_code >= 400:
            self.refused += 1
            return None
        return answer.json() if answer.content else {}

    async def step(self, seed: int, most: int) -> None:
        """Some things happen; then everything is worked off and compared."""
        rng = Random(seed)
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
            if request is not None and await self.ask(*request) is not None:
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
        subject = known[name].get("subject") or {"order_products": "line"}.get(
            known[name]["source"], known[name]["source"].removesuffix("s")
        )
        change: dict[str, Any] = {"filter": inventor.filter(subject, 2)}
        if kind == "aggregators" and known[name].get("by") != "due":
            change["window"] = inventor.window()
        if await self.ask("PATCH", path, change) is not None:
            self.operations += 1
            known[name] = known[name] | change

    async def settle(self) -> None:
        """Do what workers do, until nothing is left to do."""
        for _ in range(3):
            await self._jobs()
            while await wake(self.pool, self.clock.now()):
                pass
            for lane in Lane:
                await self._lane(lane)
            await self.objects.look(self.workspace_id)
        assert not await self.pool.fetchval("SELECT count(*) FROM stale WHERE workspace_id = $1", self.workspace_id)

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

    async def read_one(self, rng: Random) -> None:
        """Whoever reads a contact before workers have come to it sees what is true."""
        self.facts = await read_facts(self.pool, self.workspace_id, self.clock.now())
        if not self.facts.contacts or await self.pool.fetchval("SELECT count(*) FROM jobs WHERE kind <> $1", BACKFILL):
            return
        contact = rng.choice(self.facts.contacts)
        await self.ask("GET", f"users/{contact['id']}/")
        await self._compare_contacts(self._reckoner(), [contact["id"]])

    async def compare(self) -> None:
        """Every value and every membership is what it should be."""
        self.facts = await read_facts(self.pool, self.workspace_id, self.clock.now())
        reckoner = self._reckoner()
        await self._compare_contacts(reckoner, [row["id"] for row in self.facts.tables["contacts"]])
        rows = await self.pool.fetch(
            "SELECT segment_id, object_id FROM object_segment_members WHERE workspace_id = $1", self.workspace_id
        )
        found = {(row["segment_id"], row["object_id"]) for row in rows}
        for name, one in self.segments.items():
            if one["subject"] in ("product", "company"):
                table = self.facts.tables["products" if one["subject"] == "product" else "companies"]
                wanted = {row["id"] for row in table if reckoner.is_member(name, row)}
                self._same(name, {key for segment, key in found if segment == self.ids[name]}, wanted)

    async def _compare_contacts(self, reckoner: Reckoner, ids: list[int]) -> None:
        contacts = {row["id"]: row for row in self.facts.contacts if row["id"] in set(ids)}
        rows = await self.pool.fetch(
            "SELECT contact_id, aggregates FROM contact_derived WHERE contact_id = ANY($1::bigint[])", ids
        )
        values = {row["contact_id"]: json.loads(row["aggregates"], parse_float=Decimal) for row in rows}
        for contact_id in ids:
            wanted = self._values(reckoner, contacts[contact_id]) if contact_id in contacts else {}
            self._same(f"contact {contact_id}", values.get(contact_id, {}), wanted)
        members = await self.pool.fetch(_MEMBERS, ids)
        found = {(row["segment_id"], row["id"]) for row in members}
        deals = [row for row in self.facts.tables["deals"] if row["contact_id"] in set(ids)]
        for name, one in self.segments.items():
            table = {"contact": list(contacts.values()), "deal": deals}.get(one["subject"])
            if table is not None:
                wanted_ids = {row["id"] for row in table if reckoner.is_member(name, row)}
                self._same(name, {key for segment, key in found if segment == self.ids[name]}, wanted_ids)

    def _values(self, reckoner: Reckoner, contact: dict[str, Any]) -> dict[str, Any]:
        wanted = {}
        for target in self.aggregators:
            value = stored(worth(reckoner, target, contact))
            if value is not None:
                wanted[target] = value
            if number := unconverted(reckoner, target, contact):
                wanted[f"{target}#unconverted"] = number
        return wanted

    def _reckoner(self) -> Reckoner:
        return reckoner(self.facts, self.aggregators, self.segments)

    def _same(self, what: str, found: Any, wanted: Any) -> None:
        self.compared += max(len(wanted), 1)
        assert found == wanted, f"{what}: found {found}, wanted {wanted}\n{self.story()}"

    def story(self) -> str:
        """What has happened, the definitions, and what the time is."""
        definitions = [json.dumps(one) for one in (self.aggregators | self.segments).values()]
        return "\n".join([*self.told[-40:], *definitions, f"{self.clock.now()} {self.facts.zone}"])


_NEXT = "SELECT min(wake_at) FROM contact_derived WHERE workspace_id = $1 AND wake_at > $2"
_MEMBERS = """
SELECT segment_id, contact_id AS id FROM segment_members WHERE contact_id = ANY($1::bigint[])
UNION ALL
SELECT segment_id, deal_id FROM deal_segment_members WHERE contact_id = ANY($1::bigint[])"""


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
