"""RFM over HTTP: one call makes all, the matrix opens into lists, nothing bad is stored."""

from __future__ import annotations

from typing import Any

import pytest

from tests.publicapi.conftest import Shop
from tests.publicapi.test_segments import work

FIXED = {"recency_days": [30, 90, 180, 365], "frequency": [2, 3, 5, 10], "monetary": [50, 100, "250.50", 500]}


async def buyers(shop: Shop) -> list[int]:
    """Anna has three won orders of 100, Ben one of 60, Cara one that is open."""
    ids = []
    for name, orders, status in (("anna", 3, 2), ("ben", 1, 2), ("cara", 1, 1)):
        ids.append((await shop.client.post("users/", json={"custom_id": name})).json()["id"])
        for number in range(orders):
            worth = {"value": 100 if orders > 1 else 60, "currency": "EUR"}
            body = {"name": f"Order {number}", "user_custom_id": name, "status": status} | worth
            assert (await shop.client.post("deals/", json=body)).status_code == 201
    return ids


async def made(shop: Shop, **body: Any) -> dict[str, Any]:
    answer = await shop.client.post("rfm/", json=body)
    assert answer.status_code == 201, answer.text
    await work(shop)
    found: dict[str, Any] = answer.json()
    return found


async def test_one_call_makes_aggregators_scores_and_groups(shop: Shop) -> None:
    anna, ben, cara = await buyers(shop)
    rfm = await made(shop, thresholds=FIXED)
    assert (rfm["name"], rfm["key"], rfm["net_of_returns"]) == ("RFM", "rfm", True)
    assert rfm["thresholds"]["monetary"] == ["50", "100", "250.5", "500"]
    assert rfm["edges"]["frequency"] == [2, 3, 5, 10] and rfm["next_refresh_at"] is not None

    user = (await shop.client.get(f"users/{anna}/")).json()
    told = ("orders", "value", "recency", "frequency", "monetary", "group")
    assert [user[f"rfm_{name}"] for name in told] == [3, 300, 5, 3, 4, "Potential loyalists"]
    assert (await shop.client.get(f"users/{cara}/")).json()["rfm_group"] is None
    named = {one["name_std"]: one["value"] for one in (await shop.v1.get(f"users/{ben}/")).json()["attributes"]}
    assert (named["rfm_recency"], named["rfm_group"]) == (5, "New")
    [loyal] = [one for one in rfm["segments"] if one["name"] == "Potential loyalists"]
    members = (await shop.client.get(f"segments/{loyal['segment']}/users/")).json()
    assert [one["id"] for one in members["results"]] == [anna]
    assert (await shop.client.get("rfm/")).json()["results"][0]["id"] == rfm["id"]


async def test_the_matrix_opens_into_lists(shop: Shop) -> None:
    anna, ben, _ = await buyers(shop)
    rfm = await made(shop, thresholds=FIXED)
    answer = await shop.client.get(f"rfm/{rfm['id']}/")
    matrix = answer.json()["matrix"]
    assert "Dealt-As-Of" in answer.headers
    assert (matrix["customers"], len(matrix["cells"]), len(matrix["groups"])) == (2, 25, 11)
    cells = {(cell["r"], cell["f"]): cell for cell in matrix["cells"]}
    assert len(cells) == 25 and sum(cell["users"] for cell in matrix["cells"]) == 2
    cell = cells[5, 3]
    assert (cell["users"], cell["share"], cell["value"], cell["average_value"]) == (1, 0.5, "300.00", "300.00")
    assert cell["by_monetary"] == [0, 0, 0, 1, 0]
    listed = (await shop.client.get(cell["list"])).json()
    assert [one["id"] for one in listed["results"]] == [anna]
    sizes = {one["name"]: one["users"] for one in matrix["groups"] if one["users"]}
    assert sizes == {"Potential loyalists": 1, "New": 1}
    for arguments, ids in (({}, [anna, ben]), ({"m": 2}, [ben]), ({"group": "New"}, [ben]), ({"r": 4}, [])):
        found = (await shop.client.get(f"rfm/{rfm['id']}/users/", params=arguments)).json()
        assert [one["id"] for one in found["results"]] == ids, arguments
    paged = (await shop.v1.get(f"rfm/{rfm['id']}/users/?page_size=1&page=2")).json()
    assert (paged["count"], [one["id"] for one in paged["results"]]) == (2, [ben])


async def test_a_preview_comes_true(shop: Shop) -> None:
    await buyers(shop)
    for thresholds in (None, FIXED):
        body = {"thresholds": thresholds, "filter": {}}
        seen = (await shop.client.post("rfm/preview/", json=body)).json()
        assert seen["matrix"]["customers"] == 3
        assert (await shop.client.get("rfm/")).json()["count"] == 0
        rfm = await made(shop, **body)
        found = (await shop.client.get(f"rfm/{rfm['id']}/")).json()
        assert (found["edges"], found["ranked_users"]) == (seen["edges"], seen["ranked_users"])
        without = [{name: value for name, value in cell.items() if name != "list"} for cell in found["matrix"]["cells"]]
        assert without == [cell | {} for cell in _without_list(seen["matrix"]["cells"])]
        assert found["matrix"]["groups"] == seen["matrix"]["groups"]
        assert (await shop.client.delete(f"rfm/{rfm['id']}/")).status_code == 204


def _without_list(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    assert all(cell["list"] is None for cell in cells)
    return [{name: value for name, value in cell.items() if name != "list"} for cell in cells]


async def test_an_rfm_is_changed_and_deleted(shop: Shop) -> None:
    anna, *_ = await buyers(shop)
    rfm = await made(shop, name="Won", key="won")
    one = f"rfm/{rfm['id']}/"
    changed = await shop.client.patch(one, json={"thresholds": FIXED, "description": "For mails"})
    assert changed.status_code == 200, changed.text
    await work(shop)
    sent_back = await shop.client.put(one, json=changed.json())
    assert sent_back.status_code == 200, sent_back.text
    assert (await shop.client.get(f"users/{anna}/")).json()["won_monetary"] == 4
    refused = await shop.client.patch(f"users/{anna}/", json={"won_monetary": 5})
    assert refused.status_code == 400, refused.text
    # What its scores are made of is changed there alone; what that is called, anywhere.
    figure = f"aggregators/{rfm['aggregators'][0]}/"
    answers = [
        await shop.client.patch(figure, json=body)
        for body in ({"function": "sum", "field": "value"}, {"window": {"last": {"days": 1}}}, {"name": "Bought"})
    ]
    assert [one.status_code for one in answers] == [409, 409, 200], answers[0].text
    await shop.fetch("UPDATE aggregators SET failed_at = now(), error = 'Slow.'")
    assert (await shop.client.patch(one, json={})).status_code == 200
    assert {row["error"] for row in await shop.fetch("SELECT error FROM aggregators")} == {""}
    assert (await shop.client.delete(one)).status_code == 204
    await work(shop)
    assert (await shop.client.get(one)).status_code == 404
    assert "won_group" not in (await shop.client.get(f"users/{anna}/")).json()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"filter": {"field": "nothing", "op": "is_set"}}, "filter.field"),
        ({"filter": 7}, "filter"),
        ({"filter": None}, "filter"),
        ({"window": {"last": {"days": -1}}}, "window.last"),
        ({"window": []}, "window"),
        ({"thresholds": {}}, "thresholds"),
        ({"thresholds": FIXED | {"more": 1}}, "thresholds"),
        ({"thresholds": FIXED | {"frequency": [1, 2, 3]}}, "thresholds"),
        ({"thresholds": FIXED | {"frequency": [1, 2, 2, 3]}}, "thresholds"),
        ({"thresholds": FIXED | {"monetary": [1, 2, 3, "1e999999"]}}, "thresholds"),
        ({"thresholds": FIXED | {"monetary": [1, 2, 3, "NaN"]}}, "thresholds"),
        ({"thresholds": FIXED | {"recency_days": [1, 2, 3, 10**9]}}, "thresholds"),
        ({"net_of_returns": "perhaps"}, "net_of_returns"),
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "\u0000"}, "name"),
        ({"key": "!!"}, "key"),
        ({"unknown": 1}, "unknown"),
    ],
)
async def test_bad_input_names_the_field_and_stores_nothing(shop: Shop, body: dict[str, Any], field: str) -> None:
    answers = [await shop.client.post("rfm/", json=body)]
    if field not in ("name", "key"):
        answers.append(await shop.client.post("rfm/preview/", json=body))
    for answer in answers:
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field]), answer.text
    for address in ("rfm/", "aggregators/"):
        assert (await shop.client.get(address)).json()["count"] == 0


async def test_what_is_asked_of_a_cell_is_checked(shop: Shop) -> None:
    rfm = await made(shop)
    for name, value in (("r", "6"), ("f", "x"), ("m", "0"), ("group", "Kings")):
        answer = await shop.client.get(f"rfm/{rfm['id']}/users/", params={name: value})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [name]), answer.text
    taken = await shop.client.post("rfm/", json={})
    assert (taken.status_code, list(taken.json()["errors"])) == (400, ["key"]), taken.text
    again = await shop.client.patch(f"rfm/{rfm['id']}/", json={"key": "other"})
    assert (again.status_code, list(again.json()["errors"])) == (400, ["key"])


async def test_lists_of_users_are_narrowed_and_ordered_by_scores(shop: Shop) -> None:
    anna, ben, cara = await buyers(shop)
    rfm = await made(shop, thresholds=FIXED)

    async def found(address: str) -> list[int]:
        answer = await shop.client.get(address)
        assert answer.status_code == 200, answer.text
        return [one["id"] for one in answer.json()["results"]]

    assert await found("users/?rfm_frequency__gte=3") == [anna]
    assert await found("users/?rfm_group=New") == [ben]
    assert await found("users/?ordering=-rfm_monetary") == [anna, ben, cara]
    assert await found(f"rfm/{rfm['id']}/users/?r=5&custom_id=ben") == [ben]
    assert await found(f"rfm/{rfm['id']}/users/?ordering=-id") == [ben, anna]
    assert (await shop.client.get(f"rfm/{rfm['id']}/users/?colour=red")).status_code == 400
