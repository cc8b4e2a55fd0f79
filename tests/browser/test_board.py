"""Somebody works on the board all day."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from dealt.kernel import relay
from tests.browser.driving import DESK, PHONE, assert_accessible, assert_fits, keep_picture, opened
from tests.web.visiting import Site

PICTURES = ("MUG-ENM-SLA", "MUG-ENM-SLA")


async def made(site: Site, key: str, *, stage: int = 2, **fields: Any) -> int:
    await site.shop.client.post(
        "users/update_or_create/", json={"custom_id": "ann", "first_name": "Ann", "last_name": "Lee"}
    )
    order = {
        "custom_id": key, "name": f"Order {key}", "user_custom_id": "ann", "value": 140, "currency": "EUR",
        "stage": stage, "tags": ["gift"], "order_products": [
            {"name": "Mug", "value": 20, "quantity": 2, "image_url": "/static/demo/MUG-ENM-SLA.svg"},
            {"name": "Lamp", "value": 100, "quantity": 1},
        ],
    }  # fmt: skip
    answer = await site.shop.client.post("deals/", json=order | fields)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


async def stage_of(site: Site, deal: int) -> int:
    return int((await site.shop.client.get(f"deals/{deal}/")).json()["stage"])


def column(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def card(page: Page, name: str) -> Locator:
    return page.locator(".deal-card", has_text=name)


async def drag(page: Page, what: Locator, to: Locator) -> None:
    begin, end = await what.bounding_box(), await to.bounding_box()
    assert begin and end
    await page.mouse.move(begin["x"] + 90, begin["y"] + begin["height"] / 2)
    await page.mouse.down()
    for step in (0.3, 0.7, 1.0):
        x = begin["x"] + 90 + step * (end["x"] + 90 - begin["x"] - 90)
        y = begin["y"] + step * (end["y"] + 100 - begin["y"])
        await page.mouse.move(x, y, steps=4)
    await page.mouse.move(end["x"] + 92, end["y"] + 102, steps=4)
    await page.mouse.up()


@asynccontextmanager
async def relayed(site: Site) -> AsyncIterator[None]:
    """What a worker does meanwhile."""

    async def go_on() -> None:
        while True:
            await relay.Relay(site.pool).round()
            await asyncio.sleep(0.05)

    going = asyncio.create_task(go_on())
    try:
        yield
    finally:
        going.cancel()
        with suppress(asyncio.CancelledError):
            await going


async def test_a_dragged_card_is_moved_and_the_way_back_is_offered(browser: Browser, site: Site) -> None:
    deal = await made(site, "A100")
    async with opened(browser, site.origin, await site.session("member")) as page:
        await page.goto("/board/")
        await drag(page, card(page, "Order A100"), column(page, "Paid"))
        await expect(page.locator("#toasts")).to_contain_text("Moved to Paid.")
        await expect(column(page, "Paid").locator(".deal-card")).to_contain_text("Order A100")
        assert await stage_of(site, deal) == 3
        await page.locator("#toasts").get_by_role("button", name="Undo").click()
        await expect(column(page, "Order placed")).to_contain_text("Order A100")
        assert await stage_of(site, deal) == 2


async def test_a_refused_card_goes_back_with_a_sentence(browser: Browser, site: Site) -> None:
    deal = await made(site, "A200")
    async with opened(browser, site.origin, await site.session("member")) as page:
        await page.goto("/board/")
        await expect(card(page, "Order A200")).to_be_visible()
        await site.shop.client.delete(f"deals/{deal}/")
        await drag(page, card(page, "Order A200"), column(page, "Paid"))
        await expect(page.locator("#toasts .bad")).to_contain_text("There is no such deal here")
        await expect(column(page, "Order placed")).to_contain_text("Order A200")


_HEARD = """async (deal) => {
    const board = document.querySelector("deal-board");
    board.waiting.push(await (await fetch(`/board/1/cards/?ids=${deal}`)).json());
    await board.catchUp();
}"""


async def test_keys_carry_a_card(browser: Browser, site: Site) -> None:
    deal = await made(site, "A300")
    async with opened(browser, site.origin, await site.session("member")) as page:
        await page.goto("/board/")
        link = page.get_by_role("link", name="Order A300")
        await link.focus()
        await page.keyboard.press("Space")
        await expect(page.locator("#announce")).to_contain_text("is taken from Order placed")
        # What the server says meanwhile waits: it would take the card out of the hand.
        assert await page.evaluate("document.querySelector('deal-board').look()") is False
        await site.shop.client.patch(f"deals/{deal}/", json={"name": "Order A300, gift"})
        await page.evaluate(_HEARD, deal)
        await page.keyboard.press("ArrowRight")
        await page.keyboard.press("ArrowRight")
        await expect(page.locator("#announce")).to_contain_text("Shipped, 4 of 6")
        await page.keyboard.press("Space")
        await expect(page.locator("#toasts")).to_contain_text("Moved to Shipped.")
        await expect(link).to_be_focused()
        assert await stage_of(site, deal) == 4
        # Whoever else moves it leaves the focus on it, and who does not see it hears where it went.
        await site.shop.client.patch(f"deals/{deal}/", json={"stage": 3})
        await page.evaluate(_HEARD, deal)
        await expect(page.locator("#announce")).to_contain_text("was moved to Paid")
        await expect(link).to_be_focused()
        await page.keyboard.press("m")
        await page.get_by_role("button", name="Delivered").click()
        await expect(page.locator("#toasts")).to_contain_text("Moved to Delivered.")
        await page.keyboard.press("z")
        await expect(page.locator("#toasts")).to_contain_text("The change is taken back.")
        assert await stage_of(site, deal) == 3
        # The page of a deal leads to its neighbours in the column, and back.
        await link.click()
        await expect(page.locator("[data-beside]")).to_contain_text("in Orders, Paid")
        await page.locator("[data-beside] a").first.click()
        await page.wait_for_url("**/board/1/")


async def test_a_finger_lifts_a_card_and_carries_it_past_the_edge(browser: Browser, site: Site) -> None:
    deal = await made(site, "A350", stage=1)
    secret = await site.session("member")
    async with opened(browser, site.origin, secret, size=(800, 700), touch=True) as page:
        await page.goto("/board/")
        place = await card(page, "Order A350").bounding_box()
        assert place
        x, y = place["x"] + 60, place["y"] + 20
        wire = await page.context.new_cdp_session(page)

        async def finger(kind: str, *at: float) -> None:
            points = [{"x": at[0], "y": at[1]}] if at else []
            await wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        await finger("touchStart", x, y)
        await expect(card(page, "Order A350")).to_have_class(re.compile("lifted"))
        for step in range(1, 9):
            await finger("touchMove", x + (790 - x) * step / 8, y + 5 * step)
        for _ in range(200):
            if await page.evaluate("document.querySelector('.columns').scrollLeft") > 200:
                break
            await asyncio.sleep(0.03)
        await finger("touchEnd")
        await expect(page.locator("#toasts")).to_contain_text("Moved to ")
    assert await stage_of(site, deal) > 1


async def test_a_move_made_elsewhere_is_seen(browser: Browser, site: Site) -> None:
    deal = await made(site, "A400")
    secret = await site.session("read-only")
    async with relayed(site), opened(browser, site.origin, secret) as page:
        await page.goto("/board/")
        await expect(page.locator("deal-board[data-listens]")).to_be_attached()
        await site.shop.client.patch(f"deals/{deal}/", json={"stage": 5})
        await expect(column(page, "Delivered")).to_contain_text("Order A400")
        await expect(column(page, "Delivered").locator("[data-count]")).to_contain_text("1")
        await site.shop.client.delete(f"deals/{deal}/")
        await expect(card(page, "Order A400")).to_have_count(0)


async def test_a_stage_asks_for_what_it_needs(browser: Browser, site: Site) -> None:
    deal = await made(site, "A500")
    async with opened(browser, site.origin, await site.session()) as page:
        await page.goto("/settings/pipelines/1/")
        await page.get_by_role("button", name="Rules of Returned").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("A deal moved here becomes").select_option("3")
        await dialog.get_by_label("Expected to close").check()
        await dialog.get_by_role("button", name="Save rules").click()
        await site.shop.client.post("loss-reasons/", json={"name": "Too dear"})
        await page.goto("/board/")
        await drag(page, card(page, "Order A500"), column(page, "Returned"))
        await page.get_by_role("dialog").get_by_role("button", name="Leave it where it was").click()
        await expect(column(page, "Order placed")).to_contain_text("Order A500")
        await drag(page, card(page, "Order A500"), column(page, "Returned"))
        await page.get_by_role("dialog").get_by_label("Expected to close").fill("2026-12-24")
        await page.get_by_role("dialog").get_by_label("Why it was lost").select_option(label="Too dear")
        await page.get_by_role("button", name="Go on").click()
        await expect(page.locator("#toasts")).to_contain_text("Moved to Returned.")
    found = (await site.shop.client.get(f"deals/{deal}/")).json()
    assert (found["stage"], found["status"], found["expected_close_date"]) == (6, 3, "2026-12-24")


async def test_several_are_moved_at_once(browser: Browser, site: Site) -> None:
    deals = [await made(site, f"B{n}", stage=1) for n in range(3)]
    async with opened(browser, site.origin, await site.session("member")) as page:
        await page.goto("/board/")
        await column(page, "Add to cart").get_by_role("checkbox").first.check()
        await column(page, "Add to cart").get_by_role("checkbox").last.click(modifiers=["Shift"])
        await expect(page.get_by_role("region", name="Selected deals")).to_contain_text("3 deals")
        await expect(page.locator("#announce")).to_have_text("3 deals selected.")
        await page.get_by_label("Move to").select_option(label="Delivered")
        await expect(page.locator("#toasts")).to_contain_text("Moved to Delivered.")
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("region", name="Selected deals")).to_have_count(0)
    assert {await stage_of(site, deal) for deal in deals} == {5}


async def test_groups_are_followed_and_folded_up(browser: Browser, site: Site) -> None:
    deal = await made(site, "G1", stage=1, tags=["zinc"])
    for n in range(30):
        await made(site, f"G2{n:02}", stage=4, tags=["alum"])
    await made(site, "G3", stage=4, tags=["zinc"])
    async with opened(browser, site.origin, await site.session("member")) as page:
        await page.goto("/board/")
        await page.get_by_label("Cards grouped by").select_option("tag")
        await page.wait_for_url("**group=tag")
        shipped = column(page, "Shipped")
        await shipped.get_by_role("button", name="alum").click()
        # The column goes on behind what is folded up.
        await expect(shipped.locator(".deal-card:visible")).to_contain_text(["Order G3"])
        await drag(page, card(page, "Order G1"), card(page, "Order G3"))
        await expect(page.locator("#toasts")).to_contain_text("Moved to Shipped.")
        section = shipped.locator(".card-group", has_text="zinc")
        await expect(section.locator("[data-many]")).to_have_text("2")
        await expect(shipped.locator(".card-group:has-text('zinc') ~ .deal-card", has_text="Order G1")).to_be_visible()
        await site.shop.client.patch(f"deals/{deal}/", json={"tags": ["quartz"]})
        await page.evaluate(_HEARD, deal)
        await expect(shipped.locator(".card-group", has_text="quartz").locator("[data-many]")).to_have_text("1")
        await expect(section.locator("[data-many]")).to_have_text("1")
        await page.reload()
        folded = shipped.get_by_role("button", name="alum")
        await expect(folded).to_have_attribute("aria-expanded", "false")
        await expect(shipped.locator(".deal-card:visible", has_text="Order G3")).to_be_visible()
        await assert_accessible(page)
        await keep_picture(page, "board-grouped")
        await folded.click()
        # What was left out is loaded where it belongs.
        await shipped.locator(".deal-card", has_text="Order G2").last.scroll_into_view_if_needed()
        await expect(shipped.locator(".deal-card", has_text="Order G2")).to_have_count(30)


@pytest.mark.parametrize(("size", "theme"), [(DESK, "light"), (PHONE, "dark")], ids=["desk", "phone"])
async def test_the_board_is_readable(browser: Browser, site: Site, size: tuple[int, int], theme: str) -> None:
    for n in range(4):
        await made(site, f"{size[0]}{theme}{n}", stage=1 + n % 3, status=1 + n % 3, value=50 * n + 9.5)
    await made(site, f"{size[0]}{theme}-usd", currency="USD")
    async with opened(browser, site.origin, await site.session(), size=size, theme=theme) as page:
        await page.goto("/board/")
        await expect(page.locator(".deal-card").first).to_be_visible()
        await assert_accessible(page)
        await assert_fits(page)
        await keep_picture(page, f"board-{size[0]}-{theme}")


async def test_a_phone_shows_one_stage_and_moves_by_a_list(browser: Browser, site: Site) -> None:
    deal = await made(site, "C1", stage=1)
    async with opened(browser, site.origin, await site.session("member"), size=PHONE) as page:
        await page.goto("/board/")
        await card(page, "Order C1").get_by_role("button", name="Move").click()
        await page.get_by_role("dialog").get_by_role("button", name="Shipped").click()
        await expect(page.locator("#toasts")).to_contain_text("Moved to Shipped.")
        await page.get_by_label("Stage", exact=True).select_option(value="4")
        await expect(card(page, "Order C1")).to_be_visible()
        assert await stage_of(site, deal) == 4
