"""The pages of a product and a company are readable."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.browser.driving import DESK, PHONE, assert_accessible, assert_fits, keep_picture, opened
from tests.profiles.test_catalogue_pages import filled
from tests.web.visiting import Site


@pytest.mark.parametrize(("size", "theme"), [(DESK, "light"), (PHONE, "dark")], ids=["desk", "phone"])
async def test_product_and_company_are_readable(
    browser: Browser, site: Site, size: tuple[int, int], theme: str
) -> None:
    product, company = await filled(site) if size == DESK else (1, 1)
    async with opened(browser, site.origin, await site.session(), size=size, theme=theme) as page:
        for path, heading in ((f"/products/{product}/", "Bought with it"), (f"/companies/{company}/", "People")):
            await page.goto(path)
            await expect(page.get_by_role("heading", name=heading)).to_be_visible()
            await assert_accessible(page)
            await assert_fits(page)
            await keep_picture(page, f"{path.strip('/').replace('/', '-')}-{size[0]}")
