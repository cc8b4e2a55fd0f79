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


@pytest.mark.parametrize(("size", "theme"), [(DESK, "light"), (PHONE, "dark")], ids=["desk", "phone"])
async def test_attributes_of_several_choices_and_json_are_edited(
    browser: Browser, site: Site, size: tuple[int, int], theme: str
) -> None:
    api = site.shop.client
    for body in (
        {"name": "Sizes", "value_type": "json", "content_type": "clientuser"},
        {"name": "Likes", "value_type": "fixed", "content_type": "clientuser", "choices": ["Tea", "Milk, warm", "Rum"],
         "allow_multiple_choices": True},
    ):  # fmt: skip
        await api.post("attributes/", json=body)
    number = await made(site, f"chips{size[0]}")
    told = {
        "likes": ["Tea"],
        "sizes": {"shoe": 41, "kids": [1, 2]},
        "page": "https://shop.example/x",
        "about": "Long " * 40,
    }
    await api.patch(f"users/{number}/", json=told)
    async with opened(browser, site.origin, await site.session(), size=size, theme=theme) as page:
        await page.goto(f"/contacts/{number}/")
        await page.get_by_text("2 entries: kids, shoe").click()
        await keep_picture(page, f"attributes-{size[0]}-{theme}", whole=True)
        await page.get_by_role("button", name="Edit", exact=True).first.click()
        dialog = page.get_by_role("dialog", name="Edit the contact")
        likes = dialog.get_by_label("Likes")
        await likes.fill("rum")
        await likes.press("Enter")
        await likes.fill("coffee")
        await likes.press("Enter")
        await expect(dialog.get_by_role("alert").filter(has_text="none of")).to_be_visible()
        await likes.fill("")
        await expect(dialog.get_by_role("button", name="Remove Rum")).to_be_visible()
        await likes.press("Backspace")
        await expect(dialog.get_by_role("button", name="Remove Rum")).to_have_count(0)
        await likes.fill("Milk, warm")
        await likes.press("Enter")
        sizes = dialog.get_by_label("Sizes")
        await sizes.fill('{"shoe": 41,\n "kids" 3}')
        await sizes.blur()
        await expect(dialog.get_by_text("Line 2, column")).to_be_visible()
        await assert_accessible(page)
        await assert_fits(page)
        await likes.scroll_into_view_if_needed()
        await keep_picture(page, f"attributes-edit-{size[0]}-{theme}")
        await sizes.fill('{"shoe": 43}')
        await dialog.get_by_role("button", name="Save changes").click()
        await expect(page.get_by_text("The changes are saved.")).to_be_visible()
    now = (await api.get(f"users/{number}/")).json()
    assert (now["likes"], now["sizes"]) == (["Tea", "Milk, warm"], {"shoe": 43})


async def test_a_deleted_contact_comes_back_from_the_toast(browser: Browser, site: Site) -> None:
    number = await made(site, "undo")
    async with opened(browser, site.origin, await site.session()) as page:
        await page.goto(f"/contacts/{number}/")
        await page.locator("[data-opens=delete]").first.dispatch_event("click")
        await page.get_by_role("button", name="Delete the contact").click()
        await page.goto("/deleted/")
        await keep_picture(page, "deleted")
        await assert_accessible(page)
        await page.get_by_role("button", name="Bring back Ann Lee").first.click()
        await expect(page.get_by_text("Ann Lee is back.")).to_be_visible()
        await expect(page).to_have_url(f"{site.origin}/contacts/{number}/")
