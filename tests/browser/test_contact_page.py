"""Somebody looks at a contact, and asks a number why it is what it is."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.browser.driving import DESK, PHONE, assert_accessible, assert_fits, keep_picture, opened
from tests.web.visiting import Site


async def made(site: Site, key: str) -> int:
    api = site.shop.client
    person = {
        "custom_id": key, "first_name": "Ann", "last_name": "Lee", "email": f"ann.{key}@example.com", "city": "Gdynia",
        "country": "Poland", "phone_number": "+48 600 100 200", "tags": ["vip"], "newsletter": True,
    }  # fmt: skip
    number = int((await api.post("users/", json=person)).json()["id"])
    for place in range(4):
        order = {
            "custom_id": f"{key}-{place}", "name": f"Order #10{place}", "user_custom_id": key, "value": 40 + 13 * place,
            "currency": "EUR", "status": 2 if place else 1, "order_date": f"2026-0{3 + place}-12",
        }  # fmt: skip
        await api.post("deals/", json=order)
    await api.post("events/", json={"user_custom_id": key, "name": "newsletter_opened", "campaign": "Autumn"})
    await api.post("site-views/", json={"user_custom_id": key, "url": "https://shop.example/mugs", "title": "Mugs"})
    return number


async def defined(site: Site) -> None:
    api = site.shop.client
    won = {"field": "status", "op": "equals", "value": 2}
    total = {"name": "Total spent", "source": "deals", "function": "sum", "field": "base_value", "filter": won}
    for body in (total, {"name": "Orders won", "source": "deals", "function": "count", "filter": won}):
        await api.post("aggregators/", json=body)
    twice = {"relation": "deals", "quantifier": "at_least", "count": 2}
    await api.post("segments/", json={"name": "Came back", "filter": twice})


async def test_a_number_says_why(browser: Browser, site: Site) -> None:
    await defined(site)
    number = await made(site, "why")
    async with opened(browser, site.origin, await site.session()) as page:
        await page.goto(f"/contacts/{number}/")
        await page.locator("dl.values div", has_text="Total spent").get_by_role("button").click()
        dialog = page.get_by_role("dialog", name="Why")
        await expect(dialog.get_by_role("link")).to_have_count(3)
        await page.keyboard.press("Escape")
        await page.get_by_role("button", name="Came back").click()
        await expect(dialog).to_contain_text("belongs to it")
        await assert_accessible(page)
        await dialog.get_by_role("button", name="Close").click()


@pytest.mark.parametrize(("size", "theme"), [(DESK, "light"), (PHONE, "dark")], ids=["desk", "phone"])
async def test_the_contact_is_readable(browser: Browser, site: Site, size: tuple[int, int], theme: str) -> None:
    number = await made(site, f"{size[0]}{theme}")
    async with opened(browser, site.origin, await site.session(), size=size, theme=theme) as page:
        await page.goto(f"/contacts/{number}/")
        await expect(page.get_by_role("heading", name="Timeline")).to_be_visible()
        await assert_accessible(page)
        await assert_fits(page)
        await keep_picture(page, f"contact-{size[0]}-{theme}", whole=True)
