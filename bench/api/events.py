"""Single events by POST, 64 at a time, against PostgreSQL alone and against the server without gathering."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from bench.api import gathered
from bench.api.told import NAMES, Events
from bench.claims import Claim
from bench.pgbench import write_one as write_single
from bench.plan import Plan
from bench.shop import Shop
from dealt.accounts import Actor, Definitions
from dealt.app import PARTS
from dealt.events import EventWork, EventWriter
from dealt.kernel.clock import SystemClock
from dealt.kernel.db import open_pool

SCRIPT = Path(__file__).with_name("event.sql")


def measure(plan: Plan) -> Iterator[Claim]:
    """The claims about single events."""
    told = gathered.Told("event", "events", SCRIPT, _events, name_events, {"names": NAMES})
    return gathered.measure(plan, told)


async def name_events(shop: Shop) -> None:
    """Let every name of ``Events`` have occurred once: what is measured is the usual case."""
    definitions = Definitions(PARTS)
    data = {"plan": "gold", "seats": 3, "total": 19.99}
    actor = Actor(shop.workspace_id, "token:1")
    works = [
        EventWork(actor=actor, contact=("custom_id", "contact-1"), name=f"event-{number}", data=data)
        for number in range(1, NAMES + 1)
    ]
    async with await open_pool(shop.dsn, size=2) as pool:
        for outcome in await EventWriter(pool, SystemClock(), definitions).write_many(shop.workspace_id, works):
            if isinstance(outcome, Exception):
                raise outcome


def write_one(shop: Shop) -> None:
    """A single event, written by pgbench."""
    write_single(shop, script=SCRIPT, names=NAMES)


def _events(shop: Shop) -> Events:
    return Events(shop.contacts, time.time_ns(), shop.token)
