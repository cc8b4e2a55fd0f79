"""Every page of the route table, and every sort, filter and search of the lists, on a shop with a million of each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import asyncpg

from bench.claims import Claim, bounded, progress
from bench.pages.crowd import Size
from bench.pages.examples import look_up, visits
from bench.pages.offered import read_offered
from bench.pages.shop import crowded_shop
from bench.pages.visits import Browser, p95, sign_in
from bench.plan import Plan
from bench.server import serving
from bench.shop import Shop, settle
from dealt.browsing.catalogue import COMPANIES, PRODUCTS
from dealt.browsing.contacts import CONTACTS
from dealt.browsing.deals import DEALS
from dealt.browsing.tasks import TASKS

LISTS = ("contacts", "deals", "products", "companies", "tasks")
SEARCHED = {
    "contacts": ("contact-77", "anna", "kowal", "an", "example.com", "anna zzzqqq", "contact-4711", "greta mit"),
    "deals": ("order 77", "order", "or", "order-f4711", "zzzqqq", "4711"),
    "products": ("sku-77", "kowal", "ko", "kober lin 2", "zzzqqq", "sku-4711"),
    "companies": ("kowal", "company-77", "ko", "zzzqqq"),
    "tasks": ("call", "about 4711", "zzzqqq"),
}
UNINDEXED = {
    "contacts": (
        "shoe=size+3", "shoe=zzz", "loyalty_points__gte=990", "city=City+7", "score__gte=100",
        "ordering=-loyalty_points",
    ),
    "deals": ("order_method=Online", "order_method=zzz", "value__gte=598", "name__icontains=4711"),
    "products": ("brand=Brand+7", "description__icontains=zzz", "quantity__lte=0"),
    "companies": ("branch=branch+7", "city=City+7", "approx_employees__gte=499"),
    "tasks": ("description__icontains=zzz",),
}  # fmt: skip
SORTS_BY_INDEX = {kind.path.strip("/"): kind.listing.sorts for kind in (CONTACTS, DEALS, PRODUCTS, COMPANIES, TASKS)}
_DUE = "SELECT EXISTS (SELECT FROM stale) OR (SELECT count(*) FROM contact_derived WHERE wake_at <= $1) > 100"
LIST_BAR, SLOW_BAR = 150.0, 2_000.0


def measure(plan: Plan) -> Iterator[Claim]:
    """One claim a page, and six a list."""
    with crowded_shop(quick=plan.quick) as (_, shop, size):
        cookie = asyncio.run(sign_in(shop))
        ids = asyncio.run(look_up(shop))
        asyncio.run(settle(shop.dsn))
        with serving(database_url=shop.dsn) as server:
            asyncio.run(_rested(shop))
            browser = Browser(server.port, cookie)
            for one in visits(ids):
                figure = _time(browser, one.name, one.addresses, plan)
                yield bounded(f"{one.name}: 95 of 100 are answered within", figure=figure, unit="ms", at_most=one.bar)
            for name in LISTS:
                yield from _list(browser, name, f"/{name}/", size, plan)


async def _rested(shop: Shop) -> None:
    """Wait until the workers have looked at whomever time has changed since the shop was kept, at most ten minutes."""
    connection = await asyncpg.connect(shop.dsn)
    until = time.monotonic() + 600
    try:
        while time.monotonic() < until and await connection.fetchval(_DUE, datetime.now(UTC)):  # noqa: ASYNC110
            await asyncio.sleep(1)
    finally:
        await connection.close()


def _list(browser: Browser, name: str, path: str, size: Size, plan: Plan) -> Iterator[Claim]:
    offered = read_offered(path, browser.text(path))
    deep = [path]
    while len(deep) < 10 and (following := read_offered(path, browser.text(deep[-1])).following):
        deep.append(following)
    told = f"The list of {getattr(size, name):,} {name}"
    by_index = {one for one in offered.sorts if one.removeprefix("-") in SORTS_BY_INDEX[name]}
    parts: tuple[tuple[str, Iterable[str], float], ...] = (
        ("its first ten pages", deep, LIST_BAR),
        ("every order that an index gives", [offered.sorts[one] for one in by_index], LIST_BAR),
        ("every other order, or refused", [offered.sorts[one] for one in offered.sorts.keys() - by_index], SLOW_BAR),
        ("every filter that it offers", offered.filters.values(), LIST_BAR),
        ("searched", [f"{path}?q={text.replace(' ', '+')}" for text in SEARCHED[name]], LIST_BAR),
        ("by what no index finds, or refused", [f"{path}?{query}" for query in UNINDEXED[name]], SLOW_BAR),
    )
    for part, addresses, bar in parts:
        slowest = max((_time(browser, address, [address], plan) for address in addresses), default=0.0)
        yield bounded(f"{told}, {part}: 95 of 100 of the slowest within", figure=slowest, unit="ms", at_most=bar)


def _time(browser: Browser, name: str, addresses: list[str], plan: Plan) -> float:
    figure = p95(browser.visits_ms(addresses, min(plan.seconds, 1.0)))
    progress(f"{figure:7.0f} ms  {name}")
    return figure
