"""The composition root: settings in, ASGI application out. The only place that knows every domain."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from typing import Any

import asyncpg
import structlog
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from dealt import __version__, demo_pictures
from dealt.accounts import MEMBERS, Definitions, Part, Tokens
from dealt.aggregators import AGGREGATORS, OF_COMPANIES, VALUES, Noted
from dealt.attribute_uses import uses_of
from dealt.attributes import ATTRIBUTES, INDEXES
from dealt.attributes.pages import Uses
from dealt.auditing import AuditMetrics, read_standing
from dealt.board import Boards
from dealt.contacts import ContactWriter
from dealt.deals import DEALS, DealWriter
from dealt.demo import shop
from dealt.demo_loading import load_demo
from dealt.derivation import build_derived
from dealt.devices import DEVICES
from dealt.events import EVENTS, OCCURRENCES, EventWriter
from dealt.freshness import Derived, Settling
from dealt.kernel.clock import Clock, SystemClock
from dealt.kernel.db import Pool, open_pool
from dealt.kernel.doorbell import Doorbell
from dealt.kernel.http import Receive, Request, Response, Scope, Send
from dealt.kernel.livefeed import LiveFeed
from dealt.kernel.metrics import QueueMetrics
from dealt.kernel.outbound import networks
from dealt.kernel.ratelimit import Buckets
from dealt.kernel.secrets import SecretBox
from dealt.kernel.slots import Slots
from dealt.lifetime import LIFETIMES, PREDICTING
from dealt.members.system import Audited
from dealt.pages import build_pages
from dealt.people import OWN, Journal, Mover, Movers, Rows
from dealt.pipelines import PIPELINES
from dealt.publicapi import PublicApi, Services, sdk
from dealt.publicapi.cors import Cors
from dealt.publicapi.described import CHAPTERS
from dealt.publicapi.dispatch import PREFIX
from dealt.publicapi.openapi import DOCS, SCHEMA, Documents
from dealt.publicapi.routes import DESCRIBED, ROUTES
from dealt.rfm import RFMS
from dealt.settings import Settings
from dealt.starting import Demo
from dealt.tags import TAGS
from dealt.tasks import TASKS
from dealt.uploads import REFUSED
from dealt.web import Pages, Pictures

HEALTH_TIMEOUT_S = 5.0
OTHERS = ("/healthz", "/metrics", "/api")
# Below the last one: a client of the API that has a wrong address is told so, not asked to sign in.
BELOW = (demo_pictures.PREFIX, "/api/")
NOTE_TOKENS_S = 60.0
DOWN = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
DATABASE_AWAY = Response(503, b'{"status":"the database does not answer"}', headers={"Retry-After": "1"})
_log = structlog.get_logger("dealt.app")

PARTS: list[Part[Any]] = [
    AGGREGATORS, OF_COMPANIES, ATTRIBUTES, EVENTS, INDEXES, MEMBERS, PIPELINES, PREDICTING, RFMS, TAGS,
]  # fmt: skip
"""Every kind of definition that a snapshot holds."""

# Members of static segments move; a deal's go with it.
_MEMBERSHIPS: tuple[Mover, ...] = (
    Rows("segment_members", "segment_id", can_meet=True, until="deletion", parent="segments"),
)
_MOVERS: list[Mover] = [
    *OWN, VALUES, DEALS, TASKS, *OCCURRENCES, *DEVICES, LIFETIMES, *_MEMBERSHIPS, Noted(), REFUSED,
]  # fmt: skip
_JOURNAL = Journal(
    of_objects=[history for mover in _MOVERS for history in mover.histories],
    elsewhere=[kind for mover in _MOVERS for kind in mover.told],
)
MOVERS: list[Mover] = [*_MOVERS, _JOURNAL]
"""What belongs to a contact, in the order in which it is moved: deals before tasks, and the journal last."""


def build_services(
    pool: Pool, settings: Settings, clock: Clock | None = None, counted: Slots | None = None
) -> Services:
    """The caches and writers of one process over ``pool``; ``counted`` is what it shares of rate limits."""
    definitions = Definitions(PARTS)
    clock = clock or SystemClock()
    writer = DealWriter(pool, clock, definitions, gather=settings.gather)
    rate = settings.requests_per_second
    events = EventWriter(pool, clock, definitions, gather=settings.gather)
    box = SecretBox.when_needed(settings.data_dir)
    derived = build_derived()
    contacts = ContactWriter(pool, clock, definitions, gather=settings.gather)
    limits, tokens, doorbell = Buckets(clock, counted), Tokens(pool), Doorbell(pool)
    return Services(
        pool, clock, tokens, definitions, contacts, writer, events, doorbell, limits, box, MOVERS, derived,
        Settling([derived]), rate,
    )  # fmt: skip


def pages_of(services: Services, live: LiveFeed, settings: Settings) -> Pages:
    """The pages over the same caches and writers as the API's."""
    provided = {
        DealWriter: services.deals,
        ContactWriter: services.contacts,
        EventWriter: services.events,
        Settings: settings,
        Uses: Uses([uses_of]),
        Audited: Audited(read_standing),
        Derived: services.derived,
        Settling: services.settling,
        Movers: Movers(services.movers),
        Demo: Demo(lambda workspace_id: load_demo(services, workspace_id, shop(services.clock.now()), _untold)),
        Boards: Boards(),
        Pictures: Pictures(services.clock, networks(settings.allow_private_networks)),
    }
    return build_pages(
        services.pool, services.clock, services.definitions, services.doorbell, services.box, live, provided,
        settings.data_dir / "templates",
    )  # fmt: skip


def _untold(_what: str, _done: int, _total: int) -> None:
    """How far the demo shop is, which its page sees by what has arrived."""


class Application:
    """One web process: opens its pool at start-up, answers the public API and a few pages, closes all at the end.

    ``counted`` is what it shares of rate limits with other processes of the machine.
    """

    def __init__(self, settings: Settings, clock: Clock | None = None, counted: Slots | None = None) -> None:
        self._counted = counted
        self._settings = settings
        self._proxies = settings.proxies
        self._clock = clock
        self._stack = AsyncExitStack()
        self.services: Services | None = None
        self._public: PublicApi | None = None
        self._sdk: PublicApi | None = None
        self._pages: Pages | None = None
        self._live: LiveFeed | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._noting: asyncio.Task[None] | None = None
        self._registry = CollectorRegistry()
        self._metrics = QueueMetrics(self._registry)
        self._audits = AuditMetrics(self._registry)
        self._documents = Documents(DESCRIBED, CHAPTERS, __version__)

    async def start(self) -> None:
        """Open the pool and build what routes need."""
        settings = self._settings
        pool = await self._stack.enter_async_context(
            await open_pool(settings.database_url, size=settings.pool_size, name="dealt web")
        )
        self.services = build_services(pool, settings, self._clock, self._counted)
        cors = Cors.parse(settings.cors_origins)
        self._public = PublicApi(self.services, ROUTES, cors)
        self._sdk = PublicApi(self.services, sdk.SDK_ROUTES, cors, prefix=sdk.PREFIX, token_header=sdk.TOKEN_HEADER)
        self._live = await self._stack.enter_async_context(LiveFeed(pool))
        self._loop = asyncio.get_running_loop()
        self._pages = pages_of(self.services, self._live, settings)
        self._noting = asyncio.create_task(self._note_tokens())

    def about_to_stop(self) -> None:
        """End what would never end by itself, so that the process can; callable from a signal's handler."""
        if self._loop is not None and self._live is not None:
            self._loop.call_soon_threadsafe(self._live.close)

    async def stop(self) -> None:
        """Finish what is under way and close the pool."""
        if self.services is not None and self._noting is not None:
            self._noting.cancel()
            if self._pages is not None:
                await self._pages.house.of(Demo).close()
            with suppress(*DOWN):
                await self.services.contacts.close()
                await self.services.deals.close()
                await self.services.events.close()
                await self.services.doorbell.close()
                await self.services.tokens.write_last_used(self.services.clock.now())
        await self._stack.aclose()

    async def _note_tokens(self) -> None:
        """Once a minute, store when each token was last used."""
        while self.services is not None:
            await asyncio.sleep(NOTE_TOKENS_S)
            with suppress(*DOWN):
                await self.services.tokens.write_last_used(self.services.clock.now())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        scope = self._proxies.seen_through(scope)
        if scope["type"] == "http" and self._public is not None and scope["path"].startswith(f"{PREFIX}/"):
            await self._public(scope, receive, send)
        elif scope["type"] == "http" and self._sdk is not None and scope["path"].startswith(sdk.PREFIX):
            await self._sdk(scope, receive, send)
        elif scope["type"] == "http" and scope["path"].startswith((SCHEMA, DOCS)):
            request = Request(scope, receive)
            await self._documents.respond(request).send(send, head_only=request.method == "HEAD")
        elif scope["type"] == "http" and (scope["path"] in OTHERS or scope["path"].startswith(BELOW)):
            await self._other(scope, send)
        elif scope["type"] == "http" and self._pages is not None:
            await self._pages(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        await self.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def _other(self, scope: Scope, send: Send) -> None:
        response = Response(404, b'{"detail":"Not found."}')
        if scope["path"] == "/healthz":
            response = await self._health()
        elif scope["path"] == "/metrics":
            response = await self._figures()
        elif scope["path"].startswith(demo_pictures.PREFIX):
            response = demo_pictures.picture_at(scope["path"])
        await response.send(send, head_only=scope["method"] == "HEAD")

    async def _health(self) -> Response:
        """Whether this process can do its work: 503 while the database does not answer."""
        try:
            async with asyncio.timeout(HEALTH_TIMEOUT_S):
                if self.services is not None:
                    await self.services.pool.fetchval("SELECT 1")
                    return Response(200, b'{"status":"ok"}')
        except DOWN:
            _log.warning("the database does not answer")
        return DATABASE_AWAY

    async def _figures(self) -> Response:
        """What Prometheus asks for; 503 while the database does not answer."""
        try:
            async with asyncio.timeout(HEALTH_TIMEOUT_S):
                if self.services is not None:
                    async with self.services.pool.acquire() as connection:
                        await self._metrics.refresh(connection, self.services.clock.now())
                        await self._audits.refresh(connection)
                    return Response(200, generate_latest(self._registry), CONTENT_TYPE_LATEST.encode())
        except DOWN:
            _log.warning("the database does not answer")
        return DATABASE_AWAY


def create_app() -> Application:
    """The factory that ``dealt web`` gives to the HTTP server."""
    return Application(Settings.from_environment())
