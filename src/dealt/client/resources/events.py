"""Events, the names that they have, and page views."""

from __future__ import annotations

from typing import Unpack

from ..asked import Asked, Body, Fields, Keyed, Where, at, get, write
from ..bulk import Stream
from ..describing import Resource, S, lists, reads, streams, writes
from ..pages import Page, listing
from ..shapes import Event, EventName, Made, Told


class Events(Resource[S]):
    """``client.events``. A user's own are with the user: ``client.users.events(...)``."""

    bulk = streams(Stream("/events/bulk/", ("custom_id", "id")))

    @writes
    def create(self, body: Body, **how: Unpack[Keyed]) -> Asked[Told]:
        """Tell of an event: ``name`` and ``user_id``, ``user_custom_id`` or ``user_key``."""
        return write("POST", "/events/", body, how)

    @lists
    def names(self, /, *, fields: Fields = None, **where: Where) -> Asked[Page[EventName]]:
        """The names that events have."""
        return listing("/events/", where, fields)

    @reads
    def get_name(self, which: int, *, fields: Fields = None) -> Asked[EventName]:
        """One name."""
        return get(at("events", which), fields=fields)

    @writes
    def declare(self, body: Body, **how: Unpack[Keyed]) -> Asked[EventName]:
        """Declare a name before it occurs: ``name``, ``description``."""
        return write("POST", "/events/definitions/", body, how)

    @writes
    def update_name(self, which: int, body: Body, **how: Unpack[Keyed]) -> Asked[EventName]:
        """Change a name or its description; occurrences stay."""
        return write("PATCH", at("events", which), body, how)

    @lists
    def occurrences(self, /, which: int, *, fields: Fields = None, **where: Where) -> Asked[Page[Event]]:
        """All occurrences of a name, newest first."""
        return listing(at("events", which, "occurrences"), where, fields)


class PageViews(Resource[S]):
    """``client.page_views``. A user's own are with the user: ``client.users.page_views(...)``."""

    @writes
    def create(self, body: Body, **how: Unpack[Keyed]) -> Asked[Made]:
        """Tell of a page that a user looked at."""
        return write("POST", "/site-views/", body, how)
