"""Base values and order times follow changed rates, currencies, time zones and date attributes."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import msgspec

from dealt.deals import CONVERT, REDATE, convert_deals, redate_deals
from tests.publicapi.conftest import Shop
from tests.publicapi.test_deals import make_contact, make_order

NOW = datetime(2026, 1, 1, tzinfo=UTC)


async def run_due(shop: Shop) -> list[str]:
    """Do what is queued, once, as a worker would; the kinds of jobs done."""
    assert shop.app.services
    pool = shop.app.services.pool
    done = []
    for table in ("jobs", "delayed_jobs"):
        for row in await shop.fetch(f"DELETE FROM {table} RETURNING kind, payload::text"):
            work = {CONVERT: convert_deals, REDATE: redate_deals}[str(row["kind"])]
            await work(pool, shop.workspace_id, msgspec.json.decode(str(row["payload"])), NOW)
            done.append(str(row["kind"]))
    return done


async def base_value(shop: Shop) -> str | None:
    value = (await shop.client.get("deals-by-id/12345/")).json()["base_value"]
    return None if value is None else str(value)


async def set_rate(shop: Shop, valid_from: str, rate: str) -> None:
    answer = await shop.client.post("exchange-rates/", json={"currency": "USD", "valid_from": valid_from, "rate": rate})
    assert answer.status_code in (200, 201), answer.text


async def test_an_order_is_converted_at_the_rate_of_its_own_day(shop: Shop) -> None:
    await make_contact(shop)
    await set_rate(shop, "2025-06-01", "0.8")
    await set_rate(shop, "2025-06-25", "0.5")
    deal = await make_order(shop)
    assert deal["base_value"] == "199.992"


async def test_a_late_rate_is_filled_in_and_marks_the_contact_stale(shop: Shop) -> None:
    contact_id = await make_contact(shop)
    assert (await make_order(shop))["base_value"] is None
    await shop.fetch("DELETE FROM stale")
    await set_rate(shop, "2025-06-01", "0.8")
    assert CONVERT in await run_due(shop)
    assert await base_value(shop) == "199.992"
    stale = await shop.fetch("SELECT contact_id, lane, cause FROM stale")
    assert stale == [{"contact_id": contact_id, "lane": 1, "cause": 2}]
    assert (await shop.client.delete("exchange-rates/USD/2025-06-01/")).status_code == 204
    await run_due(shop)
    assert await base_value(shop) is None


async def test_a_changed_base_currency_converts_everything_anew(shop: Shop) -> None:
    await make_contact(shop)
    await make_order(shop)
    answer = await shop.client.patch("workspace/", json={"base_currency": "USD"})
    assert answer.status_code == 200, answer.text
    await run_due(shop)
    assert await base_value(shop) == "249.99"


async def test_a_job_walks_a_second_time_for_writes_that_were_under_way(shop: Shop) -> None:
    await set_rate(shop, "2025-06-01", "0.8")
    assert shop.app.services
    await convert_deals(shop.app.services.pool, shop.workspace_id, {"currency": "USD", "from": "2025-06-01"}, NOW)
    (again,) = await shop.fetch("SELECT run_at > $1 AS later, payload ->> 'again' AS again FROM delayed_jobs", NOW)
    assert again == {"later": True, "again": "true"}


async def test_another_time_zone_moves_days_but_not_moments(shop: Shop) -> None:
    await make_contact(shop)
    await shop.client.post("attributes/", json={"content_type": "deal", "name": "paid_on", "value_type": "date"})
    await make_order(shop, paid_on="2025-06-26")
    url = "deals-by-id/12345/"
    assert (await shop.client.get(url)).json()["ordered_at"] == "2025-06-24T12:00:00Z"
    answer = await shop.client.patch("pipelines/1/", json={"date_attribute": "paid_on"})
    assert answer.status_code == 200, answer.text
    await run_due(shop)
    assert (await shop.client.get(url)).json()["ordered_at"] == "2025-06-26T00:00:00Z"
    await shop.client.patch("workspace/", json={"time_zone": "Europe/Warsaw"})
    await run_due(shop)
    assert (await shop.client.get(url)).json()["ordered_at"] == "2025-06-25T22:00:00Z"
    links = await shop.fetch("SELECT DISTINCT ordered_at FROM deal_products")
    assert links == [{"ordered_at": datetime(2025, 6, 25, 22, tzinfo=UTC)}]


async def test_a_deal_converts_at_most_what_a_column_holds(shop: Shop) -> None:
    await make_contact(shop)
    await set_rate(shop, "2025-06-01", "1000000")
    deal = await make_order(shop, value=99_999_999_999_999, order_products=[], products_custom_id=[])
    assert deal["base_value"] is None
    assert Decimal(deal["value"]) == 99_999_999_999_999
    await set_rate(shop, "2025-06-02", "1.000001")
    # 99999999999999.9999999999 in the base currency, which the column would round up.
    deal = await make_order(shop, custom_id="close", value="99999900000099.9999", order_products=[])
    assert deal["base_value"] is None
