"""Deals over HTTP: the order's whole life."""

from __future__ import annotations

from typing import Any

import httpx

from tests.publicapi.conftest import Shop

ARTICLE: dict[str, Any] = {
    "name": "Order #12345", "custom_id": "12345", "user_custom_id": "john-doe-01", "value": 249.99, "currency": "USD",
    "order_products": [
        {"product_custom_id": "SKU-001", "value": 99.99, "currency": "USD", "quantity": 1},
        {"product_custom_id": "SKU-002", "value": 150.00, "currency": "USD", "quantity": 1},
    ],
    "products_custom_id": ["SKU-001", "SKU-002"], "stage": 1, "status": 1,
    "order_method": "Online", "order_date": "2025-06-24T12:00:00Z",
}  # fmt: skip


async def make_contact(shop: Shop, custom_id: str = "john-doe-01") -> int:
    answer = await shop.client.post(
        "users/update_or_create/", json={"custom_id": custom_id, "email": f"{custom_id}@example.com"}
    )
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


async def make_order(shop: Shop, **changes: Any) -> dict[str, Any]:
    answer = await shop.client.post("deals/", json=ARTICLE | changes)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def fails(answer: httpx.Response, status: int, field: str | None = None) -> None:
    assert answer.status_code == status, answer.text
    if field is not None:
        assert field in answer.json()["errors"], answer.text


async def test_the_order_of_the_article_works_to_the_letter(shop: Shop) -> None:
    answer = await shop.client.post("deals/", json=ARTICLE)
    assert answer.status_code == 404
    assert set(answer.json()) == {"detail"}
    contact_id = await make_contact(shop)
    answer = await shop.client.post("deals/", json=ARTICLE)
    assert answer.status_code == 201, answer.text
    deal = answer.json()
    assert deal["value"] == "249.99"
    assert (deal["stage"], deal["pipeline"], deal["status"]) == (1, 1, 1)
    assert (deal["user_id"], deal["user_custom_id"]) == (contact_id, "john-doe-01")
    assert deal["products_custom_id"] == ["SKU-001", "SKU-002"]
    assert [line["product_custom_id"] for line in deal["order_products"]] == ["SKU-001", "SKU-002"]
    assert deal["order_products"][0] == ARTICLE["order_products"][0] | {"id": 1}
    assert deal["order_method"] == "Online"
    assert deal["order_date"] == deal["ordered_at"] == "2025-06-24T12:00:00Z"
    assert (deal["lines_total"], deal["net_value"]) == ("249.99", "249.99")
    assert (await shop.client.get(f"deals/{deal['id']}/")).json() == deal
    assert (await shop.client.get("deals-by-id/12345/")).json() == deal


async def test_a_refused_order_leaves_no_trace(shop: Shop) -> None:
    tables = ("deals", "deal_ids", "deal_custom_ids", "deal_lines", "product_custom_ids", "attributes", "journal")
    before = [await shop.fetch(f"SELECT count(*) FROM {table}") for table in tables]
    assert (await shop.client.post("deals/", json=ARTICLE)).status_code == 404
    after = [await shop.fetch(f"SELECT count(*) FROM {table}") for table in tables]
    assert before == after


async def test_an_upsert_creates_once_and_then_updates(shop: Shop) -> None:
    await make_contact(shop)
    first = await shop.client.post("deals/update_or_create/", json=ARTICLE)
    assert (first.status_code, first.json()["created"]) == (201, True)
    second = await shop.client.post("deals/update_or_create/", json=ARTICLE | {"stage": 3, "status": 2})
    assert (second.status_code, second.json()["created"]) == (200, False)
    assert second.json()["id"] == first.json()["id"]
    assert (second.json()["stage"], second.json()["status"], second.json()["version"]) == (3, 2, 2)
    assert second.json()["won_at"]
    assert (await shop.fetch("SELECT count(*) AS n FROM deals"))[0]["n"] == 1


async def test_creating_a_deal_with_a_taken_custom_id_is_refused(shop: Shop) -> None:
    await make_contact(shop)
    await make_order(shop)
    fails(await shop.client.post("deals/", json=ARTICLE), 400, "custom_id")


async def test_a_patch_changes_only_what_it_names(shop: Shop) -> None:
    await make_contact(shop)
    deal = await make_order(shop)
    answer = await shop.client.patch(f"deals/{deal['id']}/", json={"stage": 2, "gift": True})
    assert answer.status_code == 200, answer.text
    after = answer.json()
    assert (after["stage"], after["gift"]) == (2, True)
    same = deal.keys() - {"stage", "gift", "version", "updated_at"}
    assert {k: after[k] for k in same} == {k: deal[k] for k in same}


async def test_an_answer_sent_back_changes_nothing_in_both_versions(shop: Shop) -> None:
    await make_contact(shop)
    deal = await make_order(shop, tags=["vip"], company_id=None)
    for client in (shop.client, shop.v1):
        shown = (await client.get(f"deals/{deal['id']}/")).json()
        again = await client.put(f"deals/{deal['id']}/", json=shown)
        assert again.status_code == 200, again.text
        assert again.json() == shown


async def test_history_tells_who_changed_what_from_what_to_what(shop: Shop) -> None:
    await make_contact(shop)
    deal = await make_order(shop)
    await shop.client.patch("deals-by-id/12345/", json={"stage": 2, "value": 300})
    history = (await shop.client.get(f"deals/{deal['id']}/history/")).json()
    assert history["count"] == 2
    created, updated = history["results"]
    assert (created["kind"], updated["kind"]) == ("deal.created", "deal.updated")
    assert updated["changes"] == {"stage": [1, 2], "value": ["249.99", "300.00"]}
    assert updated["actor"] == "token:1"
    assert created["changes"]["order_products.1"][1]["product_custom_id"] == "SKU-001"


async def test_delete_leaves_a_tombstone_for_older_messages(shop: Shop) -> None:
    await make_contact(shop)
    await shop.client.post("deals/update_or_create/", json=ARTICLE | {"source_updated_at": "2025-07-01T00:00:00Z"})
    assert (await shop.client.delete("deals-by-id/12345/")).status_code == 204
    assert (await shop.client.get("deals-by-id/12345/")).status_code == 404
    assert (await shop.client.delete("deals-by-id/12345/")).status_code == 404
    late = await shop.client.post(
        "deals/update_or_create/", json=ARTICLE | {"source_updated_at": "2025-06-30T00:00:00Z"}
    )
    assert late.status_code == 200
    assert "ignored" in late.json()
    assert (await shop.client.get("deals-by-id/12345/")).status_code == 404
    newer = await shop.client.post(
        "deals/update_or_create/", json=ARTICLE | {"source_updated_at": "2025-07-02T00:00:00Z"}
    )
    assert newer.status_code == 201, newer.text
    assert (await shop.client.get("deals-by-id/12345/")).status_code == 200


async def test_a_lost_deal_sent_again_without_the_moment_keeps_it(shop: Shop) -> None:
    await make_contact(shop)
    lost = ARTICLE | {"status": 3, "lost_at": None}
    first = await shop.client.post("deals/update_or_create/", json=lost)
    again = await shop.client.post("deals/update_or_create/", json=lost | {"name": "Renamed"})
    assert first.json()["lost_at"] is not None
    assert again.json()["lost_at"] == first.json()["lost_at"]


async def test_an_older_message_changes_nothing_and_says_so(shop: Shop) -> None:
    await make_contact(shop)
    url = "deals/update_or_create/"
    newer = ARTICLE | {"stage": 3, "source_updated_at": "2025-07-02T00:00:00Z"}
    older = ARTICLE | {"stage": 2, "source_updated_at": "2025-07-01T00:00:00Z"}
    await shop.client.post(url, json=newer)
    answer = (await shop.client.post(url, json=older)).json()
    assert answer["stage"] == 3
    assert "Older" in answer["ignored"]


async def test_a_message_that_is_repeated_takes_back_no_later_edit(shop: Shop) -> None:
    await make_contact(shop)
    message = ARTICLE | {"source_updated_at": "2025-07-02T00:00:00Z"}
    url = "deals/update_or_create/"
    deal_id = (await shop.client.post(url, json=message)).json()["id"]
    await shop.client.patch(f"deals/{deal_id}/", json={"name": "Edited by an agent"})
    answer = (await shop.client.post(url, json=message)).json()
    assert answer["name"] == "Edited by an agent"
    assert "before" in answer["ignored"]


async def test_a_currency_that_comes_later_is_the_currency_of_the_lines(shop: Shop) -> None:
    await make_contact(shop)
    lines = [{"product_custom_id": "A", "value": 5}, {"product_custom_id": "B", "value": 2, "currency": "USD"}]
    deal = await make_order(shop, currency=None, order_products=lines[:1])
    answer = await shop.client.patch(f"deals/{deal['id']}/", json={"currency": "PLN"})
    assert (answer.json()["currency"], answer.json()["lines_total"]) == ("PLN", "5.00")
    answer = await shop.client.patch(f"deals/{deal['id']}/", json={"order_products": lines, "currency": "EUR"})
    assert answer.json()["lines_total"] is None
    answer = await shop.client.patch(f"deals/{deal['id']}/", json={"currency": "USD"})
    assert answer.json()["lines_total"] == "7.00"
    kept = await shop.fetch("SELECT currency FROM deal_lines ORDER BY position")
    assert [line["currency"] for line in kept] == ["USD", "USD"]


async def test_an_attribute_of_an_answer_never_hides_behind_a_fields_name(shop: Shop) -> None:
    await make_contact(shop)
    listed: list[dict[str, Any]] = [{"name_std": "status", "value": "odd"}]
    fails(await shop.v1.post("deals/", json={"name": "Order", "attributes": listed}), 400, "attributes")
    listed = [{"name_std": "status", "value": None}, {"name_std": "colour", "value": "red"}]
    answer = await shop.v1.post("deals/", json={"name": "Order", "attributes": listed})
    assert {a["name_std"]: a["value"] for a in answer.json()["attributes"]}["colour"] == "red"


async def test_an_idempotency_key_replays_the_first_answer(shop: Shop) -> None:
    await make_contact(shop)
    body = {key: value for key, value in ARTICLE.items() if key != "custom_id"}
    headers = {"Idempotency-Key": "k-1"}
    first = await shop.client.post("deals/", json=body, headers=headers)
    second = await shop.client.post("deals/", json=body, headers=headers)
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert second.headers["Idempotency-Replayed"] == "true"
    other = await shop.client.post("deals/", json=body | {"value": 1}, headers=headers)
    assert other.status_code == 409
    assert (await shop.fetch("SELECT count(*) AS n FROM deals"))[0]["n"] == 1


async def test_a_delete_that_is_repeated_with_its_key_gets_its_first_answer(shop: Shop) -> None:
    await make_contact(shop)
    deal = await make_order(shop)
    key = {"Idempotency-Key": "gone"}
    first = await shop.client.delete(f"deals/{deal['id']}/", headers=key)
    again = await shop.client.delete(f"deals/{deal['id']}/", headers=key)
    assert (first.status_code, again.status_code) == (204, 204)
    assert (first.content, again.content, again.headers["Idempotency-Replayed"]) == (b"", b"", "true")
    other = await shop.client.delete(f"deals/{deal['id']}/?source_updated_at=2025-07-01", headers=key)
    assert other.status_code == 409


async def test_a_refused_request_may_use_its_key_again(shop: Shop) -> None:
    headers = {"Idempotency-Key": "k-2"}
    assert (await shop.client.post("deals/", json=ARTICLE, headers=headers)).status_code == 404
    await make_contact(shop)
    assert (await shop.client.post("deals/", json=ARTICLE, headers=headers)).status_code == 201


async def test_a_guest_order_shows_no_contact_and_can_be_given_to_one_later(shop: Shop) -> None:
    body = {key: value for key, value in ARTICLE.items() if key != "user_custom_id"}
    answer = await shop.client.post("deals/", json=body)
    assert answer.status_code == 201, answer.text
    deal = answer.json()
    assert (deal["user_id"], deal["user_custom_id"]) == (None, None)
    assert (await shop.client.get("users/")).json()["count"] == 0
    contact_id = await make_contact(shop)
    moved = await shop.client.patch(f"deals/{deal['id']}/", json={"user_custom_id": "john-doe-01"})
    assert moved.json()["user_id"] == contact_id
    assert len(moved.json()["order_products"]) == 2
    history = (await shop.client.get(f"deals/{deal['id']}/history/")).json()
    assert [entry["kind"] for entry in history["results"]] == ["deal.created", "deal.updated"]
    assert history["results"][1]["changes"]["user_id"] == [None, contact_id]
    listed = (await shop.client.get("deals/", params={"user_custom_id": "john-doe-01"})).json()
    assert [d["id"] for d in listed["results"]] == [deal["id"]]
    gone = await shop.client.patch(f"deals/{deal['id']}/", json={"user_id": None})
    assert gone.json()["user_id"] is None
    assert (await shop.client.get("deals/", params={"user_id": contact_id})).json()["count"] == 0


async def test_returns_and_refunds_are_kept_by_line(shop: Shop) -> None:
    await make_contact(shop)
    deal = await make_order(shop)
    line = await shop.client.patch(f"deals/{deal['id']}/lines/2/", json={"returned_quantity": 1})
    assert line.status_code == 200, line.text
    assert (line.json()["refunded_total"], line.json()["net_value"]) == ("150.00", "99.99")
    assert line.json()["value"] == "249.99"
    partly = await shop.client.patch("deals-by-id/12345/lines/1/", json={"refunded_value": 10})
    assert (partly.json()["refunded_total"], partly.json()["net_value"]) == ("160.00", "89.99")
    fails(
        await shop.client.patch(f"deals/{deal['id']}/lines/2/", json={"returned_quantity": 2}),
        400,
        "order_products.1.returned_quantity",
    )
    resent = await shop.client.patch(f"deals/{deal['id']}/", json={"order_products": ARTICLE["order_products"]})
    assert resent.json()["refunded_total"] == "160.00"
    assert (await shop.client.patch(f"deals/{deal['id']}/lines/9/", json={"value": 1})).status_code == 404
    removed = await shop.client.delete(f"deals/{deal['id']}/lines/2/")
    assert [line["id"] for line in removed.json()["order_products"]] == [1]


async def test_the_receipt_keeps_what_the_catalogue_said_at_the_time(shop: Shop) -> None:
    await make_contact(shop)
    product = await shop.client.post(
        "products/",
        json={"custom_id": "SKU-001", "name": "Mug", "price": 99.99, "image_url": "https://x.example/m.png"},
    )
    assert product.status_code == 201, product.text
    deal = await make_order(shop)
    assert deal["order_products"][0]["name"] == "Mug"
    assert deal["products"][0] == product.json()["id"]
    await shop.client.put("products-by-id/SKU-001/", json={"name": "Cup", "price": 1})
    assert (await shop.client.get("deals-by-id/12345/")).json()["order_products"][0]["name"] == "Mug"
    assert (await shop.client.delete("products-by-id/SKU-001/")).status_code == 204
    after = (await shop.client.get("deals-by-id/12345/")).json()
    assert after["order_products"] == deal["order_products"]


async def test_every_spelling_of_the_products_list_is_taken(shop: Shop) -> None:
    await make_contact(shop)
    for number, name in enumerate(("products_custom_id", "products_custom_ids", "product_custom_ids")):
        answer = await shop.client.post(
            "deals/", json={"name": "x", "custom_id": str(number), "user_custom_id": "john-doe-01", name: ["A", "B"]}
        )
        assert answer.json()["products_custom_id"] == ["A", "B"], answer.text


async def test_won_and_lost_moments_follow_the_status(shop: Shop) -> None:
    await make_contact(shop)
    reason = (await shop.client.post("loss-reasons/", json={"name": "Too dear"})).json()["id"]
    await make_order(shop)
    url = "deals-by-id/12345/"
    won = (await shop.client.patch(url, json={"status": 2})).json()
    assert won["won_at"] is not None
    lost = (await shop.client.patch(url, json={"status": 3, "loss_reason": reason})).json()
    assert (lost["won_at"], lost["loss_reason"]) == (None, reason)
    assert lost["lost_at"] is not None
    back = (await shop.client.patch(url, json={"status": 1})).json()
    assert (back["lost_at"], back["loss_reason"]) == (None, None)
    told = (await shop.client.patch(url, json={"status": 2, "won_at": "2025-06-25T00:00:00Z"})).json()
    assert told["won_at"] == "2025-06-25T00:00:00Z"


async def test_another_workspace_sees_nothing(shop: Shop, other_shop: Shop) -> None:
    await make_contact(shop)
    deal = await make_order(shop)
    for path in (f"deals/{deal['id']}/", "deals-by-id/12345/", f"deals/{deal['id']}/history/"):
        assert (await other_shop.client.get(path)).status_code == 404
    assert (await other_shop.client.patch(f"deals/{deal['id']}/", json={"stage": 2})).status_code == 404
    assert (await other_shop.client.delete(f"deals/{deal['id']}/")).status_code == 404
    assert (await other_shop.client.get("deals/")).json()["count"] == 0
    assert (await other_shop.client.post("deals/", json=ARTICLE)).status_code == 404


async def test_a_change_from_true_to_one_is_a_change(shop: Shop) -> None:
    await make_contact(shop)
    await shop.client.post("attributes/", json={"content_type": "deal", "name": "raw", "value_type": "json"})
    deal = await make_order(shop, raw={"gift": True})
    after = (await shop.client.patch(f"deals/{deal['id']}/", json={"raw": {"gift": 1}})).json()
    assert after["raw"]["gift"] is not True
    assert after["version"] == 2
    again = (await shop.client.patch(f"deals/{deal['id']}/", json={"raw": {"gift": 1}})).json()
    assert again["version"] == 2


async def test_another_spelling_of_a_field_is_that_field(shop: Shop) -> None:
    await make_contact(shop)
    deal = await make_order(shop)
    after = (await shop.client.patch(f"deals/{deal['id']}/", json={"Value": 5})).json()
    assert after["value"] == "5.00"
    fails(await shop.client.patch(f"deals/{deal['id']}/", json={"Value": 5, "value": 6}), 400, "Value")


async def test_an_inferred_type_is_widened_and_a_declared_one_refuses(shop: Shop) -> None:
    await make_contact(shop)
    await shop.client.post("attributes/", json={"content_type": "deal", "name": "weight", "value_type": "float"})
    deal = await make_order(shop, size=5)
    url = f"deals/{deal['id']}/"
    fails(await shop.client.patch(url, json={"weight": "heavy", "stage": 2}), 400, "weight")
    assert (await shop.client.get(url)).json()["stage"] == 1
    assert (await shop.client.patch(url, json={"size": "large"})).json()["size"] == "large"
    attributes = (await shop.client.get("attributes/", params={"content_type": "deal"})).json()["results"]
    size = next(a for a in attributes if a["name_std"] == "size")
    assert size["value_type"] == "string"
    assert "float" in size["warning"]
    cleared = (await shop.client.patch(url, json={"size": ""})).json()
    assert cleared["size"] is None


async def test_renaming_a_deal_frees_its_old_custom_id(shop: Shop) -> None:
    await make_contact(shop)
    deal = await make_order(shop)
    other = await make_order(shop, custom_id="taken")
    url = f"deals/{deal['id']}/"
    fails(await shop.client.patch(url, json={"custom_id": "taken"}), 400, "custom_id")
    assert (await shop.client.patch("deals-by-id/12345/", json={"custom_id": "new"})).json()["custom_id"] == "new"
    assert (await shop.client.get("deals-by-id/12345/")).status_code == 404
    assert (await shop.client.get("deals-by-id/new/")).json()["id"] == deal["id"]
    assert (await make_order(shop))["id"] not in (deal["id"], other["id"])
    cleared = await shop.client.patch(url, json={"custom_id": None})
    assert cleared.json()["custom_id"] is None
    assert (await shop.client.get("deals-by-id/new/")).status_code == 404


async def test_the_legacy_route_creates_by_the_clients_id(shop: Shop) -> None:
    await make_contact(shop)
    body = {key: value for key, value in ARTICLE.items() if key != "custom_id"}
    answer = await shop.v1.post("deals-by-id/", json=body | {"deal_id": "old-1"})
    assert answer.status_code == 201, answer.text
    assert answer.json()["custom_id"] == "old-1"
    assert answer.json()["status"] == "1"
    assert isinstance(answer.json()["attributes"], list)
