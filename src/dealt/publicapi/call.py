"""One call of the public API: who calls, in which version, with what."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import msgspec

from dealt.accounts import Access, Actor, Snapshot
from dealt.kernel.bodies import parse_object
from dealt.kernel.clock import iso
from dealt.kernel.db import Connection, Held, Record, transaction
from dealt.kernel.errors import NotFound
from dealt.kernel.http import Request, Response
from dealt.kernel.idempotency import IdempotencyKey
from dealt.kernel.paging import Narrowed, Page, PageRequest
from dealt.publicapi.services import Services

_VERSION_2 = re.compile(r"version\s*=\s*2")
_encoder = msgspec.json.Encoder(decimal_format="string")


@dataclass(slots=True)
class Call:
    """``version`` is 1 unless the Accept header asks for 2; ``params`` are the parameters of the path.

    ``narrowed`` is what the arguments ask of a list whose route has a ``listing``. ``key`` is the request's
    Idempotency-Key where the handler keeps it itself; ``dry`` says that nothing may stay. ``as_of`` is the moment whose
    changes are all in what a list shows of derived values, where it shows any.
    """

    services: Services
    request: Request
    access: Access
    params: Mapping[str, str]
    version: int
    now: datetime
    narrowed: Narrowed | None = None
    key: IdempotencyKey | None = None
    dry: bool = False
    as_of: datetime | None = None

    def within(self, held: Held) -> Call:
        """The same call over one held connection."""
        return replace(self, services=self.services.within(held))

    @property
    def actor(self) -> Actor:
        return self.access.actor

    @property
    def workspace_id(self) -> int:
        return self.access.actor.workspace_id

    @property
    def body(self) -> dict[str, Any]:
        """The body's object. Raises InvalidInput naming the place."""
        return parse_object(self.request.body, self.request.header("content-type"))

    def id(self, name: str = "id") -> int:
        """A whole-number parameter of the path."""
        return int(self.params[name])

    def text(self, name: str = "custom_id") -> str:
        """A text parameter of the path. What cannot be stored cannot be found: raises NotFound."""
        value = self.params[name]
        if "\x00" in value or not _is_storable(value):
            raise NotFound
        return value

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """A connection for reads."""
        async with self.services.pool.acquire() as connection:
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Connection]:
        """A connection in the one transaction of this request, committed when the block ends well."""
        async with transaction(self.services.pool) as connection:
            yield connection

    async def definitions(self, connection: Connection) -> Snapshot:
        """The workspace's definitions, at most a second old: for shaping what is read."""
        return await self.services.definitions.for_reading(connection, self.workspace_id)

    async def snapshot(self) -> Snapshot:
        """``definitions`` without a connection at hand; asks the database only where nothing recent is held."""
        recent = self.services.definitions.recent(self.workspace_id)
        if recent is not None:
            return recent
        async with self.reading() as connection:
            return await self.definitions(connection)

    @property
    def age(self) -> dict[str, str]:
        """The header that says how old derived values are, where there are any."""
        return {} if self.as_of is None else {"Dealt-As-Of": iso(self.as_of)}

    @property
    def page_request(self) -> PageRequest:
        """Which page, and what the list is narrowed to and ordered by."""
        return PageRequest.parse(self.request.query, self.narrowed)


def version_of(accept: str) -> int:
    """The API version that an Accept header asks for, with or without a blank before ``version``."""
    return 2 if accept and _VERSION_2.search(accept) else 1


def answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer; decimals become strings, times ISO 8601."""
    return Response(status, _encoder.encode(value), headers=dict(headers or {}))


def paged(call: Call, page: Page, shape: Callable[[Record], Any]) -> Response:
    """The list envelope with absolute links: by page number in version 1, by cursor in version 2.

    A row whose shape is None is left out: it was gone when the rest of it was read.
    """
    by_cursor = call.version == 2 or page.request.cursor is not None
    following = previous = None
    if page.has_next and by_cursor:
        following = _link(call, cursor=page.next_cursor())
    elif page.has_next:
        following = _link(call, page=page.request.number + 1)
    if page.request.cursor is None and page.request.number > 1:
        previous = _link(call, page=page.request.number - 1)
    headers = call.age | ({} if page.count_is_exact else {"Dealt-Count": "estimate"})
    results = [shaped for row in page.rows if (shaped := shape(row)) is not None]
    return answer({"count": page.count, "next": following, "previous": previous, "results": results}, headers=headers)


def _link(call: Call, **changes: Any) -> str:
    arguments = {k: v for k, v in call.request.query.items() if k not in ("page", "cursor")}
    return f"{call.request.origin}{call.request.path}?{urlencode(arguments | changes)}"


def _is_storable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
