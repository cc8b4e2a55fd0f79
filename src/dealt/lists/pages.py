"""The page of lists."""

from __future__ import annotations

from dealt.kernel.errors import InvalidInput
from dealt.kernel.http import Response
from dealt.kernel.paging import PageRequest
from dealt.lists.keeping import create_list, delete_list, page_of_lists, update_list
from dealt.web import PageRoute, Visit, action, bring_back, many, page

_HERE = "/settings/lists/"


async def show(visit: Visit) -> Response:
    """All lists, in pages."""
    async with visit.reading() as connection:
        lists = await page_of_lists(connection, visit.workspace_id, PageRequest.parse(visit.query))
    return await visit.page("lists/list.html", lists=lists)


async def add(visit: Visit) -> Response:
    """A new, empty list."""
    name, about = _named(visit), visit.text("description")
    async with visit.changing() as connection:
        await create_list(
            connection, visit.workspace_id, name=name, description=about, now=visit.now, actor=visit.actor.name
        )
    return visit.go(_HERE, f'The list "{name}" is added.')


async def change(visit: Visit) -> Response:
    """Another name or description."""
    name, about = _named(visit), visit.text("description")
    async with visit.changing() as connection:
        await update_list(
            connection, visit.workspace_id, visit.id(), name=name, description=about, now=visit.now,
            actor=visit.actor.name,
        )  # fmt: skip
    return visit.go(_HERE, f'The list "{name}" is saved.')


async def delete(visit: Visit) -> Response:
    """The contacts on it stay."""
    async with visit.changing() as connection:
        number, kept = await delete_list(
            connection, visit.workspace_id, visit.id(), now=visit.now, actor=visit.actor.name
        )
    stay = f"; the {many(number, 'contact')} on it stay" if number else ""
    return visit.go(_HERE, f"The list is deleted{stay}.", bring_back(kept))


def _named(visit: Visit) -> str:
    name = visit.text("name")
    if not 0 < len(name) <= 255:
        raise InvalidInput.of("name", "A list's name has 1 to 255 characters.")
    return name


ROUTES: list[PageRoute] = [
    page(_HERE, show, "settings"),
    action(_HERE, add, "settings", again=show),
    action("/settings/lists/<int:id>/", change, "settings", again=show),
    action("/settings/lists/<int:id>/delete/", delete, "settings", again=show),
]
