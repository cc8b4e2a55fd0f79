"""Somebody works in the lists of deals and contacts."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.browser.driving import DESK, PHONE, assert_accessible, assert_fits, keep_picture, opened
from tests.web.visiting import Site

PEOPLE = (
    ("Ann", "Lee"), ("Bo", "Falk"), ("Cleo", "Marsh"), ("Dan", "Ortiz"), ("Eva", "Novak"), ("Finn", "Berg"),
    ("Gia", "Rossi"), ("Hal", "Young"), ("Ida", "Moss"), ("Jon", "Reyes"), ("Kim", "Sato"), ("Lou", "Petit"),
)  # fmt: skip


async def filled(site: Site) -> None:
    api = site.shop.client
    for place, (first, last) in enumerate(PEOPLE):
        person = {"custom_id": first, "first_name": first, "last_name": last, "country": "Norway", "city": "Oslo"}
        person |= {"email": f"{first}.{last}@example.com".lower(), "phone_number": f"+47 22 00 0{place:02}"}
        await api.post("users/update_or_create/", json=person)
        order = {"custom_id": f"1{place:03}", "name": f"Order 1{place:03}", "user_custom_id": first, "currency": "EUR"}
        numbers = {"value": 1240 - 97 * place, "stage": 1 + place % 3, "status": 1 + place % 3}
        await api.post("deals/update_or_create/", json={**order, **numbers, "tags": ["gift", "vip"][: place % 3]})


async def test_rows_are_selected_by_keys_and_moved_together(browser: Browser, site: Site) -> None:
    await filled(site)
    async with opened(browser, site.origin, await site.session()) as page:
        await page.goto("/deals/")
        await page.keyboard.press("/")
        await page.keyboard.type("order 10")
        await expect(page.locator("tbody tr")).to_have_count(12)
        await page.keyboard.type("03")
        await expect(page.locator("tbody tr")).to_have_count(1)
        await page.keyboard.press("Tab")
        await page.locator("tbody a.row-link").focus()
        await page.keyboard.press("x")
        bar = page.get_by_role("form", name="The selected")
        await expect(bar).to_contain_text("1 selected")
        await bar.get_by_label("Move to stage").select_option(label="Shipped")
        await expect(page.locator("#toasts")).to_contain_text("1 deal moved to Shipped.")
        await site.shop.client.post("activities/", json={"name": "Call", "due_date": "2026-01-01", "activity_type": 1})
        await page.goto("/tasks/")
        await page.locator("[data-select]").first.click()
        await assert_accessible(page)
        await page.get_by_role("button", name="Mark as done").click()
        await expect(page.locator("#toasts")).to_contain_text("1 task done.")
        await keep_picture(page, "tasks")
        await page.goto("/contacts/")
        boxes = page.locator("[data-select]")
        await boxes.nth(1).click()
        await boxes.nth(4).click(modifiers=["Shift"])
        await expect(bar).to_contain_text("4 selected")
        await bar.get_by_role("button", name="Tag", exact=True).click()
        await page.get_by_role("dialog").get_by_label("Tag").fill("spring")
        await page.keyboard.press("Enter")
        await expect(page.locator("#toasts")).to_contain_text("spring is on 4 contacts.")
        await expect(page.locator("tbody .tag", has_text="spring")).to_have_count(4)
        await page.locator("#toasts").get_by_role("button", name="Undo").click()
        await expect(page.locator("#toasts")).to_contain_text("spring is off 4 contacts.")


@pytest.mark.parametrize(("size", "theme"), [(DESK, "light"), (PHONE, "dark")], ids=["desk", "phone"])
async def test_it_is_for_everybody(browser: Browser, site: Site, size: tuple[int, int], theme: str) -> None:
    await filled(site)
    async with opened(browser, site.origin, await site.session(), size=size, theme=theme) as page:
        for kind in ("deals", "contacts"):
            await page.goto(f"/{kind}/")
            await assert_accessible(page)
            await assert_fits(page)
            await keep_picture(page, f"{kind}-{size[0]}-{theme}")
        await page.locator("[data-select]").first.click()
        await assert_accessible(page)
        await keep_picture(page, f"selected-{size[0]}-{theme}")
        await page.get_by_role("button", name="Columns").click()
        await assert_accessible(page)
        await keep_picture(page, f"columns-{size[0]}-{theme}")
