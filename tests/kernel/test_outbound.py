"""Outbound requests arrive as they were given, and reach nothing of our own surroundings."""

# ruff: noqa: S104 - addresses are refused here, not listened on
import socket
from ipaddress import IPv4Network, IPv6Network

import pytest

from dealt.kernel.outbound import (
    OutboundClient,
    RefusedAddress,
    RefusedRequest,
)
from tests.kernel.outbound_servers import (
    LOOPBACK,
    OK,
    Names,
    refusal,
    saying,
    serving,
)
from tests.kernel.outbound_servers import client as client


async def test_a_request_arrives_as_it_was_given(client: OutboundClient) -> None:
    async with serving(saying(OK)) as server:
        url = server.url("/hook?a=1#part")
        response = await client.request("post", url, headers={"X-Sign": "abc"}, content=b'{"id":1}')
    (request,) = server.received
    assert (response.status, response.body, response.headers["content-length"]) == (200, b"ok", "2")
    assert request.line == "POST /hook?a=1 HTTP/1.1"
    assert request.body == b'{"id":1}'
    assert request.headers["Host"] == f"127.0.0.1:{server.port}"
    assert request.headers["X-Sign"] == "abc"
    assert request.headers["User-Agent"] == "Dealt"


@pytest.mark.parametrize("status", [204, 304, 400, 404, 429, 500, 503])
async def test_any_status_is_an_answer(client: OutboundClient, status: int) -> None:
    async with serving(saying(f"HTTP/1.1 {status} So\r\nContent-Length: 0\r\n\r\n".encode())) as server:
        assert (await client.request("GET", server.url())).status == status


async def test_a_chunked_body_and_one_that_ends_with_the_connection_are_read(client: OutboundClient) -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"
    until_close = b"HTTP/1.1 200 OK\r\n\r\nabc"
    async with serving(saying(chunked, until_close)) as server:
        assert (await client.request("GET", server.url())).body == b"abc"
        assert (await client.request("GET", server.url())).body == b"abc"


async def test_no_proxy_of_the_environment_is_used(client: OutboundClient, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with OutboundClient(allow=LOOPBACK) as fresh, serving(saying(OK)) as server:
        assert (await fresh.request("GET", server.url())).status == 200


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0.0.0.0", "[::]", "0"),
        *("127.1", "2130706433", "0x7f.0.0.1", "0x7f000001", "169.254.169.254", "[64:ff9b::7f00:1]"),
        *("[2002:7f00:1::]", "[::127.0.0.1]"),
    ],
)
async def test_no_spelling_of_an_address_that_is_not_public_is_reached(host: str) -> None:
    async with OutboundClient() as strict, serving(saying(OK)) as server:
        error = await refusal(strict, server.url(host=host))
    assert isinstance(error, RefusedAddress)
    assert error.permanent
    assert error.status == 400
    assert server.received == []


async def test_the_allow_list_opens_its_networks_only_and_only_in_their_own_form() -> None:
    async with serving(saying(OK)) as server:
        async with OutboundClient(allow=[IPv4Network("127.0.0.2/32"), IPv6Network("::1/128")]) as other:
            assert isinstance(await refusal(other, server.url()), RefusedAddress)
        async with OutboundClient(allow=LOOPBACK) as mapped:
            assert isinstance(await refusal(mapped, server.url(host="[::ffff:127.0.0.1]")), RefusedAddress)


async def test_the_sentence_about_a_refused_address_does_not_tell_what_a_name_leads_to() -> None:
    async with OutboundClient(resolver=Names(["10.1.2.3"])) as strict:
        error = await refusal(strict, "http://db.internal/")
    assert error.detail == "db.internal has no public address. An operator can allow its network."


async def test_a_name_that_changes_its_answer_is_looked_up_once_and_reached_where_it_was_checked() -> None:
    names = Names(["127.0.0.1"], ["127.0.0.2"])
    async with OutboundClient(allow=LOOPBACK, resolver=names) as client, serving(saying(OK)) as server:
        response = await client.request("GET", server.url(host="shop.example"))
    assert response.status == 200
    assert names.asked == [("shop.example", server.port)]
    assert server.received[0].headers["Host"] == f"shop.example:{server.port}"


async def test_only_the_public_addresses_of_a_name_are_tried() -> None:
    names = Names(["10.0.0.1", "::1", "127.0.0.1"])
    async with OutboundClient(allow=LOOPBACK, resolver=names) as client, serving(saying(OK)) as server:
        assert (await client.request("GET", server.url(host="shop.example"))).status == 200


async def test_an_address_of_the_sixth_version_is_reached_too() -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    async with (
        OutboundClient(allow=[IPv6Network("::1/128")], resolver=Names(["127.0.0.1", "::1"])) as client,
        serving(saying(OK), host="::1") as server,
    ):
        assert (await client.request("GET", server.url(host="[::1]"))).body == b"ok"
        assert (await client.request("GET", server.url(host="shop.example"))).body == b"ok"
    assert server.received[0].headers["Host"] == f"[::1]:{server.port}"


async def test_where_one_address_does_not_answer_the_next_is_tried() -> None:
    names = Names(["127.0.0.2", "127.0.0.1"])
    async with OutboundClient(allow=LOOPBACK, resolver=names) as client, serving(saying(OK)) as server:
        assert (await client.request("GET", server.url(host="shop.example"))).status == 200


@pytest.mark.parametrize(
    "url",
    [
        *(
            "ftp://shop.example/",
            "file:///etc/passwd",
            "gopher://shop.example/",
            "javascript:alert(1)",
            "//shop.example",
        ),
        *("", "shop.example", "http://", "http:///path", "http://[::1", "http://shop example/", "http://a\n.example/"),
        *("http://me:secret@shop.example/", "http://me@shop.example/", "http://127.0.0.1\\@shop.example/"),
        *("http://0177.0.0.1/", "http://127%2e0%2e0%2e1/", "http://[fe80::1%25eth0]/", "http://①②⑦.1/"),
        *("http://shop.example:22/", "http://shop.example:25/", "http://shop.example:0/", "http://shop.example:6379/"),
        *("http://shop.example:5432/", "http://shop.example:65536/", "http://shop.example:x/"),
        "http://shop.example/" + "a" * 70_000,
    ],
)
async def test_a_url_that_is_none_of_the_web_is_refused_before_any_look_up(url: str) -> None:
    names = Names(["127.0.0.1"])
    async with OutboundClient(allow=LOOPBACK, resolver=names) as client:
        error = await refusal(client, url)
    assert isinstance(error, RefusedRequest)
    assert error.permanent
    assert "secret" not in error.detail
    assert names.asked == []


@pytest.mark.parametrize("method", ["CONNECT", "TRACE", "", "GET /x HTTP/1.1\r\nHost: y"])
async def test_a_method_that_is_none_of_ours_is_refused(client: OutboundClient, method: str) -> None:
    assert isinstance(await refusal(client, "http://127.0.0.1:8080/", method), RefusedRequest)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *(("Host", "metadata"), ("host", "x"), ("Content-Length", "0"), ("Transfer-Encoding", "chunked")),
        *(("X-A", "ü"), ("X-A", "a\r\nHost: x"), ("X-A\r\nHost", "x"), ("X A", "x"), ("", "x")),
    ],
)
async def test_a_header_that_could_change_the_message_is_refused(client: OutboundClient, name: str, text: str) -> None:
    async with serving(saying(OK)) as server:
        assert isinstance(await refusal(client, server.url(), headers={name: text}), RefusedRequest)
    assert server.received == []
