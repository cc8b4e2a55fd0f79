"""Exchange rates over HTTP."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.publicapi.conftest import Shop

USD = {"currency": "USD", "valid_from": "2025-01-01", "rate": "0.92"}
PATH = "exchange-rates/USD/2025-01-01/"
BAD_RATES: list[tuple[dict[str, Any], str]] = [
    ({"rate": 0}, "rate"), ({"rate": -1}, "rate"), ({"rate": "x"}, "rate"), ({"rate": True}, "rate"),
    ({"rate": None}, "rate"), ({"rate": 1e13}, "rate"), ({"rate": 1e-13}, "rate"), ({"rate": "NaN"}, "rate"),
    ({"currency": "EURO"}, "currency"), ({"currency": 5}, "currency"), ({"currency": "EUR"}, "currency"),
    ({"valid_from": "0001-01-01"}, "valid_from"), ({"valid_from": "9999-12-31"}, "valid_from"),
    ({"valid_from": "2025-02-30"}, "valid_from"), ({"valid_from": "2025-01-01T10:00:00Z"}, "valid_from"),
    ({"valid_from": 20250101}, "valid_from"), ({"note": "x"}, "note"),
]  # fmt: skip
BAD_BODIES: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["currency", "valid_from", "rate"]),
    ({"rates": USD}, ["rates"]),
    ({"rates": [USD, USD]}, ["rates"]),
    ({"rates": [USD, 5]}, ["rates.1"]),
    ({"rates": [USD, {}]}, ["rates.1.currency", "rates.1.valid_from", "rates.1.rate"]),
    ({"rates": [USD], "currency": "USD"}, ["currency"]),
]


async def jobs(shop: Shop) -> list[Any]:
    rows = await shop.fetch("SELECT payload FROM jobs WHERE kind = 'deals.convert' ORDER BY id")
    return [msgspec.json.decode(str(row["payload"])) for row in rows]


async def test_a_rate_is_set_read_replaced_and_deleted(shop: Shop) -> None:
    answer = await shop.client.post("exchange-rates/", json=USD | {"currency": " usd ", "rate": 0.92})
    assert (answer.status_code, answer.json()) == (201, USD)
    for client in (shop.client, shop.v1):
        assert (await client.get(PATH)).json() == USD
        assert (await client.get("exchange-rates/usd/2025-01-01/")).json() == USD
    replaced = await shop.client.put(PATH, json={"rate": "0.93"})
    assert (replaced.status_code, replaced.json()) == (200, USD | {"rate": "0.93"})
    assert (await shop.client.get(PATH)).json()["rate"] == "0.93"
    assert (await shop.client.delete(PATH)).status_code == 204
    for method in ("GET", "DELETE"):
        assert (await shop.client.request(method, PATH)).status_code == 404
    assert await jobs(shop) == [{"currency": "USD", "from": "2025-01-01"}] * 3


async def test_put_makes_a_rate_that_is_not_there(shop: Shop) -> None:
    assert (await shop.client.put(PATH, json={"rate": 0.92})).json() == USD
    assert (await shop.client.get("exchange-rates/")).json()["count"] == 1


async def test_many_rates_are_set_at_once(shop: Shop) -> None:
    rates = [USD | {"valid_from": f"2025-01-{day:02}"} for day in range(1, 31)]
    answer = await shop.client.post("exchange-rates/", json={"rates": rates})
    assert (answer.status_code, answer.json()) == (201, {"changed": 30, "unchanged": 0})
    answer = await shop.client.post("exchange-rates/", json={"rates": [*rates, USD | {"currency": "PLN"}]})
    assert answer.json() == {"changed": 1, "unchanged": 30}
    assert await jobs(shop) == [
        {"currency": "USD", "from": "2025-01-01"}, {"currency": "PLN", "from": "2025-01-01"},
    ]  # fmt: skip


@pytest.mark.parametrize("version", ["client", "v1"])
async def test_rates_are_listed_in_pages_by_currency_and_day(shop: Shop, version: str) -> None:
    client = getattr(shop, version)
    rates = [
        {"currency": currency, "valid_from": day, "rate": "2"}
        for currency in ("AED", "PLN", "USD") for day in ("1900-01-01", "2025-06-24", "2199-12-31")
    ]  # fmt: skip
    assert (await client.post("exchange-rates/", json={"rates": rates[::-1]})).status_code == 201
    seen, address = [], "exchange-rates/?page_size=2"
    while address:
        answer = (await client.get(address)).json()
        assert answer["count"] == 9
        seen += answer["results"]
        address = answer["next"]
    assert seen == rates
    one = (await client.get("exchange-rates/?currency=pln")).json()
    assert one["results"] == rates[3:6]
    assert (await client.get("exchange-rates/?currency=SEK")).json()["results"] == []


async def test_a_filter_by_something_else_than_a_currency_is_refused(shop: Shop) -> None:
    answer = await shop.client.get("exchange-rates/?currency=euro")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["currency"])


async def test_a_bad_rate_is_refused_by_field_alone_and_among_others(shop: Shop) -> None:
    good = USD | {"valid_from": "2025-02-01"}
    for change, named in BAD_RATES:
        answer = await shop.client.post("exchange-rates/", json=USD | change)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [named]), answer.text
        answer = await shop.client.post("exchange-rates/", json={"rates": [good, USD | change]})
        expected = "currency" if change == {"currency": "EUR"} else f"rates.1.{named}"
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [expected]), answer.text
    assert (await shop.client.get("exchange-rates/")).json()["count"] == 0
    assert await jobs(shop) == []


async def test_a_body_that_is_no_rate_and_no_list_of_them_is_refused(shop: Shop) -> None:
    for body, named in BAD_BODIES:
        answer = await shop.client.post("exchange-rates/", json=body)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, named), answer.text


async def test_no_rates_change_nothing(shop: Shop) -> None:
    answer = await shop.client.post("exchange-rates/", json={"rates": []})
    assert (answer.status_code, answer.json()) == (201, {"changed": 0, "unchanged": 0})


async def test_a_path_that_can_hold_no_rate_is_not_found_or_refused(shop: Shop) -> None:
    for place in ("XXX/2025-01-01", "USD/today", "USD/0001-01-01", "USD/9999-12-31", "U%00D/2025-01-01"):
        for method in ("GET", "DELETE"):
            assert (await shop.client.request(method, f"exchange-rates/{place}/")).status_code == 404
        assert (await shop.client.put(f"exchange-rates/{place}/", json={"rate": 1})).status_code in (400, 404)


async def test_the_path_decides_which_rate_is_put(shop: Shop) -> None:
    answer = await shop.client.put(PATH, json={"currency": "PLN", "valid_from": "2020-01-01", "rate": "0.92"})
    assert answer.json() == USD


async def test_a_stranger_sees_and_deletes_no_rate(shop: Shop, other_shop: Shop) -> None:
    await shop.client.post("exchange-rates/", json=USD)
    assert (await other_shop.client.get("exchange-rates/")).json()["count"] == 0
    for method in ("GET", "DELETE"):
        assert (await other_shop.client.request(method, PATH)).status_code == 404
    assert (await other_shop.client.put(PATH, json={"rate": "5"})).status_code == 200
    assert (await shop.client.get(PATH)).json() == USD


async def test_an_order_is_converted_by_the_rate_of_its_day(shop: Shop) -> None:
    await shop.client.post("exchange-rates/", json=USD)
    order = {"name": "Order", "value": 100, "currency": "USD", "order_date": "2025-06-24T12:00:00Z"}
    deal = (await shop.client.post("deals/", json=order)).json()
    [row] = await shop.fetch("SELECT base_value FROM deals WHERE id = $1", deal["id"])
    assert row["base_value"] == 92
