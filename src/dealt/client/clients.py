"""The two clients: everything but the way of waiting is the same."""

from __future__ import annotations

from types import TracebackType
from typing import Literal, Self

import httpx

from .resources import Surface
from .retries import Retries
from .senders import AsyncSender, SyncSender

TIMEOUT_S = 30.0
LIMITS = httpx.Limits(max_connections=20, max_keepalive_connections=10, keepalive_expiry=30.0)
_PUBLIC = "/api/public"


class Client(Surface[SyncSender]):
    """A client that waits. Threads may share one; close it, or use it in a ``with`` block.

    ``base_url`` is the address of the server, with or without ``/api/public/``. ``timeout`` is in seconds, for
    connecting and for each piece of an answer. ``http`` is an httpx client of your own, for a proxy or certificates:
    then its timeout and limits count, and closing it is yours.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        version: Literal[1, 2] = 2,
        timeout: float = TIMEOUT_S,
        retries: Retries = Retries(),  # noqa: B008 - it cannot be changed
        limits: httpx.Limits = LIMITS,
        http: httpx.Client | None = None,
    ) -> None:
        self._own = http is None
        self._http = http or httpx.Client(timeout=timeout, limits=limits)
        super().__init__(SyncSender(self._http, _server(base_url), _headers(token, version), retries))

    def close(self) -> None:
        """End the connections."""
        if self._own:
            self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncClient(Surface[AsyncSender]):
    """A client to be awaited, on asyncio; otherwise as ``Client``. Tasks may share one."""

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        version: Literal[1, 2] = 2,
        timeout: float = TIMEOUT_S,
        retries: Retries = Retries(),  # noqa: B008
        limits: httpx.Limits = LIMITS,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        self._own = http is None
        self._http = http or httpx.AsyncClient(timeout=timeout, limits=limits)
        super().__init__(AsyncSender(self._http, _server(base_url), _headers(token, version), retries))

    async def close(self) -> None:
        """End the connections."""
        if self._own:
            await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def _server(base_url: str) -> str:
    url = httpx.URL(base_url)
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError(f"This is not the address of a server: {base_url!r}.")
    return base_url.rstrip("/").removesuffix(_PUBLIC)


def _headers(token: str, version: int) -> dict[str, str]:
    accept = "application/json; version=2" if version == 2 else "application/json"
    return {"Authorization": f"Token {token}", "Accept": accept, "User-Agent": "dealt-client"}
