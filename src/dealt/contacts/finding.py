"""Finding contacts by what others call them."""

from __future__ import annotations

from collections.abc import Iterable

from dealt.contacts import queries
from dealt.contacts.model import ContactRef, Contacts
from dealt.kernel.db import Connection, Record
from dealt.kernel.errors import NotFound


async def find_contacts(
    connection: Connection,
    workspace_id: int,
    *,
    ids: Iterable[int] = (),
    custom_ids: Iterable[str] = (),
    keys: Iterable[str] = (),
) -> Contacts:
    """The contacts with these ids, custom ids and keys, in one statement; placeholders are never found.

    A contact found by its key costs a second statement, for its custom id.
    """
    storable = [wanted for wanted in ids if 0 < wanted < 2**63]
    rows = await connection.fetch(queries.FIND, workspace_id, storable, list(custom_ids), list(keys))
    found = Contacts()
    by_key: dict[int, list[str]] = {}
    for row in rows:
        contact = ContactRef(row["id"], row["custom_id"])
        if row["way"] == "id":
            found.by_id[contact.id] = contact
        elif row["way"] == "custom_id":
            found.by_custom_id[row["asked"]] = contact
        else:
            by_key.setdefault(contact.id, []).append(row["asked"])
    for row in await connection.fetch(queries.CUSTOM_IDS_OF, workspace_id, list(by_key)) if by_key else ():
        found.by_key.update({key: ContactRef(row["id"], row["custom_id"]) for key in by_key[row["id"]]})
    return found


async def id_of(connection: Connection, workspace_id: int, custom_id: str) -> int:
    """The id of the contact with this custom id. Raises NotFound."""
    found = await find_contacts(connection, workspace_id, custom_ids=[custom_id])
    if custom_id not in found.by_custom_id:
        raise NotFound
    return found.by_custom_id[custom_id].id


async def read_contact(connection: Connection, workspace_id: int, contact_id: int) -> Record:
    """A contact's row. Raises NotFound."""
    row = await connection.fetchrow(queries.READ, workspace_id, contact_id)
    if row is None:
        raise NotFound
    return row
