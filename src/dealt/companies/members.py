"""Who belongs to a company, and since when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dealt.accounts import Actor
from dealt.companies import queries
from dealt.companies.errors import ContactNotFound
from dealt.companies.finding import read_company
from dealt.freshness import facets
from dealt.kernel.db import Connection
from dealt.kernel.errors import NotFound
from dealt.kernel.journal import SETTINGS, Entry, mark_stale, record
from dealt.kernel.paging import Order, Page, PageRequest, fetch_page
from dealt.kernel.sql import sql


async def add_member(connection: Connection, actor: Actor, company_id: int, contact_id: int, *, now: datetime) -> bool:
    """Let a contact belong to a company from ``now`` on; False where it does already. Raises NotFound."""
    workspace_id = actor.workspace_id
    # Both rows are held until the commit, so that neither side can be deleted under the membership.
    if await connection.fetchval(queries.HOLD, workspace_id, company_id) is None:
        raise NotFound
    if await connection.fetchval(queries.HOLD_CONTACT, workspace_id, contact_id) is None:
        raise ContactNotFound(contact_id)
    if await connection.fetchval(queries.ADD_MEMBER, workspace_id, company_id, contact_id, now) is None:
        return False
    await _follow(connection, actor, "member_added", company_id, contact_id, {"members": (None, contact_id)}, now)
    return True


async def remove_member(
    connection: Connection, actor: Actor, company_id: int, contact_id: int, *, now: datetime
) -> bool:
    """End a contact's membership; False where there is none. Raises NotFound for the company."""
    if await connection.fetchval(queries.REMOVE_MEMBER, actor.workspace_id, company_id, contact_id) is None:
        await read_company(connection, actor.workspace_id, company_id)
        return False
    await _follow(connection, actor, "member_removed", company_id, contact_id, {"members": (contact_id, None)}, now)
    return True


async def list_members(connection: Connection, workspace_id: int, company_id: int, request: PageRequest) -> Page:
    """A page of a company's members by contact id: rows of contact_id and member_since."""
    where = [sql("workspace_id = {} AND company_id = {}", workspace_id, company_id)]
    order = Order("contact_id", id_column="contact_id")
    return await fetch_page(connection, "contact_id, member_since", "company_members", where, order, request)


async def _follow(
    connection: Connection,
    actor: Actor,
    done: str,
    company_id: int,
    contact_id: int,
    changes: Mapping[str, Any],
    now: datetime,
) -> None:
    kind = f"company.{done}"
    entry = Entry(SETTINGS, kind, "company", company_id, actor.name, changes, int(actor.cause), actor.hop)
    await record(connection, actor.workspace_id, [entry], now)
    await mark_stale(
        connection, actor.workspace_id, [contact_id], now, lane=actor.lane, cause=actor.cause, hop=actor.hop,
        facets=facets.COMPANIES,
    )  # fmt: skip
