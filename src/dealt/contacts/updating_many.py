"""One change of many contacts at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from dealt.accounts import Actor, Snapshot
from dealt.contacts import queries
from dealt.contacts.editing import applied, told
from dealt.contacts.errors import CompanyNotFound, ContactsNotFound
from dealt.contacts.model import ContactPatch
from dealt.contacts.resolving import Resolved, resolve
from dealt.freshness import facets
from dealt.kernel.db import Connection, Record
from dealt.kernel.journal import Entry, difference, encode, mark_stale, record
from dealt.kernel.sql import Sql, join, sql

ALIKE = (
    "assigned_to", "city", "company_id", "country", "email", "facebook_url", "first_name", "gender", "google_url",
    "gravatar_url", "last_name", "linkedin_url", "notifications", "phone_number", "region", "score", "status",
    "timezone", "twitter_url", "unsubscribed",
)  # fmt: skip
"""The fields that many contacts may be given alike."""
MOST_AT_ONCE = 10_000
Changes = dict[str, tuple[Any, Any]]


async def update_contacts(
    connection: Connection,
    actor: Actor,
    contact_ids: Iterable[int],
    patch: ContactPatch,
    *,
    snapshot: Snapshot,
    now: datetime,
) -> bool:
    """Give all these contacts the fields in ``ALIKE``, attributes, tags and company of ``patch``.

    It takes a few statements for all, and each that changes has its journal entry. True where attributes or tags were
    made, so that snapshots are to be forgotten.
    Raises ContactsNotFound, InvalidInput and CompanyNotFound; then nothing may be committed.
    """
    resolved = await resolve(connection, actor, patch, snapshot, now)
    left = sorted(set(contact_ids))
    joined = await _join(connection, actor.workspace_id, left, resolved, now)
    while left:
        seen = await _read(connection, actor.workspace_id, left)
        changes = {row["id"]: _changes(row, patch, resolved) | joined.get(row["id"], {}) for row in seen}
        moving = [row for row in seen if changes[row["id"]]]
        done = await _write(connection, actor.workspace_id, moving, patch, resolved, now)
        told = {contact_id: changes[contact_id] for contact_id in done}
        await _follow(connection, actor, told, _facets(patch, resolved), snapshot.reads, now)
        # Whoever was changed by somebody else since it was read is read again.
        left = [row["id"] for row in moving if row["id"] not in done]
    return resolved.defined


async def _read(connection: Connection, workspace_id: int, contact_ids: Sequence[int]) -> list[Record]:
    rows = await connection.fetch(queries.READ_VERSIONS, workspace_id, contact_ids)
    missing = set(contact_ids).difference(row["id"] for row in rows)
    if missing:
        raise ContactsNotFound("ids", sorted(missing))
    return list(rows)


def _changes(row: Record, patch: ContactPatch, resolved: Resolved) -> Changes:
    before = dict(row, attributes=msgspec.json.decode(row["attributes"]))
    return difference(told(before), told(applied(before, patch, resolved)))


async def _write(
    connection: Connection,
    workspace_id: int,
    rows: Sequence[Record],
    patch: ContactPatch,
    resolved: Resolved,
    now: datetime,
) -> set[int]:
    """The ids of those that were still as they had been read."""
    if not rows:
        return set()
    assignments = [sql("updated_at = {}, version = c.version + 1", now)]
    assignments += [sql(f"{column} = {{}}", value) for column, value in patch.fields.items()]
    if resolved.attributes:
        cleared = [name for name, value in resolved.attributes.items() if value is None]
        given = {name: value for name, value in resolved.attributes.items() if value is not None}
        assignments.append(sql(queries.ATTRIBUTES_ALIKE, cleared, encode(given)))
    if resolved.tags.added or resolved.tags.removed:
        assignments.append(sql(queries.TAGS_ALIKE, resolved.tags.added, sorted(resolved.tags.removed)))
    values = ([row["id"] for row in rows], [row["version"] for row in rows], workspace_id)
    statement = Sql("UPDATE contacts AS c SET ") + join(", ", assignments) + sql(queries.AS_READ, *values)
    text, bound = statement.render()
    return {row["id"] for row in await connection.fetch(text, *bound)}


async def _join(
    connection: Connection, workspace_id: int, contact_ids: Sequence[int], resolved: Resolved, now: datetime
) -> dict[int, Changes]:
    """Who joined the company, with the change for the journal."""
    joined: dict[int, Changes] = {}
    for company_id in resolved.company_ids:
        if await connection.fetchval(queries.HOLD_COMPANY, workspace_id, company_id) is None:
            raise CompanyNotFound(f"the id {company_id}")
        before: dict[int, list[int]] = {}
        for row in await connection.fetch(queries.COMPANY_IDS_OF_MANY, workspace_id, contact_ids):
            before.setdefault(row["contact_id"], []).append(row["company_id"])
        for row in await connection.fetch(queries.JOIN_MANY, workspace_id, contact_ids, company_id, now):
            earlier = before.get(row["contact_id"], [])
            joined[row["contact_id"]] = {"companies": (earlier, sorted([*earlier, company_id]))}
    return joined


def _facets(patch: ContactPatch, resolved: Resolved) -> int:
    """Whatever may have changed of any of them."""
    changed = facets.CHANGED | facets.of_fields([*patch.fields, *(resolved.attributes or ())])
    if resolved.tags.added or resolved.tags.removed:
        changed |= facets.TAGS
    return changed | (facets.COMPANIES if resolved.company_ids else 0)


async def _follow(
    connection: Connection, actor: Actor, changes: dict[int, Changes], changed: int, reads: int, now: datetime
) -> None:
    entries = [
        Entry(contact_id, "contact.updated", "contact", contact_id, actor.name, told, int(actor.cause), actor.hop)
        for contact_id, told in changes.items()
    ]
    await record(connection, actor.workspace_id, entries, now)
    await mark_stale(
        connection, actor.workspace_id, changes, now, lane=actor.lane, cause=actor.cause, hop=actor.hop,
        facets=changed, reads=reads,
    )  # fmt: skip
