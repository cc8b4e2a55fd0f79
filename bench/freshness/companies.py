"""From the answer to an order to what follows for its company and its products, in a shop with many of both."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from bench.claims import Claim, bounded, observed, progress
from bench.freshness.definitions import AGGREGATORS, PAID, RECENT
from bench.freshness.shop import CLOCK, Derivation, filled, made_shop
from bench.freshness.steady import LONGEST_S, Seen, Steady
from bench.plan import Plan
from bench.server import serving
from bench.shop import Shop, database, settle
from dealt.kernel.db import Pool, open_pool

RATE = 300
LAG_MS = 5_000.0
PEOPLE = 3
DEALS = 15
FULL, QUICK = 20_000, 2_000
"""Companies, and as many products; ``PEOPLE`` of each company, ``DEALS`` orders of each of them."""
_LOOK_S = 0.05
_PATIENCE = 600

_FILL = (
    """INSERT INTO companies (workspace_id, custom_id, name, country, created_at, updated_at)
    SELECT $1, 'company-' || n, 'Company ' || n, (ARRAY['PL', 'DE', 'FR'])[1 + n % 3], $3::timestamptz, $3
    FROM generate_series(1, $2::bigint) AS n""",
    """INSERT INTO company_members (contact_id, company_id, workspace_id, member_since)
    SELECT c.id, f.id, $1, $3::timestamptz FROM contacts AS c
    JOIN companies AS f ON f.workspace_id = $1 AND f.custom_id = 'company-' || 1 + c.id % $2::bigint""",
    """UPDATE deals AS d SET company_id = m.company_id FROM company_members AS m
    WHERE m.contact_id = d.contact_id AND d.workspace_id = $1 AND $2::bigint > 0 AND $3::timestamptz IS NOT NULL""",
)

_RECENTLY = {"relation": "deals", "where": {"field": "ordered_at", "op": "in_last", "value": {"hours": 2}}}
_OF_COMPANIES: dict[str, dict[str, Any]] = {
    "f_orders": {"function": "count"},
    "f_paid": {"function": "sum", "field": "value", "filter": PAID},
    "f_last": {"function": "max", "field": "ordered_at"},
    "f_quarter": {"function": "sum", "field": "value", "window": {"last": {"days": 90}}},
    "f_products": {"source": "order_products", "function": "count_distinct", "field": "product_custom_id"},
}
_SEGMENTS: dict[str, dict[str, Any]] = {
    "company": {
        RECENT: _RECENTLY,
        "Large": {"field": "f_orders", "op": "greater", "value": 60},
        "Spending": {"field": "f_quarter", "op": "greater", "value": 3_000},
        "Polish and paying": {"all": [{"field": "country", "op": "equals", "value": "PL"},
                                      {"field": "f_paid", "op": "greater", "value": 6_000}]},
        "Ten paid orders": {"relation": "deals", "quantifier": "at_least", "count": 10, "where": PAID},
    },
    "product": {
        RECENT: _RECENTLY,
        "Ten paid orders": {"relation": "deals", "quantifier": "at_least", "count": 10, "where": PAID},
        "Sold for much": {"relation": "deals", "measure": "sum", "field": "value", "op": "greater", "value": 20_000},
        "Named so": {"field": "name", "op": "contains", "value": "99"},
    },
}  # fmt: skip

_ENTERED = """
SELECT m.object_id AS id FROM object_segment_members AS m JOIN segments AS s
    ON s.workspace_id = m.workspace_id AND s.id = m.segment_id AND s.subject = $3 AND s.deleted_at IS NULL
WHERE m.workspace_id = $1 AND s.name = $2 AND ($4::bigint[] IS NULL OR m.object_id = ANY($4))"""
_VALUED = """
SELECT company_id AS id FROM company_derived
WHERE workspace_id = $1 AND company_id = ANY($2::bigint[]) AND aggregates ->> 'f_last' >= $3"""
_NUMBERED = "SELECT id, custom_id FROM {table} WHERE workspace_id = $1"
_READY = """
SELECT (SELECT count(*) FROM companies) = (SELECT count(*) FROM company_derived)
    AND NOT EXISTS (SELECT FROM stale_companies)
    AND NOT EXISTS (SELECT FROM segments WHERE deleted_at IS NULL AND computed_version < version
        AND subject IN ('company', 'product'))"""
VALUE, COMPANY, PRODUCT = "a company's value", "a company's segment", "a product's segment"


@dataclass
class _Watched:
    """Objects of one kind that are to follow: when each was ordered from, and how long it took."""

    used: set[int] = field(default_factory=set)
    pending: dict[int, float] = field(default_factory=dict)
    seen: Seen = field(default_factory=Seen)

    def begin(self, object_id: int) -> None:
        if object_id not in self.used:
            self.used.add(object_id)
            self.pending[object_id] = time.monotonic()

    def end(self, ids: list[int]) -> None:
        now = time.monotonic()
        for one in ids:
            self.seen.waits.append(max(now - self.pending.pop(one), 0.0))


class _Objects(Steady):
    """Orders that name companies and products; each of these is timed once."""

    def __init__(self, shop: Shop, port: int, pool: Pool, numbers: Mapping[str, Mapping[str, int]]) -> None:
        super().__init__(shop, port, pool, 0, RATE)
        self._companies, self._products = numbers["companies"], numbers["products"]
        self.watched: dict[str, _Watched] = {}
        self._since = ""

    async def measure(self, seconds: float) -> Mapping[str, _Watched]:
        """Send for so long, and wait for what follows."""
        self.watched = {VALUE: _Watched(), COMPANY: _Watched(), PRODUCT: _Watched()}
        for kind, subject in ((COMPANY, "company"), (PRODUCT, "product")):
            rows = await self._pool.fetch(_ENTERED, self._shop.workspace_id, RECENT, subject, None)
            self.watched[kind].used |= {row["id"] for row in rows}
        self._since = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
        await self.send_while(lambda: False, least_s=seconds)
        looking = asyncio.create_task(self._look())
        for _ in range(round(LONGEST_S / _LOOK_S)):
            if not any(one.pending for one in self.watched.values()):
                break
            await asyncio.sleep(_LOOK_S)
        looking.cancel()
        for one in self.watched.values():
            one.seen.missing = len(one.pending)
        return self.watched

    def _body(self, contact: int) -> bytes:
        company = 1 + contact % len(self._companies)
        named = b'"company_custom_id":"company-%d","user_custom_id"' % company
        return super()._body(contact).replace(b'"user_custom_id"', named, 1)

    def _answered(self, contact: int, body: bytes) -> None:
        order = msgspec.json.decode(body)
        company = self._companies[order["company_custom_id"]]
        self.watched[VALUE].begin(company)
        self.watched[COMPANY].begin(company)
        for custom_id in order["products_custom_id"]:
            self.watched[PRODUCT].begin(self._products[custom_id])

    async def _look(self) -> None:
        workspace_id = self._shop.workspace_id
        while True:
            for kind, one in self.watched.items():
                ids = list(one.pending)
                if ids and kind == VALUE:
                    rows = await self._pool.fetch(_VALUED, workspace_id, ids, self._since)
                elif ids:
                    subject = "company" if kind == COMPANY else "product"
                    rows = await self._pool.fetch(_ENTERED, workspace_id, RECENT, subject, ids)
                else:
                    continue
                one.end([row["id"] for row in rows])
            await asyncio.sleep(_LOOK_S)


def measure(plan: Plan) -> Iterator[Claim]:
    """The claims about companies and products."""
    companies, seconds = (QUICK, 5.0) if plan.quick else (FULL, 30.0)
    with made_shop(f"companies-{companies}", lambda folder: _make(folder, companies)) as (_, shop):
        asyncio.run(settle(shop.dsn))
        with serving(database_url=shop.dsn) as server:
            yield from asyncio.run(_measured(shop, server.port, seconds))


async def _measured(shop: Shop, port: int, seconds: float) -> list[Claim]:
    async with await open_pool(shop.dsn, size=4, name="bench", statement_timeout_s=300) as pool:
        began = time.monotonic()
        for _ in range(_PATIENCE):
            if await pool.fetchval(_READY):
                break
            await asyncio.sleep(0.5)
        progress(f"companies and products are computed after {time.monotonic() - began:.0f} s")
        numbers = {
            table: {row["custom_id"]: row["id"] for row in await pool.fetch(_NUMBERED.format(table=table), 1)}
            for table in ("companies", "products")
        }
        found = await _Objects(shop, port, pool, numbers).measure(seconds)
    claims = []
    of = f"{shop.products:,} companies and products"
    for kind, one in found.items():
        seen = one.seen
        progress(f"{len(seen.waits):,} of {kind}: p50 {seen.ms(0.5):.0f} ms, p99 {seen.ms(0.99):.0f} ms")
        claim = f"From the answer to an order to {kind}, {RATE} orders/s by the API, {of}"
        claims.append(bounded(f"{claim}: 99 of 100 within", figure=seen.ms(0.99), unit="ms", at_most=LAG_MS))
        claims.append(observed("... half of all within", figure=seen.ms(0.5), unit="ms"))
    return claims


def _make(folder: Path, companies: int) -> Shop:
    contacts = companies * PEOPLE
    with database(folder, fast_unsafe=True) as postgres:
        shop = asyncio.run(filled(postgres, "derived", contacts, contacts * DEALS, products=companies))
        asyncio.run(_furnish(shop, companies))
    return shop


async def _furnish(shop: Shop, companies: int) -> None:
    async with await open_pool(shop.dsn, size=4, name="bench", statement_timeout_s=600) as pool:
        for statement in _FILL:
            await pool.execute(statement, shop.workspace_id, companies, CLOCK.now())
        await pool.execute("VACUUM ANALYZE", timeout=600)
        # Counting the orders of 20,000 products takes longer than a new workspace allows a filter.
        await pool.execute("UPDATE workspaces SET longest_filter_ms = 30000")
        found = Derivation.of(shop, pool)
        for number, body in enumerate(AGGREGATORS[:5]):
            await found.aggregator(f"a{number}", body)
        for name, body in _OF_COMPANIES.items():
            await found.aggregator(name, {"subject": "company"} | body)
        await found.segment(RECENT, _RECENTLY)
        for subject, filters in _SEGMENTS.items():
            for name, written in filters.items():
                await found.segment(name, written, subject)
        progress(f"contacts are computed after {await found.walk():.0f} s")
        await pool.execute("VACUUM ANALYZE", timeout=600)
        await pool.execute("CHECKPOINT")
