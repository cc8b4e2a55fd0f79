"""Users: the contacts of the shop."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Unpack

from ..asked import Asked, Body, Fields, Id, Keyed, Where, at, get, write
from ..bulk import Stream
from ..describing import S, lists, reads, streams, writes
from ..pages import Page, listing
from ..shapes import Event, Happening, List, PageView, ProductEvent, SegmentOfUser, Tags, Told, User
from .people import People
from .stored import Changed, Labelled


class Users(Changed[S, User], Labelled[S], People[S]):
    """``client.users``."""

    name = "users"
    bulk = streams(Stream("/users/bulk/", ("custom_id", "user_id")))

    @writes
    def update_or_create(self, body: Body, **how: Unpack[Keyed]) -> Asked[Told]:
        """Make or change the user with the body's ``custom_id``."""
        return write("POST", "/users/update_or_create/", body, how)

    @reads
    def search(self, /, *, fields: Fields = None, **where: Where) -> Asked[list[User]]:
        """Users for whom every argument holds, 1,000 at most: ``email="..."``, ``city__istartswith="os"``.

        ``list`` takes the same arguments and gives all.
        """
        return get("/users/search/", {**where, "many": True}, fields)

    @lists
    def events(self, /, which: Id, *, fields: Fields = None, **where: Where) -> Asked[Page[Event]]:
        """The user's events, newest first; ``event`` is a name of events."""
        return listing(at("users", which, "events"), where, fields)

    @writes
    def add_event(self, which: Id, body: Body, **how: Unpack[Keyed]) -> Asked[Told]:
        """Tell of an event of the user: ``name``, ``data``, ``timestamp``."""
        return write("POST", at("users", which, "events"), body, how)

    @lists
    def product_events(self, /, which: Id, *, fields: Fields = None, **where: Where) -> Asked[Page[ProductEvent]]:
        """What the user did with products, newest first."""
        return listing(at("users", which, "product_events"), where, fields)

    @lists
    def page_views(self, /, which: Id, *, fields: Fields = None, **where: Where) -> Asked[Page[PageView]]:
        """The pages that the user looked at, newest first."""
        return listing(at("users", which, "ping_hits"), where, fields)

    @lists
    def timeline(self, /, which: Id, *, fields: Fields = None, **where: Where) -> Asked[Page[Happening]]:
        """Everything that happened to the user, newest first."""
        return listing(at("users", which, "timeline"), where, fields)

    @reads
    def lifetime(self, which: Id, *, fields: Fields = None) -> Asked[dict[str, Any]]:
        """What is predicted of the user's orders; with ``note`` where nothing is."""
        return get(at("users", which, "lifetime"), fields=fields)

    @lists
    def segments(self, /, which: Id, *, fields: Fields = None, **where: Where) -> Asked[Page[SegmentOfUser]]:
        """The segments that the user is in."""
        return listing(at("users", which, "segments"), where, fields)

    @lists
    def emails(self, /, which: Id, *, fields: Fields = None, **where: Where) -> Asked[Page[dict[str, Any]]]:
        """The e-mails to the user."""
        return listing(at("users", which, "emails"), where, fields)

    @writes
    def add_tags(self, which: Id, tags: Iterable[str], **how: Unpack[Keyed]) -> Asked[Tags]:
        """Put several tags on."""
        return write("POST", at("users", which, "add_many_tags"), {"tag_names": [*tags]}, how)

    @writes
    def add_to_list(self, which: Id, list_id: int, **how: Unpack[Keyed]) -> Asked[List]:
        """Put the user on a list."""
        return write("POST", at("users", which, "add_to_list"), {"list": list_id}, how)

    @writes
    def remove_from_list(self, which: Id, list_id: int, **how: Unpack[Keyed]) -> Asked[List]:
        """Take the user off a list."""
        return write("POST", at("users", which, "remove_from_list"), {"list": list_id}, how)

    @writes
    def update_many(
        self, ids: Iterable[Id], attribute: str, value: Any, *, custom: bool = False, **how: Unpack[Keyed]
    ) -> Asked[dict[str, str]]:
        """Give up to 10,000 users one value of a field, or with ``custom`` of an attribute; all of them or none.

        ``ids`` are all Dealt's or all your own. Raises NotFound naming those that do not exist.
        """
        wanted = [*ids]
        own = any(isinstance(one, str) for one in wanted)
        if own and not all(isinstance(one, str) for one in wanted):
            raise ValueError("Name the users either by Dealt's ids or by your own.")
        kind = "custom" if custom else "standard"
        path = f"/users{'-by-id' if own else ''}/mass_update_{kind}_attributes/"
        return write("PUT", path, {"ids": wanted, "attribute": attribute, "value": value}, how)
