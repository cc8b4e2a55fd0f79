"""RFM: users scored by how recently, how often and for how much they ordered."""

from __future__ import annotations

from typing import Any, Unpack

from ..asked import Asked, Body, Fields, Keyed, Where, at, write
from ..describing import S, lists, writes
from ..pages import Page, listing
from ..shapes import User
from .stored import Changed


class Rfm(Changed[S, dict[str, Any]]):
    """``client.rfm``: one call makes the aggregators, the scores and a segment for each group."""

    name = "rfm"

    @lists
    def users(self, /, which: int, *, fields: Fields = None, **where: Where) -> Asked[Page[User]]:
        """The users of a cell (``r``, ``f``, ``m``) or of a ``group``."""
        return listing(at("rfm", which, "users"), where, fields)

    @writes
    def preview(self, body: Body, **how: Unpack[Keyed]) -> Asked[dict[str, Any]]:
        """The edges and the matrix of an RFM that is not saved."""
        return write("POST", "/rfm/preview/", body, how)
