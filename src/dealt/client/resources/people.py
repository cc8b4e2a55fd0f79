"""What is done with the users as persons: joined, separated, exported, erased."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Unpack

from ..asked import Asked, Fields, Id, Keyed, Where, at, get, write
from ..describing import Resource, S, lists, reads, writes
from ..pages import Page, listing
from ..shapes import Erased, Merge, Merged, Separated


class People(Resource[S]):
    """The part of ``client.users`` that is about persons."""

    @writes
    def merge(self, parent: int, others: Iterable[int], **how: Unpack[Keyed]) -> Asked[Merged]:
        """Give everything of some users to one, who stays."""
        return write("POST", "/users/merge/", {"parent": parent, "users_list": [*others]}, how)

    @lists
    def merges(self, /, which: Id, *, fields: Fields = None, **where: Where) -> Asked[Page[Merge]]:
        """Who was merged into the user, the latest first."""
        return listing(at("users", which, "merges"), where, fields)

    @writes
    def unmerge(self, which: Id, others: Iterable[int] | None = None, **how: Unpack[Keyed]) -> Asked[Separated]:
        """Separate users again: of a merged one, or of one into whom others were merged, all or some of them."""
        body = None if others is None else {"users_list": [*others]}
        return write("POST", at("users", which, "unmerge"), body, how)

    @writes
    def erase(self, which: Id, **how: Unpack[Keyed]) -> Asked[Erased]:
        """Erase all that is told of the person; the orders stay, without the person. It cannot be undone."""
        return write("POST", at("users", which, "erase"), None, how)

    @reads
    def export(self, which: Id, *, fields: Fields = None) -> Asked[dict[str, Any]]:
        """Everything that is stored about the person; all of it is in memory at once."""
        return get(at("users", which, "export"), fields=fields)
