"""How fast what is derived is computed: for all contacts, for one that was edited, for a new definition."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bench.claims import Claim, bounded, progress
from bench.freshness.definitions import AGGREGATORS, PAID
from bench.freshness.settled import Settled, measure_settling, open_transaction
from bench.freshness.shop import CLOCK, Derivation, derived_shop
from bench.plan import Plan
from bench.shop import Shop
from dealt.kernel.db import open_pool
from dealt.segments import preview

OPEN_S, QUICK_OPEN_S = 600.0, 10.0
_DAYS_30 = {"field": "ordered_at", "op": "in_last", "value": {"days": 30}}
OF_ATTRIBUTES: list[Any] = [
    {"field": "country", "op": "equals", "value": "PL"},
    {"field": "last_seen", "op": "in_last", "value": {"days": 7}},
    {"all": [{"field": "email", "op": "contains", "value": "99"}, {"field": "score", "op": "greater", "value": 50}]},
    {"field": "a0", "op": "greater", "value": 10},
]
OF_RELATIONS: list[Any] = [
    {"relation": "deals", "where": _DAYS_30},
    {"relation": "deals", "quantifier": "at_least", "count": 3, "where": PAID},
    {"relation": "deals", "measure": "sum", "field": "base_value", "op": "greater", "value": 1000},
    {"relation": "deals", "pick": "last", "is": {"field": "stage", "op": "equals", "value": 2}},
    {"relation": "order_products", "where": {"field": "product_custom_id", "op": "equals", "value": "SKU-7"}},
]


@dataclass(frozen=True)
class Figures:
    """Seconds of a new aggregator and of the slowest count of either kind, and settling with and without a snapshot."""

    alone: Settled
    beside: Settled
    backfill_s: float
    of_attributes_s: float
    of_relations_s: float


def measure(plan: Plan) -> Iterator[Claim]:
    """The claims about computing."""
    open_s = QUICK_OPEN_S if plan.quick else OPEN_S
    with derived_shop(quick=plan.quick) as (_, shop):
        found = asyncio.run(_measured(shop, open_s))
    yield from _of_settling(found.alone, "")
    yield from _of_settling(found.beside, f", while another transaction has been open for {open_s:.0f} s")
    yield from _of_definitions(found, shop, at_full_size=not plan.quick)


def _of_settling(settled: Settled, when: str) -> Iterator[Claim]:
    yield bounded(
        f"{len(AGGREGATORS)} aggregators and 100 segments of all contacts are recomputed by one connection{when}",
        figure=settled.recompute, unit="contacts/s", at_least=4_000,
    )  # fmt: skip
    yield bounded(f"One edited contact is settled (median){when}", figure=settled.one_ms, unit="ms", at_most=5.0)
    yield bounded(
        f"The contact with the most deals is settled (median){when}", figure=settled.largest_ms, unit="ms", at_most=300,
    )  # fmt: skip


def _of_definitions(found: Figures, shop: Shop, *, at_full_size: bool) -> Iterator[Claim]:
    """The same bars at a tenth of the size, which says little and breaks early."""
    share = 1.0 if at_full_size else 0.1
    of = f"of {shop.contacts:,} contacts"
    yield bounded(
        f"A new aggregator {of} has all its values", figure=found.backfill_s, unit="s", at_most=15 * share
    )  # fmt: skip
    for kind, seconds, bar in (("attributes", found.of_attributes_s, 1), ("relations", found.of_relations_s, 2)):
        yield bounded(
            f"A new segment {of} that asks for {kind} is counted (slowest)",
            figure=seconds, unit="s", at_most=bar * share,
        )  # fmt: skip


async def _measured(shop: Shop, open_s: float) -> Figures:
    async with await open_pool(shop.dsn, size=4, name="bench", statement_timeout_s=600) as pool:
        found = Derivation.of(shop, pool)
        of_attributes, of_relations = [max([await count(found, one) for one in some]) for some in KINDS]
        progress(f"slowest counts: {of_attributes:.2f} s and {of_relations:.2f} s")
        await found.aggregator(f"extra{time.time_ns()}", {"function": "max", "field": "value"})
        backfill_s = await found.walk()
        progress(f"a new aggregator: {backfill_s:.1f} s")
        alone = await measure_settling(found)
        progress(f"settling: {alone}")
        async with open_transaction(found, open_s):
            beside = await measure_settling(found)
        progress(f"beside an open transaction: {beside}")
        return Figures(alone, beside, backfill_s, of_attributes, of_relations)


KINDS = (OF_ATTRIBUTES, OF_RELATIONS)


async def count(found: Derivation, written: Any) -> float:
    """The seconds that the count of a new segment takes."""
    async with found.pool.acquire() as connection:
        plan = await found.derived.plan(connection, found.shop.workspace_id)
        began = time.perf_counter()
        await preview(connection, plan, "contact", written, CLOCK.now())
        return time.perf_counter() - began
