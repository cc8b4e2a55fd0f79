"""The doors through which rows of each kind are written in sets: those of their domains."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from dealt.accounts import Actor, Snapshot
from dealt.companies import CompanyPatch, WrittenCompany, parse_company, upsert_companies
from dealt.contacts import ContactPatch, parse_contact
from dealt.importing.kinds import COMPANIES, CONTACTS, PRODUCTS, Kind
from dealt.importing.mapping import FileMapping
from dealt.importing.people import People, ids_of
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
    """Contacts as they come: what a row says holds for those that follow."""
    list_id = await _list(batch)
    for patch in patches:
        patch.tags = list(dict.fromkeys([*patch.tags, *batch.mapping.tags]))
    people = People(batch.connection, batch.actor, batch.snapshot, batch.now, by_email=batch.mapping.match_email)
    await people.write(patches)
    if list_id is not None and people.written:
        members = ids_of(people.written.values())
        await add_to_list(batch.connection, batch.actor, list_id, members, now=batch.now)
    created = {place: one.created for place, one in people.written.items()}
    refused = {place: error.detail for place, error in people.refused.items()}
    return SetOutcome(created, refused, any(one.defined for one in people.written.values()))


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
