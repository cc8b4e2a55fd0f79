"""Somebody works on an order in its page."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Browser, expect

from dealt.kernel import relay
from tests.browser.driving import DESK, PHONE, assert_accessible, assert_fits, keep_picture, opened
from tests.web.visiting import Site

LINES = [
    {"product_custom_id": "MUG", "value": 12, "quantity": 2, "engraving": "For Bo"},
    {"product_custom_id": "TRAY", "value": 30, "quantity": 1, "name": "Oak tray"},
    {"product_custom_id": "LAMP", "value": 80, "quantity": 1, "name": "Desk lamp", "returned_quantity": 1},
]


async def made(site: Site, key: str) -> int:
    api = site.shop.client
    picture = "/static/demo/MUG-ENM-SLA.svg"
    products: list[dict[str, Any]] = [
        {"custom_id": "MUG", "name": "Mug", "price": 9, "currency": "EUR", "image_url": picture, "quantity": 0},
        {"custom_id": "TRAY", "name": "Large oak tray", "price": 36, "currency": "EUR"},
    ]
    for product in products:
        await api.post("products/update_or_create/", json=product)
    person = {"custom_id": "ann", "first_name": "Ann", "last_name": "Lee", "email": "ann.lee@example.com"}
    await api.post("users/update_or_create/", json=person)
    order = {
        "custom_id": key, "name": f"Order {key}", "user_custom_id": "ann", "value": 140, "currency": "EUR", "stage": 2,
        "order_products": LINES, "tags": ["gift", "vip"], "courier": "DHL", "gift_wrap": True,
    }  # fmt: skip
    answer = await api.post("deals/", json=order)
    number = int(answer.json()["id"])
    await api.patch(f"deals/{number}/", json={"stage": 3, "status": 2})
    return number


async def test_a_line_comes_back_and_the_value_follows(browser: Browser, site: Site) -> None:
    number = await made(site, "12345")
    async with opened(browser, site.origin, await site.session()) as page:
        await page.goto(f"/deals/{number}/")
        await page.get_by_role("row", name="Mug").get_by_role("button", name="Edit", exact=True).click()
        await page.get_by_role("dialog").get_by_label("Came back").fill("1")
        await page.get_by_role("button", name="Save line").click()
        await expect(page.get_by_text("1 returned").first).to_be_visible()
        await expect(page.locator(".changes dt").first).to_have_text("Line 1, returned quantity")
        await expect(page.locator("#toasts")).to_contain_text("The line is changed.")
        await page.locator("#toasts").get_by_role("button", name="Undo").click()
        await expect(page.locator("#toasts")).to_contain_text("undone")
        price = page.get_by_role("row", name="Oak tray").locator("[data-edit$=value]")
        await price.click()
        await page.locator("#in-place").fill("20")
        await page.keyboard.press("Enter")
        await expect(page.locator(".sums")).to_contain_text("124.00")
        await page.locator("#toasts").get_by_role("button", name="Undo").last.click()
        await expect(page.locator(".sums")).to_contain_text("134.00")
        await page.get_by_role("button", name="Use the lines' total").click()
        await expect(page.locator(".sums dd.whole")).to_contain_text("134.00")
        await page.get_by_role("button", name="Shipped").click()
        await expect(page.locator(".steps [aria-current]")).to_contain_text("Shipped")


async def test_a_change_made_elsewhere_appears(browser: Browser, site: Site) -> None:
    number = await made(site, "12346")
    async with opened(browser, site.origin, await site.session("read-only")) as page:
        async with page.expect_response("**/live/*"):
            await page.goto(f"/deals/{number}/")
        await site.shop.client.patch(f"deals/{number}/", json={"name": "Renamed elsewhere"})
        await relay.Relay(site.pool).round()
        await expect(page.get_by_role("heading", name="Renamed elsewhere")).to_be_visible()


@pytest.mark.parametrize(("size", "theme"), [(DESK, "light"), (PHONE, "dark")], ids=["desk", "phone"])
async def test_the_deal_is_readable(browser: Browser, site: Site, size: tuple[int, int], theme: str) -> None:
    number = await made(site, f"{size[0]}{theme}")
    async with opened(browser, site.origin, await site.session(), size=size, theme=theme) as page:
        await page.goto(f"/deals/{number}/")
        await expect(page.get_by_role("heading", name="Receipt")).to_be_visible()
        await assert_accessible(page)
        await assert_fits(page)
        await keep_picture(page, f"deal-{size[0]}-{theme}", whole=True)
