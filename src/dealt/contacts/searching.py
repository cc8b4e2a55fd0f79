"""Contacts by what is known of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from dealt.contacts import queries
from dealt.contacts.finding import find_contacts
from dealt.contacts.listing import visible
from dealt.kernel.db import Connection, Record
from dealt.kernel.paging import Narrowed, Order, Page, PageRequest, bounded, fetch_page
from dealt.kernel.sql import Sql, all_of, sql


async def search_contacts(
    connection: Connection, workspace_id: int, narrowed: Narrowed, *, most: int = 1
) -> list[Record]:
    """The rows of the first ``most`` contacts of whom all conditions hold, oldest first unless asked otherwise.

    Raises InvalidInput where looking for what no index serves takes too long.
    """
    order = narrowed.order or Order("id")
    select = Sql(f"SELECT {queries.COLUMNS}") + order.selected + Sql(" FROM contacts WHERE ")
    where = all_of([visible(workspace_id), *narrowed.conditions])
    statement, values = (select + where + Sql(" ORDER BY ") + order.sorted_by + sql(" LIMIT {}", most)).render()
    async with bounded(connection, narrowed):
        return list(await connection.fetch(statement, *values))


async def search_page(connection: Connection, workspace_id: int, request: PageRequest) -> Page:
    """One page of the contacts of whom all that the request asks for holds, oldest first unless it asks otherwise."""
    return await fetch_page(connection, queries.COLUMNS, "contacts", [visible(workspace_id)], Order("id"), request)


async def narrowed_to(
    connection: Connection,
    workspace_id: int,
    narrowed: Narrowed,
    *,
    keys: Iterable[str] = (),
    custom_ids: Iterable[str] = (),
    id_column: str = "contacts.id",
) -> Narrowed:
    """The same, of the contact that has one of these keys, and one of these custom ids.

    The directories know who has them; contacts have no index of either.
    """
    keys, custom_ids = list(keys), list(custom_ids)
    if not keys and not custom_ids:
        return narrowed
    found = await find_contacts(connection, workspace_id, keys=keys, custom_ids=custom_ids)
    conditions = []
    for names, known in ((keys, found.by_key), (custom_ids, found.by_custom_id)):
        if names:
            contact_id = next((known[name].id for name in names if name in known), None)
            conditions.append(Sql("false") if contact_id is None else sql(f"{id_column} = {{}}", contact_id))
    return replace(narrowed, conditions=(*narrowed.conditions, *conditions), unserved=())
