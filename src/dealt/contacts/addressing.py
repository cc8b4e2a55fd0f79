"""Finding contacts by their e-mail addresses, which need not be unique."""

from __future__ import annotations

from collections.abc import Iterable

from dealt.contacts import queries
from dealt.contacts.model import ContactRef
from dealt.kernel.db import Connection


async def contacts_with_emails(
    connection: Connection, workspace_id: int, emails: Iterable[str]
) -> dict[str, list[ContactRef]]:
    """The contacts with these addresses, oldest first, by address in small letters; in one statement.

    ``emails`` are in small letters; an address that nobody has is left out.
    """
    found: dict[str, list[ContactRef]] = {}
    if wanted := sorted(set(emails)):
        for row in await connection.fetch(queries.WITH_EMAILS, workspace_id, wanted):
            found.setdefault(row["email"], []).append(ContactRef(row["id"], row["custom_id"]))
    return found
