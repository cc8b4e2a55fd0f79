"""Single upserts of users by POST, 64 at a time, against PostgreSQL alone and the server without gathering."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from bench.api import gathered
from bench.api.told import Users
from bench.claims import Claim
from bench.pgbench import write_one as write_single
from bench.plan import Plan
from bench.shop import Shop
from dealt.accounts import Actor, Definitions
from dealt.app import PARTS
from dealt.contacts import ContactWork, ContactWriter, parse_contact
from dealt.kernel.bodies import parse_json
from dealt.kernel.clock import SystemClock
from dealt.kernel.db import open_pool

SCRIPT = Path(__file__).with_name("user.sql")


def measure(plan: Plan) -> Iterator[Claim]:
    """The claims about single users."""
    return gathered.measure(plan, gathered.Told("user", "users", SCRIPT, _users, upsert_one))


async def upsert_one(shop: Shop) -> None:
    """One user, so that the attribute is known: what is measured is the usual case."""
    patch = parse_contact(parse_json(next(Users(seed=1).bodies())))
    async with await open_pool(shop.dsn, size=2) as pool:
        writer = ContactWriter(pool, SystemClock(), Definitions(PARTS))
        await writer.submit(ContactWork(Actor(shop.workspace_id, "token:1"), patch))
        await writer.close()


def write_one(shop: Shop) -> None:
    """A single user, written by pgbench."""
    write_single(shop, script=SCRIPT)


def _users(shop: Shop) -> Users:
    return Users(time.time_ns(), shop.token)
