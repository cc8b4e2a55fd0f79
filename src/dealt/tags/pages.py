"""The page of tags."""

from __future__ import annotations

from dealt.kernel.http import Response
from dealt.kernel.paging import PageRequest
from dealt.tags.naming import create_tag, delete_tag, page_of_tags, rename_tag
from dealt.web import PageRoute, Visit, action, bring_back, page

_HERE = "/settings/tags/"


async def show(visit: Visit) -> Response:
    """All tags, in pages."""
    async with visit.reading() as connection:
        tags = await page_of_tags(connection, visit.workspace_id, PageRequest.parse(visit.query))
    return await visit.page("tags/list.html", tags=tags)


async def add(visit: Visit) -> Response:
    """A new tag."""
    name = visit.text("name")
    async with visit.changing() as connection:
        await create_tag(connection, visit.workspace_id, name, now=visit.now, actor=visit.actor.name)
    return visit.go(_HERE, f'The tag "{name}" is added.')


async def rename(visit: Visit) -> Response:
    """Another name, wherever the tag is worn."""
    name = visit.text("name")
    async with visit.changing() as connection:
        await rename_tag(connection, visit.workspace_id, visit.id(), name, now=visit.now, actor=visit.actor.name)
    return visit.go(_HERE, f'The tag is now called "{name}".')


async def delete(visit: Visit) -> Response:
    """Nobody wears it any more."""
    async with visit.changing() as connection:
        kept = await delete_tag(connection, visit.workspace_id, visit.id(), now=visit.now, actor=visit.actor.name)
    return visit.go(_HERE, "The tag is deleted.", bring_back(kept))


ROUTES: list[PageRoute] = [
    page(_HERE, show, "settings"),
    action(_HERE, add, "settings", again=show),
    action("/settings/tags/<int:id>/", rename, "settings", again=show),
    action("/settings/tags/<int:id>/delete/", delete, "settings", again=show),
]
