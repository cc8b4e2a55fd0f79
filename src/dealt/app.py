"""The composition root: settings in, ASGI application out. The only place that knows every domain."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Any

from dealt.accounts import MEMBERS, Definitions, Part, Tokens
from dealt.attributes import ATTRIBUTES
from dealt.deals import DealWriter
from dealt.kernel.clock import Clock, SystemClock
from dealt.kernel.db import Pool, open_pool
from dealt.kernel.http import Receive, Response, Scope, Send
from dealt.kernel.ratelimit import Buckets
from dealt.pipelines import PIPELINES
from dealt.publicapi import PublicApi, Services
from dealt.publicapi.dispatch import PREFIX
from dealt.publicapi.routes import ROUTES
from dealt.settings import Settings
from dealt.tags import TAGS

PARTS: list[Part[Any]] = [ATTRIBUTES, MEMBERS, PIPELINES, TAGS]
"""Every kind of definition that a snapshot holds."""


def build_services(pool: Pool, settings: Settings, clock: Clock | None = None) -> Services:
    """The caches and writers of one process over ``pool``."""
    definitions = Definitions(PARTS)
    rate = settings.requests_per_second
    limits = Buckets(rate, 2 * rate) if rate else None
    return Services(pool, clock or SystemClock(), Tokens(pool), definitions, DealWriter(), limits)


class Application:
    """One web process: opens its pool at start-up, answers ``/healthz`` and the public API, closes all at the end."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self._settings = settings
        self._clock = clock
        self._stack = AsyncExitStack()
        self.services: Services | None = None
        self._public: PublicApi | None = None

    async def start(self) -> None:
        """Open the pool and build what routes need."""
        settings = self._settings
        pool = await self._stack.enter_async_context(
            await open_pool(settings.database_url, size=settings.pool_size, name="dealt web")
        )
        self.services = build_services(pool, settings, self._clock)
        self._public = PublicApi(self.services, ROUTES)

    async def stop(self) -> None:
        """Finish what is under way and close the pool."""
        await self._stack.aclose()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http" and self._public is not None and scope["path"].startswith(PREFIX):
            await self._public(scope, receive, send)
        elif scope["type"] == "http":
            await self._other(scope, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        await self.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def _other(self, scope: Scope, send: Send) -> None:
        if scope["path"] == "/healthz" and self.services is not None:
            await self.services.pool.fetchval("SELECT 1")
            await Response(200, b'{"status":"ok"}').send(send)
            return
        await Response(404, b'{"detail":"Not found."}').send(send)


def create_app() -> Application:
    """The factory that ``dealt web`` gives to the HTTP server."""
    return Application(Settings.from_environment())
