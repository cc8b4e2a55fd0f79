"""Chromium, once for a run of tests, and a site for each module."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.browser.driving import FLAGS
from tests.conftest import Dsn
from tests.web.visiting import Site, site_on


@pytest_asyncio.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium, which ``bin/ci`` installs on a machine of its own."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is not installed, and bin/ci should have done that.")
        pytest.skip("Chromium is not installed: `apt install chromium` brings what the tests of pages need.")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="module")
async def site(postgres: Dsn, template_database: str) -> AsyncIterator[Site]:
    """A server with a workspace and a database of its own."""
    async with site_on(postgres, template_database) as site:
        yield site
