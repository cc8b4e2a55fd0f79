"""A person signs in, looks around by keyboard, and signs out."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from dealt.accounts import create_member
from dealt.kernel.db import transaction
from tests.browser.driving import DESK, PHONE, assert_accessible, assert_fits, keep_picture, opened
from tests.web.visiting import PASSWORD, Site


async def test_signing_in_and_out(browser: Browser, site: Site) -> None:
    assert site.app.services
    async with transaction(site.pool) as connection:
        now = site.app.services.clock.now()
        await create_member(connection, site.shop.workspace_id, email="ann@example.com", password=PASSWORD, now=now)
    async with opened(browser, site.origin) as page:
        await page.goto("/me/")
        await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        await assert_accessible(page)
        await page.get_by_label("E-mail").fill("ann@example.com")
        await page.get_by_label("Password").fill("not the right one")
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_role("alert")).to_contain_text("not right")
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_role("heading", name="Your account")).to_be_visible()
        await page.get_by_text("ann@example.com").first.click()
        await page.get_by_role("button", name="Sign out").click()
        await expect(page.get_by_role("status")).to_contain_text("You are signed out.")


async def test_the_keyboard_and_the_palette(browser: Browser, site: Site) -> None:
    async with opened(browser, site.origin, await site.session()) as page:
        await page.goto("/me/")
        await page.keyboard.press("?")
        await expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
        await page.keyboard.press("Escape")
        await page.keyboard.press("Control+k")
        await page.keyboard.type("your acc")
        await expect(page.get_by_role("option", name="Your account")).to_be_visible()
        await assert_accessible(page)
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/me/")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
async def test_the_account_is_readable(browser: Browser, site: Site, size: tuple[int, int], theme: str) -> None:
    async with opened(browser, site.origin, await site.session(), size=size, theme=theme) as page:
        await page.goto("/me/")
        await expect(page.get_by_role("heading", name="Your account")).to_be_visible()
        await assert_accessible(page)
        await assert_fits(page)
        await keep_picture(page, f"account-{size[0]}-{theme}")
