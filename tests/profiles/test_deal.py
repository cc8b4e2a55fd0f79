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
