"""Views kept and forgotten by the forms of a list's or a board's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dealt.browsing.views import View, delete_view, open_with, place_of, save_view, views_of
from dealt.kernel.db import Connection
from dealt.kernel.errors import Forbidden, InvalidInput
from dealt.kernel.http import Response
from dealt.web import Undo, Visit


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where views are kept: of which kind, on the page at ``path``, which only those see who may read ``area``."""

    kind: str
    path: str
    area: str


async def keep_view(
    visit: Visit, connection: Connection, shelf: Shelf, columns: Sequence[str], query: str, *, left_out: str = ""
) -> Response:
    """Keep what the form names; it says whether all have it, and whether the page opens with it.

    ``left_out`` is a sentence about what is not kept. Raises InvalidInput and Forbidden.
    """
    name, shared = visit.text("name"), bool(visit.text("shared"))
    if not name:
        raise InvalidInput.of("name", "Give the view a name.")
    if shared and not visit.may(shelf.area, "write"):
        raise Forbidden("Your role may keep views, but not share them.")
    known = await views_of(connection, visit.member, shelf.kind)
    await save_view(connection, visit.member, shelf.kind, name, columns, query, visit.now, shared=shared)
    opened = known[""].opens if "" in known else ""
    if bool(visit.text("opens")) != (opened == name):
        wanted = name if visit.text("opens") else ""
        await open_with(connection, visit.member, shelf.kind, wanted, visit.now)
    whose = "a view for everybody" if shared else "a view of yours"
    place = place_of(shelf.path, View(name, list(columns), query))
    return visit.go(place, f"{name} is {whose} now.{f' {left_out}' if left_out else ''}")


async def forget_view(visit: Visit, shelf: Shelf) -> Response:
    """A view less; who may change the settings may also take away what another shares."""
    name = visit.text("name")
    async with visit.writing() as connection:
        view = (await views_of(connection, visit.member, shelf.kind)).get(name)
        of_others = view is not None and not view.own
        if of_others and not visit.may("settings", "write"):
            raise Forbidden("Somebody else shares this view. Who may change the settings can delete it.")
        await delete_view(connection, visit.member, shelf.kind, name, of_others=of_others)
    again = _again(shelf, view) if view is not None and view.own else None
    return visit.go(shelf.path, f"The view {name} is deleted.", again)


def _again(shelf: Shelf, view: View) -> Undo:
    """Keep what was deleted once more."""
    fields = {"name": view.name, "query": view.query, "columns": ",".join(view.columns)}
    return Undo(f"{shelf.path}views/", fields | ({"shared": "yes"} if view.shared else {}))
