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
                await keep_picture(page, f"{path.strip('/').replace('/', '-')}-{size[0]}")
