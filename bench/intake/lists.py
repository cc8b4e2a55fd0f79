"""Lists of deals as callers ask for them, over 100,000 stored deals."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from statistics import median
from urllib.parse import urlencode

from bench import load
from bench.claims import Claim, bounded, progress
from bench.filling import fill
from bench.orders import Lists
from bench.plan import Plan
from bench.server import serving
from bench.shop import Shop, database, open_shop, temporary_folder

DEALS = 100_000
CONTACTS = 8_000
CONNECTIONS = 16
PAGE = 20
SLOWEST_MS = 25
RATE_FOR_ONE_CONTACT = 1_000


def measure(plan: Plan) -> Iterator[Claim]:
    """The claims about lists."""
    with temporary_folder() as folder, database(folder) as postgres:
        shop = asyncio.run(open_shop(postgres, "lists", contacts=CONTACTS))
        asyncio.run(fill(shop, DEALS))
        kinds = {
            "of one contact": _by_contact(shop),
            "of seven days": _by_days(),
            "of a range and product": _by_product(shop),
        }
        with serving(database_url=shop.dsn) as server:
            results: dict[str, list[load.Result]] = {kind: [] for kind in kinds}
            for _ in range(plan.rounds):
                for kind, paths in kinds.items():
                    results[kind].append(_ask(server.port, shop, paths, plan.seconds))
                    last = results[kind][-1]
                    progress(f"{kind}: {last.rate:,.0f}/s, p50 {last.p50:.1f} ms, p95 {last.p95:.1f} ms")
    for kind, measured in results.items():
        p95 = median(result.p95 for result in measured)
        yield bounded(
            f"Lists {kind} over {DEALS:,} deals, {CONNECTIONS} connections: 95 of 100 are answered within",
            figure=p95, unit="ms", at_most=SLOWEST_MS,
        )  # fmt: skip
    rate = median(result.rate for result in results["of one contact"])
    yield bounded("Lists of one contact", figure=rate, unit="requests/s", at_least=RATE_FOR_ONE_CONTACT)


def _ask(port: int, shop: Shop, paths: list[str], seconds: float) -> load.Result:
    result = load.run(load.Job(port, Lists(paths, shop.token), CONNECTIONS, seconds))
    if not result.all_good:
        raise RuntimeError(f"Not every list was answered ({result.statuses}): {result.complaint}")
    return result


def _by_contact(shop: Shop) -> list[str]:
    return [_path(user_custom_id=f"contact-{1 + number % shop.contacts}") for number in range(0, 4 * shop.contacts, 7)]


def _by_days() -> list[str]:
    ends = [datetime.now(UTC) - timedelta(days=days) for days in range(358)]
    return [_path(**_between(end - timedelta(days=7), end), page_size=PAGE) for end in ends]


def _by_product(shop: Shop) -> list[str]:
    ends = [datetime.now(UTC) - timedelta(days=days) for days in range(0, 330, 30)]
    return [
        _path(**_between(end - timedelta(days=30), end), product_custom_id=f"SKU-{number}", page_size=PAGE)
        for end in ends
        for number in range(1, shop.products + 1, 9)
    ]


def _between(start: datetime, end: datetime) -> dict[str, str]:
    return {"order_date__gte": f"{start:%Y-%m-%dT%H:%M:%SZ}", "order_date__lt": f"{end:%Y-%m-%dT%H:%M:%SZ}"}


def _path(**arguments: object) -> str:
    return f"/api/public/deals/?{urlencode(arguments)}"
