"""What members keep of lists and boards: the columns and their order, and views with a name, for one or for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from dealt.accounts import Member
from dealt.browsing import queries
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput, NotFound

MOST_VIEWS = 50
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class View:
    """``query`` holds filters and order as an address does; the plain list's view has no name.

    ``own`` is false for one that another member shares; ``opens`` is for the plain list the name of the view that
    it opens with.
    """

    name: str
    columns: list[str]
    query: str
    shared: bool = False
    own: bool = True
    opens: str = ""


async def views_of(connection: Connection, member: Member, kind: str) -> dict[str, View]:
    """The views that a member has of a kind of list, by name: the own ones, then those of others, the oldest first.

    An own view stands for a shared one of the same name.
    """
    rows = await connection.fetch(queries.VIEWS, member.workspace_id, member.id, kind)
    found: dict[str, View] = {}
    for row in rows:
        names = ("name", "columns", "query", "shared", "own", "opens")
        found.setdefault(row["name"], View(*(row[name] for name in names)))
    return found


def tabs_of(path: str, views: Mapping[str, View]) -> list[tuple[str, str]]:
    """The views as tabs, the plain list first: what they are called, and where they lead."""
    plain = f"{path}?view=" if _opened(views) else path
    return [("", plain), *((view.name, place_of(path, view)) for view in views.values() if view.name)]


def place_of(path: str, view: View) -> str:
    """Where a view of the list at ``path`` leads."""
    return f"{path}?view={quote(view.name)}" + (f"&{view.query}" if view.query else "")


def opening(path: str, query: Mapping[str, str], views: Mapping[str, View]) -> str:
    """Where somebody is led who asks for nothing but the list; empty where that is the plain one."""
    view = None if query else _opened(views)
    return place_of(path, view) if view else ""


def _opened(views: Mapping[str, View]) -> View | None:
    plain = views.get("")
    return views.get(plain.opens) if plain and plain.opens else None


async def save_view(
    connection: Connection, member: Member, kind: str, name: str, columns: Sequence[str], query: str, now: datetime,
    *, shared: bool = False,
) -> None:  # fmt: skip
    """Keep a view, or change the own one with this name. Raises InvalidInput for too many, or too long a name."""
    known = await views_of(connection, member, kind)
    if len(name) > LONGEST_NAME:
        raise InvalidInput.of("name", f"A view's name has 1 to {LONGEST_NAME} characters.")
    before = known.get(name)
    if name and not (before and before.own) and len([one for one in known.values() if one.own]) > MOST_VIEWS:
        raise InvalidInput.of("name", f"At most {MOST_VIEWS} views are kept. Delete one first.")
    if shared and before and not before.own:
        raise InvalidInput.of("name", "Somebody shares a view of this name already. Give yours another name.")
    row = (member.workspace_id, member.id, kind, name, list(columns), query, shared, now)
    await connection.execute(queries.SAVE, *row)


async def open_with(connection: Connection, member: Member, kind: str, name: str, now: datetime) -> None:
    """Let the list open with this view from now on, for this member; with the plain list where the name is empty."""
    await connection.execute(queries.OPEN_WITH, member.workspace_id, member.id, kind, name, now)


async def delete_view(connection: Connection, member: Member, kind: str, name: str, *, of_others: bool = False) -> None:
    """Forget an own view, or a shared one ``of_others``. Raises NotFound."""
    place = (member.workspace_id, member.id, kind, name, of_others)
    if not name or await connection.fetchval(queries.DELETE, *place) is None:
        raise NotFound("There is no such view any more.")
