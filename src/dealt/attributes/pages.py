"""Pages of custom attributes: what objects have beside the fields that everybody's have."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from dealt.attributes.changing import update_attribute
from dealt.attributes.defining import create_attribute, delete_attribute, list_attributes
from dealt.attributes.index_pages import ROUTES as INDEXING
from dealt.attributes.indexing import list_indexes
from dealt.attributes.model import DOMAINS, Attribute
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput
from dealt.kernel.http import Response
from dealt.web import PageRoute, Visit, action, bring_back, page

_HERE = "/settings/attributes/"
_LONGEST_DESCRIPTION = 10_000
_MOST_CHOICES = 1_000
CALLED = {"contact": "Contacts", "company": "Companies", "deal": "Deals", "product": "Products", "task": "Tasks"}
TYPES = {
    "string": "Text", "integer": "Whole number", "float": "Number", "boolean": "Yes or no", "date": "Date",
    "datetime": "Date and time", "fixed": "Choice", "json": "JSON",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Uses:
    """Asks later domains where an attribute is used; each gives names and addresses of pages (or "").

    The composition root says who is asked.
    """

    ask: Sequence[Callable[[Connection, int, Attribute], Awaitable[list[tuple[str, str]]]]] = ()


async def show(visit: Visit) -> Response:
    """The attributes of one kind of object."""
    domain = _domain(visit.query.get("of", "deal"))
    async with visit.reading() as connection:
        known = [a for a in await list_attributes(connection, visit.workspace_id) if a.domain == domain]
    known.sort(key=lambda a: a.name.casefold())
    return await visit.page("attributes/list.html", attributes=known, domain=domain, called=CALLED, types=TYPES)


async def show_one(visit: Visit) -> Response:
    """One attribute, and where it is used."""
    uses: list[tuple[str, str]] = []
    async with visit.reading() as connection:
        attribute = await _find(visit, connection)
        for ask in visit.of(Uses).ask:
            uses += await ask(connection, visit.workspace_id, attribute)
        indexes = await list_indexes(connection, visit.workspace_id)
    place = (attribute.domain, attribute.name_std, attribute.value_type)
    index = next((one for one in indexes if (one.domain, one.field, one.value_type) == place), None)
    return await visit.page(
        "attributes/one.html", attribute=attribute, uses=uses, called=CALLED, types=TYPES, index=index
    )


async def add(visit: Visit) -> Response:
    """A declared attribute: values that do not fit its type are refused from now on."""
    domain = _domain(visit.query.get("of", "deal"))
    async with visit.changing() as connection:
        made = await create_attribute(
            connection, visit.workspace_id, domain=domain, name=visit.text("name"),
            value_type=visit.text("value_type"), choices=_choices(visit), now=visit.now,
            allow_multiple_choices=bool(visit.text("several")), description=_description(visit),
            actor=visit.actor.name,
        )  # fmt: skip
    return visit.go(f"{_HERE}{made.id}/", f'The attribute "{made.name}" is added; the API calls it {made.name_std}.')


async def change(visit: Visit) -> Response:
    """Another name, type, choices or description."""
    async with visit.changing() as connection:
        before = await _find(visit, connection)
        given = visit.text("value_type")
        changed = await update_attribute(
            connection, visit.workspace_id, before.id, now=visit.now, name=visit.text("name"),
            value_type=given if given and (given != before.value_type or not before.declared) else None,
            choices=_choices(visit), allow_multiple_choices=bool(visit.text("several")),
            description=_description(visit), actor=visit.actor.name,
        )  # fmt: skip
    return visit.go(f"{_HERE}{changed.id}/", "The attribute is saved.")


async def delete(visit: Visit) -> Response:
    """Values stay stored, and come back if the name is defined again."""
    async with visit.changing() as connection:
        before = await _find(visit, connection)
        kept = await delete_attribute(connection, visit.workspace_id, before.id, now=visit.now, actor=visit.actor.name)
    return visit.go(f"{_HERE}?of={before.domain}", f'The attribute "{before.name}" is deleted.', bring_back(kept))


async def _find(visit: Visit, connection: Connection) -> Attribute:
    for attribute in await list_attributes(connection, visit.workspace_id):
        if attribute.id == visit.id() and attribute.domain in DOMAINS:
            return attribute
    raise visit.not_found("attribute")


def _domain(given: str) -> str:
    return given if given in DOMAINS else "deal"


def _choices(visit: Visit) -> list[str]:
    choices = list(dict.fromkeys(line.strip() for line in visit.text("choices").splitlines() if line.strip()))
    if len(choices) > _MOST_CHOICES or any(len(choice) > 255 for choice in choices):
        raise InvalidInput.of("choices", f"At most {_MOST_CHOICES} choices of 255 characters each.")
    return choices


def _description(visit: Visit) -> str:
    text = visit.text("description")
    if len(text) > _LONGEST_DESCRIPTION:
        raise InvalidInput.of("description", f"At most {_LONGEST_DESCRIPTION} characters.")
    return text


_ONE = f"{_HERE}<int:id>/"
ROUTES: list[PageRoute] = [
    page(_HERE, show, "settings"),
    action(_HERE, add, "settings", again=show),
    page(_ONE, show_one, "settings"),
    action(_ONE, change, "settings", again=show_one),
    action(f"{_ONE}delete/", delete, "settings", again=show_one),
    *INDEXING,
]
