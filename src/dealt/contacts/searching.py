"""Contacts by what is known of them."""

from __future__ import annotations

from collections.abc import Sequence

from dealt.accounts import Snapshot
from dealt.attributes import ATTRIBUTES
from dealt.contacts import queries
from dealt.contacts.finding import find_contacts
from dealt.contacts.listing import visible
from dealt.contacts.lookups import EXACT, Lookup
from dealt.contacts.narrowing import condition
from dealt.kernel.db import Connection, Record
from dealt.kernel.paging import Order, Page, PageRequest, fetch_page
from dealt.kernel.sql import Sql, all_of, sql

_DIRECTORIES = ("key", "custom_id")


async def search_contacts(
    connection: Connection, snapshot: Snapshot, lookups: Sequence[Lookup], *, most: int = 1
) -> list[Record]:
    """The rows of the first ``most`` contacts for whom all look-ups hold, oldest first. Raises InvalidInput."""
    where = all_of(await _conditions(connection, snapshot, lookups))
    select = Sql(f"SELECT {queries.COLUMNS} FROM contacts WHERE ")
    statement, values = (select + where + sql(" ORDER BY id LIMIT {}", most)).render()
    return list(await connection.fetch(statement, *values))


async def search_page(
    connection: Connection, snapshot: Snapshot, lookups: Sequence[Lookup], request: PageRequest
) -> Page:
    """One page of all for whom the look-ups hold, oldest first; by their last change where that is compared.

    Without look-ups these are all contacts. Raises InvalidInput.
    """
    by_change = any(lookup.field == "updated_at" and lookup.how != EXACT for lookup in lookups)
    where = await _conditions(connection, snapshot, lookups)
    order = Order("updated_at" if by_change else "id")
    return await fetch_page(connection, queries.COLUMNS, "contacts", where, order, request)


async def _conditions(connection: Connection, snapshot: Snapshot, lookups: Sequence[Lookup]) -> list[Sql]:
    known = snapshot.part(ATTRIBUTES).of("contact")
    named = [found for found in lookups if found.how == EXACT and found.field in _DIRECTORIES]
    where = [visible(snapshot.workspace_id)]
    where += [condition(found, known, snapshot.time_zone) for found in lookups if found not in named]
    if named:
        # The directories know who has them; contacts have no index of either.
        names = {
            field: [text for found in named if found.field == field for text in found.texts] for field in _DIRECTORIES
        }
        people = await find_contacts(
            connection, snapshot.workspace_id, keys=names["key"], custom_ids=names["custom_id"]
        )  # fmt: skip
        by = {"key": people.by_key, "custom_id": people.by_custom_id}
        where += [_is(next((by[n.field][text].id for text in n.texts if text in by[n.field]), None)) for n in named]
    return where


def _is(contact_id: int | None) -> Sql:
    return Sql("false") if contact_id is None else sql("id = {}", contact_id)
