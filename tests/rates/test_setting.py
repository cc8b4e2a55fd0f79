"""Setting and deleting exchange rates, and counting in another currency."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from dealt.kernel.errors import InvalidInput, NotFound
from dealt.kernel.paging import PageRequest
from dealt.rates import MOST_AT_ONCE, Rate, change_base_currency, delete_rate, find_rate, page_of_rates, set_rates
from tests.house import NOW, House

DAY = date(2025, 1, 1)


def usd(rate: str, day: date = DAY) -> Rate:
    return Rate("USD", day, Decimal(rate))


async def put(house: House, *rates: Rate) -> int:
    async with house.transaction() as connection:
        return await set_rates(connection, house.workspace_id, rates, now=NOW, actor="token:1")


async def jobs(house: House) -> list[tuple[str, dict[str, Any]]]:
    rows = await house.fetch("DELETE FROM jobs RETURNING id, kind, payload")
    return [(row["kind"], json.loads(row["payload"])) for row in sorted(rows, key=lambda row: row["id"])]


async def test_a_rate_is_set_journalled_and_followed_by_a_job(house: House) -> None:
    assert await put(house, usd("0.92")) == 1
    assert (await find_rate(house.pool, house.workspace_id, "USD", DAY)).rate == Decimal("0.92")
    assert await house.journal("exchange_rate") == [("exchange_rate.updated", {"USD 2025-01-01": [None, "0.92"]})]
    assert await jobs(house) == [("deals.convert", {"currency": "USD", "from": "2025-01-01"})]


async def test_a_rate_that_stays_the_same_makes_no_work(house: House) -> None:
    await put(house, usd("0.92"))
    await jobs(house)
    assert await put(house, usd("0.920000000000")) == 0
    assert await jobs(house) == []
    assert await put(house, usd("0.93")) == 1
    assert (await house.journal("exchange_rate"))[-1][1] == {"USD 2025-01-01": ["0.92", "0.93"]}


async def test_many_rates_make_one_job_a_currency_from_its_first_changed_day(house: House) -> None:
    days = [date(2025, month, 1) for month in (5, 3, 4)]
    await put(house, usd("0.9", date(2025, 3, 1)))
    await jobs(house)
    changed = await put(house, *(usd("0.9", day) for day in days), Rate("PLN", DAY, Decimal("0.23")))
    assert changed == 3
    assert await jobs(house) == [
        ("deals.convert", {"currency": "USD", "from": "2025-04-01"}),
        ("deals.convert", {"currency": "PLN", "from": "2025-01-01"}),
    ]


async def test_a_set_of_rates_is_taken_whole_or_not_at_all(house: House) -> None:
    with pytest.raises(InvalidInput, match="EUR is the base currency"):
        await put(house, usd("0.9"), Rate("EUR", DAY, Decimal(1)))
    with pytest.raises(InvalidInput, match="USD 2025-01-01 is given twice"):
        await put(house, usd("0.9"), usd("0.91"))
    with pytest.raises(InvalidInput, match="At most 10000 rates"):
        await put(house, *([usd("0.9")] * (MOST_AT_ONCE + 1)))
    assert (await page_of_rates(house.pool, house.workspace_id, PageRequest())).count == 0
    assert await jobs(house) == []


async def test_no_rates_are_no_work(house: House) -> None:
    assert await put(house) == 0


async def test_a_deleted_rate_leaves_its_deals_to_the_one_before(house: House) -> None:
    await put(house, usd("0.92"))
    await jobs(house)
    async with house.transaction() as connection:
        await delete_rate(connection, house.workspace_id, "USD", DAY, now=NOW, actor="token:1")
        with pytest.raises(NotFound):
            await delete_rate(connection, house.workspace_id, "USD", DAY, now=NOW)
    assert (await house.journal("exchange_rate"))[-1][1] == {"USD 2025-01-01": ["0.92", None]}
    assert await jobs(house) == [("deals.convert", {"currency": "USD", "from": "2025-01-01"})]


async def test_rates_come_in_pages_by_currency_and_day(house: House) -> None:
    rates = [
        Rate(currency, date(year, 1, 1), Decimal(2))
        for currency in ("USD", "AED", "ZAR")
        for year in (2199, 1900, 2025)
    ]
    await put(house, *rates)
    expected = sorted((rate.currency, rate.valid_from) for rate in rates)
    seen, request = [], PageRequest(size=2)
    while True:
        page = await page_of_rates(house.pool, house.workspace_id, request)
        seen += [(row["currency"], row["valid_from"]) for row in page.rows]
        assert page.count == 9
        if not page.has_next:
            break
        request = PageRequest(size=2, cursor=PageRequest.parse({"cursor": page.next_cursor() or ""}).cursor)
    assert seen == expected
    one = await page_of_rates(house.pool, house.workspace_id, PageRequest(), "AED")
    assert [row["currency"] for row in one.rows] == ["AED"] * 3


async def test_another_base_currency_drops_the_rates_and_has_every_deal_converted(house: House) -> None:
    await put(house, usd("0.92"), Rate("PLN", DAY, Decimal("0.23")))
    await jobs(house)
    async with house.transaction() as connection:
        await change_base_currency(connection, house.workspace_id, "PLN", now=NOW, actor="token:1")
        await change_base_currency(connection, house.workspace_id, "PLN", now=NOW, actor="token:1")
    assert await house.journal("workspace") == [
        (
            "workspace.updated",
            {"base_currency": ["EUR", "PLN"], "USD 2025-01-01": ["0.92", None], "PLN 2025-01-01": ["0.23", None]},
        )
    ]
    assert await jobs(house) == [("deals.convert", {"currency": None, "from": None})]
    with pytest.raises(InvalidInput, match="PLN is the base currency"):
        await put(house, Rate("PLN", DAY, Decimal(1)))


async def test_a_stranger_sees_and_deletes_no_rate(house: House) -> None:
    await put(house, usd("0.92"))
    stranger = house.stranger.workspace_id
    assert (await page_of_rates(house.pool, stranger, PageRequest())).count == 0
    with pytest.raises(NotFound):
        await find_rate(house.pool, stranger, "USD", DAY)
    async with house.transaction() as connection:
        with pytest.raises(NotFound):
            await delete_rate(connection, stranger, "USD", DAY, now=NOW)
        await change_base_currency(connection, stranger, "GBP", now=NOW)
    assert (await find_rate(house.pool, house.workspace_id, "USD", DAY)).rate == Decimal("0.92")
