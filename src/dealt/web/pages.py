"""From a request to a page and back: session, role, origin, errors."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from typing import cast
from urllib.parse import quote

import structlog

from dealt.accounts import find_member, may
from dealt.kernel.doorbell import Channel
from dealt.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound, Throttled
from dealt.kernel.http import Receive, Request, Response, Router, Scope, Send
from dealt.web.assets import PREFIX
from dealt.web.failing import answer
from dealt.web.house import House
from dealt.web.routing import ANYBODY, SIGNED_IN, PageRoute
from dealt.web.security import headers, refuse_other_sites
from dealt.web.visit import Visit

SESSION = "dealt_session"
SIGN_IN = "/sign-in/"
LARGEST_FORM = 1 << 20
_WORTH_PACKING = 1000
_log = structlog.get_logger("dealt.web")


class Pages:
    """The ASGI application of all pages and of the files that they load."""

    def __init__(self, house: House, routes: Iterable[PageRoute]) -> None:
        self.house = house
        self.router: Router[Visit] = Router(routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if request.path.startswith(PREFIX):
            await self.house.assets.respond(request).send(send, head_only=request.method == "HEAD")
            return
        visit = Visit(self.house, request, {}, self.house.clock.now())
        try:
            response = await self._respond(visit)
        except Exception as error:
            # Also where a form was refused and its page is not there to be shown again.
            visit.failed = None
            response = answer(visit, error)
        response.headers |= headers(request, self.house.assets.import_map_hash)
        _pack(request, response)
        response.cookies = visit.cookies
        await response.send(send, head_only=request.method == "HEAD")
        if request.method == "POST" and response.status < 400:
            self.house.doorbell.ring(Channel.STALE, Channel.FOLLOWS, Channel.JOBS)

    async def _respond(self, visit: Visit) -> Response:
        request = visit.request
        routes, visit.params = self.router.find(request.path)
        route = cast("PageRoute | None", routes.get("GET" if request.method == "HEAD" else request.method))
        if secret := visit.cookie(SESSION):
            visit.signed_in = await find_member(self.house.pool, secret, visit.now)
        if visit.signed_in is None and (route is None or route.area != ANYBODY):
            return _sign_in_first(visit)
        if not routes:
            raise NotFound("There is no such page.")
        if route is None:
            return Response(405, b"", headers={"Allow": ", ".join(routes)})
        if not request.path.endswith("/"):
            return Response(308, headers={"Location": f"{request.path}/"})
        _guard(visit, route)
        return await self._run(visit, route)

    async def _run(self, visit: Visit, route: PageRoute) -> Response:
        if visit.request.method != "POST":
            return await route.handler(visit)
        refuse_other_sites(visit.request)
        if not route.streams:
            await visit.request.read(LARGEST_FORM)
        try:
            return await route.handler(visit)
        except (InvalidInput, Conflict, Throttled) as error:
            if route.again is None:
                raise
            visit.failed = error
            return await route.again(visit)


def _guard(visit: Visit, route: PageRoute) -> None:
    if route.area in (ANYBODY, SIGNED_IN):
        return
    if not may(visit.member, route.area, route.act):
        raise Forbidden("Your role does not open this. An admin can change that under Settings, Members.")


def _sign_in_first(visit: Visit) -> Response:
    """To the sign-in, and from there back to what was asked for; a part of a page takes the whole page along."""
    request = visit.request
    if visit.by_htmx:
        return Response(204, headers={"HX-Redirect": SIGN_IN})
    if visit.by_module:
        return visit.json({"detail": "You are signed out. Reload the page to sign in again."}, 401)
    asked = request.path + (f"?{request.query_string.decode('latin-1')}" if request.query_string else "")
    back = "" if asked == "/" or request.method not in ("GET", "HEAD") else f"?next={quote(asked)}"
    return Response(303, headers={"Location": f"{SIGN_IN}{back}"})


def _pack(request: Request, response: Response) -> None:
    """Compress what is worth it; a page holds no secret beside what was sent, so its length tells nothing."""
    response.headers.setdefault("Vary", "Accept-Encoding, Cookie, HX-Request")
    if not isinstance(response.body, bytes) or len(response.body) < _WORTH_PACKING:
        return
    if "gzip" in request.header("accept-encoding") and "Content-Encoding" not in response.headers:
        response.body = gzip.compress(response.body, 5)
        response.headers["Content-Encoding"] = "gzip"
