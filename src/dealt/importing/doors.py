"""The doors through which rows of each kind are written in sets: those of their domains."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from dealt.accounts import Actor, Snapshot
from dealt.companies import CompanyPatch, WrittenCompany, parse_company, upsert_companies
from dealt.contacts import (
    ContactPatch,
    ContactRef,
    WrittenContact,
    contacts_with_emails,
    create_contact,
    find_contacts,
    parse_contact,
    update_contact,
    upsert_contact,
)
from dealt.importing.kinds import COMPANIES, CONTACTS, PRODUCTS, Kind
from dealt.importing.mapping import FileMapping
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput
from dealt.lists import add_to_list, ensure_list
from dealt.products import UpsertedProduct, parse_product, upsert_products


@dataclass(frozen=True)
class Batch:
    """The transaction of one set, and what holds for all of its rows."""

    connection: Connection
    actor: Actor
    snapshot: Snapshot
    now: datetime
    mapping: FileMapping


class SetOutcome(msgspec.Struct):
    """What became of a set: whether each row created its object, or why it is refused, by place."""

    created: dict[int, bool]
    refused: dict[int, str]
    defined: bool


@dataclass(frozen=True)
class Door:
    """``parse`` reads one body and raises InvalidInput; ``write`` raises DealtError where a row cannot be written."""

    parse: Callable[[Mapping[str, Any]], Any]
    write: Callable[[Batch, Sequence[Any]], Awaitable[SetOutcome]]


async def _write_contacts(batch: Batch, patches: Sequence[ContactPatch]) -> SetOutcome:
    """Contacts one after the other as they come: what a row says holds for those that follow."""
    list_id = await _list(batch)
    people = await _People.find(batch, patches)
    written: dict[int, WrittenContact] = {}
    for place, patch in enumerate(patches):
        patch.tags = list(dict.fromkeys([*patch.tags, *batch.mapping.tags]))
        written[place] = await people.write(patch)
    if list_id is not None:
        members = [one.id for one in written.values()]
        await add_to_list(batch.connection, batch.actor, list_id, members, now=batch.now)
    created = {place: one.created for place, one in written.items()}
    return SetOutcome(created, {}, any(one.defined for one in written.values()))


class _People:
    """Who a row is about: the contact with its custom id; else, where that is wanted, with its e-mail address."""

    def __init__(self, batch: Batch, known: Iterable[str], by_email: dict[str, list[ContactRef]]) -> None:
        self._batch = batch
        self._known = set(known)
        self._by_email = by_email

    @classmethod
    async def find(cls, batch: Batch, patches: Sequence[ContactPatch]) -> _People:
        """What is known of everybody whom a set names, in two statements."""
        workspace_id = batch.actor.workspace_id
        custom_ids = {patch.custom_id for patch in patches if patch.custom_id is not None}
        known = await find_contacts(batch.connection, workspace_id, custom_ids=custom_ids)
        emails = {email for patch in patches if (email := _email(batch, patch))}
        return cls(
            batch, known.by_custom_id, await contacts_with_emails(batch.connection, workspace_id, emails)
        )  # fmt: skip

    async def write(self, patch: ContactPatch) -> WrittenContact:
        """Raises DealtError."""
        batch, actor = self._batch, self._batch.actor
        email = _email(batch, patch)
        held = self._by_email.setdefault(email, []) if email else []
        one = None if patch.custom_id in self._known else _only(held, patch)
        if one is not None:
            written = await update_contact(
                batch.connection, actor, one.id, patch, snapshot=batch.snapshot, now=batch.now
            )
            held.remove(one)
        else:
            door = create_contact if patch.custom_id is None else upsert_contact
            written = await door(batch.connection, actor, patch, snapshot=batch.snapshot, now=batch.now)
        if all(other.id != written.id for other in held):
            held.append(ContactRef(written.id, patch.custom_id or (one.custom_id if one else None)))
        if patch.custom_id is not None:
            self._known.add(patch.custom_id)
        return written


def _email(batch: Batch, patch: ContactPatch) -> str | None:
    """The address to find a contact by, in small letters. Without a custom id nothing else says who it is."""
    found: str | None = patch.fields.get("email")
    if not found or (patch.custom_id is not None and not batch.mapping.match_email):
        return None
    return found.lower()


def _only(held: Sequence[ContactRef], patch: ContactPatch) -> ContactRef | None:
    """The one contact with the row's address; a row with a custom id takes only one that has none."""
    free = [ref for ref in held if patch.custom_id is None or ref.custom_id is None]
    if len(free) > 1 and patch.custom_id is None:
        raise InvalidInput.of("email", f"{len(free)} contacts have this address; name the user id of the one meant.")
    return free[0] if len(free) == 1 else None


async def _list(batch: Batch) -> int | None:
    """The list that everybody is put on. Comes first: all writers hold settings before contacts."""
    if batch.mapping.put_on_list is None:
        return None
    name, actor = batch.mapping.put_on_list.strip(), batch.actor
    return await ensure_list(batch.connection, actor.workspace_id, name, now=batch.now, actor=actor.name)


async def _write_companies(batch: Batch, patches: Sequence[CompanyPatch]) -> SetOutcome:
    done = await upsert_companies(batch.connection, batch.actor, patches, snapshot=batch.snapshot, now=batch.now)
    created = {place: one.created for place, one in enumerate(done.outcomes) if isinstance(one, WrittenCompany)}
    refused = {place: one.detail for place, one in enumerate(done.outcomes) if isinstance(one, InvalidInput)}
    return SetOutcome(created, refused, done.defined)


async def _write_products(batch: Batch, patches: Sequence[Any]) -> SetOutcome:
    done = await upsert_products(
        batch.connection, batch.actor, patches, snapshot=batch.snapshot, now=batch.now, add_tags=batch.mapping.tags
    )
    created = {place: one.created for place, one in enumerate(done.outcomes) if isinstance(one, UpsertedProduct)}
    refused = {place: one.detail for place, one in enumerate(done.outcomes) if isinstance(one, InvalidInput)}
    return SetOutcome(created, refused, done.defined)


_DOORS = {
    CONTACTS.name: Door(parse_contact, _write_contacts),
    COMPANIES.name: Door(parse_company, _write_companies),
    PRODUCTS.name: Door(parse_product, _write_products),
}


def door_of(kind: Kind) -> Door:
    """The door for objects of this kind; orders have one of their own."""
    return _DOORS[kind.name]
