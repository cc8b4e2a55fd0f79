"""Customer lifetime over HTTP: settings, a refresh, and what is said of one user."""

from __future__ import annotations

import math
from datetime import UTC, datetime, time
from typing import Any

import msgspec

from dealt.lifetime import refresh_lifetime
from tests.lifetime import cdnow
from tests.lifetime.test_refreshing import DEALS
from tests.publicapi.conftest import Shop

SHOWN = ("lifetime_alive", "lifetime_purchases", "lifetime_order_value")
FIGURES = ("expected_purchases_90d", "probability_alive", "expected_value", "expected_value_90d", "as_of")


async def test_a_user_is_predicted_once_there_is_a_model(shop: Shop) -> None:
    assert shop.app.services
    pool, now = shop.app.services.pool, shop.app.services.clock.now()
    made = (await shop.client.post("users/", json={"custom_id": "jane"})).json()
    early = (await shop.client.get("users-by-id/jane/lifetime/")).json()
    assert [early[name] for name in FIGURES] == [None] * 5
    assert early["note"].startswith("No model has been fitted yet")

    await pool.execute(
        "INSERT INTO contacts (workspace_id, created_at, updated_at) SELECT $1, $2, $2 FROM generate_series(1, 799)",
        shop.workspace_id, now,
    )  # fmt: skip
    ids = [row["id"] for row in await shop.fetch("SELECT id FROM contacts ORDER BY id")]
    later = now - datetime.combine(cdnow.LAST_DAY_OF_CALIBRATION, time(), UTC)
    usual = {"rate": 1, "net": None, "refunded": 0, "status": 2}
    orders = [
        usual | {"contact_id": who, "value": round(value, 2), "at": datetime.combine(day, time(), UTC) + later}
        for who, days in zip(ids, cdnow.customers(), strict=False)
        for day, value in days.items()
    ]
    await pool.execute(DEALS, shop.workspace_id, msgspec.json.encode(orders).decode(), now)
    asked = await shop.client.post("lifetime/refresh/", json={})
    assert (asked.status_code, asked.json()["state"], asked.json()["nightly"]) == (202, "queued", True)
    await refresh_lifetime(pool, shop.workspace_id, {"refresh": 1}, now)

    model = (await shop.client.get("lifetime/")).json()
    assert (model["state"], model["found"]["users"], model["found"]["fitted"]) == ("done", 800, 800)
    assert model["buying"]["converged"] is True, model
    assert all(value > 0 for value in model["buying"]["parameters"].values())
    found = (await shop.client.get(f"users/{made['id']}/lifetime/")).json()
    assert (found["user_id"], found["custom_id"], found["age_days"]) == (made["id"], "jane", found["age_days"])
    assert 0 < found["probability_alive"] <= 1
    product = float(found["expected_value"]) * found["expected_purchases_90d"]
    assert math.isclose(float(found["expected_value_90d"]), product, abs_tol=0.01)
    assert found["as_of"] == model["as_of"]

    await check_that_answers_carry_it(shop, made, found)

    await shop.client.delete(f"users/{made['id']}/")
    assert await shop.fetch("SELECT * FROM contact_lifetimes WHERE contact_id = $1", made["id"]) == []
    assert (await shop.client.get("users-by-id/jane/lifetime/")).status_code == 404


async def check_that_answers_carry_it(shop: Shop, made: dict[str, Any], found: dict[str, Any]) -> None:
    alike = dict(zip(SHOWN, FIGURES[1::-1] + FIGURES[2:3], strict=True))
    assert made.keys().isdisjoint(SHOWN)
    path = f"users/{made['id']}/"
    for client in (shop.client, shop.v1):
        user = (await client.get(path)).json()
        for name, figure in alike.items():
            assert math.isclose(user[name], float(found[figure]), abs_tol=0.01), name
        for sent in (user, {"lifetime_alive": 7}):
            assert (await client.put(path, json=sent)).json()[SHOWN[0]] == user[SHOWN[0]]
        for name in SHOWN:
            listed = (await client.get("users/", params={name: user[name], "id": user["id"]})).json()
            assert [one["id"] for one in listed["results"]] == [user["id"]], name
            rest = {f"{name}__gt": user[name], "ordering": name, "page_size": 5}
            values = [one[name] for one in (await client.get("users/", params=rest)).json()["results"]]
            assert values == sorted(values) and all(value > user[name] for value in values), name
        best = (await client.get("users/", params={"ordering": f"-{SHOWN[1]}"})).json()["results"]
        assert best[0][SHOWN[1]] == max(one[SHOWN[1]] for one in best)
        last = (await client.get("users/", params={"lifetime_alive__isnull": "true"})).json()
        assert all(one.keys().isdisjoint(SHOWN) for one in last["results"])
    told = await shop.client.get("users/?lifetime_alive__gte=often")
    assert (told.status_code, list(told.json()["errors"])) == (400, ["lifetime_alive__gte"])
    refused = await shop.client.post(
        "attributes/", json={"name": "Lifetime alive", "value_type": "float", "content_type": "clientuser"}
    )
    assert refused.status_code == 400


async def test_settings_are_changed_by_name_and_nothing_bad_is_stored(shop: Shop) -> None:
    before = (await shop.client.get("lifetime/")).json()
    for body, field in (
        ({"filter": {"field": "nothing", "op": "is_set"}}, "filter.field"),
        ({"filter": 7}, "filter"),
        ({"nightly": "often"}, "nightly"),
        ({"parameters": {}}, "parameters"),
    ):
        answer = await shop.client.patch("lifetime/", json=body)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field]), answer.text
    assert (await shop.client.get("lifetime/")).json() == before
    written = {"field": "status", "op": "in", "value": [1, 2]}
    changed = (await shop.client.patch("lifetime/", json={"filter": written, "nightly": True})).json()
    assert (changed["filter"], changed["nightly"], changed["next_refresh_at"] is not None) == (written, True, True)
