"""Redirects: followed with care, every hop checked anew."""

import pytest

from dealt.kernel.outbound import (
    OutboundClient,
    OutboundError,
    RefusedAddress,
    RefusedRequest,
    TooManyRedirects,
)
from tests.kernel.outbound_servers import (
    LOOPBACK,
    OK,
    Names,
    redirect,
    refusal,
    saying,
    serving,
)
from tests.kernel.outbound_servers import client as client


async def test_a_redirect_is_followed(client: OutboundClient) -> None:
    async with serving(saying(redirect("/there?x=1"), OK)) as server:
        assert (await client.request("GET", server.url("/here"), headers={"X-Key": "k"})).body == b"ok"
    assert [request.line for request in server.received] == ["GET /here HTTP/1.1", "GET /there?x=1 HTTP/1.1"]
    assert server.received[1].headers["X-Key"] == "k"


@pytest.mark.parametrize(
    ("method", "status", "next_method"),
    [
        *(("POST", 301, "GET"), ("POST", 302, "GET"), ("POST", 303, "GET"), ("PUT", 303, "GET")),
        *(("POST", 307, "POST"), ("POST", 308, "POST"), ("PUT", 302, "PUT"), ("HEAD", 303, "HEAD")),
    ],
)
async def test_a_redirect_keeps_or_changes_the_method_as_browsers_do(
    client: OutboundClient, method: str, status: int, next_method: str
) -> None:
    head_safe_ok = b"HTTP/1.1 204 No Content\r\n\r\n"
    async with serving(saying(redirect("/there", status), head_safe_ok)) as server:
        content = None if method == "HEAD" else b"{}"
        await client.request(method, server.url(), headers={"Content-Type": "text/json"}, content=content)
    last = server.received[-1]
    assert last.line == f"{next_method} /there HTTP/1.1"
    kept = next_method == method
    assert ("Content-Type" in last.headers) == kept
    assert last.body == ((content or b"") if kept else b"")


async def test_a_redirect_to_another_server_takes_no_secrets_along(client: OutboundClient) -> None:
    secrets = {"Authorization": "Token x", "Cookie": "a=b", "X-Api-Key": "k", "Webhook-Signature": "v1,x"}
    async with serving(saying(OK)) as other, serving(saying(redirect(other.url(), 307))) as server:
        headers = {**secrets, "Content-Type": "application/json"}
        await client.request("POST", server.url(), headers=headers, content=b"{}")
    assert other.received[0].headers["Content-Type"] == "application/json"
    assert not any(name in other.received[0].headers for name in secrets)
    assert all(server.received[0].headers[name] == text for name, text in secrets.items())


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        ("http://10.0.0.1/", RefusedAddress),
        ("http://169.254.169.254/latest/meta-data/", RefusedAddress),
        ("//[::1]:8080/", RefusedAddress),
        ("http://me:x@127.0.0.1/", RefusedRequest),
        ("file:///etc/passwd", RefusedRequest),
        ("http://127.0.0.1:22/", RefusedRequest),
        ("http://[::1", RefusedRequest),
    ],
)
async def test_every_redirect_is_checked_like_the_first_request(
    client: OutboundClient, location: str, kind: type[OutboundError]
) -> None:
    async with serving(saying(redirect(location))) as server:
        assert isinstance(await refusal(client, server.url()), kind)
    assert len(server.received) == 1


async def test_a_redirect_to_the_same_name_is_looked_up_and_checked_anew() -> None:
    names = Names(["127.0.0.1"], ["10.0.0.1"])
    async with OutboundClient(allow=LOOPBACK, resolver=names) as client, serving(saying(redirect("/x"))) as server:
        assert isinstance(await refusal(client, server.url(host="shop.example")), RefusedAddress)
    assert len(names.asked) == 2


async def test_redirects_have_an_end() -> None:
    async with OutboundClient(allow=LOOPBACK, max_redirects=2) as client, serving(saying(redirect("/x"))) as server:
        error = await refusal(client, server.url())
    assert isinstance(error, TooManyRedirects)
    assert error.permanent
    assert len(server.received) == 3


async def test_a_redirect_without_a_place_is_an_answer(client: OutboundClient) -> None:
    async with serving(saying(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n")) as server:
        assert (await client.request("GET", server.url())).status == 302
