"""The pages of a product and a company are readable."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from tests.browser.driving import DESK, PHONE, assert_accessible, assert_fits, keep_picture, opened
from tests.profiles.test_catalogue_pages import filled
from tests.web.visiting import Site


async def test_product_and_company_are_readable(browser: Browser, site: Site) -> None:
    product, company = await filled(site)
    secret = await site.session()
    for size, theme in ((DESK, "light"), (PHONE, "dark")):
        async with opened(browser, site.origin, secret, size=size, theme=theme) as page:
            for path, heading in ((f"/products/{product}/", "Bought with it"), (f"/companies/{company}/", "People")):
                await page.goto(path)
                await expect(page.get_by_role("heading", name=heading)).to_be_visible()
                await assert_accessible(page)
                await assert_fits(page)
                await keep_picture(page, f"{path.strip('/').replace('/', '-')}-{size[0]}", whole=True)


async def test_a_field_is_edited_where_it_stands(browser: Browser, site: Site) -> None:
    _, company = await filled(site)
    async with opened(browser, site.origin, await site.session()) as page:
        await page.goto(f"/companies/{company}/")
        await page.get_by_role("button", name="Edit City").click()
        await page.keyboard.type("Oslo")
        await page.keyboard.press("Enter")
        await expect(page.locator(".facts")).to_contain_text("Oslo")
        await expect(page.get_by_role("button", name="Edit City")).to_be_focused()
        await expect(page.locator(".history")).to_contain_text("Gdynia")
        await page.get_by_role("button", name="Undo", exact=True).click()
        await expect(page.locator(".facts")).to_contain_text("Gdynia")
        await page.get_by_role("button", name="Edit", exact=True).first.click()
        await page.get_by_label("E-mail").fill("works@example.com")
        await page.get_by_role("button", name="Save changes").click()
        await expect(page.locator(".facts")).to_contain_text("works@example.com")


async def test_a_deal_is_made_with_a_search_and_lines(browser: Browser, site: Site) -> None:
    await filled(site)
    async with opened(browser, site.origin, await site.session()) as page:
        await page.goto("/deals/")
        await page.keyboard.press("n")
        await page.get_by_label("Name", exact=True).first.fill("By telephone")
        await page.get_by_label("Search a contact").press_sequentially("lee")
        await page.get_by_label("Ann Lee").check()
        await page.get_by_label("Product's own id").fill("TRAY")
        await expect(page.locator("#known-products option")).to_have_count(1)
        await page.get_by_label("Product's own id").press_sequentially(" ")
        await page.get_by_label("Product's own id").fill("TRAY")
        await expect(page.get_by_label("Price of one")).to_have_value("5")
        await page.get_by_role("button", name="Add a line").click()
        await page.get_by_label("Name", exact=True).last.fill("Delivery")
        await page.get_by_label("Price of one").last.fill("4.5")
        await expect(page.get_by_text("Together 9.50")).to_be_visible()
        await assert_accessible(page)
        await keep_picture(page, "new-deal", whole=True)
        await page.get_by_role("button", name="Add the deal").click()
        await expect(page.get_by_role("heading", name="By telephone")).to_be_visible()
        await expect(page.locator(".sums")).to_contain_text("9.50")
