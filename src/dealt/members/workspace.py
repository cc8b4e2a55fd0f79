"""What the workspace is called, where its days begin, and how often tokens may ask."""

from __future__ import annotations

from zoneinfo import available_timezones

from dealt.accounts import HIGHEST_RATE, LONGEST_LIMIT_MS, SHORTEST_LIMIT_MS, read_workspace, update_workspace
from dealt.kernel.errors import InvalidInput
from dealt.kernel.http import Response
from dealt.web import SIGNED_IN, PageRoute, Visit, action, page

_HERE = "/settings/workspace/"


async def first(visit: Visit) -> Response:
    """The first page of the settings."""
    places = visit.house.places.of(visit.member, "settings")
    return visit.go(places[0].path if places else "/me/")


async def show(visit: Visit) -> Response:
    async with visit.reading() as connection:
        workspace = await read_workspace(connection, visit.workspace_id)
    zones = sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))
    return await visit.page("members/workspace.html", workspace=workspace, zones=["UTC", *zones])


async def change(visit: Visit) -> Response:
    name, rate = visit.text("name"), visit.text("requests_per_second")
    if not 0 < len(name) <= 255:
        raise InvalidInput.of("name", "A name has 1 to 255 characters.")
    if rate and not (rate.isascii() and rate.isdigit() and len(rate) < 10 and int(rate) <= HIGHEST_RATE):
        raise InvalidInput.of("requests_per_second", f"A whole number up to {HIGHEST_RATE} is needed, or nothing.")
    limit = visit.text("longest_filter_ms")
    if limit and not (limit.isascii() and limit.isdigit() and len(limit) < 10):
        raise InvalidInput.of("longest_filter_ms", f"From {SHORTEST_LIMIT_MS} to {LONGEST_LIMIT_MS} milliseconds.")
    async with visit.changing() as connection:
        await update_workspace(
            connection, visit.workspace_id, now=visit.now, name=name, time_zone=visit.text("time_zone"),
            requests_per_second=int(rate) if rate else None,
            longest_filter_ms=int(limit) if limit else None, actor=visit.actor.name,
        )  # fmt: skip
    return visit.go(_HERE, "The workspace is saved.")


ROUTES: list[PageRoute] = [
    page("/settings/", first, SIGNED_IN),
    page(_HERE, show, "settings"),
    action(_HERE, change, "settings", again=show),
]
