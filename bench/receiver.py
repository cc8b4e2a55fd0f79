"""A receiver of webhooks: ``python -m bench.receiver`` prints its port, and what it got when its input ends.

It runs in a process of its own and does as little as it can, because it shares the machine with what it measures.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import uvloop

ROOT = Path(__file__).parents[1]
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE).search
_ID = re.compile(rb"webhook-id: *(\S+)", re.IGNORECASE).search
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Told(msgspec.Struct):
    """What came. ``repeated`` had come before, with the same id; ``disordered`` after a later one of their object."""

    deliveries: int = 0
    repeated: int = 0
    disordered: int = 0
    first_at: float = 0.0
    last_at: float = 0.0

    @property
    def rate(self) -> float:
        """Different deliveries a second, from the first to the last."""
        return self.deliveries / max(self.last_at - self.first_at, 1e-9)


class _Data(msgspec.Struct):
    object_type: str
    id: int
    sequence: int = 0


class _Body(msgspec.Struct):
    data: _Data


class _Book:
    def __init__(self) -> None:
        self.told = Told()
        self._seen: set[bytes] = set()
        self._last: dict[tuple[str, int], int] = {}
        self._decode = msgspec.json.Decoder(_Body).decode

    def note(self, message_id: bytes, body: bytes) -> None:
        told, data = self.told, self._decode(body).data
        if message_id in self._seen:
            told.repeated += 1
            return
        self._seen.add(message_id)
        told.last_at = time.time()
        told.first_at = told.first_at or told.last_at
        told.deliveries += 1
        key = (data.object_type, data.id)
        told.disordered += data.sequence < self._last.get(key, 0)
        self._last[key] = data.sequence


class _Connection(asyncio.Protocol):
    def __init__(self, book: _Book) -> None:
        self._book = book
        self._got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self._got += data
        end = self._got.find(b"\r\n\r\n")
        length, told = _LENGTH(self._got, 0, end), _ID(self._got, 0, end)
        if end < 0 or length is None or told is None or len(self._got) < end + 4 + int(length[1]):
            return
        self._book.note(told[1], self._got[end + 4 :])
        self._transport.write(_ANSWER)
        self._transport.close()


class Receiver:
    """A running receiver; ``told`` is there when its block has ended."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        self.port = int(process.stdout.readline())
        self.told = Told()


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver in a process of its own for the length of the block."""
    command = [sys.executable, "-m", "bench.receiver"]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    receiver = Receiver(process)
    try:
        yield receiver
    finally:
        receiver.told = msgspec.json.decode(process.communicate(timeout=60)[0], type=Told)


async def _serve() -> None:
    book, loop = _Book(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(book), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.buffer.read)
    sys.stdout.buffer.write(msgspec.json.encode(book.told))


if __name__ == "__main__":
    uvloop.run(_serve())
