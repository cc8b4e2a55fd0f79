"""A load generator: ``python -m bench.load`` takes a Job as JSON on its input and prints a Result.

Every connection is kept alive and has one request under way; the next goes out when the answer has come. It runs
in a process of its own and does as little as it can, because it shares the machine with what it measures.
"""

from __future__ import annotations

import asyncio
import gc
import re
import subprocess
import sys
import time
from array import array
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import msgspec
import uvloop

from bench.api.told import Events, Users
from bench.orders import Lists, Orders

ROOT = Path(__file__).parents[1]
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE).search


Work: TypeAlias = Orders | Events | Users | Lists


class Job(msgspec.Struct, frozen=True):
    """Send ``work`` to 127.0.0.1:``port`` for ``seconds``, after ``warm_up`` seconds that are not counted."""

    port: int
    work: Work
    connections: int = 64
    seconds: float = 5.0
    warm_up: float = 1.0


class Result(msgspec.Struct, frozen=True):
    """Latencies are in milliseconds; ``complaint`` is the first answer that was not a success."""

    answers: int
    rate: float
    statuses: dict[int, int]
    p50: float
    p95: float
    p99: float
    longest: float
    client_cpu: float
    """The share of one core that this process used."""
    complaint: str = ""

    @property
    def all_good(self) -> bool:
        return bool(self.statuses) and all(200 <= status < 300 for status in self.statuses)


class _Tally:
    """What all connections share."""

    def __init__(self, requests: Iterator[bytes]) -> None:
        self.requests = requests
        self.latencies = array("d")
        self.statuses: Counter[int] = Counter()
        self.complaint = ""
        self.sending = True
        self.open = 0
        self.all_done = asyncio.get_running_loop().create_future()

    def reset(self) -> None:
        self.latencies = array("d")
        self.statuses.clear()

    def closed(self) -> None:
        self.open -= 1
        if not self.open and not self.all_done.done():
            self.all_done.set_result(None)


class _Connection(asyncio.Protocol):
    def __init__(self, tally: _Tally) -> None:
        self._tally = tally
        self._rest = b""
        self._asked_at = 0.0
        tally.open += 1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]
        self._ask()

    def data_received(self, data: bytes) -> None:
        if self._rest:
            data = self._rest + data
        end = data.find(b"\r\n\r\n")
        length = _LENGTH(data, 0, end) if end > 0 else None
        if length is None or len(data) < end + 4 + int(length[1]):
            self._rest = data
            return
        self._rest = b""
        tally = self._tally
        tally.latencies.append(time.perf_counter() - self._asked_at)
        status = int(data[9:12])
        tally.statuses[status] += 1
        if status >= 300 and not tally.complaint:
            tally.complaint = data[: end + 1000].decode(errors="replace")
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._tally.sending:
            self._tally.statuses[0] += 1
            self._tally.complaint = self._tally.complaint or f"The server closed a connection: {exc}"
        self._tally.closed()

    def _ask(self) -> None:
        if not self._tally.sending:
            self._transport.close()
            return
        self._asked_at = time.perf_counter()
        self._transport.write(next(self._tally.requests))


def run(job: Job) -> Result:
    """Do ``job`` in a new process and wait for it."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        cwd=ROOT,
        input=msgspec.json.encode(job),
        stdout=subprocess.PIPE,
        check=True,
    )
    return msgspec.json.decode(done.stdout, type=Result)


async def _send(job: Job) -> Result:
    loop = asyncio.get_running_loop()
    tally = _Tally(job.work.requests())
    for _ in range(job.connections):
        await loop.create_connection(lambda: _Connection(tally), "127.0.0.1", job.port)
    await asyncio.sleep(job.warm_up)
    tally.reset()
    gc.disable()
    started, used = time.perf_counter(), time.process_time()
    await asyncio.sleep(job.seconds)
    seconds, used = time.perf_counter() - started, time.process_time() - used
    latencies, statuses = tally.latencies, dict(tally.statuses)
    tally.reset()
    tally.sending = False
    await asyncio.wait_for(tally.all_done, 60)
    return _sum_up(latencies, statuses, seconds, used / seconds, tally.complaint)


def _sum_up(latencies: array[float], statuses: dict[int, int], seconds: float, used: float, complaint: str) -> Result:
    times = sorted(latencies)
    p50, p95, p99, longest = (1000 * quantile(times, share) for share in (0.5, 0.95, 0.99, 1.0))
    return Result(len(times), len(times) / seconds, statuses, p50, p95, p99, longest, used, complaint)


def quantile(ascending: list[float], share: float) -> float:
    """The value that ``share`` of all are at most; 0 where there are none."""
    return ascending[max(0, round(share * len(ascending)) - 1)] if ascending else 0.0


if __name__ == "__main__":
    asked = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    sys.stdout.buffer.write(msgspec.json.encode(uvloop.run(_send(asked))))
