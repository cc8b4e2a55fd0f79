"""The page of the first minutes, and where a member comes in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from dealt.accounts import create_token
from dealt.kernel.errors import Conflict
from dealt.kernel.http import Response
from dealt.starting import queries
from dealt.web import SIGNED_IN, PageRoute, Visit, action, page

_HERE = "/start/"
_log = structlog.get_logger("dealt.starting")


class Demo:
    """Loads the demo shop beside the answering of requests; one that was cut short is taken up by the next asking."""

    def __init__(self, load: Callable[[int], Awaitable[bool]]) -> None:
        self._load = load
        self._loading: dict[int, asyncio.Task[None]] = {}

    def begin(self, workspace_id: int) -> None:
        """Begin, unless it is under way here already."""
        if workspace_id not in self._loading:
            task = asyncio.create_task(self._run(workspace_id))
            self._loading[workspace_id] = task
            task.add_done_callback(lambda _: self._loading.pop(workspace_id, None))

    async def _run(self, workspace_id: int) -> None:
        try:
            await self._load(workspace_id)
        except Exception:
            _log.exception("the demo shop could not be loaded")

    async def close(self) -> None:
        """Stop what is under way: the process is about to end."""
        for task in list(self._loading.values()):
            task.cancel()


async def first_page(visit: Visit) -> Response:
    """To the first steps while there is nothing, else to the first place that the member may enter."""
    if visit.may("settings", "write"):
        async with visit.reading() as connection:
            if await connection.fetchval(queries.EMPTY, visit.workspace_id):
                return visit.go(_HERE)
    return visit.go(visit.house.places.first(visit.member).path)


async def show(visit: Visit, secret: str = "") -> Response:
    """Three ways to begin; with the token in the commands that was just made."""
    return await visit.page(
        "starting/start.html", origin=visit.request.origin, secret=secret, **(await _arrived(visit))
    )


async def show_arrived(visit: Visit) -> Response:
    """The part of the page that says what has arrived."""
    return await visit.page("starting/_arrived.html", **(await _arrived(visit)))


async def make_token(visit: Visit) -> Response:
    """A token for the first requests; the answer, and no later page, shows it."""
    async with visit.writing() as connection:
        made = await create_token(connection, visit.workspace_id, "First steps", now=visit.now, actor=visit.actor.name)
    return await show(visit, made.secret)


async def load_demo(visit: Visit) -> Response:
    """A year of an invented shop, to look around in; unless it would be mixed with one's own."""
    found = await _arrived(visit)
    if not found["demo"] and (found["contact"] or found["deal"]):
        raise Conflict("This workspace has data of its own, with which the demo shop would be mixed.")
    visit.of(Demo).begin(visit.workspace_id)
    return visit.go(_HERE, "The demo shop is being loaded.")


async def _arrived(visit: Visit) -> dict[str, Any]:
    async with visit.reading() as connection:
        contact = await connection.fetchrow(queries.NEWEST_CONTACT, visit.workspace_id)
        deal = await connection.fetchrow(queries.NEWEST_DEAL, visit.workspace_id)
        kinds = {row["kind"] for row in await connection.fetch(queries.DEMO, visit.workspace_id)}
        deals = await connection.fetchval(queries.DEALS, visit.workspace_id)
    demo = "loaded" if "demo.loaded" in kinds else "loading" if kinds else ""
    return {"contact": contact, "deal": deal, "demo": demo, "deals": deals}


ROUTES: list[PageRoute] = [
    page("/", first_page, SIGNED_IN),
    page(_HERE, show, "settings"),
    page(f"{_HERE}arrived/", show_arrived, "settings"),
    action(f"{_HERE}token/", make_token, "settings"),
    action(f"{_HERE}demo/", load_demo, "settings", again=show),
]
