"""The pages of products and companies."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.visiting import Site


async def filled(site: Site) -> tuple[int, int]:
    """A product of which two orders tell, one of them of a company; the numbers of both."""
    api = site.shop.client
    mug = await api.post(
        "products/update_or_create/", json={"custom_id": "MUG", "name": "Mug", "price": 10, "currency": "EUR"}
    )
    await api.post(
        "products/update_or_create/", json={"custom_id": "TRAY", "name": "Tray", "price": 5, "currency": "EUR"}
    )
    await api.patch("products-by-id/MUG/", json={"price": 12, "quantity": 0})
    works = await api.post(
        "companies/update_or_create/", json={"custom_id": "works", "name": "Works Ltd", "city": "Gdynia"}
    )
    number = works.json()["id"]
    await api.post("users/update_or_create/", json={"custom_id": "ann", "first_name": "Ann", "last_name": "Lee"})
    await api.post(f"companies/{number}/add_member/", json={"user_custom_id": "ann"})
    for key, more in (("1", {"user_custom_id": "ann", "company_id": number}), ("2", {})):
        lines = [{"product_custom_id": name, "value": 10} for name in ("MUG", "TRAY")]
        body = {"custom_id": key, "name": f"Order {key}", "value": 20, "currency": "EUR", "order_products": lines}
        assert (await api.post("deals/update_or_create/", json=body | more)).status_code in (200, 201)
    return mug.json()["id"], number


async def test_what_is_known_of_a_product_and_a_company(site: Site) -> None:
    product, company = await filled(site)
    async with site.visitor(await site.session("read-only")) as visitor:
        page = (await visitor.get(f"/products/{product}/")).text
        for said in (
            "Out of stock",
            "Order 1",
            "Ann Lee",
            "Guest",
            "Bought with it",
            "Tray",
            "in 2\u202forders",
            "10.00",
        ):
            assert said.replace("\u202f", " ") in page.replace("\u202f", " "), said
        page = (await visitor.get(f"/companies/{company}/")).text
        for said in ("Works Ltd", "Gdynia", "Ann Lee", "Order 1"):
            assert said in page, said
        assert "Order 2" not in page
    async with site.visitor(await site.session("custom", areas={"products": "read", "deals": "read"}, own=True)) as own:
        assert "Order 1" not in (await own.get(f"/products/{product}/")).text
        assert (await own.get(f"/companies/{company}/")).status_code == 403


@pytest.mark.parametrize(
    ("kind", "body", "form", "field", "value"),
    [
        ("companies", {"name": "Works"}, {"city": "Gdynia", "phone_numbers": "+48 1, +48 2"}, "city", "Gdynia"),
        ("companies", {"name": "Works", "city": "Oslo"}, {"city": ""}, "city", None),
        ("companies", {"name": "Works", "shifts": 2}, {"a.shifts": "3"}, "shifts", 3),
        ("products", {"name": "Mug"}, {"price": "12.50", "currency": "EUR"}, "price", "12.50"),
        ("products", {"name": "Mug", "color": "red"}, {"a.color": ""}, "color", None),
    ],
)
async def test_a_field_is_edited_told_and_taken_back(
    site: Site, kind: str, body: dict[str, Any], form: dict[str, str], field: str, value: object
) -> None:
    api = site.shop.client
    made = (await api.post(f"{kind}/", json=body)).json()
    address = f"/{kind}/{made['id']}/"
    async with site.visitor(await site.session("member")) as visitor:
        answer = await visitor.post(f"{address}edit/", data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, address)
        assert (await api.get(f"{kind}/{made['id']}/")).json()[field] == value
        page = (await visitor.get(address)).text
        assert "member" in page.split('id="history-title"')[1], "who did it stands in the history"
        change = page.split('name="change" value="')[1].split('"')[0]
        assert (await visitor.post(f"{address}undo/", data={"change": change})).status_code == 303
        now = (await api.get(f"{kind}/{made['id']}/")).json()
        assert now[field] == made[field]
        stale = await visitor.post(f"{address}undo/", data={"change": change})
        assert stale.status_code == 409, "the page showed another change"
        assert "changed it again" in stale.text


async def test_tags_people_and_a_new_company(site: Site) -> None:
    api = site.shop.client
    await api.post("users/", json={"custom_id": "bo", "email": "bo@example.com"})
    async with site.visitor(await site.session()) as visitor:
        refused = await visitor.post("/companies/new/", data={"name": "", "city": "Bergen"})
        assert refused.status_code == 400
        assert 'value="Bergen"' in refused.text, "what was typed stays"
        made = await visitor.post("/companies/new/", data={"name": "New works", "city": "Bergen", "a.shifts": "2"})
        address = made.headers["location"]
        number = address.split("/")[2]
        await visitor.post(f"{address}tag/", data={"name": "big"})
        assert (await visitor.post(f"{address}join/", data={"contact": "BO@example.com"})).status_code == 303
        assert (await visitor.post(f"{address}join/", data={"contact": "nobody"})).status_code == 400
        told = (await api.get(f"companies/{number}/")).json()
        assert ([tag["name"] for tag in told["tags"]], len(told["employees"])) == (["big"], 1)
        assert (await visitor.post(f"{address}undo/")).status_code == 303
        assert (await api.get(f"companies/{number}/")).json()["employees"] == []
        assert (await visitor.post(f"{address}undo/")).status_code == 303, "an undo is undone, too"
        assert len((await api.get(f"companies/{number}/")).json()["employees"]) == 1
        await visitor.post(f"{address}untag/", data={"name": "big"})
        page = (await visitor.get(address)).text
        assert "1 contact will belong to it no more" in page.replace("\u202f", " ")
        assert (await visitor.post(f"{address}delete/")).headers["location"] == "/companies/"
        assert (await visitor.get(address)).status_code == 404


async def test_a_new_product_that_is_deleted_leaves_the_receipts(site: Site) -> None:
    api = site.shop.client
    async with site.visitor(await site.session()) as visitor:
        form = {"name": "Lamp", "custom_id": "LAMP", "price": "30", "currency": "EUR", "image_url": "javascript:1"}
        assert (await visitor.post("/products/new/", data=form)).status_code == 400
        made = await visitor.post("/products/new/", data=form | {"image_url": ""})
        address = made.headers["location"]
        body = {"custom_id": "lamp-1", "name": "L", "order_products": [{"product_custom_id": "LAMP", "value": 30}]}
        await api.post("deals/", json=body)
        assert (await visitor.post(f"{address}delete/")).status_code == 303
        assert (await visitor.get(address)).status_code == 404
    [line] = (await api.get("deals-by-id/lamp-1/")).json()["order_products"]
    assert line["name"] == "Lamp"


async def test_who_may_only_read_sees_no_way_to_change(site: Site) -> None:
    product, company = await filled(site)
    async with site.visitor(await site.session("read-only")) as visitor:
        for address in (f"/products/{product}/", f"/companies/{company}/"):
            page = (await visitor.get(address)).text
            assert 'data-opens="edit"' not in page
            assert "data-edit" not in page
            assert (await visitor.get(f"/{address.split('/')[1]}/new/")).status_code == 403
