"""Loss reasons over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.publicapi.conftest import Shop


async def test_a_reason_is_created_read_renamed_and_deleted(shop: Shop) -> None:
    answer = await shop.client.post("loss-reasons/", json={"name": " Too dear "})
    assert (answer.status_code, answer.json()) == (201, {"id": 1, "name": "Too dear"})
    for client in (shop.client, shop.v1):
        assert (await client.get("loss-reasons/1/")).json() == {"id": 1, "name": "Too dear"}
        assert (await client.get("loss-reasons/")).json() == {
            "count": 1, "next": None, "previous": None, "results": [{"id": 1, "name": "Too dear"}],
        }  # fmt: skip
    for method in ("PUT", "PATCH"):
        renamed = await shop.client.request(method, "loss-reasons/1/", json={"id": 1, "name": f"Price {method}"})
        assert (renamed.status_code, renamed.json()) == (200, {"id": 1, "name": f"Price {method}"})
    assert (await shop.client.patch("loss-reasons/1/", json={})).json()["name"] == "Price PATCH"
    assert (await shop.client.delete("loss-reasons/1/")).status_code == 204
    for method in ("GET", "DELETE", "PATCH"):
        assert (await shop.client.request(method, "loss-reasons/1/")).status_code == 404


async def test_a_lost_order_can_give_a_new_reason_at_once_and_then_keeps_it(shop: Shop) -> None:
    await shop.client.post("loss-reasons/", json={"name": "Price"})
    deal = await shop.client.post("deals/", json={"name": "Order", "status": 3, "loss_reason": 1})
    assert (deal.status_code, deal.json()["loss_reason"]) == (201, 1)
    refused = await shop.client.delete("loss-reasons/1/")
    assert refused.status_code == 409
    assert refused.json()["detail"] == 'Lost deals give "Price" as their reason. Change them first.'


async def test_a_name_is_given_once(shop: Shop) -> None:
    await shop.client.post("loss-reasons/", json={"name": "Price"})
    again = await shop.client.post("loss-reasons/", json={"name": "Price"})
    assert (again.status_code, again.json()["detail"]) == (409, 'There is already a loss reason "Price".')


@pytest.mark.parametrize(
    ("body", "named"),
    [({}, "name"), ({"name": None}, "name"), ({"name": " "}, "name"), ({"name": ["x"]}, "name"),
     ({"name": "x" * 256}, "name"), ({"name": "x", "position": 1}, "position")],
)  # fmt: skip
async def test_a_bad_reason_is_refused_by_field(shop: Shop, body: dict[str, Any], named: str) -> None:
    answer = await shop.client.post("loss-reasons/", json=body)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [named])


async def test_a_strangers_reason_is_not_found(shop: Shop, other_shop: Shop) -> None:
    await shop.client.post("loss-reasons/", json={"name": "Price"})
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        body = None if method in ("GET", "DELETE") else {"name": "theirs"}
        assert (await other_shop.client.request(method, "loss-reasons/1/", json=body)).status_code == 404
    assert (await other_shop.client.get("loss-reasons/")).json()["count"] == 0
    assert (await shop.client.get("loss-reasons/1/")).json()["name"] == "Price"
