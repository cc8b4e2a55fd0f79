"""What is done to a contact by hand: made, edited, tagged, listed, merged and separated, taken back, deleted."""

from __future__ import annotations

import json
from typing import Any

from dealt.accounts import Snapshot, trusting
from dealt.companies import remove_member
from dealt.contacts import (
    BLANK,
    ContactPatch,
    WrittenContact,
    create_contact,
    display_name,
    hold_contact,
    parse_contact,
    update_contact,
)
from dealt.kernel.db import Connection, Record, in_transaction
from dealt.kernel.errors import Conflict, InvalidInput
from dealt.kernel.http import Response
from dealt.lists import add_to_list, remove_from_list
from dealt.people import Movers, delete_person
from dealt.profiles.contact import contact_of, show
from dealt.profiles.keeping import attributes_of, tag_named, written
from dealt.profiles.naming import people
from dealt.profiles.numbers import number_in
from dealt.profiles.typed import CONTACT, choices_of, sent, shown, shown_attributes
from dealt.profiles.undoing import before_of, check_that_it_was_last, last_change, tags_moved
from dealt.web import PageRoute, Undo, Visit, action, bring_back, page

_ALWAYS = ("gender", "score", "unsubscribed")


async def form(visit: Visit) -> Response:
    """A new contact."""
    snapshot = await visit.snapshot()
    attributes = attributes_of(snapshot, "contact")
    return await visit.page(
        "profiles/new.html", what="contact", title="Contacts", path="/contacts/", fields=CONTACT,
        about="Orders that name its own id, and events of its visits, come together on its page.",
        typed=shown(visit, CONTACT, {"status": 2}), choices=choices_of(snapshot), attributes=attributes,
        typed_attributes=shown_attributes(visit, attributes, {}),
    )  # fmt: skip


async def add(visit: Visit) -> Response:
    """Made as the API would make it; one that nothing is known of is refused."""
    patch = parse_contact(_body(visit))
    if not any(patch.fields.get(name) for name in ("first_name", "last_name", "email", "phone_number", "custom_id")):
        raise InvalidInput.of("first_name", "Give a name, an e-mail address, a telephone number or an own id.")

    async def work(connection: Connection, snapshot: Snapshot) -> WrittenContact:
        return await create_contact(connection, visit.actor, patch, snapshot=snapshot, now=visit.now)

    made = await written(visit, work)
    return visit.go(f"/contacts/{made.id}/", "The contact is added.")


def _body(visit: Visit) -> dict[str, Any]:
    """What the form has, as the API takes it; what cannot be nothing is as of somebody nothing is known of."""
    body = sent(visit, CONTACT)
    return {name: BLANK[name] if value is None and name in _ALWAYS else value for name, value in body.items()}


async def edit(visit: Visit) -> Response:
    """Its fields and attributes: those that the form has."""
    patch = parse_contact(_body(visit))

    changed = False

    async def work(connection: Connection, snapshot: Snapshot) -> WrittenContact:
        nonlocal changed
        before = await contact_of(visit, connection)
        done = await update_contact(connection, visit.actor, visit.id(), patch, snapshot=snapshot, now=visit.now)
        changed = dict(await contact_of(visit, connection)) != dict(before)
        return done

    await written(visit, work)
    if not changed:
        return visit.go(_here(visit), "Nothing was different, so nothing was changed.")
    return visit.go(_here(visit), "The changes are saved.", Undo(f"{_here(visit)}undo/"))


async def undo(visit: Visit) -> Response:
    """The last change of it is taken back, if it is still the one that the page showed."""
    change_id = number_in(visit.text("change"), "change", default=0) or None

    async def work(connection: Connection, snapshot: Snapshot) -> WrittenContact:
        contact_id = (await contact_of(visit, connection))["id"]
        named = (connection, visit.workspace_id, "contact", contact_id, contact_id)
        entry = await last_change(*named, change_id)
        patch = _back(entry, snapshot)
        done = await update_contact(connection, visit.actor, contact_id, patch, snapshot=snapshot, now=visit.now)
        await check_that_it_was_last(*named, entry)
        before, after = json.loads(entry["changes"]).get("companies", ((), ()))
        for company_id in set(after or ()) - set(before or ()):
            await remove_member(connection, visit.actor, company_id, contact_id, now=visit.now)
        return done

    await written(visit, work)
    return visit.go(_here(visit), "The last change is undone.", Undo(f"{_here(visit)}undo/"))


def _back(entry: Record, snapshot: Snapshot) -> ContactPatch:
    """The patch that gives back what an entry took; tags are added and taken off one by one."""
    body = before_of(entry, snapshot)
    for name in ("tags", "companies"):
        body.pop(name, None)
    try:
        patch = parse_contact(body)
    except InvalidInput as error:
        raise Conflict(f"What was before cannot be stored any more: {error.detail}") from None
    patch.tags, patch.remove_tags = tags_moved(entry, snapshot)
    return patch


async def tag(visit: Visit) -> Response:
    """One tag more."""
    name = tag_named(visit)
    undo = Undo(f"{_here(visit)}untag/", {"name": name})
    return await _write(visit, ContactPatch(tags=[name]), "The tag is added.", undo)


async def untag(visit: Visit) -> Response:
    """One tag less."""
    name = tag_named(visit)
    undo = Undo(f"{_here(visit)}tag/", {"name": name})
    return await _write(visit, ContactPatch(remove_tags=[name]), "The tag is taken off.", undo)


async def join(visit: Visit) -> Response:
    """On a list."""
    return await _move(visit, joins=True)


async def leave(visit: Visit) -> Response:
    """Off a list."""
    return await _move(visit, joins=False)


async def delete(visit: Visit) -> Response:
    """The person goes; the orders stay, without anybody."""

    async def work(connection: Connection) -> tuple[str, int | None]:
        contact = await contact_of(visit, connection)
        report = await delete_person(connection, visit.of(Movers), visit.actor, contact["id"], now=visit.now)
        return display_name(contact) or "The contact", report.deletion_id

    name, kept = await in_transaction(visit.house.pool, work)
    return visit.go("/contacts/", f"{name} is deleted. The orders stay, as those of guests.", bring_back(kept))


async def _write(visit: Visit, patch: ContactPatch, said: str, undo: Undo | None = None) -> Response:
    async def work(connection: Connection, snapshot: Snapshot) -> WrittenContact:
        await contact_of(visit, connection)
        return await update_contact(connection, visit.actor, visit.id(), patch, snapshot=snapshot, now=visit.now)

    await written(visit, work)
    return visit.go(_here(visit), said, undo)


async def _move(visit: Visit, *, joins: bool) -> Response:
    list_id = number_in(visit.text("list"), "list")
    async with visit.writing() as connection:
        # Before anything is looked up: nobody is merged into another one in between.
        await connection.execute(trusting(visit.workspace_id))
        contact = await contact_of(visit, connection)
        await hold_contact(connection, visit.workspace_id, contact["id"])
        change = add_to_list if joins else remove_from_list
        await change(connection, visit.actor, list_id, [contact["id"]], now=visit.now)
    back = Undo(f"{_here(visit)}{'leave' if joins else 'join'}/", {"list": str(list_id)})
    return visit.go(_here(visit), "Added to the list." if joins else "Taken off the list.", back)


def _here(visit: Visit) -> str:
    return f"/contacts/{visit.id()}/"


_ONE = "/contacts/<int:id>/"
ROUTES: list[PageRoute] = [
    page("/contacts/new/", form, "contacts", writes=True),
    action("/contacts/new/", add, "contacts", again=form),
    page("/contacts/people/", people, "contacts", writes=True),
    action(f"{_ONE}edit/", edit, "contacts", again=show),
    action(f"{_ONE}undo/", undo, "contacts", again=show),
    action(f"{_ONE}tag/", tag, "contacts", again=show),
    action(f"{_ONE}untag/", untag, "contacts", again=show),
    action(f"{_ONE}join/", join, "contacts", again=show),
    action(f"{_ONE}leave/", leave, "contacts", again=show),
    action(f"{_ONE}delete/", delete, "contacts", again=show),
]
