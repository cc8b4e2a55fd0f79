"""Contacts by something that several may share."""

from __future__ import annotations

from typing import Literal

from dealt.contacts import queries
from dealt.contacts.finding import find_contacts
from dealt.contacts.listing import visible
from dealt.kernel.db import Connection, Record
from dealt.kernel.paging import Order, Page, PageRequest, fetch_page
from dealt.kernel.sql import Sql, all_of, sql

By = Literal["key", "custom_id", "email", "phone_number"]


async def search_contacts(
    connection: Connection, workspace_id: int, by: By, value: str, *, most: int = 1
) -> list[Record]:
    """The rows of the first ``most`` contacts with exactly this value (an e-mail address in any case), oldest first."""
    where = all_of([visible(workspace_id), await _has(connection, workspace_id, by, value)])
    select = Sql(f"SELECT {queries.COLUMNS} FROM contacts WHERE ")
    statement, values = (select + where + sql(" ORDER BY id LIMIT {}", most)).render()
    return list(await connection.fetch(statement, *values))


async def search_page(connection: Connection, workspace_id: int, by: By, value: str, request: PageRequest) -> Page:
    """One page of what ``search_contacts`` finds."""
    where = [visible(workspace_id), await _has(connection, workspace_id, by, value)]
    return await fetch_page(connection, queries.COLUMNS, "contacts", where, Order("id"), request)


async def _has(connection: Connection, workspace_id: int, by: By, value: str) -> Sql:
    if by == "email":
        # Said twice, because the index holds only contacts that have one.
        return sql("email IS NOT NULL AND lower(email) = lower({})", value)
    if by == "phone_number":
        return sql("phone_number = {}", value)
    if by == "key":
        contact = (await find_contacts(connection, workspace_id, keys=[value])).by_key.get(value)
    else:
        contact = (await find_contacts(connection, workspace_id, custom_ids=[value])).by_custom_id.get(value)
    return sql("id = {}", contact.id) if contact else Sql("false")
