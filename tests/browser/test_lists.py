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


NESTED = "(all:!((field:city,op:equals,value:Oslo),(any:!((relation:deals,quantifier:any,where:(all:!((field:status,op:equals,value:'2')))),(field:country,op:equals,value:Sweden)))))"  # noqa: E501


async def test_a_filter_is_built_by_keys_and_stands_in_the_address(browser: Browser, site: Site) -> None:
    await filled(site)
    async with opened(browser, site.origin, await site.session()) as page:
        await page.goto("/contacts/")
        await page.keyboard.press("f")
        panel = page.get_by_role("dialog", name="Filter contacts")
        await panel.get_by_role("button", name="Add condition").click()
        field = panel.get_by_label("Condition 1: field")
        await expect(field).to_be_focused()
        await field.select_option(label="First name")
        await panel.get_by_role("button", name="Apply").click()
        await expect(panel.locator(".leaf.bad")).to_contain_text("Fill this in first.")
        await expect(panel.get_by_label("Condition 1: value")).to_be_focused()
        await page.keyboard.type("Cl")
        await expect(page.locator("#filter-suggestions option[value='Cleo']")).to_be_attached()
        await page.keyboard.type("eo")
        await expect(panel.locator(".live .big")).to_have_text("1 contact")
        await keep_picture(page, "filter-panel")
        await assert_accessible(page)
        await page.keyboard.press("Enter")
        await expect(page.locator("tbody tr")).to_have_count(1)
        assert page.url.endswith("/contacts/?filter=(all:!((field:first_name,op:equals,value:Cleo)))")
        await expect(page.locator(".filter-told")).to_contain_text('Contacts for which First name is "Cleo".')
        await page.keyboard.press("f")
        await panel.get_by_role("button", name="Save as segment").click()
        await expect(page.locator("filter-builder").get_by_label("Condition 1: value")).to_have_value("Cleo")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
async def test_the_filter_is_for_everybody(browser: Browser, site: Site, size: tuple[int, int], theme: str) -> None:
    await filled(site)
    async with opened(browser, site.origin, await site.session(), size=size, theme=theme) as page:
        await page.goto(f"/contacts/?filter={NESTED}")
        await expect(page.locator(".filter-told")).to_contain_text("there is a deal where Status is")
        await keep_picture(page, f"filtered-{size[0]}-{theme}")
        await page.get_by_role("button", name="Filter").click()
        await expect(page.locator("#filter-panel .live .big")).to_be_visible()
        await keep_picture(page, f"panel-{size[0]}-{theme}")
        await assert_accessible(page)
        await assert_fits(page)


async def test_all_that_a_list_finds_is_changed_and_taken_back(browser: Browser, site: Site) -> None:
    await filled(site)
    order = {"stage": 1, "value": 1, "currency": "EUR"}
    for number in range(60):
        await site.shop.client.post("deals/", json={"name": f"Many {number:02}", **order})
    async with opened(browser, site.origin, await site.session()) as page:
        await page.goto("/deals/?filter=(field:name,op:starts_with,value:Many)")
        await page.get_by_label("Select all on this page").click()
        await page.get_by_role("button", name="Select 60 deals").click()
        bar = page.get_by_role("form", name="The selected")
        await expect(bar.locator("[data-count]")).to_have_text("60 deals, all of this list")
        await keep_picture(page, "all-selected")
        await assert_accessible(page)
        await bar.get_by_label("Move to stage").select_option(label="Shipped")
        await expect(page.locator("#toasts")).to_contain_text("60 are done.")
        at = "SELECT count(*) AS n FROM deals WHERE name LIKE 'Many%' AND stage_id <> 1"
        assert [row["n"] for row in await site.shop.fetch(at)] == [60]
        await page.locator("#toasts").get_by_role("button", name="Undo").click()
        await expect(page.locator("#toasts")).to_contain_text("It is taken back.")
        assert [row["n"] for row in await site.shop.fetch(at)] == [0]
