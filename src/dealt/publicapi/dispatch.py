"""From an ASGI request to a route and back: token, scope, address, version, limits, errors."""

from __future__ import annotations

from collections.abc import Iterable

import structlog

from dealt.accounts import Access
from dealt.kernel.doorbell import Channel
from dealt.kernel.errors import InvalidInput, NotAuthenticated, NotFound
from dealt.kernel.failures import describe
from dealt.kernel.http import Receive, Request, Response, Route, Router, Scope, Send
from dealt.publicapi.call import Call, answer, version_of
from dealt.publicapi.cors import Cors
from dealt.publicapi.services import Services
from dealt.publicapi.sparse import thin
from dealt.publicapi.wholly import is_dry, key_of, once, rehearse

PREFIX = "/api/public"
BURST_S = 2
"""A token may send at once what its rate allows in so many seconds."""
_VARY = {"Vary": "Accept, Authorization, Origin"}
_WRITING = ("POST", "PUT", "PATCH", "DELETE")
_log = structlog.get_logger("dealt.publicapi")


class PublicApi:
    """The ASGI application under ``prefix``, whose token may also come in the header ``token_header``."""

    def __init__(
        self,
        services: Services,
        routes: Iterable[Route[Call]],
        cors: Cors | None = None,
        *,
        prefix: str = PREFIX,
        token_header: str = "",
    ) -> None:
        self._prefix = prefix
        self._token_header = token_header
        self.services = services
        self.cors = cors or Cors()
        self.router: Router[Call] = Router(routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except Exception as error:
            response = _answer_error(error, request)
        allow = response.headers.get("Allow") if request.method == "OPTIONS" else None
        response.headers |= {**_VARY, **request.answer_headers, **self.cors.headers(request, allow)}
        await response.send(send, head_only=request.method == "HEAD")
        if request.method in _WRITING and response.status < 400 and not is_dry(request):
            self.services.doorbell.ring(Channel.STALE, Channel.FOLLOWS, Channel.JOBS)

    async def _respond(self, request: Request) -> Response:
        routes, params = self.router.find(request.path.removeprefix(self._prefix))
        if request.method == "OPTIONS" and routes:
            return Response(200, b"{}", headers={"Allow": _allowed(routes)})
        access = await self._authenticate(request)
        if not routes:
            raise NotFound
        route = routes.get("GET" if request.method == "HEAD" else request.method)
        if route is None:
            detail = {"detail": f'Method "{request.method}" not allowed.'}
            return answer(detail, 405, {"Allow": _allowed(routes)})
        access.check(route.needs, request.client_address)
        if not route.streams:
            await request.read()
        now = self.services.clock.now()
        call = Call(self.services, request, access, params, version_of(request.header("accept")), now)
        return await (_write(call, route) if route.needs != "read" else _read(call, route))

    async def _authenticate(self, request: Request) -> Access:
        kind, _, secret = request.header("authorization").partition(" ")
        if not kind and self._token_header:
            secret = request.header(self._token_header)
            kind = "token" if secret else ""
        if not kind:
            raise NotAuthenticated("Authentication credentials were not provided.")
        if kind.lower() != "token":
            raise NotAuthenticated
        access = await self.services.tokens.access(secret.strip())
        self._count(request, access)
        return access

    def _count(self, request: Request, access: Access) -> None:
        """Take one request from what the token has left. Raises Throttled."""
        rate = access.requests_per_second
        if rate is None:
            rate = self.services.requests_per_second
        if rate:
            allowed = self.services.limits.take((access.actor.workspace_id, access.token_id), rate, BURST_S * rate)
            request.answer_headers = allowed.headers


async def _read(call: Call, route: Route[Call]) -> Response:
    """A read: of a list as its arguments ask, with all fields or those that are asked for."""
    fields = None
    if call.request.query_string:
        args = call.request.query
        fields = args.get("fields")
        if route.listing is not None and route.listing.asks(args):
            call.narrowed = route.listing.narrow(args, await call.snapshot(), call.now)
    response = await route.handler(call)
    return response if fields is None else thin(response, fields)


async def _write(call: Call, route: Route[Call]) -> Response:
    """A write as it was asked for: for good, once for its key, or as a rehearsal, which needs no key."""
    call.dry, key = is_dry(call.request), key_of(call.request)
    if route.streams:
        if key is not None:
            raise InvalidInput.of("Idempotency-Key", "A stream has no key: every line is repeated by its own id.")
        if call.dry and not route.rehearses:
            raise InvalidInput.of("dry_run", "This stream cannot be rehearsed; send one object to the single endpoint.")
        return await route.handler(call)
    if call.dry:
        return await rehearse(call, route.handler)
    if key is None:
        return await route.handler(call)
    if route.keeps_key:
        call.key = key
        return await route.handler(call)
    return await once(call, route.handler, key)


def _allowed(routes: dict[str, Route[Call]]) -> str:
    methods = [m for m in ("GET", "POST", "PUT", "PATCH", "DELETE") if m in routes]
    return ", ".join([*methods, *(["HEAD"] if "GET" in routes else []), "OPTIONS"])


def _answer_error(error: Exception, request: Request) -> Response:
    told = describe(error)
    if told.unexpected:
        _log.exception("unexpected error", method=request.method, path=request.path, exc_info=error)
    return answer(told.body, told.status, told.headers)
