"""Every page of the table of routes with everything in it: accessible in both themes, and no wider than a phone."""

from __future__ import annotations

import re

import httpx
from playwright.async_api import Browser, Page

from dealt.pages import ROUTES
from tests.browser.driving import AXE, DESK, PHONE, opened
from tests.publicapi.world import make_all
from tests.web.test_every_page import NAMES, OBJECTS
from tests.web.visiting import Site

# What axe finds on a page, by rule and place. The dark theme differs from the light one by nothing but its colours.
_FOUND = """async (options) => (await axe.run(options)).violations.flatMap(
    (rule) => rule.nodes.map((node) => `${rule.id}: ${node.target} ${node.failureSummary}`))"""
_ALL = {"resultTypes": ["violations"], "preload": False, "iframes": False}
_COLOURS = _ALL | {"runOnly": ["color-contrast"]}
_TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


async def whole_pages(site: Site, secret: str) -> list[str]:
    """The addresses of all pages that are whole: neither parts for htmx, nor streams, nor files."""
    names = await make_all(site.shop)
    await site.shop.client.post(
        "deals/", json={"name": "Long " * 40, "value": 1, "currency": "EUR", "tags": ["x" * 80]}
    )
    found = ["/nothing/"]
    async with site.visitor(secret) as client:
        for route in ROUTES:
            if "GET" not in route.methods:
                continue
            path = OBJECTS.sub(lambda one: one[1] + names[NAMES[one[1]], "id"], route.path)
            path = re.sub(r"<(?:int:)?\w+>", "1", path)
            if await is_whole(client, path):
                found.append(path)
    return found


async def is_whole(client: httpx.AsyncClient, path: str) -> bool:
    async with client.stream("GET", path) as answer:
        if not answer.headers.get("content-type", "").startswith("text/html") or answer.status_code != 200:
            return False
        return (await answer.aread()).lstrip()[:15].lower() == b"<!doctype html>"


async def complaints_of(page: Page, path: str) -> list[str]:
    """What is wrong with a page that is open as a desk shows it, in light."""
    await page.goto(path)
    await page.evaluate(AXE)
    told = await page.evaluate(_FOUND, _ALL)
    await page.emulate_media(color_scheme="dark")
    told += [f"dark, {one}" for one in await page.evaluate(_FOUND, _COLOURS)]
    await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    if (beyond := await page.evaluate(_TOO_WIDE)) > 0:
        told.append(f"{beyond} px wider than a phone")
    await page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    await page.emulate_media(color_scheme="light")
    return [f"{path}: {one}" for one in told]


async def test_every_page_is_accessible_in_both_themes_and_fits_a_phone(browser: Browser, site: Site) -> None:
    secret = await site.session()
    paths = await whole_pages(site, secret)
    assert {"/board/1/", "/deals/", "/start/", "/settings/system/"} <= set(paths)
    told: list[str] = []
    async with opened(browser, site.origin, secret) as page:
        for path in paths:
            told += await complaints_of(page, path)
        await page.context.clear_cookies()
        for path in ("/sign-in/", "/forgotten/"):
            told += await complaints_of(page, path)
    assert told == [], "\n".join(told)
