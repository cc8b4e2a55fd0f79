"""How lists and searches of users are narrowed and ordered: by look-ups, and by dates as older clients ask for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from dealt.accounts import Snapshot
from dealt.aggregators import AGGREGATORS, value_column
from dealt.attributes import Attribute
from dealt.contacts import contact_columns, narrowed_to
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput
from dealt.kernel.lookups import Column
from dealt.kernel.paging import Narrowed, Order, PageRequest
from dealt.lifetime import prediction_columns
from dealt.publicapi.ages import note_age
from dealt.publicapi.call import Call
from dealt.publicapi.listing import PAGING, Listing
from dealt.rfm import RFMS, score_column

MOMENTS = ("first_seen", "last_seen", "last_contacted", "created_at", "updated_at")
_KEYS, _CUSTOM_IDS = ("key", "user_key"), ("custom_id", "user_id")
_BOUNDS = {"min": "gte", "max": "lte"}
_HOW = ("many", "search", "min", "max", "format")
"""Arguments that say how to answer, or are read together."""


@dataclass(frozen=True)
class UserListing(Listing):
    """What aggregators found narrows and orders like attributes.

    ``search=updated_at&min=...&max=...``, both ends included, narrows too.
    """

    def narrow(self, args: Mapping[str, str], snapshot: Snapshot, now: datetime) -> Narrowed:
        """What the arguments ask for, by the last change where that is compared. Raises InvalidInput."""
        for name in (*_KEYS, *_CUSTOM_IDS):
            if args.get(name) == "":
                raise InvalidInput.of(name, "Say what to look for.")
        narrowed = self._between(super().narrow(args, snapshot, now), args, snapshot, now)
        by_change = args.get("search") == "updated_at" or any(name.startswith("updated_at_") for name in args)
        if narrowed.order is None and by_change:
            return replace(narrowed, order=Order(self.columns["updated_at"].sql, id_column=self.id_column))
        return narrowed

    def asks(self, args: Mapping[str, str]) -> bool:  # type: ignore[override]
        """Whether anything has to be read here."""
        return any(name not in PAGING for name in args)

    def attribute(self, attribute: Attribute, snapshot: Snapshot, now: datetime) -> Column:
        """The column of a custom attribute, of what an aggregator fills, or of an RFM score."""
        one = snapshot.part(AGGREGATORS).get(attribute.name_std) if attribute.aggregator_id is not None else None
        alias = self.id_column.removesuffix(".id")
        if one is not None:
            return value_column(alias, one, now, snapshot.time_zone)
        score = score_column(alias, snapshot.part(RFMS), attribute.name_std)
        return super().attribute(attribute, snapshot, now) if score is None else score

    def _between(self, narrowed: Narrowed, args: Mapping[str, str], snapshot: Snapshot, now: datetime) -> Narrowed:
        moment = args.get("search")
        if not moment:
            return narrowed
        if moment not in MOMENTS:
            raise InvalidInput.of("search", f"Users can be listed by {', '.join(MOMENTS)}.")
        for name, how in _BOUNDS.items():
            if not args.get(name):
                continue
            try:
                found, served = self.condition(f"{moment}__{how}", args[name], snapshot, now)
            except ValueError as error:
                raise InvalidInput.of(name, str(error)) from None
            unserved = narrowed.unserved if served else (*narrowed.unserved, name)
            narrowed = replace(narrowed, conditions=(*narrowed.conditions, found), unserved=unserved)
        return narrowed


def users_called(alias: str) -> UserListing:
    """What a list of users takes, in whose statement they are called ``alias``."""
    predicted = prediction_columns(alias)
    return UserListing(
        contact_columns(alias) | predicted,
        sorts=("id", "updated_at"),
        domain="contact",
        source=f"{alias}.attributes",
        own=(*_KEYS, *_CUSTOM_IDS, *_HOW),
        id_column=f"{alias}.id",
        empty_is_nothing=False,
        sorts_attributes=True,
        valued=tuple(predicted),
    )


USERS = users_called("contacts")
MEMBERS = users_called("s")


async def wanted(call: Call, connection: Connection, listing: UserListing = USERS) -> Narrowed:
    """What the call asks of a list of users, whom it names looked up."""
    args = call.request.query
    return await narrowed_to(
        connection,
        call.workspace_id,
        call.narrowed or Narrowed(),
        keys=_texts(listing, args, _KEYS),
        custom_ids=_texts(listing, args, _CUSTOM_IDS),
        id_column=listing.id_column,
    )


async def page_wanted(call: Call, connection: Connection, listing: UserListing = USERS) -> PageRequest:
    """The page that the call asks for of a list of users, who show what is derived: to be asked before it is read."""
    await note_age(call, connection, AGGREGATORS, RFMS)
    return replace(call.page_request, narrowed=await wanted(call, connection, listing))


def is_search(args: Mapping[str, str]) -> bool:
    """Whether any argument asks for users by something."""
    return "search" in args or any(name not in (*PAGING, *_HOW, "ordering") for name in args)


def _texts(listing: UserListing, args: Mapping[str, str], names: tuple[str, ...]) -> list[str]:
    """What the first of these arguments may mean."""
    name = next((name for name in names if name in args), None)
    if name is None:
        return []
    meant = listing.columns[name].meant
    return list(meant(args[name])) if meant else [args[name]]
