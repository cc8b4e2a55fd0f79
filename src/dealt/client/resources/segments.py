"""Segments: saved filters."""

from __future__ import annotations

from typing import Unpack

from ..asked import Asked, Body, Fields, Keyed, Where, at, get, write
from ..describing import S, lists, reads, writes
from ..pages import Page, listing
from ..shapes import Segment, SegmentChanges, SegmentExplained, SegmentMember, SegmentPreview, User
from .stored import Changed


class Segments(Changed[S, Segment]):
    """``client.segments``: users, deals, products or companies that pass a filter."""

    name = "segments"

    @lists
    def users(self, /, which: int, *, fields: Fields = None, **where: Where) -> Asked[Page[User]]:
        """The users who belong."""
        return listing(at("segments", which, "users"), where, fields)

    @lists
    def members(self, /, which: int, *, fields: Fields = None, **where: Where) -> Asked[Page[SegmentMember]]:
        """Whatever belongs, and since when."""
        return listing(at("segments", which, "members"), where, fields)

    @writes
    def preview(self, body: Body, **how: Unpack[Keyed]) -> Asked[SegmentPreview]:
        """Who passes a ``filter`` that is not saved."""
        return write("POST", "/segments/preview/", body, how)

    @writes
    def changes(self, which: int, body: Body, **how: Unpack[Keyed]) -> Asked[SegmentChanges]:
        """Who would enter and leave if ``filter`` were the segment's."""
        return write("POST", at("segments", which, "changes"), body, how)

    @writes
    def snapshot(self, which: int, body: Body, **how: Unpack[Keyed]) -> Asked[Segment]:
        """A static segment called ``name`` with the members of now."""
        return write("POST", at("segments", which, "snapshot"), body, how)

    @reads
    def explain(self, /, which: int, **whom: Where) -> Asked[SegmentExplained]:
        """Why a user (``user_id``, ``user_custom_id``) belongs; other objects are named by ``id``."""
        return get(at("segments", which, "explain"), whom)
