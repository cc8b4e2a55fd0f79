"""What the routes of users share: which user a path names, how one and many are answered, how one is written."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from dealt.accounts import Snapshot
from dealt.aggregators import AGGREGATORS, shown_values, values_of
from dealt.contacts import ContactPatch, WrittenContact, id_of, memberships, parse_contact, read_contact, read_contacts
from dealt.kernel.db import Connection, Record, in_transaction
from dealt.kernel.http import Response
from dealt.kernel.paging import Page
from dealt.lifetime import PREDICTING, predictions_of
from dealt.publicapi.call import Call, answer, paged
from dealt.publicapi.one_object import named
from dealt.publicapi.single_changes import Known
from dealt.publicapi.user_shapes import UserShape, user_shape
from dealt.rfm import RFMS, shown_scores

BASES = ("/users/<int:id>/", "/users-by-id/<custom_id>/")
"""Every route of one user exists under both."""

Work = Callable[[Connection, Snapshot], Awaitable[WrittenContact]]
T = TypeVar("T")


def user_patch(call: Call, body: Mapping[str, Any]) -> ContactPatch:
    """What ``body`` asks of a user, in the words of the call's version. Raises InvalidInput."""
    return parse_contact(body, company_id_is_custom=call.version == 1)


async def named_user(call: Call, connection: Connection) -> int:
    """The id of the contact that the path names; for a custom id, of one that exists. Raises NotFound."""
    return await named(call, connection, id_of)


async def answer_user(
    call: Call, connection: Connection, snapshot: Snapshot, row: Record, status: int = 200, *, searched: bool = False
) -> Response:
    """One contact's row as the answer."""
    shape = await _shape(call, connection, snapshot, [row])
    return answer(shape.of_version(call.version, searched=searched)(row), status)


async def page_of_users(
    call: Call, connection: Connection, snapshot: Snapshot, page: Page, *, searched: bool = False
) -> Response:
    """A page of contacts' rows as the answer."""
    shape = await _shape(call, connection, snapshot, page.rows)
    return paged(call, page, shape.of_version(call.version, searched=searched))


async def page_of_members(call: Call, connection: Connection, snapshot: Snapshot, page: Page) -> Response:
    """A page of rows that name contacts as ``contact_id``, answered as these contacts."""
    people = await read_contacts(connection, call.workspace_id, [row["contact_id"] for row in page.rows])
    shape = (await _shape(call, connection, snapshot, list(people.values()))).of_version(call.version)

    def member(row: Record) -> dict[str, Any] | None:
        contact = people.get(row["contact_id"])
        return None if contact is None else shape(contact)

    return paged(call, page, member)


async def all_users(call: Call, connection: Connection, snapshot: Snapshot, rows: Sequence[Record]) -> Response:
    """Contacts' rows as the bare list that a search answers."""
    shape = (await _shape(call, connection, snapshot, rows)).of_version(call.version, searched=True)
    return answer([shape(row) for row in rows], headers=call.age)


async def write_user(call: Call, work: Work, tell: Callable[[Connection, Known, WrittenContact], Awaitable[T]]) -> T:
    """What ``tell`` makes of what ``work`` did, both in the one transaction of the write."""
    definitions, workspace_id = call.services.definitions, call.workspace_id

    async def attempt(connection: Connection) -> tuple[WrittenContact, T]:
        before = await definitions.for_writing(connection, workspace_id)
        written = await work(connection, before)
        after = await definitions.uncommitted(connection, workspace_id) if written.defined else before
        return written, await tell(connection, Known(before, after), written)

    written, told = await in_transaction(call.services.pool, attempt)
    if written.defined:
        definitions.forget(workspace_id)
    return told


async def write_and_answer(call: Call, work: Work, status: int = 200) -> Response:
    """The whole user after ``work``, as the write's own transaction sees it."""

    async def tell(connection: Connection, known: Known, written: WrittenContact) -> Response:
        row = await read_contact(connection, call.workspace_id, written.id)
        return await answer_user(call, connection, known.after, row, status)

    return await write_user(call, work, tell)


async def shape_users(call: Call, connection: Connection, snapshot: Snapshot, ids: Sequence[int]) -> UserShape:
    """What it takes to show these contacts; what is derived for them is brought up to date first.

    Inside a transaction, where a write is answered, it is shown as it was before the write.
    """
    if not connection.is_in_transaction():
        await call.services.settling.settle_on_read(connection, call.workspace_id, ids, call.now)
    return await shape_settled(connection, snapshot, ids, call.now)


async def shape_settled(connection: Connection, snapshot: Snapshot, ids: Sequence[int], now: datetime) -> UserShape:
    """What it takes to show these contacts, with what is derived for them as it is stored."""
    workspace_id = snapshot.workspace_id
    aggregators, rfms = snapshot.part(AGGREGATORS), snapshot.part(RFMS)
    stored = await values_of(connection, workspace_id, ids) if aggregators else {}
    derived = {
        contact_id: shown_values(values, aggregators, now, snapshot.time_zone) | shown_scores(values, rfms)
        for contact_id, values in stored.items()
    }
    predicted = await predictions_of(connection, workspace_id, ids) if snapshot.part(PREDICTING) else {}
    return user_shape(snapshot, await memberships(connection, workspace_id, ids), derived, predicted)


async def _shape(call: Call, connection: Connection, snapshot: Snapshot, rows: Sequence[Record]) -> UserShape:
    return await shape_users(call, connection, snapshot, [row["id"] for row in rows])
