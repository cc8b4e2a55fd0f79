"""The page of one contact: who it is, what is computed of it and why, and all that ever happened."""

from __future__ import annotations

from dataclasses import replace

from dealt.accounts import MEMBERS, sees_only
from dealt.aggregators import explain_value, is_money, read_aggregator, read_figure, shown_value, values_of
from dealt.contacts import read_contact
from dealt.freshness import Derived, Settling, ages
from dealt.kernel.db import Connection, Record
from dealt.kernel.http import Response
from dealt.predicates import describe
from dealt.profiles import queries
from dealt.profiles.contact_view import (
    ORDERS_A_PAGE,
    all_lists,
    changes_of,
    happenings,
    kinds_seen,
    names_of_deals,
    see,
    segment_names,
)
from dealt.profiles.keeping import attributes_of
from dealt.profiles.numbers import number_in
from dealt.profiles.telling import STATUSES
from dealt.profiles.typed import CONTACT, due_tomorrow, shown, shown_attributes
from dealt.segments import explain_member, read_segment
from dealt.tags import TAGS
from dealt.web import PageRoute, Visit, page


async def show(visit: Visit) -> Response:
    """Who it is, what is computed of it and why, its orders, and all that ever happened."""
    async with visit.reading() as connection:
        snapshot = await visit.house.definitions.for_reading(connection, visit.workspace_id)
        contact = await contact_of(visit, connection)
        if contact["id"] != visit.id():
            return visit.go(f"/contacts/{contact['id']}/", "This contact was merged into the one that you see.")
        seen = await see(visit, connection, snapshot, contact)
        lists = await all_lists(connection, visit.workspace_id)
    attributes = attributes_of(snapshot, "contact")
    return await visit.page(
        "profiles/contact.html", seen=seen, statuses=STATUSES, tags=snapshot.part(TAGS), lists=lists, fields=CONTACT,
        attributes=attributes, typed=shown(visit, CONTACT, contact), members=snapshot.part(MEMBERS),
        due=due_tomorrow(visit.now, snapshot), kinds=kinds_seen(visit),
        typed_attributes=shown_attributes(visit, attributes, seen.attributes),
    )  # fmt: skip


async def orders(visit: Visit) -> Response:
    """More of its orders, newest first, from behind one of them."""
    behind = visit.query.get("behind", "")
    async with visit.reading() as connection:
        contact = await contact_of(visit, connection)
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
    """Everything that happened, newest first, or one kind of it; from behind a cursor only the lines."""
    async with visit.reading() as connection:
        contact = await contact_of(visit, connection)
        cursor, kind = visit.query.get("cursor") or None, visit.query.get("kind", "")
        found = await happenings(visit, connection, contact["id"], cursor, kind)
        segments = await segment_names(connection, visit.workspace_id, found)
        snapshot = await visit.house.definitions.for_reading(connection, visit.workspace_id)
        changes = await changes_of(connection, snapshot, found)
    return await visit.page(
        "profiles/_timeline.html" if cursor else "profiles/_timeline_of.html", found=found, segments=segments,
        changes=changes, contact_id=contact["id"], kind=kind, kinds=kinds_seen(visit),
    )  # fmt: skip


async def why_value(visit: Visit) -> Response:
    """The rows that a value of an aggregator is made of, and how old it is."""
    derived = visit.of(Derived)
    async with visit.reading() as connection:
        found = await read_aggregator(connection, visit.workspace_id, visit.id("aggregator"))
        contact = await contact_of(visit, connection)
        await visit.of(Settling).settle_on_read(connection, visit.workspace_id, [contact["id"]], visit.now)
        plan = await derived.plan(connection, visit.workspace_id)
        figure = read_figure(found, plan.vocabulary)
        why = await explain_value(connection, plan.vocabulary, figure, contact["id"], visit.now)
        stored = (await values_of(connection, visit.workspace_id, [contact["id"]])).get(contact["id"], {})
        age = (await ages(connection, visit.workspace_id, [contact["id"]], visit.now)).get(contact["id"])
        names = await names_of_deals(connection, visit.workspace_id, found, why)
        base = (await visit.house.definitions.for_reading(connection, visit.workspace_id)).base_currency
    if sees_only(visit.member) is not None:
        why = replace(why, behind=[])
    return await visit.page(
        "profiles/_why_value.html", aggregator=found, why=why, age=age, counts=describe(figure.where),
        names=names, currency=base if is_money(found) else None,
        value=shown_value(stored.get(found.target), found, visit.now, plan.vocabulary.zone),
    )  # fmt: skip


async def why_segment(visit: Visit) -> Response:
    """Why the contact belongs to a segment, condition by condition, and what would change that."""
    async with visit.reading() as connection:
        segment = await read_segment(connection, visit.workspace_id, visit.id("segment"))
        if segment.subject != "contact":
            raise visit.not_found("segment of contacts")
        contact = await contact_of(visit, connection)
        await visit.of(Settling).settle_on_read(connection, visit.workspace_id, [contact["id"]], visit.now)
        plan = await visit.of(Derived).plan(connection, visit.workspace_id)
        why = await explain_member(connection, plan, segment, contact["id"], visit.now)
    if sees_only(visit.member) is not None:
        why = replace(why, leaves=[replace(leaf, related=[]) for leaf in why.leaves])
    return await visit.page("profiles/_why_segment.html", segment=segment, why=why)


async def contact_of(visit: Visit, connection: Connection) -> Record:
    """The contact that the path names, or the one that it was merged into. Raises NotFound."""
    return await read_contact(connection, visit.workspace_id, visit.id())


_ONE = "/contacts/<int:id>/"
ROUTES: list[PageRoute] = [
    page(_ONE, show, "contacts"),
    page(f"{_ONE}orders/", orders, "contacts"),
    page(f"{_ONE}timeline/", timeline, "contacts"),
    page(f"{_ONE}values/<int:aggregator>/", why_value, "contacts"),
    page(f"{_ONE}segments/<int:segment>/", why_segment, "contacts"),
]
