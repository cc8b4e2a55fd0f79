"""TLS: verified against the name that was asked for."""

import asyncio
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from dealt.kernel.outbound import (
    OutboundClient,
    RefusedRequest,
    TlsFailed,
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
