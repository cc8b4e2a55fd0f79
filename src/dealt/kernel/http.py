"""Requests, responses and the route table of an ASGI application."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl, unquote

from dealt.kernel.errors import InvalidInput, TooLarge

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
C = TypeVar("C")

LARGEST_BODY = 1_048_576
_PARAMETER = re.compile(r"^<(?:(int|str):)?(\w+)>$")


class Request:
    """One HTTP request. ``query`` and headers are read when asked for; header names are lower-case bytes.

    ``answer_headers`` go into whatever it is answered with.
    """

    __slots__ = ("_query", "_receive", "answer_headers", "body", "headers", "method", "path", "query_string", "scope")

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.scope = scope
        self.method: str = scope["method"]
        self.path: str = (scope.get("raw_path") or scope["path"].encode()).split(b"?", 1)[0].decode("latin-1")
        self.query_string: bytes = scope["query_string"]
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.body = b""
        self.answer_headers: dict[str, str] = {}
        self._receive = receive
        # Most requests have none, and are asked for it several times.
        self._query: dict[str, str] | None = None if self.query_string else {}

    def header(self, name: str) -> str:
        """A header's value, or an empty string."""
        return self.headers.get(name.lower().encode("latin-1"), b"").decode("latin-1")

    @property
    def query(self) -> dict[str, str]:
        """Query arguments, the last of each name. Some clients end the whole query with a slash: it is dropped."""
        if self._query is None:
            text = self.query_string.decode("latin-1").removesuffix("/")
            try:
                self._query = dict(parse_qsl(text, keep_blank_values=True, encoding="utf-8", errors="strict"))
            except UnicodeDecodeError:
                raise InvalidInput.of("query", "The query string is not UTF-8.") from None
            for name, value in self._query.items():
                if "\x00" in name or "\x00" in value:
                    raise InvalidInput.of(name.replace("\x00", ""), "A NUL character cannot be stored or searched.")
        return self._query

    @property
    def client_address(self) -> str | None:
        """The peer's IP address; None over a Unix socket."""
        client = self.scope.get("client")
        return client[0] if client else None

    @property
    def origin(self) -> str:
        """Scheme and host as the client sees them, a proxy's X-Forwarded-Proto honoured."""
        scheme = self.header("x-forwarded-proto").split(",")[0].strip().lower() or self.scope.get("scheme", "http")
        host = self.header("host") or "localhost"
        return f"{scheme if scheme in ('http', 'https') else 'http'}://{host}"

    async def read(self, limit: int = LARGEST_BODY) -> bytes:
        """The whole body, kept in ``body``. Raises TooLarge above ``limit`` bytes."""
        chunks, size = [], 0
        async for chunk in self.stream():
            size += len(chunk)
            if size > limit:
                raise TooLarge(f"The body is longer than {limit} bytes. Send less at a time, or use a bulk endpoint.")
            chunks.append(chunk)
        self.body = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        return self.body

    async def stream(self) -> AsyncIterator[bytes]:
        """The body's chunks as they arrive. Raises ConnectionError when the client goes away."""
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ConnectionError("The client closed the connection.")
            if message.get("body"):
                yield message["body"]
            if not message.get("more_body"):
                return

    async def gone(self) -> None:
        """Wait until the client closes the connection; for streams, whose writing tells nothing of it."""
        while (await self._receive())["type"] != "http.disconnect":
            pass


@dataclass(slots=True)
class Response:
    """An answer; ``body`` is bytes, or an async iterator of them for a stream.

    ``repeated`` is the body that a repetition is answered with, where that must not be the same. ``cookies`` are the
    values of Set-Cookie headers.
    """

    status: int = 200
    body: bytes | AsyncIterator[bytes] = b""
    content_type: bytes = b"application/json"
    headers: dict[str, str] = field(default_factory=dict)
    repeated: bytes | None = None
    cookies: Sequence[str] = ()

    async def send(self, send: Send, *, head_only: bool = False) -> None:
        """Write the answer to the client."""
        stream = not isinstance(self.body, bytes)
        headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in self.headers.items()]
        headers += [(b"set-cookie", cookie.encode("latin-1")) for cookie in self.cookies]
        if self.status != 204:
            headers.append((b"content-type", self.content_type))
        if isinstance(self.body, bytes) and self.status != 204:
            headers.append((b"content-length", str(len(self.body)).encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        if isinstance(self.body, bytes):
            await send({"type": "http.response.body", "body": b"" if head_only else self.body})
            return
        if stream and not head_only:
            async for chunk in self.body:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


@dataclass(frozen=True, slots=True)
class Route(Generic[C]):
    """One line of the route table: ``path`` holds parameters as ``<int:id>`` or ``<custom_id>``.

    ``needs`` is the token scope (read or write); ``streams`` leaves the request's body unread for the handler.
    ``listing`` says what a list can be narrowed and ordered by, for whoever dispatches. ``keeps_key`` says that the
    handler itself keeps an Idempotency-Key with its write; ``rehearses`` that a stream takes part in a dry run.
    """

    methods: tuple[str, ...]
    path: str
    handler: Callable[[C], Awaitable[Response]]
    needs: str
    streams: bool = False
    keeps_key: bool = False
    rehearses: bool = False
    listing: Any = None


class _Node(Generic[C]):
    def __init__(self) -> None:
        self.literals: dict[str, _Node[C]] = {}
        self.parameter: tuple[str, str, _Node[C]] | None = None
        self.routes: dict[str, Route[C]] = {}


class Router(Generic[C]):
    """Finds the route of a path, with or without its last slash; parameters are percent-decoded."""

    def __init__(self, routes: Iterable[Route[C]]) -> None:
        self.routes = list(routes)
        self._root: _Node[C] = _Node()
        for route in self.routes:
            node = self._node(route.path)
            for method in route.methods:
                if method in node.routes:
                    raise AssertionError(f"two routes for {method} {route.path}")
                node.routes[method] = route

    def find(self, path: str) -> tuple[dict[str, Route[C]], dict[str, str]]:
        """The routes at ``path`` by method (empty where there is none) and the path's parameters."""
        node, params = self._root, {}
        for segment in path.strip("/").split("/"):
            following = node.literals.get(segment)
            if following is None:
                if node.parameter is None:
                    return {}, {}
                kind, name, following = node.parameter
                value = unquote(segment)
                if kind == "int" and not _is_id(value):
                    return {}, {}
                params[name] = value
            node = following
        return node.routes, params

    def _node(self, path: str) -> _Node[C]:
        node = self._root
        for segment in path.strip("/").split("/"):
            match = _PARAMETER.match(segment)
            if match is None:
                node = node.literals.setdefault(segment, _Node())
                continue
            kind, name = match[1] or "str", match[2]
            if node.parameter is None:
                node.parameter = (kind, name, _Node())
            if node.parameter[:2] != (kind, name):
                raise AssertionError(f"{path} names its parameter differently from an earlier route")
            node = node.parameter[2]
        return node


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 19 and int(text) < 2**63
