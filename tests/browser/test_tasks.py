"""Somebody works through tasks."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from tests.browser.driving import DESK, PHONE, assert_accessible, assert_fits, keep_picture, opened
from tests.profiles.test_catalogue_pages import filled
from tests.web.visiting import Site


async def test_a_task_is_added_on_an_order_and_done(browser: Browser, site: Site) -> None:
    await filled(site)
    number = (await site.shop.client.get("deals-by-id/1/")).json()["id"]
    secret = await site.session()
    async with opened(browser, site.origin, secret) as page:
        await page.goto(f"/deals/{number}/")
        await page.keyboard.press("t")
        await page.get_by_role("dialog").get_by_label("What is to be done").fill("Call about the engraving")
        await page.get_by_role("button", name="Add task").click()
        await expect(page.get_by_role("link", name="Call about the engraving")).to_be_visible()
        await page.get_by_role("button", name="Mark as done: Call about the engraving").click()
        await expect(page.locator("#toasts")).to_contain_text("The task is done.")
        await page.locator("#toasts").get_by_role("button", name="Undo").click()
        await page.get_by_role("link", name="Call about the engraving").click()
        await page.get_by_role("button", name="Edit Due").click()
        await page.locator("#in-place").fill("2020-01-10T09:30")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("Overdue")).to_be_visible()
        await assert_accessible(page)
        await keep_picture(page, "task", whole=True)
        await page.goto("/tasks/")
        await page.get_by_role("link", name="Overdue").click()
        await expect(page.get_by_role("link", name="Call about the engraving")).to_be_visible()
        await keep_picture(page, "tasks", whole=True)
    for size, theme in ((DESK, "dark"), (PHONE, "light")):
        async with opened(browser, site.origin, secret, size=size, theme=theme) as page:
            await page.goto(f"/tasks/new/?deal_id={number}")
            await assert_accessible(page)
            await assert_fits(page)
            await keep_picture(page, f"new-task-{size[0]}", whole=True)
