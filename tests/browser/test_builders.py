"""Somebody builds what is to be computed, and sees it before it is saved."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.browser.driving import DESK, PHONE, assert_accessible, assert_fits, keep_picture, opened
from tests.web.visiting import Site

FILTER = {
    "all": [
        {"field": "country", "op": "equals", "value": "PL"},
        {"any": [
            {"relation": "deals", "quantifier": "at_least", "count": 2, "where": {"all": [
                {"field": "ordered_at", "op": "in_last", "value": {"days": 90}},
                {"relation": "order_products", "measure": "sum", "field": "quantity", "op": "greater", "value": 1},
            ]}},
            {"relation": "deals", "pick": "last", "is": {"field": "status", "op": "equals", "value": 2}},
        ]},
        {"not": {"field": "tags", "op": "in_any", "value": ["vip"]}},
    ]
}  # fmt: skip


_LACKING = "async (node) => (await import('builders/filter-tree.js')).lacking(node)"


async def people(site: Site) -> None:
    """Ann in Poland with two orders, Bo there with one, and Cy elsewhere."""
    api = site.shop.client
    for key, name, country, orders in (("ann", "Ann", "PL", 2), ("bo", "Bo", "PL", 1), ("cy", "Cy", "DE", 3)):
        await api.post("users/update_or_create/", json={"custom_id": key, "first_name": name, "country": country})
        for number in range(orders):
            line = {"product_custom_id": "MUG", "value": 10, "quantity": number + 1}
            deal = {"custom_id": f"{key}{number}", "name": f"Order {key}{number}", "user_custom_id": key, "value": 10,
                    "currency": "EUR", "order_products": [line]}  # fmt: skip
            await api.post("deals/update_or_create/", json=deal)
    await api.post("tags/", json={"name": "vip"})


async def test_a_segment_with_a_nested_relation_is_counted_before_it_is_saved(browser: Browser, site: Site) -> None:
    await people(site)
    async with opened(browser, site.origin, await site.session()) as page:
        await page.goto("/segments/")
        await page.keyboard.press("n")
        await page.get_by_label("Name", exact=True).fill("Two mugs in Poland")
        assert await page.evaluate(_LACKING, {"relation": "deals", "where": {"all": []}}) is False
        live = page.locator(".live")
        await expect(live.locator(".big")).to_have_text("3")
        await page.get_by_role("button", name="Add condition").click()
        await expect(live).to_contain_text("Complete the condition")
        await page.get_by_role("button", name="Save segment").click()
        await expect(page.locator(".leaf.bad")).to_contain_text("Fill this in first.")
        first = page.get_by_role("group", name="Condition 1", exact=True)
        await first.get_by_label("Condition 1: field").select_option("country")
        await first.get_by_label("Condition 1: value").fill("PL")
        await expect(live.locator(".big")).to_have_text("2")
        await page.get_by_role("button", name="Add related").click()
        orders = page.get_by_role("group", name="Condition 2", exact=True)
        await orders.get_by_label("Condition 2: how many, or what of them").select_option("at_least")
        await expect(live.locator(".big")).to_have_text("1")
        await expect(live).to_contain_text("Ann")
        await orders.get_by_role("button", name="Add related").click()
        lines = orders.get_by_role("group", name="Condition 1", exact=True)
        await lines.get_by_label("Condition 1: how many, or what of them").select_option("measure sum")
        await lines.get_by_label("Condition 1: field").select_option("quantity")
        await lines.get_by_label("Condition 1: value").fill("five")
        await expect(lines.get_by_role("alert")).to_contain_text("five")
        await lines.get_by_label("Condition 1: value").fill("1")
        await expect(live.locator(".sentence")).to_contain_text("at least 1")
        await page.get_by_role("button", name="Save segment").click()
        await expect(page.get_by_role("heading", name="Two mugs in Poland")).to_be_visible()
    stored = await site.pool.fetchval("SELECT filter FROM segments WHERE name = 'Two mugs in Poland'")
    assert '"measure": "sum"' in stored or '"measure":"sum"' in stored


@pytest.mark.parametrize(("size", "theme"), [(DESK, "light"), (PHONE, "dark")], ids=["desk", "phone"])
async def test_a_segment_is_readable(browser: Browser, site: Site, size: tuple[int, int], theme: str) -> None:
    await people(site)
    name = f"Loyal {size[0]} {theme}"
    made = await site.shop.client.post("segments/", json={"name": name, "filter": FILTER})
    address = f"/segments/{made.json()['id']}/"
    async with opened(browser, site.origin, await site.session(), size=size, theme=theme) as page:
        for path, called in (("/segments/", "list"), (address, "page"), (f"{address}edit/", "edit")):
            await page.goto(path)
            if called == "edit":
                await expect(page.locator(".live .big").first).to_be_visible()
                chip = page.locator("filter-builder .several > span").first
                assert await chip.evaluate("it => getComputedStyle(it).position") == "static"
            await assert_accessible(page)
            await assert_fits(page)
            await keep_picture(page, f"segment-{called}-{size[0]}-{theme}", whole=True)


async def test_an_aggregator_is_tried_on_contacts_before_it_is_saved(browser: Browser, site: Site) -> None:
    await people(site)
    async with opened(browser, site.origin, await site.session()) as page:
        await page.goto("/aggregators/new/")
        await page.get_by_label("Name", exact=True).fill("Mugs bought")
        await page.get_by_label("In", exact=True).select_option("order_products")
        await page.get_by_label("Compute").select_option("sum")
        await page.get_by_label("Of the field").select_option("quantity")
        live = page.locator(".live")
        await expect(live.get_by_role("row", name="Cy")).to_contain_text("6")
        await page.get_by_role("button", name="Add condition").click()
        await page.get_by_label("Condition 1: field").select_option("quantity")
        await page.get_by_label("Condition 1: comparison").select_option("less")
        await page.get_by_label("Condition 1: value").fill("3")
        await expect(live.get_by_role("row", name="Cy")).to_contain_text("3")
        await assert_accessible(page)
        await page.get_by_role("button", name="Save aggregator").click()
        await expect(page.get_by_role("heading", name="Mugs bought")).to_be_visible()
        await expect(page.get_by_label("Of the field")).to_have_value("quantity")
        await page.goto("/aggregators/")
        await expect(page.get_by_role("row", name="Mugs bought")).to_contain_text("mugs_bought")
        await assert_accessible(page)
    stored = await site.pool.fetchrow("SELECT source, function, field FROM aggregators WHERE target = 'mugs_bought'")
    assert tuple(stored) == ("order_products", "sum", "quantity")


async def test_rfm_is_set_up_and_opens_into_people(browser: Browser, site: Site) -> None:
    await people(site)
    async with opened(browser, site.origin, await site.session()) as page:
        await page.goto("/rfm/")
        await page.get_by_role("link", name="Set up RFM").click()
        await page.get_by_role("button", name="Take away condition 1").click()
        await expect(page.locator(".live")).to_contain_text("3 customers")
        await page.get_by_role("button", name="Set up RFM").click()
        await expect(page.get_by_role("heading", name="Groups")).to_be_visible()
        await expect(page.get_by_role("row", name="Champions").last).to_be_visible()
        await page.reload()
        await assert_accessible(page)
        await keep_picture(page, "rfm", whole=True)
        await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        await assert_fits(page)
        await page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
        await page.goto(page.url + "people/?r=5&f=5")
        await expect(page.get_by_role("heading", name="Champions")).to_be_visible()
        fixed = {"recency_days": [9, 99, 199, 299], "frequency": [2, 3, 4, 5], "monetary": [1, 2, 3, 4]}
        made = (
            await site.shop.client.post("rfm/", json={"key": "x", "name": "X", "filter": {}, "thresholds": fixed})
        ).json()
        await site.shop.client.get("users/")
        await page.goto(f"/rfm/{made['id']}/people/")
        await expect(page.get_by_role("row").nth(3)).to_be_visible()
        await keep_picture(page, "rfm-people")
        await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        await assert_fits(page)
        await keep_picture(page, "rfm-people-phone")


@pytest.mark.parametrize(("size", "theme"), [(DESK, "light"), (PHONE, "dark")], ids=["desk", "phone"])
async def test_forms_are_readable(browser: Browser, site: Site, size: tuple[int, int], theme: str) -> None:
    await people(site)
    async with opened(browser, site.origin, await site.session(), size=size, theme=theme) as page:
        for path in ("aggregators", "rfm"):
            await page.goto(f"/{path}/new/")
            await expect(page.locator(".live table")).to_be_visible()
            await assert_accessible(page)
            await assert_fits(page)
            await keep_picture(page, f"{path}-new-{size[0]}-{theme}", whole=True)
