"""Pictures of other servers come through ours, and only pictures."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest
import pytest_asyncio

from dealt.kernel.clock import FixedClock
from dealt.kernel.outbound import networks
from dealt.web import Pictures
from tests.house import NOW
from tests.web.visiting import Site

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100
ANSWERS = {
    "/mug.png": ("200 OK", "image/png", PNG),
    "/page": ("200 OK", "text/html", b"<script>alert(1)</script>"),
    "/gone.png": ("404 Not Found", "image/png", PNG),
}


class Gallery:
    """A small HTTP server that counts what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.address = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
        self.asked.append(path)
        status, kind, body = ANSWERS[path]
        head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()


@pytest_asyncio.fixture
async def gallery() -> AsyncIterator[Gallery]:
    made = Gallery()
    server = await asyncio.start_server(made.answer, "127.0.0.1")
    made.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield made
    server.close()
    await server.wait_closed()


async def test_a_picture_is_fetched_once_for_all_who_ask(gallery: Gallery) -> None:
    pictures = Pictures(FixedClock(NOW), networks("127.0.0.0/8"))
    found = await asyncio.gather(*(pictures.get(f"{gallery.address}/mug.png") for _ in range(5)))
    assert found == [("image/png", PNG)] * 5
    assert await pictures.get(f"{gallery.address}/mug.png") == ("image/png", PNG)
    assert gallery.asked == ["/mug.png"]


@pytest.mark.parametrize("path", ["/page", "/gone.png"])
async def test_what_is_no_picture_is_not_shown_and_not_asked_for_at_once_again(gallery: Gallery, path: str) -> None:
    clock = FixedClock(NOW)
    pictures = Pictures(clock, networks("127.0.0.0/8"))
    assert await pictures.get(gallery.address + path) is None
    assert await pictures.get(gallery.address + path) is None
    assert gallery.asked == [path]
    clock.advance(seconds=301)
    assert await pictures.get(gallery.address + path) is None
    assert gallery.asked == [path, path]


async def test_a_private_address_is_not_reached_and_a_placeholder_stands_in(site: Site, gallery: Gallery) -> None:
    secret = await site.session("read-only")
    async with site.visitor(secret) as visitor:
        for url in (f"{gallery.address}/mug.png", "file:///etc/passwd", "javascript:alert(1)", "", "//x"):
            answer = await visitor.get(f"/pictures/?url={quote(url, safe='')}")
            assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert gallery.asked == []
