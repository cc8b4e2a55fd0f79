"""Answers that are too large, too slow or broken, and names that lead nowhere."""

import asyncio
import socket
from collections.abc import Sequence

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealt.kernel.outbound import (
    BrokenResponse,
    ConnectionFailed,
    NameNotFound,
    OutboundClient,
    OutboundTimeout,
    RefusedRequest,
    ResponseTooLarge,
)
from dealt.kernel.outbound.hops import Hop, first_hop, next_hop
from tests.kernel.outbound_servers import (
    LOOPBACK,
    OK,
    Answer,
    Names,
    Received,
    redirect,
    refusal,
    saying,
    serving,
)
from tests.kernel.outbound_servers import client as client


async def test_a_body_is_read_up_to_the_limit_and_not_beyond() -> None:
    sent = 0

    async def endless(request: Received, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 10_000)
            await writer.drain()
            sent += 10_000

    async with OutboundClient(allow=LOOPBACK, max_response_bytes=50_000) as client:
        async with serving(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n" + b"x" * 50_000)) as server:
            assert len((await client.request("GET", server.url())).body) == 50_000
        async with serving(endless) as server:
            error = await refusal(client, server.url())
    assert isinstance(error, ResponseTooLarge)
    assert error.permanent
    assert error.detail == "127.0.0.1 answered with more than 50000 bytes."


async def test_a_compressed_bomb_is_not_asked_for_and_never_unpacked(client: OutboundClient) -> None:
    packed = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00"
    async with serving(saying(packed)) as server:
        assert (await client.request("GET", server.url())).body == b"\x1f\x8b\x08\x00"
    assert server.received[0].headers["Accept-Encoding"] == "identity"


async def silent(_: Received, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def dripping(_: Received, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.01)


async def redirecting_slowly(_: Received, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(0.05)
    writer.write(redirect("/again"))


@pytest.mark.parametrize("answer", [silent, dripping, redirecting_slowly])
async def test_one_deadline_holds_for_all_of_an_answer(answer: Answer) -> None:
    async with OutboundClient(allow=LOOPBACK, timeout_s=0.2, max_redirects=1000) as client, serving(answer) as server:
        error = await refusal(client, server.url())
    assert isinstance(error, OutboundTimeout)
    assert not error.permanent
    assert error.detail == "127.0.0.1 did not answer within 0.2 s."


async def test_the_deadline_holds_for_the_look_up_too() -> None:
    async def never(host: str, port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return []

    async with OutboundClient(timeout_s=0.05, resolver=never) as client:
        assert isinstance(await refusal(client, "http://shop.example/"), OutboundTimeout)


async def test_the_client_goes_on_after_timeouts() -> None:
    async with OutboundClient(allow=LOOPBACK, timeout_s=0.2) as client:
        async with serving(silent) as server:
            await asyncio.gather(*(refusal(client, server.url()) for _ in range(20)))
        async with serving(saying(OK)) as server:
            assert (await client.request("GET", server.url())).status == 200


async def test_a_request_that_is_given_up_by_its_caller_is_cancelled_and_not_a_timeout() -> None:
    arrived = asyncio.Event()

    async def arriving(_: Received, writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await asyncio.Event().wait()

    async with OutboundClient(allow=LOOPBACK) as client, serving(arriving) as server:
        task = asyncio.create_task(client.request("GET", server.url()))
        await arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_a_port_on_which_nobody_listens_is_named(client: OutboundClient) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        error = await refusal(client, f"http://127.0.0.1:{port}/")
    assert isinstance(error, ConnectionFailed)
    assert not error.permanent
    assert error.detail == f"No connection to 127.0.0.1 on port {port}: nobody answers there."


@pytest.mark.parametrize("host", ["no-such-name.invalid", "a..example", "a" * 64 + ".example", "xn--a"])
async def test_a_name_that_leads_nowhere_is_named(client: OutboundClient, host: str) -> None:
    error = await refusal(client, f"http://{host}/")
    assert isinstance(error, NameNotFound)
    assert host in error.detail


async def test_a_name_without_addresses_is_named() -> None:
    async with OutboundClient(resolver=Names([])) as client:
        assert isinstance(await refusal(client, "http://shop.example/"), NameNotFound)


@pytest.mark.parametrize(
    "answer",
    [
        *(b"", b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", b"HTTP/1.1 200"),
        *(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", b"HTTP/1.1 200 OK\r\nBad header\r\n\r\n"),
        *(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"HTTP/1.1 101 Switch\r\n\r\n"),
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n",
    ],
)
async def test_what_is_not_http_or_breaks_off_is_named(client: OutboundClient, answer: bytes) -> None:
    async with serving(saying(answer)) as server:
        error = await refusal(client, server.url())
    assert isinstance(error, BrokenResponse)
    assert not error.permanent


urls = st.one_of(
    st.text(),
    st.from_regex(r"https?://[^/]{0,20}(:[0-9]{0,6})?/.{0,20}", fullmatch=True),
    st.builds("http://{}/".format, st.text(max_size=20)),
)


@given(urls, urls)
def test_any_text_for_a_url_or_location_is_a_server_of_the_web_or_refused(url: str, location: str) -> None:
    hop: Hop | None = None
    try:
        hop = first_hop("GET", url, {}, None)
        hop = next_hop(hop, httpx.Response(302, headers=[(b"Location", location.encode())]))
    except RefusedRequest:
        pass
    if hop is not None:
        assert hop.url.scheme in ("http", "https")
        assert hop.host.isascii()
        assert hop.port in (80, 443) or 1024 <= hop.port <= 65535
