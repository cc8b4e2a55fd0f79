"""The page of the API: whole, safe, and in need of nothing from elsewhere."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import httpx
import pytest

from dealt import __version__
from dealt.publicapi.described import CHAPTERS
from dealt.publicapi.openapi import Documents
from dealt.publicapi.openapi.html import code, join, prose, tag
from dealt.publicapi.routes import DESCRIBED
from tests.publicapi.conftest import Shop

DOCUMENTS = Documents(DESCRIBED, CHAPTERS, __version__)


class Read(HTMLParser):
    """What a page refers to, and what can be referred to in it."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.inner: set[str] = set()
        self.loaded: list[str] = []
        self.scripts = 0
        self.inline: list[str] = []

    def handle_starttag(self, name: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.scripts += name == "script"
        self.inline += [key for key in found if key == "style" or key.startswith("on")] + (
            ["style"] * (name == "style")
        )
        if found.get("id"):
            self.ids.append(str(found["id"]))
        address = found.get("href") or ""
        if name == "a" and address.startswith("#"):
            self.inner.add(address[1:])
        if name != "a":
            self.loaded += [value for key in ("src", "href") if (value := found.get(key))]


async def get(shop: Shop, address: str, **headers: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=shop.url.removesuffix("/api/public/")) as anyone:
        return await anyone.get(address, headers=headers)


@pytest.mark.parametrize("version", [1, 2])
async def test_the_page_has_every_operation_and_loads_nothing_from_elsewhere(shop: Shop, version: int) -> None:
    answer = await get(shop, f"/api/docs/?version={version}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';") and "unsafe" not in policy
    page = Read()
    page.feed(answer.text)
    assert sorted(page.ids) == sorted(set(page.ids))
    document = DOCUMENTS.document(version)
    operations = {op["operationId"] for methods in document["paths"].values() for op in methods.values()}
    assert operations | {f"shape-{name}" for name in document["components"]["schemas"]} <= set(page.ids)
    assert page.inner <= set(page.ids)
    assert page.inline == []
    assert page.scripts == sum(address.endswith(".js") for address in page.loaded) == 1
    for address in page.loaded:
        if not address.startswith("data:"):
            loaded = await get(shop, address)
            assert loaded.status_code == 200
            assert "immutable" in loaded.headers["Cache-Control"]
            assert re.search(r"https?://(?!127\.0\.0\.1:8000)|@import|url\(", loaded.text) is None


async def test_the_page_is_packed_for_who_can_unpack_it_and_kept(shop: Shop) -> None:
    plain = await get(shop, "/api/docs/", **{"Accept-Encoding": "identity"})
    packed = await get(shop, "/api/docs/", **{"Accept-Encoding": "gzip"})
    assert plain.text == packed.text
    assert int(packed.headers["Content-Length"]) * 5 < int(plain.headers["Content-Length"])
    assert (await get(shop, "/api/docs/", **{"If-None-Match": plain.headers["ETag"]})).status_code == 304
    assert (await get(shop, "/api/docs/nothing.css")).status_code == 404
    assert (await get(shop, "/api/docs/?version=9")).status_code == 400


def test_what_stands_in_a_page_is_escaped() -> None:
    assert tag("p", "a < b & c", title='"><script>') == '<p title="&quot;&gt;&lt;script&gt;">a &lt; b &amp; c</p>'
    assert prose("use `<id>` here") == "use <code>&lt;id&gt;</code> here"
    assert "<script>" not in join([code("<script>", "<script>")])
