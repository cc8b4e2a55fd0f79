"""A shop of many deals with somebody signed in, and requests as a browser makes them."""

from __future__ import annotations

import asyncio
import http.client
import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any

import asyncpg

from bench.shop import Shop
from dealt.accounts import create_member, open_session
from dealt.web.pages import SESSION


async def sign_in(shop: Shop) -> str:
    """The Cookie header of a new admin."""
    now = datetime.now(UTC)
    connection = await asyncpg.connect(shop.dsn)
    try:
        async with connection.transaction():
            member = await create_member(
                connection, shop.workspace_id, email=f"bench-{token_hex(4)}@example.com", now=now, role="admin",
                password="a long enough sentence",  # noqa: S106
            )  # fmt: skip
            secret = await open_session(
                connection, shop.workspace_id, member, address="127.0.0.1", browser="bench", origin="", now=now
            )
    finally:
        await connection.close()
    return f"{SESSION}={secret}"


@dataclass(frozen=True)
class Browser:
    """One connection that asks one thing after the other."""

    port: int
    cookie: str

    def text(self, path: str) -> str:
        """The page at a path."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", path, headers={"Cookie": self.cookie, "Accept": "text/html"})
        text = connection.getresponse().read().decode()
        connection.close()
        return text

    def visits_ms(self, paths: list[str], seconds: float) -> list[float]:
        """How long pages took, asked for in turn: for some seconds, at least ten times each or 20 in all.

        A page may lead elsewhere or refuse what is asked; a server's failure raises RuntimeError. What takes longer
        than a second is asked for five times only.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": self.cookie, "Accept": "text/html", "Accept-Encoding": "gzip"}
        found: list[float] = []
        until = time.monotonic() + seconds
        while len(found) < 5 or (min(found) < 1000 and (time.monotonic() < until or len(found) < 20)):
            path = paths[len(found) % len(paths)]
            began = time.perf_counter()
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            text = answer.read()
            found.append(1000 * (time.perf_counter() - began))
            if answer.status not in (200, 303, 400):
                raise RuntimeError(f"{path}: {answer.status} {text[:300]!r}")
        connection.close()
        return found

    def times_ms(self, path: str, bodies: list[Any], seconds: float) -> list[float]:
        """How long answers took: a GET, or POSTs of ``bodies`` in turn. Raises RuntimeError for a refusal."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {
            "Cookie": self.cookie, "Sec-Fetch-Site": "same-origin", "Content-Type": "application/json",
            "Accept": "application/json" if bodies else "text/html", "Accept-Encoding": "gzip",
        }  # fmt: skip
        found: list[float] = []
        until = time.monotonic() + seconds
        while time.monotonic() < until or len(found) < 20:
            body = json.dumps(bodies[len(found) % len(bodies)]) if bodies else None
            began = time.perf_counter()
            connection.request("POST" if bodies else "GET", path, body, headers)
            answer = connection.getresponse()
            text = answer.read()
            found.append(1000 * (time.perf_counter() - began))
            if answer.status != 200:
                raise RuntimeError(f"{path}: {answer.status} {text[:300]!r}")
        connection.close()
        return found


def p95(times: list[float]) -> float:
    """95 of 100 are no longer."""
    return sorted(times)[max(int(len(times) * 0.95) - 1, 0)]


async def follow(port: int, cookie: str, path: str, heard: asyncio.Queue[tuple[float, bytes]]) -> None:
    """Hear a stream of server-sent events for ever; each with the moment at which it came."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\nAccept: */*\r\n\r\n".encode())
    await writer.drain()
    try:
        while line := await reader.readline():
            if line.startswith(b"data: "):
                heard.put_nowait((time.perf_counter(), line))
    finally:
        writer.close()
