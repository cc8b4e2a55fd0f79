"""Whatever happens to orders, the values equal those of a plain recomputation in Python."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.aggregators.rolling import Rolling
from tests.house import NOW, House
from tests.subjects.asking import contact, deal

MOMENTS = st.integers(-60 * 24, 24).map(lambda hours: NOW + timedelta(hours=hours))
ORDERS = st.fixed_dictionaries({
    "whose": st.integers(0, 1),
    "ordered_at": MOMENTS,
    "status": st.integers(0, 4),
    "value": st.one_of(st.none(), st.integers(0, 50).map(Decimal)),
    "known": st.booleans(),
})  # fmt: skip
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), ORDERS),
        st.tuples(st.just("edit"), st.integers(0, 9), ORDERS),
        st.tuples(st.just("delete"), st.integers(0, 9)),
        st.tuples(st.just("wait"), st.integers(1, 40 * 24 * 60)),
    ),
    min_size=1,
    max_size=8,
)
DEFINED: dict[str, dict[str, Any]] = {
    "count": {"function": "count"},
    "paid": {"function": "count", "filter": {"field": "status", "op": "equals", "value": 2}},
    "sum": {"function": "sum", "field": "value"},
    "median": {"function": "median", "field": "value"},
    "common": {"function": "most_common", "field": "status"},
    "recent": {"function": "sum", "field": "value", "window": {"last": {"days": 30}}},
    "fortnight": {"function": "count", "window": {"from": {"days": -14}, "to": {"days": -7}}},
    "month": {"function": "count", "window": {"current": "month"}},
    "last": {"function": "last", "field": "status"},
    "since": {"function": "days_since"},
}


def _expected(orders: list[dict[str, Any]], now: datetime) -> dict[str, Any]:
    """In UTC, where every day is 24 hours long."""

    def amounts(some: list[dict[str, Any]]) -> list[Decimal]:
        return sorted(one["value"] for one in some if one["value"] is not None and one["known"])

    recent = [one for one in orders if one["ordered_at"] <= now < one["ordered_at"] + timedelta(days=30)]
    money, count = amounts(orders), Counter(one["status"] for one in orders)
    ordered = sorted(orders, key=lambda one: (one["ordered_at"], one["id"]))
    found: dict[str, Any] = {
        "count": len(orders),
        "paid": count[2],
        "sum": sum(money),
        "recent": sum(amounts(recent)),
        "fortnight": sum(
            one["ordered_at"] + timedelta(days=7) <= now < one["ordered_at"] + timedelta(days=14) for one in orders
        ),
        "month": sum((one["ordered_at"].year, one["ordered_at"].month) == (now.year, now.month) for one in orders),
    }
    if money:
        half = len(money) // 2
        found["median"] = (money[half] + money[-half - 1]) / 2
    if orders:
        found["common"] = min(status for status, number in count.items() if number == max(count.values()))
        found["last"] = ordered[-1]["status"]
        found["since"] = (now.date() - ordered[-1]["ordered_at"].date()).days
    return found


def _columns(order: dict[str, Any]) -> dict[str, Any]:
    value, known = order["value"], order["known"]
    converted = value if known else None
    return {
        "ordered_at": order["ordered_at"], "status": order["status"], "value": value,
        "base_rate": Decimal(1) if known else None, "base_value": converted,
    }  # fmt: skip


async def test_values_equal_a_plain_recomputation(house: House) -> None:
    rolling, loop = Rolling(house), asyncio.get_running_loop()
    for name, body in DEFINED.items():
        await rolling.define(name=name, **body)

    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def follow(steps: list[tuple[Any, ...]]) -> None:
        asyncio.run_coroutine_threadsafe(_follow(rolling, steps), loop).result()

    await asyncio.to_thread(follow)


async def _follow(rolling: Rolling, steps: list[tuple[Any, ...]]) -> None:
    house, orders = rolling.house, list[dict[str, Any]]()
    rolling.clock.set(NOW)
    async with house.transaction() as connection:
        people = [await contact(connection, house) for _ in range(2)]
    await rolling.touch(*people)
    await rolling.work()
    for what, *told in steps:
        if what == "wait":
            rolling.clock.advance(60 * told[0])
        elif what == "add":
            await _add(rolling, people, orders, told[0])
        elif orders:
            old = orders.pop(told[0] % len(orders))
            await house.pool.execute("DELETE FROM deals WHERE id = $1", old["id"])
            await rolling.touch(people[old["whose"]])
            if what == "edit":
                await _add(rolling, people, orders, told[1])
        await rolling.work()
        now = rolling.clock.now().astimezone(UTC)
        for whose, contact_id in enumerate(people):
            expected = _expected([one for one in orders if one["whose"] == whose], now)
            assert await rolling.read(contact_id) == expected, steps


async def _add(rolling: Rolling, people: list[int], orders: list[dict[str, Any]], order: dict[str, Any]) -> None:
    async with rolling.house.transaction() as connection:
        deal_id = await deal(connection, rolling.house, people[order["whose"]], **_columns(order))
    orders.append(order | {"id": deal_id})
    await rolling.touch(people[order["whose"]])
