"""The pages of products and companies."""

from __future__ import annotations

from tests.web.visiting import Site


async def filled(site: Site) -> tuple[int, int]:
    """A product of which two orders tell, one of them of a company; the numbers of both."""
    api = site.shop.client
    mug = await api.post("products/", json={"custom_id": "MUG", "name": "Mug", "price": 10, "currency": "EUR"})
    await api.post("products/", json={"custom_id": "TRAY", "name": "Tray", "price": 5, "currency": "EUR"})
    await api.patch("products-by-id/MUG/", json={"price": 12, "quantity": 0})
    works = await api.post("companies/", json={"custom_id": "works", "name": "Works Ltd", "city": "Gdynia"})
    number = works.json()["id"]
    await api.post("users/", json={"custom_id": "ann", "first_name": "Ann", "last_name": "Lee"})
    await api.post(f"companies/{number}/add_member/", json={"user_custom_id": "ann"})
    for key, more in (("1", {"user_custom_id": "ann", "company_id": number}), ("2", {})):
        lines = [{"product_custom_id": name, "value": 10} for name in ("MUG", "TRAY")]
        body = {"custom_id": key, "name": f"Order {key}", "value": 20, "currency": "EUR", "order_products": lines}
        assert (await api.post("deals/", json=body | more)).status_code == 201
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
