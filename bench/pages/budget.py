"""What pages weigh, when they can be used and whether anything moves: the main ones, in a real Chromium on loopback.

The shop's own pictures of products are not weighed: they are as heavy as the shop made them.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, async_playwright
from tests.browser.driving import DESK, FLAGS, PHONE

from bench.claims import Claim, bounded, observed, progress
from bench.pages.shop import crowded_shop
from bench.pages.visits import sign_in
from bench.plan import Plan
from bench.server import serving
from bench.shop import settle
from dealt.web.pages import SESSION

MAIN = {
    "The board": "/board/1/",
    "A contact": "/contacts/2000/",
    "A deal": "/deals/2000/",
    "The list of deals": "/deals/",
    "The list of contacts": "/contacts/",
    "The list of products": "/products/",
    "The segments": "/segments/",
    "A segment, to edit": "/segments/1/edit/",
    "An aggregator": "/aggregators/3/",
    "RFM": "/rfm/new/",
    "Settings": "/settings/workspace/",
    "The members": "/settings/members/",
}
_TIMES = 3
_WATCH = """
window.seen = {shift: 0, first: 0, busy: 0, moved: []};
new PerformanceObserver((list) => list.getEntries().forEach((one) => {
    if (one.hadRecentInput) return;
    window.seen.shift += one.value;
    for (const {node} of one.sources) window.seen.moved.push(node && (node.className || node.nodeName));
})).observe({type: "layout-shift", buffered: true});
new PerformanceObserver((list) => list.getEntries().forEach((one) => {
    if (one.name === "first-contentful-paint") window.seen.first = one.startTime;
})).observe({type: "paint", buffered: true});
new PerformanceObserver((list) => list.getEntries().forEach((one) => {
    window.seen.busy = Math.max(window.seen.busy, one.startTime + one.duration);
})).observe({type: "longtask", buffered: true});
"""
# Modules have run when the content is loaded; a long task after that keeps the page from answering.
_SEEN = """() => {
    const loaded = performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd;
    return {...window.seen, usable: Math.max(loaded, window.seen.first, window.seen.busy)};
}"""


@dataclass
class Seen:
    """Of one load: bytes as transferred, the shift of its layout, and milliseconds to what is seen and can be used."""

    weight: int
    shift: float
    first: float
    usable: float
    moved: list[str] = field(default_factory=list)


def measure(plan: Plan) -> Iterator[Claim]:
    """Four claims, each about the worst of the main pages."""
    with crowded_shop(quick=plan.quick) as (_, shop, _size):
        secret = asyncio.run(sign_in(shop)).removeprefix(f"{SESSION}=")
        asyncio.run(settle(shop.dsn))
        with serving(database_url=shop.dsn) as server:
            yield from asyncio.run(_judge(f"http://127.0.0.1:{server.port}", secret))


async def _judge(origin: str, secret: str) -> list[Claim]:
    first: dict[str, Seen] = {}
    following: dict[str, Seen] = {}
    async with _chromium() as browser:
        for name, path in MAIN.items():
            loads = [await _alone(browser, origin, secret, path, DESK) for _ in range(_TIMES)]
            phone = await _alone(browser, origin, secret, path, PHONE)
            one = sorted(loads, key=lambda each: each.usable)[_TIMES // 2]
            first[name] = Seen(one.weight, max(each.shift for each in (*loads, phone)), one.first, one.usable)
            moved = sorted({name for each in (*loads, phone) for name in each.moved})
            progress(
                f"{name}: {one.weight / 1000:.0f} kB, seen after {one.first:.0f} ms, usable after {one.usable:.0f} ms, "
                f"shift {first[name].shift:.4f} {moved or ''}"
            )
        following |= await _one_after_the_other(browser, origin, secret)
    heaviest, next_one = max(one.weight for one in first.values()), max(one.weight for one in following.values())
    return [
        bounded("The heaviest of the main pages, as a first load, with all that it loads", figure=heaviest / 1000,
                unit="kB", at_most=250),
        bounded("... as the next page of somebody who has seen one", figure=next_one / 1000, unit="kB", at_most=40),
        bounded("The largest layout shift of a main page, at a desk or on a phone",
                figure=max(one.shift for one in first.values()), unit="", at_most=0.01),
        bounded("The slowest of the main pages can be used, with nothing kept, within",
                figure=max(one.usable for one in first.values()), unit="ms", at_most=1_000),
        observed("... and shows something within", figure=max(one.first for one in first.values()), unit="ms"),
    ]  # fmt: skip


@asynccontextmanager
async def _chromium() -> AsyncIterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        raise RuntimeError("Chromium is not installed: `apt install chromium` brings it.")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        await browser.close()


async def _alone(browser: Browser, origin: str, secret: str, path: str, size: tuple[int, int]) -> Seen:
    """A page in a browser that has kept nothing."""
    context = await signed_in(browser, origin, secret, size)
    seen = await load(await context.new_page(), f"{origin}{path}")
    await context.close()
    return seen


async def _one_after_the_other(browser: Browser, origin: str, secret: str) -> dict[str, Seen]:
    """Each main page once more, in a browser that has seen another page and goes from one to the next."""
    context = await signed_in(browser, origin, secret, DESK)
    page = await context.new_page()
    await load(page, f"{origin}/me/")
    found = {}
    for name, path in MAIN.items():
        found[name] = await load(page, f"{origin}{path}")
        progress(f"{name}, next: {found[name].weight / 1000:.1f} kB, usable after {found[name].usable:.0f} ms")
    await context.close()
    return found


async def signed_in(browser: Browser, origin: str, secret: str, size: tuple[int, int]) -> BrowserContext:
    """A browser that has kept nothing but its session, and watches what moves."""
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]}, is_mobile=size == PHONE, has_touch=size == PHONE
    )
    await context.add_cookies([{"name": SESSION, "value": secret, "url": origin, "httpOnly": True}])
    await context.add_init_script(_WATCH)
    return context


async def load(page: Page, address: str) -> Seen:
    """Open a page and see what came of it, until a moment after it was loaded."""
    network = await page.context.new_cdp_session(page)
    sizes: dict[str, float] = {}
    pictures: set[str] = set()

    def asked(event: dict[str, Any]) -> None:
        if "/pictures/" in event["request"]["url"]:
            pictures.add(event["requestId"])

    def loaded(event: dict[str, Any]) -> None:
        sizes[event["requestId"]] = event["encodedDataLength"]

    network.on("Network.requestWillBeSent", asked)
    network.on("Network.loadingFinished", loaded)
    await network.send("Network.enable")
    await page.goto(address, wait_until="load")
    await asyncio.sleep(0.7)
    seen = await page.evaluate(_SEEN)
    await network.detach()
    weight = sum(size for request, size in sizes.items() if request not in pictures)
    return Seen(int(weight), seen["shift"], seen["first"], seen["usable"], [str(one) for one in seen["moved"]])
