"""What pages may weigh, and that nothing on them moves while they come."""

from __future__ import annotations

from bench.pages.budget import load, signed_in
from playwright.async_api import Browser

from tests.browser.driving import DESK
from tests.web.visiting import Site


async def test_pages_are_light_and_stay_where_they_are(browser: Browser, site: Site) -> None:
    await site.shop.client.post("deals/", json={"custom_id": "one", "name": "A teapot", "user_custom_id": "ann"})
    context = await signed_in(browser, site.origin, await site.session(), DESK)
    page = await context.new_page()
    for number, path in enumerate(
        ("/segments/new/", "/board/1/", "/aggregators/new/", "/contacts/", "/settings/tags/")
    ):
        seen = await load(page, f"{site.origin}{path}")
        assert seen.weight < (40_000 if number else 250_000), path
        assert seen.shift < 0.01, (path, seen.moved)
    await context.close()
