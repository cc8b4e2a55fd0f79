"""Creating and updating contacts, each in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec

from dealt.accounts import Actor, Snapshot
from dealt.attributes import merge_values
from dealt.contacts import claiming, queries
from dealt.contacts.errors import CompanyNotFound, CustomIdMoved
from dealt.contacts.following import follow
from dealt.contacts.model import BLANK, ContactPatch, WrittenContact, display_name
from dealt.contacts.resolving import Resolved, resolve
from dealt.freshness import facets
from dealt.kernel.db import Connection
from dealt.kernel.errors import NotFound
from dealt.kernel.journal import ANYTHING, difference, encode

_SHOWN_AS = {"tag_ids": "tags"}
_TOLD = [(column, _SHOWN_AS.get(column, column)) for column in BLANK if column != "attributes"]


async def create_contact(
    connection: Connection, actor: Actor, patch: ContactPatch, *, snapshot: Snapshot, now: datetime
) -> WrittenContact:
    """A new contact. Raises InvalidInput (CustomIdTaken among them) and CompanyNotFound."""
    contact_id = await claiming.claim(connection, actor.workspace_id, patch.custom_id, patch.custom_id_name)
    return await _insert(connection, actor, contact_id, patch, snapshot, now)


async def update_contact(
    connection: Connection,
    actor: Actor,
    contact_id: int,
    patch: ContactPatch,
    *,
    snapshot: Snapshot,
    now: datetime,
) -> WrittenContact:
    """Change what ``patch`` names and nothing else; where that changes nothing, nothing is written.

    Companies are added, never taken away. A merged contact means the one that it was merged into.
    Raises NotFound, InvalidInput (CustomIdTaken among them), CompanyNotFound and CustomIdMoved.
    """
    workspace_id, held = actor.workspace_id, None
    contact_id = await connection.fetchval(queries.MERGED_INTO, workspace_id, contact_id) or contact_id
    if await claiming.names_already(connection, workspace_id, contact_id, patch.custom_id):
        patch = without_custom_id(patch)
    renames = "custom_id" in patch.fields
    if renames:
        held = await claiming.move(connection, workspace_id, contact_id, patch.custom_id, patch.custom_id_name)
    resolved = await resolve(connection, actor, patch, snapshot, now)
    before = await _lock(connection, workspace_id, contact_id)
    if renames and held != before["custom_id"]:
        raise CustomIdMoved
    return await _update(connection, actor, before, patch, resolved, snapshot, now)


async def _insert(
    connection: Connection,
    actor: Actor,
    contact_id: int,
    patch: ContactPatch,
    snapshot: Snapshot,
    now: datetime,
) -> WrittenContact:
    resolved = await resolve(connection, actor, patch, snapshot, now)
    key = await claiming.claim_key(connection, actor.workspace_id, contact_id)
    after = applied(BLANK, patch, resolved)
    await connection.execute(queries.INSERT, actor.workspace_id, contact_id, now, *_values(after), key)
    joined = await _join(connection, actor.workspace_id, contact_id, resolved, now)
    changes = difference(told(BLANK), told(after)) | {"key": (None, key)} | joined
    await follow(connection, actor, contact_id, "contact.created", changes, now, ANYTHING, snapshot.reads)
    return WrittenContact(contact_id, created=True, defined=resolved.defined)


async def _update(
    connection: Connection,
    actor: Actor,
    before: Mapping[str, Any],
    patch: ContactPatch,
    resolved: Resolved,
    snapshot: Snapshot,
    now: datetime,
) -> WrittenContact:
    contact_id = before["id"]
    after = applied(before, patch, resolved)
    joined = await _join(connection, actor.workspace_id, contact_id, resolved, now)
    changes = difference(told(before), told(after)) | joined
    if changes:
        await connection.execute(queries.UPDATE, actor.workspace_id, contact_id, now, *_values(after))
        changed = facets.of_change(before, after) | (facets.COMPANIES if joined else 0)
        await follow(connection, actor, contact_id, "contact.updated", changes, now, changed, snapshot.reads)
    return WrittenContact(contact_id, defined=resolved.defined)


async def _lock(connection: Connection, workspace_id: int, contact_id: int) -> dict[str, Any]:
    row = await connection.fetchrow(queries.LOCK, workspace_id, contact_id)
    if row is None:
        raise NotFound
    return dict(row, attributes=msgspec.json.decode(row["attributes"]))


def applied(before: Mapping[str, Any], patch: ContactPatch, resolved: Resolved) -> dict[str, Any]:
    """Every writable column as it is to be."""
    after = {column: before[column] for column in BLANK} | _split_name(before, patch) | patch.fields
    after["tag_ids"] = resolved.tags.applied_to(before["tag_ids"])
    after["attributes"] = merge_values(before["attributes"], resolved.attributes)
    return after


def without_custom_id(patch: ContactPatch) -> ContactPatch:
    """The same patch of a contact that keeps the custom id it has."""
    return replace(patch, fields={name: value for name, value in patch.fields.items() if name != "custom_id"})


def _split_name(before: Mapping[str, Any], patch: ContactPatch) -> dict[str, str | None]:
    """The first and last name that a whole name stands for; nothing where they are sent themselves.

    An answer's name, sent back, is no news: it may be the e-mail address, or hold a first name of two words.
    """
    if patch.name is None or patch.name[0] == display_name(before) or patch.fields.keys() & {"first_name", "last_name"}:
        return {}
    first, _, last = (patch.name[0] or "").partition(" ")
    return {"first_name": first or None, "last_name": last.strip() or None}


def _values(after: Mapping[str, Any]) -> list[Any]:
    return [encode(after[column]) if column == "attributes" else after[column] for column in BLANK]


def told(contact: Mapping[str, Any]) -> dict[str, Any]:
    """What the journal tells of a contact: field -> value, attributes by name."""
    fields = {name: contact[column] for column, name in _TOLD}
    fields |= contact["attributes"]
    return fields


async def _join(
    connection: Connection, workspace_id: int, contact_id: int, resolved: Resolved, now: datetime
) -> dict[str, tuple[Any, Any]]:
    """Join the companies that the contact is not yet a member of; the change for the journal."""
    if not resolved.company_ids:
        return {}
    rows = await connection.fetch(queries.COMPANY_IDS_OF, workspace_id, contact_id)
    before = [row["company_id"] for row in rows]
    after = sorted({*before, *resolved.company_ids})
    for company_id in sorted(resolved.company_ids.difference(before)):
        if await connection.fetchval(queries.JOIN_COMPANY, workspace_id, contact_id, company_id, now) is None:
            raise CompanyNotFound(f"the id {company_id}")
    return {} if before == after else {"companies": (before, after)}
