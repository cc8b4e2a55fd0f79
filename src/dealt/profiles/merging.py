"""Two contacts made one by hand: both side by side, which one stays, and whose value it has where they differ."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dealt.accounts import Snapshot
from dealt.contacts import BLANK, called, parse_contact, read_contact, update_contact
from dealt.kernel.db import Connection, Record, in_transaction
from dealt.kernel.errors import InvalidInput
from dealt.kernel.http import Response
from dealt.people import Movers, merge, unmerge
from dealt.profiles import queries
from dealt.profiles.contact import contact_of, show
from dealt.profiles.keeping import attributes_of, written
from dealt.profiles.naming import contact_meant
from dealt.profiles.numbers import number_in
from dealt.profiles.telling import Teller
from dealt.profiles.typed import CONTACT
from dealt.web import PageRoute, Undo, Visit, action, page

_NAMES = ("email", "custom_id")
"""What the one that stays keeps; what the other was called leads to it."""
FROM = "from."


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of which both have a value, and not the same: the values, and how they are told."""

    name: str
    label: str
    values: tuple[Any, Any]
    told: tuple[str, str]


async def compare(visit: Visit) -> Response:
    """Both side by side, before anything is done."""
    async with visit.reading() as connection:
        snapshot = await visit.house.definitions.for_reading(connection, visit.workspace_id)
        try:
            both = await _both(visit, connection, visit.query)
        except InvalidInput as error:
            visit.failed = error
            return await show(visit)
        numbers = [await connection.fetchrow(queries.NUMBERS, visit.workspace_id, one["id"]) for one in both]
    return await visit.page(
        "profiles/merging.html", both=both, names=[called(one) for one in both], numbers=numbers,
        differences=differences(snapshot, *both), base_currency=snapshot.base_currency,
    )  # fmt: skip


async def merge_in(visit: Visit) -> Response:
    """Two contacts become one: orders, events, tags and lists come together, with the values that were chosen."""
    snapshot = await visit.snapshot()

    async def work(connection: Connection) -> tuple[int, int, dict[str, Any], dict[str, Any]]:
        this, other = await _both(visit, connection, {name: visit.text(name) for name in ("user_id", "contact")})
        stays, goes = (other, this) if visit.text("stays") == "other" else (this, other)
        wanted, own = "this" if stays is other else "other", int(stays is other)
        taken = [one for one in differences(snapshot, this, other) if visit.text(f"{FROM}{one.name}") == wanted]
        chosen = {one.name: one.values[1 - own] for one in taken}
        parse_contact(chosen)
        await merge(connection, visit.of(Movers), visit.actor, stays["id"], [goes["id"]], now=visit.now)
        return stays["id"], goes["id"], chosen, {one.name: one.values[own] for one in taken}

    stays, goes, chosen, before = await in_transaction(visit.house.pool, work)
    await _set(visit, stays, chosen)
    undo = Undo(f"/contacts/{stays}/unmerge/", {"other": str(goes), "values": json.dumps(before)})
    return visit.go(f"/contacts/{stays}/", "They are one contact now.", undo)


async def split(visit: Visit) -> Response:
    """A contact that was merged into this one stands by itself again, with what it brought; ``values`` are what this
    one had before, where it was given values of the other.
    """
    other, values = number_in(visit.text("other"), "other"), _values(visit)

    async def work(connection: Connection) -> None:
        await contact_of(visit, connection)
        await unmerge(connection, visit.of(Movers), visit.actor, visit.id(), [other], now=visit.now)

    await in_transaction(visit.house.pool, work)
    await _set(visit, visit.id(), values)
    return visit.go(f"/contacts/{visit.id()}/", "They are two contacts again.")


def differences(snapshot: Snapshot, this: Record, other: Record) -> list[Difference]:
    """What both know, and not alike, but for their names."""
    teller = Teller(snapshot, {}, "contact")
    fields = [(one.name, one.label, (this[one.name], other[one.name])) for one in CONTACT if one.name not in _NAMES]
    own, others = (json.loads(one["attributes"]) for one in (this, other))
    fields += [
        (one.name_std, one.name, (own.get(one.name_std), others.get(one.name_std)))
        for one in attributes_of(snapshot, "contact")
    ]
    found = []
    for name, label, values in fields:
        known = all(value not in (None, "", [], BLANK.get(name)) for value in values)
        if known and values[0] != values[1]:
            told = teller.changes({name: list(values)})
            words = (told[0].before, told[0].after) if told else (str(values[0]), str(values[1]))
            found.append(Difference(name, label, values, words))
    return found


async def _both(visit: Visit, connection: Connection, named: Mapping[str, str]) -> tuple[Record, Record]:
    """The contact that the path names, and the one that ``user_id`` or ``contact`` names. Raises InvalidInput."""
    this = await contact_of(visit, connection)
    meant = named.get("user_id") or named.get("contact") or ""
    other = await read_contact(
        connection, visit.workspace_id, await contact_meant(connection, visit.workspace_id, meant, "contact")
    )
    if this["id"] == other["id"]:
        raise InvalidInput.of("contact", "This is the contact itself. Choose another one to merge with it.")
    return this, other


async def _set(visit: Visit, contact_id: int, values: Mapping[str, Any]) -> None:
    if not values:
        return
    patch = parse_contact(values)

    async def work(connection: Connection, snapshot: Snapshot) -> Any:
        return await update_contact(connection, visit.actor, contact_id, patch, snapshot=snapshot, now=visit.now)

    await written(visit, work)


def _values(visit: Visit) -> Mapping[str, Any]:
    try:
        values = json.loads(visit.text("values") or "{}")
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise InvalidInput.of("values", "Reload the page and try again.")
    parse_contact(values)
    return values


_ONE = "/contacts/<int:id>/"
ROUTES: list[PageRoute] = [
    page(f"{_ONE}merge/", compare, "contacts", writes=True),
    action(f"{_ONE}merge/", merge_in, "contacts", again=show),
    action(f"{_ONE}unmerge/", split, "contacts", again=show),
]
