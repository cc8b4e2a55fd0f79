"""Deals: orders that can be edited in every stage of their life."""

from __future__ import annotations

from datetime import datetime
from typing import Unpack

from ..asked import Asked, Body, Id, Keyed, at, write
from ..bulk import Stream
from ..describing import S, streams, writes
from ..shapes import ChangedDeal, Deal, Ignored, UpsertedDeal
from .stored import Labelled, Listed, Remembered


class Deals(Listed[S, Deal], Labelled[S], Remembered[S]):
    """``client.deals``."""

    name = "deals"
    bulk = streams(Stream("/deals/bulk/"))

    @writes
    def create(self, body: Body, **how: Unpack[Keyed]) -> Asked[ChangedDeal]:
        """Make a deal. Raises InvalidInput; NotFound for an unknown contact."""
        return write("POST", "/deals/", body, how)

    @writes
    def update_or_create(self, body: Body, **how: Unpack[Keyed]) -> Asked[UpsertedDeal]:
        """Make or change the deal with the body's ``custom_id``."""
        return write("POST", "/deals/update_or_create/", body, how)

    @writes
    def update(self, which: Id, body: Body, **how: Unpack[Keyed]) -> Asked[ChangedDeal]:
        """Change what the body names, and nothing else. A list of lines is the whole list."""
        return write("PATCH", at("deals", which), body, how)

    @writes
    def delete(
        self, which: Id, *, source_updated_at: datetime | str | None = None, **how: Unpack[Keyed]
    ) -> Asked[Ignored | None]:
        """Delete a deal, unless a newer update than ``source_updated_at`` was taken: the answer says so."""
        return write("DELETE", at("deals", which), None, how, {"source_updated_at": source_updated_at})

    @writes
    def update_line(self, which: Id, line_id: int, body: Body, **how: Unpack[Keyed]) -> Asked[ChangedDeal]:
        """Change one line of the receipt, or take it back: ``{"returned_quantity": 1}``."""
        return write("PATCH", at("deals", which, "lines", line_id), body, how)

    @writes
    def remove_line(self, which: Id, line_id: int, **how: Unpack[Keyed]) -> Asked[ChangedDeal]:
        """Remove one line of the receipt."""
        return write("DELETE", at("deals", which, "lines", line_id), None, how)

    @writes
    def undo(self, which: Id, change: int | None = None, **how: Unpack[Keyed]) -> Asked[ChangedDeal]:
        """Take back the last change; with ``change``, an id of the history, only if that is the last. Conflict else."""
        return write("POST", at("deals", which, "undo"), {} if change is None else {"change": change}, how)
