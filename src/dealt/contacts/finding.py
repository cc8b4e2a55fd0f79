"""Finding contacts by what others call them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

from dealt.contacts import queries
from dealt.contacts.model import ContactRef, Contacts
from dealt.kernel.db import Connection, Record
from dealt.kernel.errors import NotFound
from dealt.kernel.questions import Question, Row, ask
from dealt.kernel.sql import sql


async def find_contacts(
    connection: Connection,
    workspace_id: int,
    *,
    ids: Iterable[int] = (),
    custom_ids: Iterable[str] = (),
    keys: Iterable[str] = (),
) -> Contacts:
    """The contacts with these ids, custom ids and keys, in one statement; placeholders are never found.

    Every name of a contact that was merged into another one means that other one.
    """
    (found,) = await ask(connection, contacts_question(workspace_id, ids=ids, custom_ids=custom_ids, keys=keys))
    return cast(Contacts, found)


def contacts_question(
    workspace_id: int, *, ids: Iterable[int] = (), custom_ids: Iterable[str] = (), keys: Iterable[str] = ()
) -> Question[Contacts]:
    """What ``find_contacts`` asks, to be asked together with other questions."""
    storable = [wanted for wanted in ids if 0 < wanted < 2**63]
    values = (workspace_id, storable, workspace_id, list(custom_ids), workspace_id, list(keys))
    return Question(sql(queries.FIND, *values), _read)


def _read(rows: list[Row]) -> Contacts:
    found = Contacts()
    for row in rows:
        path = (*row["merged_from"], row["id"]) if row["merged_from"] else ()
        contact = ContactRef(row["id"], row["custom_id"], path)
        if row["way"] == "id":
            found.by_id[row["asked_id"]] = contact
        elif row["way"] == "custom_id":
            found.by_custom_id[row["asked"]] = contact
        else:
            found.by_key[row["asked"]] = contact
    return found


async def id_of(connection: Connection, workspace_id: int, custom_id: str) -> int:
    """The id of the contact with this custom id. Raises NotFound."""
    found: int | None = await connection.fetchval(queries.ID_OF, workspace_id, custom_id)
    if found is None:
        raise NotFound
    return found


async def read_contact(connection: Connection, workspace_id: int, contact_id: int) -> Record:
    """A contact's row; of a merged contact that of the one it was merged into. Raises NotFound."""
    row = await connection.fetchrow(queries.READ, workspace_id, contact_id)
    if row is None:
        parent_id = await connection.fetchval(queries.MERGED_INTO, workspace_id, contact_id)
        row = parent_id and await connection.fetchrow(queries.READ, workspace_id, parent_id)
    if row is None:
        raise NotFound
    return row


async def read_contacts(connection: Connection, workspace_id: int, contact_ids: Sequence[int]) -> dict[int, Record]:
    """The rows of contacts by id, in one statement; what does not exist is left out."""
    rows = await connection.fetch(queries.READ_MANY, workspace_id, list(contact_ids))
    return {row["id"]: row for row in rows}


async def hold_contact(connection: Connection, workspace_id: int, contact_id: int) -> None:
    """Keep a contact from being deleted until the transaction ends. Raises NotFound."""
    if await connection.fetchval(queries.HOLD, workspace_id, contact_id) is None:
        raise NotFound
