"""The client: look up, check, connect to what was checked, read no more than agreed."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from types import TracebackType

import httpx

from dealt.kernel.outbound.addresses import Address, Network, is_public
from dealt.kernel.outbound.errors import (
    BrokenResponse,
    ConnectionFailed,
    NameNotFound,
    OutboundError,
    OutboundTimeout,
    RefusedAddress,
    RefusedRequest,
    ResponseTooLarge,
    TlsFailed,
    TooManyRedirects,
)
from dealt.kernel.outbound.hops import Hop, first_hop, next_hop

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Host name and port -> addresses as text, best first. Raises socket.gaierror where there are none."""

_Read = Callable[[Hop, httpx.Response], Awaitable[bytes]]

_ADDRESSES_TRIED = 4
_CONNECTIONS = 100
_LOOKUP_THREADS = 8


@dataclass(frozen=True, slots=True)
class OutboundResponse:
    """The last answer: ``headers`` with names in any case, ``body`` as it was sent, not decompressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class OutboundClient:
    """Sends HTTP/1.1 requests to public addresses only.

    The name is looked up once, each address is checked, and the connection goes to a checked address; TLS is
    verified against the name. So for every redirect. Each request has a connection of its own: nothing is
    shared between the workspaces that send. Proxies of the environment are not used.
    """

    def __init__(
        self,
        *,
        allow: Sequence[Network] = (),
        timeout_s: float = 10,
        max_response_bytes: int = 1_000_000,
        max_redirects: int = 3,
        cut: bool = False,
        resolver: Resolver | None = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        """``allow``: networks that may be reached although they are not public.

        ``max_redirects``: 0 means that a redirect is the answer. ``cut``: read no more than the limit of an answer's
        body, where a longer one is otherwise an error. ``timeout_s``: for all of a request, its redirects and its
        body together. ``ssl_context``: whom to trust; by default certifi's authorities, or those of SSL_CERT_FILE.
        """
        self._allow, self._timeout_s = tuple(allow), timeout_s
        self._max_response_bytes, self._max_redirects, self._cut = max_response_bytes, max_redirects, cut
        # Threads of our own: slow name servers must not hold up whoever else needs a thread.
        self._lookups = ThreadPoolExecutor(_LOOKUP_THREADS, thread_name_prefix="lookup")
        self._resolver = resolver or self._look_up
        self._transport = httpx.AsyncHTTPTransport(
            verify=ssl_context or _usual_trust(),
            trust_env=False,
            limits=httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=0),
        )

    async def __aenter__(self) -> OutboundClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close what is open. Not while requests run."""
        await self._transport.aclose()
        self._lookups.shutdown(wait=False, cancel_futures=True)

    async def request(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, content: bytes | None = None
    ) -> OutboundResponse:
        """Send a request and follow its redirects, as browsers do. Any status is an answer.

        To another server a redirect takes only headers that hold no secret; from https to http none is followed.
        Raises a subclass of OutboundError, and no other error.
        """
        return await self._within_time(first_hop(method, url, headers or {}, content), self._read)

    async def download(
        self,
        url: str,
        write: Callable[[bytes], object],
        *,
        check: Callable[[OutboundResponse], None],
        max_bytes: int,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """GET what may be large: ``write`` is given its bytes as they come, at most ``max_bytes`` of them.

        ``check`` is shown the answer without its body before that, and raises where it is not wanted; its error is
        passed on. Otherwise raises like ``request``.
        """

        async def read(hop: Hop, response: httpx.Response) -> bytes:
            check(OutboundResponse(response.status_code, response.headers, b""))
            size = 0
            async for chunk in response.aiter_raw():
                size += len(chunk)
                if size > max_bytes:
                    raise ResponseTooLarge(f"{hop.host} answered with more than {max_bytes} bytes.")
                write(chunk)
            return b""

        await self._within_time(first_hop("GET", url, headers or {}, None), read)

    async def _within_time(self, hop: Hop, read: _Read) -> OutboundResponse:
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._follow(hop, read)
        except TimeoutError as error:
            raise OutboundTimeout(f"{hop.host} did not answer within {self._timeout_s:g} s.") from error

    async def _follow(self, hop: Hop, read: _Read) -> OutboundResponse:
        for _ in range(self._max_redirects + 1):
            with _named_errors(hop):
                response = await self._send(hop)
                try:
                    following = next_hop(hop, response) if self._max_redirects else None
                    if following is None:
                        body = await read(hop, response)
                        return OutboundResponse(response.status_code, response.headers, body)
                finally:
                    await response.aclose()
            hop = following
        raise TooManyRedirects(f"More than {self._max_redirects} redirects, the last one to {hop.host}.")

    async def _send(self, hop: Hop) -> httpx.Response:
        *others, last = await self._addresses(hop)
        connect_s = self._timeout_s / (len(others) + 1)
        for address in others:
            try:
                return await self._transport.handle_async_request(_pinned(hop, address, connect_s))
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await self._transport.handle_async_request(_pinned(hop, last, connect_s))

    async def _addresses(self, hop: Hop) -> list[Address]:
        """The addresses of the host that may be reached, one at least."""
        found = [ip_address(text) for text in await self._resolve(hop)]
        reachable = [address for address in found if self._may_reach(address)]
        if not reachable:
            raise RefusedAddress(f"{hop.host} has no public address. An operator can allow its network.")
        return reachable[:_ADDRESSES_TRIED]

    def _may_reach(self, address: Address) -> bool:
        return is_public(address) or any(address in network for network in self._allow)

    async def _resolve(self, hop: Hop) -> Sequence[str]:
        try:
            found = await self._resolver(hop.host, hop.port)
        except (socket.gaierror, UnicodeError) as error:
            raise NameNotFound(f"The name {hop.host} was not found.") from error
        if not found:
            raise NameNotFound(f"The name {hop.host} has no address.")
        return found

    async def _look_up(self, host: str, port: int) -> list[str]:
        return await asyncio.get_running_loop().run_in_executor(self._lookups, _getaddrinfo, host, port)

    async def _read(self, hop: Hop, response: httpx.Response) -> bytes:
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > self._max_response_bytes:
                if self._cut:
                    return bytes(body[: self._max_response_bytes])
                raise ResponseTooLarge(f"{hop.host} answered with more than {self._max_response_bytes} bytes.")
        return bytes(body)


def _pinned(hop: Hop, address: Address, connect_s: float) -> httpx.Request:
    """The request, addressed to one address; the server still reads its name in Host and in the TLS greeting."""
    headers = hop.headers.copy()
    # No compression: a small answer must not unpack to a large one. Closed, for the next may be another's.
    headers.update({"Host": hop.url.netloc.decode("ascii"), "Accept-Encoding": "identity", "Connection": "close"})
    extensions = {
        "sni_hostname": hop.host.rstrip("."),
        "timeout": {"connect": connect_s, "read": None, "write": None, "pool": None},
    }
    url = hop.url.copy_with(host=str(address))
    return httpx.Request(hop.method, url, headers=headers, content=hop.content, extensions=extensions)


@contextmanager
def _named_errors(hop: Hop) -> Iterator[None]:
    """Say in our words what went wrong on the way."""
    try:
        yield
    except (httpx.TimeoutException, TimeoutError) as error:
        raise TimeoutError from error
    except httpx.LocalProtocolError as error:
        raise RefusedRequest("The headers hold characters that a request cannot carry.") from error
    except (httpx.ConnectError, ssl.SSLError) as error:
        raise _not_connected(hop, error) from error
    except (httpx.HTTPError, OSError) as error:
        raise BrokenResponse(f"{hop.host} broke off, or did not answer in HTTP.") from error


def _not_connected(hop: Hop, error: BaseException) -> OutboundError:
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    if cause is None:
        return ConnectionFailed(f"No connection to {hop.host} on port {hop.port}: nobody answers there.")
    reason = getattr(cause, "verify_message", None) or cause.reason or "the greeting failed"
    return TlsFailed(f"No safe connection to {hop.host}: {reason}.")


@cache
def _usual_trust() -> ssl.SSLContext:
    # Reading the authorities takes 20 ms.
    return httpx.create_ssl_context()


def _getaddrinfo(host: str, port: int) -> list[str]:
    return [str(address[0]) for *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
