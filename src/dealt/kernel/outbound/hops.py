"""A request and the requests that its redirects make of it: what may be asked, and what is passed on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from dealt.kernel.outbound.errors import RefusedRequest

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

# Below 1024 only the web; above it not the services that take commands from whoever can write a line to them:
# databases, caches, desktops, telephony, chat.
_WEB_PORTS = {"http": 80, "https": 443}
_FIRST_FREE_PORT, _LAST_PORT = 1024, 65535
_REFUSED_PORTS = frozenset(
    (1433, 1521, 2049, 3306, 3389, 5060, 5061, 5432, 5900, 6000, 6379, *range(6665, 6670), 6697, 11211, 27017)
)

# A name in ASCII, or an address of either kind.
_is_host = re.compile(rb"[A-Za-z0-9._:-]+").fullmatch

# These frame the message or name its receiver: a caller who set them could talk past the checks.
_OUR_HEADERS = frozenset(
    {"accept-encoding", "connection", "content-length", "expect", "host", "keep-alive", "proxy-authorization"}
    | {"proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}
)
# What another server may see of the caller's headers: nothing that could be a key or a signature.
_PLAIN_HEADERS = frozenset({"accept", "accept-language", "content-type", "user-agent"})
_BODY_HEADERS = frozenset({"content-encoding", "content-language", "content-type"})


@dataclass(frozen=True, slots=True)
class Hop:
    """One request as it is meant, before an address is put in the place of its host."""

    method: str
    url: httpx.URL
    headers: httpx.Headers
    content: bytes | None

    @property
    def host(self) -> str:
        """The name or address in the URL, in ASCII."""
        return self.url.raw_host.decode("ascii")

    @property
    def port(self) -> int:
        """The port in the URL, else that of its scheme."""
        return _WEB_PORTS[self.url.scheme] if self.url.port is None else self.url.port


def first_hop(method: str, url: str, headers: Mapping[str, str], content: bytes | None) -> Hop:
    """The request that a caller asks for. Raises RefusedRequest for what we do not send."""
    if method.upper() not in METHODS:
        raise RefusedRequest(f"{method!r} is not one of the methods {', '.join(sorted(METHODS))}.")
    for name in headers:
        if name.lower() in _OUR_HEADERS:
            raise RefusedRequest(f"The header {name} is written by the server and cannot be given.")
    try:
        named = httpx.Headers({"User-Agent": "Dealt", "Accept": "*/*"})
        named.update(headers)
    except ValueError as error:
        raise RefusedRequest("Headers must be in ASCII.") from error
    return Hop(method.upper(), _checked(_parsed(url)), named, content)


def check_url(url: str) -> str:
    """The URL in its usual spelling. Raises RefusedRequest for one that is never asked, whatever it leads to."""
    return str(_checked(_parsed(url)))


def next_hop(hop: Hop, response: httpx.Response) -> Hop | None:
    """Where the response sends us, or None where it is the answer. Raises RefusedRequest."""
    if not response.has_redirect_location:
        return None
    url = _checked(_parsed(response.headers["location"], hop.url))
    if hop.url.scheme == "https" and url.scheme == "http":
        raise RefusedRequest(f"{hop.host} redirects from https to http, which is not followed.")
    method, content, dropped = hop.method, hop.content, frozenset[str]()
    if _becomes_get(hop.method, response.status_code):
        method, content, dropped = "GET", None, _BODY_HEADERS
    following = Hop(method, url, httpx.Headers(), content)
    same_server = (url.scheme, following.host, following.port) == (hop.url.scheme, hop.host, hop.port)
    kept = hop.headers.keys() if same_server else _PLAIN_HEADERS
    passed_on = {name: text for name, text in hop.headers.items() if name in kept and name not in dropped}
    following.headers.update(passed_on)
    return following


def _becomes_get(method: str, status: int) -> bool:
    """303 always means: look there; after a POST, so do 301 and 302 by long custom."""
    return (status == 303 and method != "HEAD") or (status in (301, 302) and method == "POST")


def _parsed(url: str, base: httpx.URL | None = None) -> httpx.URL:
    try:
        return base.join(url) if base else httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise RefusedRequest("The URL is not valid.") from error


def _checked(url: httpx.URL) -> httpx.URL:
    if url.scheme not in _WEB_PORTS or not _is_host(url.raw_host):
        raise RefusedRequest("The URL must begin with http:// or https:// and the name of a server.")
    if url.userinfo:
        raise RefusedRequest("The URL must not hold a user name or password. Send them in a header.")
    if url.port is not None and not _is_allowed(url.port):
        raise RefusedRequest(f"Port {url.port} is not one for the web: 80, 443 and most above 1023 are.")
    return url


def _is_allowed(port: int) -> bool:
    if port in _WEB_PORTS.values():
        return True
    return _FIRST_FREE_PORT <= port <= _LAST_PORT and port not in _REFUSED_PORTS
