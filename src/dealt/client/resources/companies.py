"""Companies and who belongs to them."""

from __future__ import annotations

from typing import Unpack

from ..asked import Asked, Body, Fields, Id, Keyed, Where, at, write
from ..bulk import Stream
from ..describing import S, lists, streams, writes
from ..pages import Page, listing
from ..shapes import Company, Member, UpsertedCompany
from .stored import Changed, Labelled


class Companies(Changed[S, Company], Labelled[S]):
    """``client.companies``."""

    name = "companies"
    bulk = streams(Stream("/companies/bulk/", ("custom_id", "company_id")))

    @writes
    def update_or_create(self, body: Body, **how: Unpack[Keyed]) -> Asked[UpsertedCompany]:
        """Make or change the company with the body's ``custom_id``."""
        return write("POST", "/companies/update_or_create/", body, how)

    @lists
    def members(self, /, which: Id, *, fields: Fields = None, **where: Where) -> Asked[Page[Member]]:
        """The users who belong to it."""
        return listing(at("companies", which, "members"), where, fields)

    @writes
    def add_member(self, which: Id, user: Id, **how: Unpack[Keyed]) -> Asked[Company]:
        """Have a user belong to it."""
        return write("POST", at("companies", which, "add_member"), _user(user), how)

    @writes
    def remove_member(self, which: Id, user: Id, **how: Unpack[Keyed]) -> Asked[Company]:
        """Have a user belong to it no more."""
        return write("POST", at("companies", which, "remove_member"), _user(user), how)


def _user(user: Id) -> dict[str, Id]:
    return {"user_id" if isinstance(user, int) else "user_custom_id": user}
