"""The workspace's settings over HTTP."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.publicapi.conftest import Shop


async def test_both_versions_answer_with_the_settings(shop: Shop) -> None:
    expected = {"id": shop.workspace_id, "name": "My shop", "time_zone": "UTC", "base_currency": "EUR"}
    expected |= {"requests_per_second": None, "longest_filter_ms": 5000}
    for client in (shop.client, shop.v1):
        assert (await client.get("workspace/")).json() == expected


async def test_a_change_is_partial_and_an_answer_can_be_sent_back(shop: Shop) -> None:
    answer = await shop.client.patch("workspace/", json={"name": "Lamps", "time_zone": "Europe/Warsaw"})
    assert (answer.status_code, answer.json()["base_currency"]) == (200, "EUR")
    again = await shop.client.patch("workspace/", json=answer.json())
    assert again.json() == answer.json() == (await shop.client.get("workspace/")).json()
    jobs = await shop.fetch("SELECT kind, payload FROM jobs")
    assert jobs == [{"kind": "deals.redate", "payload": '{"pipeline": null}'}], "days are other days in another zone"


async def test_times_of_orders_are_read_in_the_new_zone_at_once(shop: Shop) -> None:
    await shop.client.patch("workspace/", json={"time_zone": "Europe/Warsaw"})
    deal = (await shop.client.post("deals/", json={"name": "x", "order_date": "2025-06-24T12:00:00"})).json()
    assert deal["order_date"] == "2025-06-24T10:00:00Z"


async def test_another_base_currency_drops_rates_and_has_deals_converted(shop: Shop) -> None:
    await shop.client.put("exchange-rates/USD/2025-01-01/", json={"rate": "0.92"})
    answer = await shop.client.patch("workspace/", json={"base_currency": "usd"})
    assert answer.json()["base_currency"] == "USD"
    assert (await shop.client.get("exchange-rates/")).json()["count"] == 0
    rows = await shop.fetch("SELECT payload FROM jobs WHERE kind = 'deals.convert' ORDER BY id")
    payloads = [msgspec.json.decode(str(row["payload"])) for row in rows]
    assert payloads[-1] == {"currency": None, "from": None}


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"name": ""}, ["name"]), ({"name": 5}, ["name"]), ({"time_zone": "Mars/Olympus"}, ["time_zone"]),
        ({"time_zone": None}, ["time_zone"]), ({"time_zone": "../../etc/passwd"}, ["time_zone"]),
        ({"base_currency": "EURO"}, ["base_currency"]), ({"base_currency": None}, ["base_currency"]),
        ({"name": 1, "base_currency": 2}, ["name", "base_currency"]), ({"currency": "EUR"}, ["currency"]),
    ],
)  # fmt: skip
async def test_a_bad_setting_is_refused_by_field_and_nothing_changes(
    shop: Shop, body: dict[str, Any], named: list[str]
) -> None:
    before = (await shop.client.get("workspace/")).json()
    answer = await shop.client.patch("workspace/", json={"base_currency": "PLN"} | body)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, named)
    assert (await shop.client.get("workspace/")).json() == before
    assert await shop.fetch("SELECT * FROM jobs") == []


async def test_another_workspace_keeps_its_settings(shop: Shop, other_shop: Shop) -> None:
    before = (await other_shop.client.get("workspace/")).json()
    await shop.client.patch("workspace/", json={"name": "Lamps", "base_currency": "PLN"})
    assert (await other_shop.client.get("workspace/")).json() == before
