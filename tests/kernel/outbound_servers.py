"""Servers that say what a test wants, and a client that may reach them."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Network

import httpx
import pytest

from dealt.kernel.outbound import (
    OutboundClient,
    OutboundError,
)

LOOPBACK = [IPv4Network("127.0.0.0/8")]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@dataclass
class Received:
    """One request as the server read it."""

    line: str
    headers: httpx.Headers
    body: bytes


Answer = Callable[[Received, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Server:
    """Answers every request in one way, and keeps what it got: requests, and the host names of TLS greetings."""

    answer: Answer
    port: int = 0
    received: list[Received] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def url(self, path: str = "/", host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.append(task)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = httpx.Headers([(name, text) for name, _, text in (line.partition(": ") for line in head[1:-2])])
            body = await reader.readexactly(int(headers.get("Content-Length", 0)))
            self.received.append(Received(head[0], headers, body))
            await self.answer(self.received[-1], writer)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


def saying(*answers: bytes) -> Answer:
    """Answer with these in turn, with the last one for ever."""
    rest = list(answers)

    async def answer(_: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(rest.pop(0) if len(rest) > 1 else rest[0])

    return answer


def redirect(location: str, status: int = 302) -> bytes:
    return f"HTTP/1.1 {status} Elsewhere\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()


@asynccontextmanager
async def serving(
    answer: Answer, context: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> AsyncIterator[Server]:
    server = Server(answer)
    if context is not None:
        context.sni_callback = lambda _, name, __: server.names.append(name)
    listener = await asyncio.start_server(server.serve, host, 0, ssl=context)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        for task in server.tasks:
            task.cancel()


class Names:
    """A resolver that answers from a script, and counts."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append((host, port))
        return self.answers[min(len(self.asked), len(self.answers)) - 1]


@pytest.fixture
async def client() -> AsyncIterator[OutboundClient]:
    async with OutboundClient(allow=LOOPBACK) as open_client:
        yield open_client


async def refusal(client: OutboundClient, url: str, method: str = "GET", **more: object) -> OutboundError:
    with pytest.raises(OutboundError) as caught:
        await client.request(method, url, **more)  # type: ignore[arg-type]
    return caught.value
