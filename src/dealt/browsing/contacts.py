"""The list of contacts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from dealt.accounts import MEMBERS, Snapshot, sees_only
from dealt.browsing import queries
from dealt.browsing.model import Act, Column, Done, Filter, Kind, Row
from dealt.browsing.sorting import sorted_by_all
from dealt.browsing.tagging import means_tag, tag_of, tag_special, tags_offered
from dealt.builders import as_equals
from dealt.contacts import ContactPatch, called, narrowed_to, read_contacts, search_page
from dealt.contacts import update_contacts as update
from dealt.freshness import Settling
from dealt.kernel.db import Connection, Record, in_transaction
from dealt.kernel.errors import InvalidInput
from dealt.kernel.lookups import Column as ListedColumn
from dealt.kernel.paging import Page, PageRequest
from dealt.lists import add_to_list, remove_from_list
from dealt.publicapi import USERS, UserShape, shape_settled
from dealt.searching import matching
from dealt.tags import TAGS
from dealt.web import Undo, Visit, many

_COLUMNS = (
    Column("name", "Name", "name"),
    Column("email", "E-mail"),
    Column("phone_number", "Phone"),
    Column("status", "Status"),
    Column("tags", "Tags", "tags"),
    Column("companies", "Companies"),
    Column("country", "Country"),
    Column("region", "Region"),
    Column("city", "City"),
    Column("score", "Score", "number"),
    Column("gender", "Gender"),
    Column("assigned_to", "Assigned to"),
    Column("unsubscribed", "Unsubscribed", "plain"),
    Column("page_views", "Page views", "number"),
    Column("last_order", "Last order", "when"),
    Column("first_seen", "First seen", "when"),
    Column("last_seen", "Last seen", "when"),
    Column("created_at", "Added", "when", sort="id"),
    Column("updated_at", "Changed", "when", sort="updated_at"),
    Column("custom_id", "Own id"),
    Column("id", "Number", "number", sort="id"),
)


async def _read(
    visit: Visit, connection: Connection, snapshot: Snapshot, lookups: Mapping[str, str], request: PageRequest
) -> tuple[Page, list[Row]]:
    workspace_id, order = visit.workspace_id, request.narrowed.order
    sees_orders = visit.may("deals") and sees_only(visit.member) is None
    if order is not None and order.value is not None and order.value.text == queries.LAST_ORDER and not sees_orders:
        raise InvalidInput.of("ordering", "Your role does not include all orders.")
    wanted = await narrowed_to(
        connection, workspace_id, request.narrowed,
        keys=[lookups[name] for name in ("key", "user_key") if name in lookups],
        custom_ids=[lookups[name] for name in ("custom_id", "user_id") if name in lookups],
    )  # fmt: skip
    page = await search_page(connection, workspace_id, replace(request, narrowed=wanted))
    ids = [row["id"] for row in page.rows]
    await visit.of(Settling).settle_on_read(connection, workspace_id, ids, visit.now)
    shape = await shape_settled(connection, snapshot, ids, visit.now)
    orders = await connection.fetch(queries.LAST_ORDERS, workspace_id, ids) if sees_orders else []
    last = {row["contact_id"]: row["last"] for row in orders}
    return page, [_row(record, shape, snapshot, last.get(record["id"])) for record in page.rows]


def _row(record: Record, shape: UserShape, snapshot: Snapshot, last_order: datetime | None) -> Row:
    values: dict[str, Any] = shape.v2(record)
    values["tags"] = [tag["name"] for tag in values["tags"]]
    values["companies"] = ", ".join(company["name"] for company in values["companies"])
    values["assigned_to"] = snapshot.part(MEMBERS).get(values["assigned_to"], "")
    values["last_order"] = last_order
    values["status"] = str(values["status"]).capitalize()
    return Row(record["id"], called(record), values)


async def _lists(visit: Visit, _snapshot: Snapshot, connection: Connection) -> Sequence[tuple[str, str]]:
    rows = await connection.fetch(queries.LISTS, visit.workspace_id)
    return [(str(row["id"]), row["name"]) for row in rows]


async def _tag(visit: Visit, ids: list[int], value: str) -> Done:
    return await _change_tags(visit, ids, value, adds=True)


async def _untag(visit: Visit, ids: list[int], value: str) -> Done:
    return await _change_tags(visit, ids, value, adds=False)


async def _change_tags(visit: Visit, ids: list[int], value: str, *, adds: bool) -> Done:
    name, definitions = tag_of(value), visit.house.definitions
    patch = ContactPatch(tags=[name]) if adds else ContactPatch(remove_tags=[name])

    async def work(connection: Connection) -> tuple[bool, list[int]]:
        snapshot = await definitions.for_writing(connection, visit.workspace_id)
        rows = await read_contacts(connection, visit.workspace_id, ids)
        tag_id = next((one for one, called in snapshot.part(TAGS).items() if called == name), None)
        moving = [one for one, row in rows.items() if (tag_id in row["tag_ids"]) != adds]
        if not moving:
            return False, []
        return await update(connection, visit.actor, moving, patch, snapshot=snapshot, now=visit.now), moving

    defined, moved = await in_transaction(visit.house.pool, work)
    if defined:
        definitions.forget(visit.workspace_id)
    back = {"act": "untag" if adds else "tag", "ids": ",".join(map(str, moved)), "value": name}
    undo = Undo("/contacts/do/", back) if moved else None
    return Done(f"{name} is {'on' if adds else 'off'} {many(len(moved), 'contact')}.", undo)


async def _join(visit: Visit, ids: list[int], value: str) -> Done:
    return await _move(visit, ids, value, joins=True)


async def _leave(visit: Visit, ids: list[int], value: str) -> Done:
    return await _move(visit, ids, value, joins=False)


async def _move(visit: Visit, ids: list[int], value: str, *, joins: bool) -> Done:
    if not value.isascii() or not value.isdigit() or len(value) > 18:
        raise InvalidInput.of("value", "Choose one of the lists.")
    change = add_to_list if joins else remove_from_list
    async with visit.writing() as connection:
        moved = await change(connection, visit.actor, int(value), ids, now=visit.now)
    back = {"act": "leave" if joins else "join", "ids": ",".join(map(str, moved)), "value": value}
    undo = Undo("/contacts/do/", back) if moved else None
    return Done(f"{many(len(moved), 'contact')} {'added to' if joins else 'taken off'} the list.", undo)


def _since(day: str) -> dict[str, Any]:
    return {"any": [as_equals("last_seen", day, "after"), as_equals("last_seen", day, "on")]}


CONTACTS = Kind(
    name="contact",
    one="contact",
    title="Contacts",
    path="/contacts/",
    area="contacts",
    domain="contact",
    about="Everybody who ordered, visited or was brought in.",
    empty="A contact appears with the first order, with an import, or when your shop sends one over the API.",
    listing=sorted_by_all(
        USERS, {"last_order": ListedColumn(queries.LAST_ORDER, "datetime")}, tag=tag_special("tag_ids")
    ),
    columns=_COLUMNS,
    default=("name", "email", "phone_number", "status", "tags", "last_seen", "updated_at"),
    ordering="-updated_at",
    filters=(
        Filter(
            "status",
            "Status",
            lambda _: (("visitor", "Visitor"), ("user", "User")),
            lambda status: as_equals("status", 1 if status == "visitor" else 2),
        ),
        Filter("tag", "Tag", tags_offered, means_tag),
        Filter(
            "unsubscribed",
            "E-mails",
            lambda _: (("false", "Subscribed"), ("true", "Unsubscribed")),
            lambda flag: {"field": "unsubscribed", "op": f"is_{flag}"},
        ),
        Filter(
            "last_seen__gte",
            "Seen since",
            means=_since,
        ),
    ),
    search=lambda text: matching("contact", text),
    read=_read,
    alias="contacts",
    steady="id",
    acts=(
        Act("tag", "Tag", _tag),
        Act("untag", "Untag", _untag),
        Act("join", "Add to list", _join, _lists),
        Act("leave", "Take off list", _leave, _lists),
    ),
)
