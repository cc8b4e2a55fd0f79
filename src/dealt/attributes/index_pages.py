"""Pages of the fields that are indexed: how far each is, and the way back."""

from __future__ import annotations

from dealt.attributes.defining import list_attributes
from dealt.attributes.indexing import MOST_PER_DOMAIN, ask_for_index, drop_field_index, list_indexes
from dealt.attributes.model import DOMAINS
from dealt.kernel.http import Response
from dealt.web import PageRoute, Visit, action, is_local, page

_HERE = "/settings/attributes/indexes/"


async def show(visit: Visit) -> Response:
    """Every field that is indexed, or about to be; ``?back=`` is the list that asked for one."""
    async with visit.reading() as connection:
        indexes = await list_indexes(connection, visit.workspace_id)
        labels = {(one.domain, one.name_std): one.name for one in await list_attributes(connection, visit.workspace_id)}
    back = visit.query.get("back", "")
    waits = any(not one.is_built and not one.error for one in indexes)
    return await visit.page(
        "attributes/_indexes.html" if visit.by_htmx else "attributes/indexes.html", indexes=indexes, labels=labels,
        waits=waits, most=MOST_PER_DOMAIN, back=back if is_local(back) else "",
    )  # fmt: skip


async def add(visit: Visit) -> Response:
    """Have an attribute indexed."""
    async with visit.changing() as connection:
        known = await list_attributes(connection, visit.workspace_id)
        attribute = next((one for one in known if one.id == visit.id() and one.domain in DOMAINS), None)
        if attribute is None or attribute.aggregator_id is not None:
            raise visit.not_found("attribute")
        await ask_for_index(
            connection, visit.workspace_id, attribute.domain, attribute.name_std, attribute.value_type,
            actor=visit.actor.name, now=visit.now,
        )  # fmt: skip
    return visit.go(_HERE, f"The index of {attribute.name} is being built.")


async def remove(visit: Visit) -> Response:
    """An index less; lists go on without it."""
    domain, field = visit.text("domain"), visit.text("field")
    async with visit.changing() as connection:
        await drop_field_index(connection, visit.workspace_id, domain, field, actor=visit.actor.name, now=visit.now)
    return visit.go(_HERE, "The index is taken back.")


ROUTES: list[PageRoute] = [
    page(_HERE, show, "settings"),
    action(f"{_HERE}delete/", remove, "settings"),
    action("/settings/attributes/<int:id>/index/", add, "settings"),
]
