"""A proxy that hands requests on to the server and loses answers: the write took place, and nobody is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit


class Losing:
    """``lose`` answers are lost, the next ones; ``requests`` are those that came, head and body."""

    def __init__(self, server: str) -> None:
        self._server = urlsplit(server)
        self.url = ""
        self.lose = 0
        self.requests: list[tuple[bytes, bytes]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        named = dict(line.lower().split(b": ", 1) for line in head.splitlines()[1:] if line)
        body = await reader.readexactly(int(named.get(b"content-length", 0)))
        self.requests.append((head, body))
        answer = await self._ask(head, body)
        if self.lose:
            self.lose -= 1
            writer.transport.abort()
            return
        writer.write(answer)
        writer.close()

    async def _ask(self, head: bytes, body: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(self._server.hostname, self._server.port)
        try:
            writer.write(head.replace(b"Connection: keep-alive", b"Connection: close") + body)
            return await reader.read()
        finally:
            writer.close()


@asynccontextmanager
async def losing(server: str) -> AsyncIterator[Losing]:
    """The proxy, before ``server``, at its own ``url``."""
    proxy = Losing(server)
    listening = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    async with listening:
        yield proxy
