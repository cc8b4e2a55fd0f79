"""A browser that fails a test for whatever its console or its security policy complains about."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, ConsoleMessage, Page

from dealt.web.pages import SESSION

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
DESK, PHONE = (1440, 900), (390, 844)
FLAGS = [
    "--no-sandbox", "--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
]  # fmt: skip
_WATCH = """document.addEventListener("securitypolicyviolation",
    (e) => console.error(`policy: ${e.violatedDirective} ${e.blockedURI}`));"""
# The tests refuse some things on purpose; the browser writes each refusal to its console.
_ANSWERED = "Failed to load resource: the server responded with a status of 4"


@asynccontextmanager
async def opened(
    browser: Browser,
    origin: str,
    secret: str = "",
    *,
    size: tuple[int, int] = DESK,
    theme: str = "light",
    touch: bool = False,
) -> AsyncIterator[Page]:
    """A page signed in by the session's secret; leaving it asserts that nothing was complained about."""
    touch = touch or size == PHONE
    context = await browser.new_context(
        base_url=origin,
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
        has_touch=touch,
        is_mobile=touch,
    )
    context.set_default_timeout(10_000)
    if secret:
        await context.add_cookies([{"name": SESSION, "value": secret, "url": origin, "httpOnly": True}])
    await context.add_init_script(_WATCH)
    page = await context.new_page()
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(_ANSWERED):
            complaints.append(message.text)

    page.on("console", heard)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        yield page
        assert complaints == []
    finally:
        await context.close()


async def assert_accessible(page: Page) -> None:
    """No violation that axe finds, told by rule and place."""
    await page.evaluate(AXE)
    found = await page.evaluate("axe.run({resultTypes: ['violations']})")
    told = [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in found["violations"]
        for node in each["nodes"]
    ]
    if told:
        raise AssertionError("\n".join(told))


async def assert_fits(page: Page) -> None:
    """Nothing makes the page scroll sideways."""
    beyond = 1
    for _ in range(20):
        # A page whose window was just made narrower is laid out anew a moment later.
        beyond = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if beyond <= 0:
            break
        await asyncio.sleep(0.1)
    assert beyond <= 0


async def keep_picture(page: Page, name: str, *, whole: bool = False) -> None:
    """A screenshot in the folder DEALT_PICTURES, where that is given: for looking at one's work."""
    if folder := os.environ.get("DEALT_PICTURES"):
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=whole)
