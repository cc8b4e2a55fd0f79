"""Whom somebody means: contacts by number, own id, e-mail address, or a part of their name."""

from __future__ import annotations

from dealt.contacts import called, read_contacts
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput
from dealt.kernel.http import Response
from dealt.profiles import queries
from dealt.profiles.numbers import number_in
from dealt.searching import LONGEST_TEXT, search
from dealt.web import Visit

SHORTEST, MOST = 2, 8


async def contact_meant(connection: Connection, workspace_id: int, named: str, field: str) -> int:
    """The contact that somebody names by number, own id or e-mail address, if it is the only one."""
    rows = await connection.fetch(queries.NAMED, workspace_id, named, number_in(named, field, default=0))
    if not rows:
        raise InvalidInput.of(field, "There is no contact with this number, own id or e-mail address.")
    if len(rows) > 1:
        raise InvalidInput.of(field, "Several contacts have this e-mail address; name the one by its number.")
    found: int = rows[0]["id"]
    return found


async def people(visit: Visit) -> Response:
    """The contacts that fit what is typed into ``contact``, to choose one of; ``besides`` is left out."""
    typed = visit.query.get("contact", "").strip()[:LONGEST_TEXT]
    found = []
    if len(typed) >= SHORTEST and visit.may("contacts"):
        async with visit.reading() as connection:
            hits = await search(connection, visit.workspace_id, typed, kinds={"contact"}, limit=MOST)
            rows = await read_contacts(connection, visit.workspace_id, [hit.id for hit in hits])
        besides = number_in(visit.query.get("besides", ""), "besides", default=0)
        found = [rows[hit.id] for hit in hits if hit.id in rows and hit.id != besides]
    told = [(row["id"], called(row), row["email"] or row["custom_id"] or "") for row in found]
    return await visit.page("profiles/_people.html", people=told, typed=typed)
