# ruff: noqa: S104 - addresses are refused here, not listened on
import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Network
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from dealt.kernel.outbound import (
    BrokenResponse,
    ConnectionFailed,
    NameNotFound,
    OutboundClient,
    OutboundError,
    OutboundTimeout,
    RefusedAddress,
    RefusedRequest,
    ResponseTooLarge,
    TlsFailed,
    TooManyRedirects,
)
from dealt.kernel.outbound.hops import Hop, first_hop, next_hop

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


@dataclass(frozen=True)
class Authority:
    """A certificate for shop.example and 127.0.0.1, and the two ends that know it."""

    server: ssl.SSLContext
    trusting: ssl.SSLContext


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "shop.example")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("shop.example"), x509.IPAddress(IPv4Address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    return _authority(tmp_path_factory.mktemp("tls"), certificate, key)


def _authority(folder: Path, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> Authority:
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "server.pem").write_bytes(pem + private)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "server.pem")
    return Authority(server, ssl.create_default_context(cadata=pem.decode()))


async def test_tls_is_verified_against_the_name_and_not_the_address(authority: Authority) -> None:
    names = Names(["127.0.0.1"])
    async with (
        OutboundClient(allow=LOOPBACK, resolver=names, ssl_context=authority.trusting) as client,
        serving(saying(OK), authority.server) as server,
    ):
        assert (await client.request("GET", server.url(host="shop.example", scheme="https"))).body == b"ok"
        assert (await client.request("GET", server.url(host="shop.example.", scheme="https"))).body == b"ok"
        error = await refusal(client, server.url(host="bank.example", scheme="https"))
    assert server.names == ["shop.example", "shop.example", "bank.example"]
    assert isinstance(error, TlsFailed)
    assert "bank.example" in error.detail
    assert "Hostname mismatch" in error.detail


async def test_tls_to_an_address_is_verified_against_the_address(authority: Authority) -> None:
    async with (
        OutboundClient(allow=LOOPBACK, ssl_context=authority.trusting) as client,
        serving(saying(OK), authority.server) as server,
    ):
        assert (await client.request("GET", server.url(scheme="https"))).body == b"ok"


async def test_a_certificate_of_an_unknown_authority_is_refused(client: OutboundClient, authority: Authority) -> None:
    async with serving(saying(OK), authority.server) as server:
        error = await refusal(client, server.url(scheme="https"))
    assert isinstance(error, TlsFailed)
    assert error.detail.startswith("No safe connection to 127.0.0.1: self-signed certificate")


async def test_a_server_without_tls_is_no_https_server(client: OutboundClient) -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        writer.close()

    listener = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with listener:
        error = await refusal(client, f"https://127.0.0.1:{listener.sockets[0].getsockname()[1]}/")
    assert isinstance(error, TlsFailed)


async def test_a_redirect_from_https_to_http_is_not_followed(authority: Authority) -> None:
    async with (
        OutboundClient(allow=LOOPBACK, ssl_context=authority.trusting) as client,
        serving(saying(redirect("http://127.0.0.1:8080/")), authority.server) as server,
    ):
        error = await refusal(client, server.url(scheme="https"))
    assert isinstance(error, RefusedRequest)
    assert "from https to http" in error.detail
