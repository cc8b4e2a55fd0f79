"""The load generator counts what the server said, and nothing else."""

from __future__ import annotations

import asyncio
from itertools import count

from bench import load
from bench.orders import Lists, Orders


async def test_every_answer_is_counted_by_its_status_and_a_refusal_is_kept() -> None:
    numbers = count()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await _head(reader):
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            await reader.readexactly(int(length.split(b":")[1]))
            refused = next(numbers) % 10 == 9
            writer.write(b"HTTP/1.1 %d -\r\nContent-Length: 4\r\n\r\n" % (400 if refused else 201))
            await writer.drain()
            writer.write(b"nope" if refused else b"fine")

    result = await _measure(serve, Orders(contacts=3, products=3, seed=1))
    assert set(result.statuses) == {201, 400}
    assert sum(result.statuses.values()) == result.answers
    assert abs(result.statuses[400] * 9 - result.statuses[201]) < 30
    assert result.complaint.endswith("nope")
    assert not result.all_good
    assert 0 < result.p50 <= result.p95 <= result.p99 <= result.longest


async def test_a_closed_connection_is_no_success() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _head(reader)
        writer.close()

    result = await _measure(serve, Lists(["/a", "/b"], token=""))
    assert result.answers == 0
    assert not result.all_good


async def _measure(serve: object, work: Orders | Lists) -> load.Result:
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:  # type: ignore[arg-type]
        port = server.sockets[0].getsockname()[1]
        job = load.Job(port, work, connections=3, seconds=0.3, warm_up=0.1)
        return await asyncio.to_thread(load.run, job)


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""
