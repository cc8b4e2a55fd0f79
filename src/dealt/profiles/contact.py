"""The page of one contact, and everything that can be done to it there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dealt.accounts import sees_only, trusting
from dealt.aggregators import explain_value, read_aggregator, read_figure, shown_value, values_of
from dealt.attributes import ATTRIBUTES
from dealt.contacts import ContactPatch, display_name, hold_contact, parse_contact, read_contact, update_contact
from dealt.freshness import Derived, Settling, ages
from dealt.kernel.db import Connection, Record, in_transaction
from dealt.kernel.errors import InvalidInput
from dealt.kernel.http import Response
from dealt.lists import add_to_list, remove_from_list
from dealt.people import Movers, delete_person, merge, unmerge
from dealt.predicates import describe
from dealt.profiles import queries
from dealt.profiles.contact_view import ORDERS_A_PAGE, all_lists, happenings, see, segment_names
from dealt.profiles.numbers import number_in
from dealt.profiles.telling import STATUSES
from dealt.segments import explain_member, read_segment
from dealt.tags import TAGS
from dealt.web import PageRoute, Undo, Visit, action, page

_FIELDS = (
    "first_name", "last_name", "email", "phone_number", "custom_id", "country", "region", "city", "gender",
)  # fmt: skip


async def show(visit: Visit) -> Response:
    """Who it is, what is computed of it and why, its orders, and all that ever happened."""
    async with visit.reading() as connection:
        snapshot = await visit.house.definitions.for_reading(connection, visit.workspace_id)
        contact = await _contact(visit, connection)
        if contact["id"] != visit.id():
            return visit.go(f"/contacts/{contact['id']}/", "This contact was merged into the one that you see.")
        seen = await see(visit, connection, snapshot, contact)
        lists = await all_lists(connection, visit.workspace_id)
    return await visit.page(
        "profiles/contact.html",
        seen=seen,
        statuses=STATUSES,
        tags=snapshot.part(TAGS),
        lists=lists,
        attributes=[one for one in snapshot.part(ATTRIBUTES).of("contact").values() if one.aggregator_id is None],
    )


async def orders(visit: Visit) -> Response:
    """More of its orders, newest first, from behind one of them."""
    behind = visit.query.get("behind", "")
    async with visit.reading() as connection:
        contact = await _contact(visit, connection)
        last = await connection.fetchrow(
            queries.ORDERED_AT, visit.workspace_id, contact["id"], number_in(behind, "behind")
        )
        if last is None:
            raise visit.not_found("order")
        rows = await connection.fetch(
            queries.ORDERS, visit.workspace_id, contact["id"], sees_only(visit.member), last["ordered_at"], last["id"],
            ORDERS_A_PAGE + 1,
        )  # fmt: skip
    return await visit.page(
        "profiles/_orders.html", rows=rows[:ORDERS_A_PAGE], more=len(rows) > ORDERS_A_PAGE, contact_id=contact["id"],
        statuses=STATUSES,
    )  # fmt: skip


async def timeline(visit: Visit) -> Response:
    """Everything that happened, newest first."""
    async with visit.reading() as connection:
        contact = await _contact(visit, connection)
        found = await happenings(visit, connection, contact["id"], visit.query.get("cursor") or None)
        segments = await segment_names(connection, visit.workspace_id, found)
    return await visit.page("profiles/_timeline.html", found=found, segments=segments, contact_id=contact["id"])


async def why_value(visit: Visit) -> Response:
    """The rows that a value of an aggregator is made of, and how old it is."""
    derived = visit.of(Derived)
    async with visit.reading() as connection:
        found = await read_aggregator(connection, visit.workspace_id, visit.id("aggregator"))
        contact = await _contact(visit, connection)
        await visit.of(Settling).settle_on_read(connection, visit.workspace_id, [contact["id"]], visit.now)
        plan = await derived.plan(connection, visit.workspace_id)
        figure = read_figure(found, plan.vocabulary)
        why = await explain_value(connection, plan.vocabulary, figure, contact["id"], visit.now)
        stored = (await values_of(connection, visit.workspace_id, [contact["id"]])).get(contact["id"], {})
        age = (await ages(connection, visit.workspace_id, [contact["id"]], visit.now)).get(contact["id"])
    if sees_only(visit.member) is not None:
        why = replace(why, behind=[])
    return await visit.page(
        "profiles/_why_value.html", aggregator=found, why=why, age=age, counts=describe(figure.where),
        value=shown_value(stored.get(found.target), found, visit.now, plan.vocabulary.zone),
    )  # fmt: skip


async def why_segment(visit: Visit) -> Response:
    """Why the contact belongs to a segment, condition by condition, and what would change that."""
    async with visit.reading() as connection:
        segment = await read_segment(connection, visit.workspace_id, visit.id("segment"))
        if segment.subject != "contact":
            raise visit.not_found("segment of contacts")
        contact = await _contact(visit, connection)
        await visit.of(Settling).settle_on_read(connection, visit.workspace_id, [contact["id"]], visit.now)
        plan = await visit.of(Derived).plan(connection, visit.workspace_id)
        why = await explain_member(connection, plan, segment, contact["id"], visit.now)
    if sees_only(visit.member) is not None:
        why = replace(why, leaves=[replace(leaf, related=[]) for leaf in why.leaves])
    return await visit.page("profiles/_why_segment.html", segment=segment, why=why)


async def edit(visit: Visit) -> Response:
    """Its fields and attributes: those that the form has."""
    form = visit.form
    body: dict[str, Any] = {name: visit.text(name) or None for name in _FIELDS if name in form}
    body |= {key.removeprefix("a."): visit.text(key) or None for key in form if key.startswith("a.")}
    if body.get("gender", "") is None:
        del body["gender"]
    return await _write(visit, parse_contact(body), "The changes are saved.")


async def tag(visit: Visit) -> Response:
    """One tag more."""
    name = _tag(visit)
    undo = Undo(f"{_here(visit)}untag/", {"name": name})
    return await _write(visit, ContactPatch(tags=[name]), "The tag is added.", undo)


async def untag(visit: Visit) -> Response:
    """One tag less."""
    name = _tag(visit)
    undo = Undo(f"{_here(visit)}tag/", {"name": name})
    return await _write(visit, ContactPatch(remove_tags=[name]), "The tag is taken off.", undo)


async def join(visit: Visit) -> Response:
    """On a list."""
    return await _move(visit, joins=True)


async def leave(visit: Visit) -> Response:
    """Off a list."""
    return await _move(visit, joins=False)


async def merge_in(visit: Visit) -> Response:
    """Another contact becomes part of this one: its orders, events, tags and lists come over."""
    named = visit.text("other")

    async def work(connection: Connection) -> int:
        contact = await _contact(visit, connection)
        other = await _found(connection, visit.workspace_id, named)
        await merge(connection, visit.of(Movers), visit.actor, contact["id"], [other], now=visit.now)
        return other

    other = await in_transaction(visit.house.pool, work)
    undo = Undo(f"{_here(visit)}unmerge/", {"other": str(other)})
    return visit.go(_here(visit), "They are one contact now.", undo)


async def split(visit: Visit) -> Response:
    """A contact that was merged into this one stands by itself again, with what it brought."""
    other = number_in(visit.text("other"), "other")

    async def work(connection: Connection) -> None:
        await _contact(visit, connection)
        await unmerge(connection, visit.of(Movers), visit.actor, visit.id(), [other], now=visit.now)

    await in_transaction(visit.house.pool, work)
    return visit.go(_here(visit), "They are two contacts again.")


async def delete(visit: Visit) -> Response:
    """The person goes; the orders stay, without anybody."""

    async def work(connection: Connection) -> str:
        contact = await _contact(visit, connection)
        await delete_person(connection, visit.of(Movers), visit.actor, contact["id"], now=visit.now)
        return display_name(contact) or "The contact"

    name = await in_transaction(visit.house.pool, work)
    return visit.go("/", f"{name} is deleted. The orders stay, as those of guests.")


async def _contact(visit: Visit, connection: Connection) -> Record:
    return await read_contact(connection, visit.workspace_id, visit.id())


async def _write(visit: Visit, patch: ContactPatch, said: str, undo: Undo | None = None) -> Response:
    definitions = visit.house.definitions

    async def work(connection: Connection) -> bool:
        snapshot = await definitions.for_writing(connection, visit.workspace_id)
        await _contact(visit, connection)
        written = await update_contact(connection, visit.actor, visit.id(), patch, snapshot=snapshot, now=visit.now)
        return written.defined

    if await in_transaction(visit.house.pool, work):
        definitions.forget(visit.workspace_id)
    return visit.go(_here(visit), said, undo)


async def _move(visit: Visit, *, joins: bool) -> Response:
    list_id = number_in(visit.text("list"), "list")
    async with visit.writing() as connection:
        # Before anything is looked up: nobody is merged into another one in between.
        await connection.execute(trusting(visit.workspace_id))
        contact = await _contact(visit, connection)
        await hold_contact(connection, visit.workspace_id, contact["id"])
        change = add_to_list if joins else remove_from_list
        await change(connection, visit.actor, list_id, [contact["id"]], now=visit.now)
    back = Undo(f"{_here(visit)}{'leave' if joins else 'join'}/", {"list": str(list_id)})
    return visit.go(_here(visit), "Added to the list." if joins else "Taken off the list.", back)


async def _found(connection: Connection, workspace_id: int, named: str) -> int:
    """The contact that somebody names by number, own id or e-mail address, if it is the only one."""
    rows = await connection.fetch(queries.NAMED, workspace_id, named, number_in(named, "other", default=0))
    if not rows:
        raise InvalidInput.of("other", "There is no contact with this number, own id or e-mail address.")
    if len(rows) > 1:
        raise InvalidInput.of("other", "Several contacts have this e-mail address; name the one by its number.")
    found: int = rows[0]["id"]
    return found


def _here(visit: Visit) -> str:
    return f"/contacts/{visit.id()}/"


def _tag(visit: Visit) -> str:
    name = visit.text("name")
    if not name or len(name) > 255:
        raise InvalidInput.of("name", "A tag's name has 1 to 255 characters.")
    return name


_ONE = "/contacts/<int:id>/"
ROUTES: list[PageRoute] = [
    page(_ONE, show, "contacts"),
    page(f"{_ONE}orders/", orders, "contacts"),
    page(f"{_ONE}timeline/", timeline, "contacts"),
    page(f"{_ONE}values/<int:aggregator>/", why_value, "contacts"),
    page(f"{_ONE}segments/<int:segment>/", why_segment, "contacts"),
    action(f"{_ONE}edit/", edit, "contacts", again=show),
    action(f"{_ONE}tag/", tag, "contacts", again=show),
    action(f"{_ONE}untag/", untag, "contacts", again=show),
    action(f"{_ONE}join/", join, "contacts", again=show),
    action(f"{_ONE}leave/", leave, "contacts", again=show),
    action(f"{_ONE}merge/", merge_in, "contacts", again=show),
    action(f"{_ONE}unmerge/", split, "contacts", again=show),
    action(f"{_ONE}delete/", delete, "contacts", again=show),
]
