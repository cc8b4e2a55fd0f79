"""What each member keeps of lists: the columns and their order, and views with a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dealt.accounts import Member
from dealt.browsing import queries
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput, NotFound

MOST_VIEWS = 50
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class View:
    """``query`` holds filters and order as an address does; the plain list's view has no name."""

    name: str
    columns: list[str]
    query: str


async def views_of(connection: Connection, member: Member, kind: str) -> dict[str, View]:
    """A member's views of a kind of list, by name, the oldest first."""
    rows = await connection.fetch(queries.VIEWS, member.workspace_id, member.id, kind)
    return {row["name"]: View(row["name"], row["columns"], row["query"]) for row in rows}


async def save_view(
    connection: Connection, member: Member, kind: str, name: str, columns: Sequence[str], query: str, now: datetime
) -> None:
    """Keep a view, or change the one with this name. Raises InvalidInput for too many, or too long a name."""
    known = await views_of(connection, member, kind)
    if len(name) > LONGEST_NAME:
        raise InvalidInput.of("name", f"A view's name has 1 to {LONGEST_NAME} characters.")
    if name and name not in known and len(known) >= MOST_VIEWS:
        raise InvalidInput.of("name", f"At most {MOST_VIEWS} views are kept. Delete one first.")
    await connection.execute(queries.SAVE, member.workspace_id, member.id, kind, name, list(columns), query, now)


async def delete_view(connection: Connection, member: Member, kind: str, name: str) -> None:
    """Forget a view. Raises NotFound."""
    if not name or await connection.fetchval(queries.DELETE, member.workspace_id, member.id, kind, name) is None:
        raise NotFound("There is no such view any more.")
