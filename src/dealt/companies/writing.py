"""Creating, changing and deleting companies; what is derived for their members follows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from dealt.accounts import Actor, Snapshot
from dealt.attributes import ATTRIBUTES, merge_values, type_values
from dealt.companies import queries
from dealt.companies.errors import CustomIdTaken
from dealt.companies.finding import list_member_ids
from dealt.companies.model import Company, company_of, told
from dealt.companies.schemas import CompanyPatch, asked_attributes
from dealt.deletions import Deletion, begin, keep, put_back
from dealt.freshness import facets, fan_out, mark_objects
from dealt.kernel.db import Connection
from dealt.kernel.errors import Conflict, InvalidInput, NotFound
from dealt.kernel.jobs import enqueue
from dealt.kernel.journal import SETTINGS, Entry, difference, encode, mark_stale, record
from dealt.tags import TagChange, change_tags

UNLINK = "deals.unlink"
"""The job that takes a deleted company out of the deals and tasks that name it."""
RELINK = "deals.relink"
"""The job that gives a company that was brought back to those that named it."""


class WrittenCompany(msgspec.Struct, frozen=True):
    """The company after a write. ``defined``: attributes or tags were made, so that snapshots are to be forgotten."""

    company: Company
    created: bool
    defined: bool


async def create_company(
    connection: Connection, actor: Actor, patch: CompanyPatch, *, snapshot: Snapshot, now: datetime
) -> WrittenCompany:
    """A new company. Raises InvalidInput without a name, for a custom id in use and for bad attributes."""
    draft = await _Draft.make(connection, actor, patch, snapshot, now)
    company = await _insert(connection, actor, draft, now)
    if company is None:
        raise CustomIdTaken(patch.custom_id_name, patch.fields["custom_id"])
    return WrittenCompany(company, created=True, defined=draft.defined)


async def update_company(
    connection: Connection, actor: Actor, company_id: int, patch: CompanyPatch, *, snapshot: Snapshot, now: datetime
) -> WrittenCompany:
    """The company with what ``patch`` names; nothing is written where nothing changes.

    Raises NotFound, and InvalidInput for a custom id in use and for bad attributes.
    """
    draft = await _Draft.make(connection, actor, patch, snapshot, now)
    return await _update(connection, actor, company_id, draft, now)


async def delete_company(connection: Connection, actor: Actor, company_id: int, *, now: datetime) -> int | None:
    """Remove a company and its memberships; its members, their orders and tasks stay. Raises NotFound.

    Answers show no link to it from now on; a job then takes the links away. By which deletion it comes back.
    """
    row = await connection.fetchrow(queries.LOCK, actor.workspace_id, company_id)
    if row is None:
        raise NotFound
    kept = await _keep(connection, actor, company_of(row), now)
    await connection.fetchrow(queries.DELETE, actor.workspace_id, company_id)
    members = await connection.fetch(queries.REMOVE_MEMBERS, actor.workspace_id, company_id)
    await _record(connection, actor, "deleted", company_id, difference(told(company_of(row)), {}), now)
    await _mark_stale(connection, actor, [member["contact_id"] for member in members], now)
    payload = {"company_id": company_id, "actor": actor.name, "cause": int(actor.cause), "hop": actor.hop}
    await enqueue(connection, actor.workspace_id, UNLINK, payload | {"deletion_id": kept}, now=now)
    return kept


async def restore_company(connection: Connection, actor: Actor, deletion: Deletion, *, now: datetime) -> None:
    """Bring a company back with its members; a job gives it back to the orders and tasks that named it.

    Raises CustomIdTaken.
    """
    workspace_id, company_id = actor.workspace_id, deletion.object_id
    changes = "jsonb_build_object('version', (r.image ->> 'version')::bigint + 1, 'updated_at', $3::timestamptz)"
    if (await put_back(connection, workspace_id, deletion, "companies", now, changes=changes))[0] == 0:
        raise Conflict(f"The own id of {deletion.name} is another company's now. Change that first.")
    await put_back(
        connection, workspace_id, deletion, "company_members", place="contact_id",
        condition="EXISTS (SELECT FROM contacts AS c WHERE c.id = r.contact_id AND NOT c.placeholder)",
    )  # fmt: skip
    company = company_of(await connection.fetchrow(queries.LOCK, workspace_id, company_id))
    await _record(connection, actor, "created", company_id, difference({}, told(company) | {"restored": True}), now)
    await _mark_stale(connection, actor, await list_member_ids(connection, workspace_id, company_id), now)
    await fan_out(connection, workspace_id, "company", {company_id: None}, now, cause=actor.cause, hop=actor.hop)
    payload = {"company_id": company_id, "deletion_id": deletion.id, "actor": actor.name}
    await enqueue(connection, workspace_id, RELINK, payload, now=now)


async def _keep(connection: Connection, actor: Actor, company: Company, now: datetime) -> int | None:
    workspace_id, name = actor.workspace_id, company.name or f"Company {company.id}"
    kept = await begin(connection, workspace_id, actor.name, "company", company.id, name, now)
    await keep(connection, workspace_id, kept, "companies", "t.id = $3", company.id)
    await keep(connection, workspace_id, kept, "company_members", "t.company_id = $3", company.id, whose="t.contact_id")
    for table in ("deals", "tasks"):
        await keep(
            connection, workspace_id, kept, table, "t.company_id = $3", company.id,
            whose="t.contact_id", image="to_jsonb(t.id)", kind=f"{table}_of",
        )  # fmt: skip
    return kept


class _Draft(msgspec.Struct, frozen=True):
    """A patch with its attributes typed and its tags found."""

    patch: CompanyPatch
    attributes: Mapping[str, Any]
    tags: TagChange
    defined: bool

    @classmethod
    async def make(
        cls, connection: Connection, actor: Actor, patch: CompanyPatch, snapshot: Snapshot, now: datetime
    ) -> _Draft:
        """Defines what the patch needs before any company is locked: all writers lock in this order."""
        raw = asked_attributes(patch, snapshot.part(ATTRIBUTES).of("company"))
        typed = await type_values(connection, snapshot, "company", raw, actor=actor.name, now=now)
        names = (patch.tags, patch.add_tags, patch.remove_tags)
        tags = await change_tags(connection, snapshot, *names, actor=actor.name, now=now)
        return cls(patch, typed.values, tags, typed.defined or tags.defined)

    def applied_to(self, company: Company) -> Company:
        """The company as the draft wants it."""
        attributes = merge_values(company.attributes, self.attributes)
        tag_ids = self.tags.applied_to(company.tag_ids)
        return msgspec.structs.replace(company, **self.patch.fields, attributes=attributes, tag_ids=tag_ids)


async def _insert(connection: Connection, actor: Actor, draft: _Draft, now: datetime) -> Company | None:
    """The new company, or None where its custom id is in use."""
    if "name" not in draft.patch.fields:
        raise InvalidInput.of("name", "This field is required.")
    company_id = await connection.fetchval(queries.NEXT_ID)
    company = draft.applied_to(Company(id=company_id, created_at=now, updated_at=now))
    if await connection.fetchval(queries.INSERT, actor.workspace_id, *_row(company)) is None:
        return None
    await _record(connection, actor, "created", company_id, difference({}, told(company)), now)
    return company


async def _update(
    connection: Connection, actor: Actor, company_id: int, draft: _Draft, now: datetime
) -> WrittenCompany:
    row = await connection.fetchrow(queries.LOCK, actor.workspace_id, company_id)
    if row is None:
        raise NotFound
    before = company_of(row)
    after = draft.applied_to(before)
    changes = difference(told(before), told(after))
    if not changes:
        return WrittenCompany(before, created=False, defined=draft.defined)
    after = msgspec.structs.replace(after, version=before.version + 1, updated_at=now)
    try:
        await connection.execute(queries.UPDATE, actor.workspace_id, *_row(after))
    except asyncpg.UniqueViolationError:
        raise CustomIdTaken(draft.patch.custom_id_name, str(after.custom_id)) from None
    await _record(connection, actor, "updated", company_id, changes, now)
    await _mark_stale(connection, actor, await list_member_ids(connection, actor.workspace_id, company_id), now)
    return WrittenCompany(after, created=False, defined=draft.defined)


async def _record(
    connection: Connection, actor: Actor, done: str, company_id: int, changes: Mapping[str, Any], now: datetime
) -> None:
    kind = f"company.{done}"
    entry = Entry(SETTINGS, kind, "company", company_id, actor.name, changes, int(actor.cause), actor.hop)
    await record(connection, actor.workspace_id, [entry], now)
    if done == "created":
        await mark_objects(
            connection, actor.workspace_id, "company", [company_id], now, cause=actor.cause, hop=actor.hop
        )
    else:
        # Members are marked at once; this reaches those who only have an order that names the company.
        changed = {company_id: changes if done == "updated" else None}
        await fan_out(connection, actor.workspace_id, "company", changed, now, cause=actor.cause, hop=actor.hop)


async def _mark_stale(connection: Connection, actor: Actor, members: list[int], now: datetime) -> None:
    await mark_stale(
        connection, actor.workspace_id, members, now, lane=actor.lane, cause=actor.cause, hop=actor.hop,
        facets=facets.COMPANIES,
    )  # fmt: skip


def _row(company: Company) -> tuple[Any, ...]:
    """The values of ``queries.COLUMNS``."""
    return msgspec.structs.astuple(msgspec.structs.replace(company, attributes=encode(company.attributes)))
