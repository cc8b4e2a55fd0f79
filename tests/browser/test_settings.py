"""The settings and the first minutes in a browser: moved by keys, shown once, live, readable in every size."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from dealt.kernel import relay
from tests.browser.driving import DESK, PHONE, assert_accessible, assert_fits, keep_picture, opened
from tests.web.visiting import Site

SECRET = re.compile(r"^\w{64}$")
PAGES = (
    "start", "settings/workspace", "settings/currencies", "settings/pipelines", "settings/pipelines/1",
    "settings/loss-reasons", "settings/attributes", "settings/attributes/1", "settings/tags", "settings/lists",
    "settings/members", "settings/roles", "settings/tokens", "settings/webhooks", "settings/webhooks/1", "imports",
    "settings/export", "settings/journal", "settings/system",
)  # fmt: skip


@pytest_asyncio.fixture(scope="module")
async def filled(site: Site) -> Site:
    """Something on every page."""
    async with site.visitor(await site.session()) as admin:
        for path, fields in (
            ("tags/", {"name": "Wholesale"}),
            ("lists/", {"name": "Newsletter", "description": "Who has asked for it"}),
            ("loss-reasons/", {"name": "Too expensive"}),
            ("attributes/?of=deal", {"name": "Delivery note", "value_type": "string", "description": "For the driver"}),
            ("currencies/", {"currency": "USD", "valid_from": "2026-01-01", "rate": "0.92"}),
            ("members/", {"email": "sue@example.com", "role": "member"}),
            ("roles/", {"name": "Support", "area-deals": "write", "area-tasks": "read", "own_deals": "1"}),
            ("webhooks/", {"url": "https://receiver.example/hook", "kind-deal.*": "1", "description": "Bookkeeping"}),
            ("webhooks/1/ping/", {}),
        ):
            answer = await admin.post(f"/settings/{path}", data=fields)
            assert answer.status_code in (200, 303), answer.text
    return site


@pytest.mark.parametrize(("size", "theme"), [(DESK, "light"), (PHONE, "dark")], ids=["desk", "phone"])
async def test_every_page_of_the_settings_is_readable(
    browser: Browser, filled: Site, size: tuple[int, int], theme: str
) -> None:
    async with opened(browser, filled.origin, await filled.session(), size=size, theme=theme) as page:
        for path in PAGES:
            await page.goto(f"/{path}/")
            await expect(page.get_by_role("heading", level=1)).to_be_visible()
            await keep_picture(page, f"{path.replace('/', '-')}-{size[0]}-{theme}")
            await assert_fits(page)
            await assert_accessible(page)


async def test_a_stage_is_moved_by_keys_and_stays_there(browser: Browser, filled: Site) -> None:
    async with opened(browser, filled.origin, await filled.session()) as page:
        await page.goto("/settings/pipelines/1/")
        await page.get_by_role("button", name="Move Paid").focus()
        async with page.expect_response("**/place/") as moved:
            await page.keyboard.press("ArrowUp")
        assert (await moved.value).ok
        await page.reload()
        texts = await page.get_by_role("list", name="Stages in their order").get_by_role("listitem").all_inner_texts()
        assert [text.split("\n")[1].strip() for text in texts][:3] == ["Add to cart", "Paid", "Order placed"]


async def test_a_token_is_shown_once(browser: Browser, filled: Site) -> None:
    async with opened(browser, filled.origin, await filled.session()) as page:
        await page.goto("/settings/tokens/")
        await page.get_by_role("button", name="Add a token").click()
        await page.get_by_label("Name").fill("Shop plug-in")
        await page.get_by_role("button", name="Make token").click()
        await expect(page.locator("#new-token code")).to_have_text(SECRET)
        await page.goto("/settings/tokens/")
        await expect(page.locator("code", has_text=SECRET)).to_have_count(0)


async def test_a_refused_form_is_open_again_with_what_was_typed(browser: Browser, filled: Site) -> None:
    async with opened(browser, filled.origin, await filled.session()) as page:
        await page.goto("/settings/webhooks/")
        await page.get_by_role("button", name="Add a webhook").first.click()
        await page.get_by_label("Address").fill("ftp://receiver.example/")
        await page.get_by_label("Contacts").check()
        await page.get_by_role("button", name="Add webhook").click()
        address = page.get_by_label("Address")
        await expect(address).to_be_focused()
        await expect(address).to_have_value("ftp://receiver.example/")
        await expect(page.get_by_label("Contacts")).to_be_checked()
        await expect(page.get_by_role("dialog").get_by_text("must begin with http")).to_be_visible()
        await assert_accessible(page)
        await page.goto("/me/")
        await page.get_by_label("Present password").fill("not this one")
        await page.get_by_label("New password").fill("a sentence that is long enough")
        await page.get_by_role("button", name="Change password").click()
        await expect(page.get_by_label("Present password")).to_be_focused()


async def test_the_palette_does_what_buttons_do(browser: Browser, filled: Site) -> None:
    async with opened(browser, filled.origin, await filled.session()) as page:
        await page.goto("/settings/tags/")
        for typed, name in (("invite", "Invite somebody"), ("keyboard", "Keyboard")):
            await page.keyboard.press("Control+k")
            await page.get_by_role("combobox", name="Go to or search").fill(typed)
            await page.keyboard.press("Enter")
            await expect(page.get_by_role("dialog", name=name)).to_be_visible()
            await page.keyboard.press("Escape")
        await page.keyboard.press("Control+k")
        await page.get_by_role("combobox", name="Go to or search").fill("sign out")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name="Sign in")).to_be_visible()


async def test_the_first_order_appears_by_itself(browser: Browser, filled: Site) -> None:
    async with opened(browser, filled.origin, await filled.session()) as page:
        async with page.expect_response("**/live/**"):
            await page.goto("/start/")
        made = await filled.shop.client.post("deals/", json={"custom_id": "live-1", "name": "Order of Anna"})
        assert made.status_code == 201
        await relay.Relay(filled.pool).round()
        await expect(page.get_by_role("link", name="Order of Anna")).to_be_visible()


async def test_a_file_is_chosen_and_its_columns_are_shown(browser: Browser, filled: Site, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("Mail,Name\nann@example.com,Ann\nbroken,Bob\n")
    async with opened(browser, filled.origin, await filled.session()) as page:
        await page.goto("/imports/")
        await page.get_by_label("What the file holds").select_option("contacts")
        await page.get_by_label("File", exact=True).set_input_files(file)
        await page.get_by_role("button", name="Upload and look").click()
        await expect(page.get_by_label("Mail becomes")).to_have_value("contact:email")
        await keep_picture(page, "mapping-1440-light")
        await assert_accessible(page)
        await page.get_by_role("button", name="Import").click()
        await expect(page.get_by_text("A worker takes it up")).to_be_visible()
