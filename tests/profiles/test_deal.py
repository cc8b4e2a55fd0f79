"""The page of a deal: what it shows, and what can be done to the deal there."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.visiting import Site

LINES = [
    {"product_custom_id": "MUG", "value": 10, "quantity": 2, "engraving": "For Bo"},
    {"product_custom_id": "TRAY", "value": 5, "quantity": 1},
]
ORDER = {
    "name": "Order 77", "user_custom_id": "ann", "value": 30, "currency": "EUR", "stage": 2, "order_products": LINES,
    "tags": ["vip"], "courier": "DHL",
}  # fmt: skip


async def made(site: Site, key: str, **more: Any) -> int:
    api = site.shop.client
    await api.post(
        "products/update_or_create/", json={"custom_id": "MUG", "name": "Mug", "price": 12, "currency": "EUR"}
    )
    await api.post("users/", json={"custom_id": "ann", "first_name": "Ann", "last_name": "Lee"})
    answer = await api.post("deals/", json=ORDER | {"custom_id": key} | more)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


async def deal(site: Site, number: int) -> dict[str, Any]:
    found: dict[str, Any] = (await site.shop.client.get(f"deals/{number}/")).json()
    return found


async def test_the_receipt_stands_beside_the_catalogue(site: Site) -> None:
    number = await made(site, "show-1")
    await site.shop.client.patch("products-by-id/MUG/", json={"name": "Big mug", "price": 6, "quantity": 0})
    async with site.visitor(await site.session()) as visitor:
        text = (await visitor.get(f"/deals/{number}/")).text
    for said in ("Order 77", "Ann Lee", "engraving: For Bo", "40 % cheaper", "renamed", "out of stock", "vip", "DHL"):
        assert said in text, said
    # TRAY is in no catalogue; the lines add up to another value than the deal's.
    assert "not in the catalogue" in text
    assert "Use the lines&#39; total" in text or "Use the lines' total" in text


@pytest.mark.parametrize(
    ("path", "form", "field", "value"),
    [
        ("move/", {"stage": "4"}, "stage", 4),
        ("status/", {"status": "2"}, "status", 2),
        ("status/", {"status": "3", "description": "Too dear"}, "loss_reason_description", "Too dear"),
        ("edit/", {"name": "Renamed", "value": "31.50"}, "name", "Renamed"),
        ("edit/", {"a.courier": "UPS"}, "courier", "UPS"),
        ("adopt/", {}, "value", "25.00"),
        ("lines/1/", {"quantity": "2", "value": "10", "returned_quantity": "1"}, "refunded_total", "10.00"),
        ("lines/2/remove/", {}, "lines_total", "20.00"),
        ("lines/", {"product_custom_id": "LAMP", "quantity": "1", "value": "7"}, "lines_total", "32.00"),
    ],
)
async def test_a_change_is_written_as_the_members_own_and_can_be_undone(
    site: Site, path: str, form: dict[str, str], field: str, value: object
) -> None:
    number = await made(site, f"{path}{form}")
    before = (await deal(site, number))[field]
    async with site.visitor(await site.session("member")) as visitor:
        answer = await visitor.post(f"/deals/{number}/{path}", data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/deals/{number}/")
        assert (await deal(site, number))[field] == value
        entry = (await site.shop.client.get(f"deals/{number}/history/")).json()["results"][-1]
        assert entry["actor"].startswith("member:")
        assert (await visitor.post(f"/deals/{number}/undo/", data={"change": entry["id"]})).status_code == 303
    assert (await deal(site, number))[field] == before


async def test_tags_come_and_go(site: Site) -> None:
    number = await made(site, "tags-1")
    async with site.visitor(await site.session()) as visitor:
        await visitor.post(f"/deals/{number}/tag/", data={"name": "urgent"})
        assert [tag["name"] for tag in (await deal(site, number))["tags"]] == ["vip", "urgent"]
        await visitor.post(f"/deals/{number}/untag/", data={"name": "vip"})
        assert [tag["name"] for tag in (await deal(site, number))["tags"]] == ["urgent"]


async def test_what_is_wrong_is_said_on_the_page_and_changes_nothing(site: Site) -> None:
    number = await made(site, "wrong-1")
    before = await deal(site, number)
    async with site.visitor(await site.session()) as visitor:
        for path, form in (
            ("lines/1/", {"quantity": "-1", "value": "10"}),
            ("lines/1/", {"quantity": "1", "value": "10", "returned_quantity": "5"}),
            ("edit/", {"currency": "XXX"}),
            ("edit/", {"name": " "}),
            ("move/", {"stage": "999"}),
            ("move/", {"stage": "x"}),
            ("tag/", {"name": ""}),
            ("undo/", {"change": "1"}),
        ):
            answer = await visitor.post(f"/deals/{number}/{path}", data=form)
            assert answer.status_code in (400, 409), (path, form)
            assert 'role="alert"' in answer.text
        assert (await visitor.post(f"/deals/{number}/lines/9/", data={"value": "1"})).status_code == 404
    assert await deal(site, number) == before


async def test_the_history_is_told_in_words_and_goes_on(site: Site) -> None:
    number = await made(site, "history-1")
    for value in range(25):
        await site.shop.client.patch(f"deals/{number}/", json={"value": 100 + value})
    await site.shop.client.patch(f"deals/{number}/", json={"stage": 3, "status": 2})
    async with site.visitor(await site.session()) as visitor:
        page = (await visitor.get(f"/deals/{number}/")).text
        assert "<del>In progress</del>" in page
        assert "<ins>Paid</ins>" in page
        assert "Older changes" in page
        before = page.split("?before=")[1].split('"')[0]
        older = (await visitor.get(f"/deals/{number}/?before={before}", headers={"HX-Request": "true"})).text
        assert "made the deal" in older
        assert "<main" not in older


async def test_who_sees_only_own_deals_sees_no_other(site: Site) -> None:
    number = await made(site, "own-1")
    secret = await site.session("custom", areas={"deals": "write"}, own=True)
    async with site.visitor(secret) as visitor:
        assert (await visitor.get(f"/deals/{number}/")).status_code == 404
        assert (await visitor.post(f"/deals/{number}/move/", data={"stage": "4"})).status_code == 404
        assert (await visitor.post(f"/deals/{number}/undo/", data={})).status_code == 404
        assert (await visitor.post(f"/deals/{number}/delete/", data={})).status_code == 404
    assert (await deal(site, number))["stage"] == 2


async def test_a_guests_order_and_one_without_lines_have_a_page(site: Site) -> None:
    number = await made(site, "guest-1", user_custom_id=None, order_products=[], value=None)
    async with site.visitor(await site.session("read-only")) as visitor:
        text = (await visitor.get(f"/deals/{number}/")).text
    assert "A guest&#39;s order" in text or "A guest's order" in text
    assert "No lines" in text
    assert 'data-opens="edit"' not in text


async def test_a_deleted_deal_is_gone(site: Site) -> None:
    number = await made(site, "delete-1")
    async with site.visitor(await site.session()) as visitor:
        assert (await visitor.post(f"/deals/{number}/delete/")).status_code == 303
        assert (await visitor.get(f"/deals/{number}/")).status_code == 404


async def test_a_deal_is_made_by_hand(site: Site) -> None:
    api = site.shop.client
    await made(site, "for-its-products")
    ann = (await api.get("users/search/?custom_id=ann")).json()["id"]
    form = {
        "name": "By telephone", "stage": "3", "currency": "EUR", "user_id": str(ann), "value": "",
        "line.0.product_custom_id": "MUG", "line.0.quantity": "2", "line.0.value": "12",
        "line.4.name": "Delivery", "line.4.value": "5.50", "line.5.name": "", "a.courier": "DHL",
    }  # fmt: skip
    async with site.visitor(await site.session()) as visitor:
        assert "Ann Lee" in (await visitor.get(f"/deals/new/?contact={ann}")).text
        assert "Ann Lee" in (await visitor.get("/deals/people/?contact=lee")).text
        found = (await visitor.get("/deals/products/?q=MUG")).json()["products"]
        assert [one["custom_id"] for one in found] == ["MUG"]
        refused = await visitor.post("/deals/new/", data=form | {"line.0.quantity": "x"})
        assert refused.status_code == 400
        assert "By telephone" in refused.text
        answer = await visitor.post("/deals/new/", data=form)
        assert answer.status_code == 303, answer.text
        number = int(answer.headers["location"].split("/")[2])
    told = await deal(site, number)
    assert (told["user_id"], told["stage"], told["value"], told["courier"]) == (ann, 3, "29.50", "DHL")
    assert [line["name"] for line in told["order_products"]][1] == "Delivery"
    secret = await site.session("custom", areas={"deals": "write"}, own=True)
    async with site.visitor(secret) as visitor:
        mine = await visitor.post("/deals/new/", data={"name": "Mine"})
        assert (await visitor.get(mine.headers["location"])).status_code == 200
        assert "Ann" not in (await visitor.get("/deals/people/?contact=lee")).text


async def test_a_guests_order_is_given_to_a_contact(site: Site) -> None:
    number = await made(site, "guest-2", user_custom_id=None)
    ann = (await site.shop.client.get("users/search/?custom_id=ann")).json()["id"]
    async with site.visitor(await site.session()) as visitor:
        assert (await visitor.post(f"/deals/{number}/contact/", data={"user_id": "987654"})).status_code == 404
        assert (await visitor.post(f"/deals/{number}/contact/", data={"user_id": str(ann)})).status_code == 303
    assert (await deal(site, number))["user_id"] == ann


async def test_a_stage_asks_for_what_it_needs_before_a_deal_moves_there(site: Site) -> None:
    number = await made(site, "rules-1")
    secret = await site.session()
    async with site.visitor(secret) as visitor:
        rules = {"sets_status": "2", "needs.expected_close_date": "1"}
        assert (await visitor.post("/settings/stages/5/rules/", data=rules)).status_code == 303
        asked = await visitor.post(f"/deals/{number}/move/", data={"stage": "5"})
        assert "This stage needs what the deal does not have yet." in asked.text
        assert (await deal(site, number))["stage"] == 2
        given = {"stage": "5", "f.expected_close_date": "2026-03-01"}
        assert (await visitor.post(f"/deals/{number}/move/", data=given)).status_code == 303
        assert (await visitor.post("/settings/stages/5/rules/", data={"sets_status": ""})).status_code == 303
    told = await deal(site, number)
    assert (told["stage"], told["status"], told["expected_close_date"]) == (5, 2, "2026-03-01")


async def test_what_its_contact_did_around_the_order(site: Site) -> None:
    number = await made(site, "around-1", order_date="2026-01-10T12:00:00Z")
    for name, day in (("cart_opened", "2026-01-08"), ("parcel_asked", "2026-01-12"), ("long_ago", "2025-12-01")):
        event = {"name": name, "user_custom_id": "ann", "timestamp": f"{day}T10:00:00Z"}
        answer = await site.shop.client.post("events/", json=event)
        assert answer.status_code == 201, answer.text
    async with site.visitor(await site.session()) as visitor:
        page = (await visitor.get(f"/deals/{number}/")).text.split('id="around-title"')[1].split("</section>")[0]
    assert page.index("parcel asked") < page.index("cart opened")
    assert "long ago" not in page
