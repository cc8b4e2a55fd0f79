"""Routes of custom attributes, in the words and numbers that clients of User.com know."""

from __future__ import annotations

from typing import Any

from dealt import companies, contacts, deals, products, tasks
from dealt.attributes import (
    EVENT,
    VALUE_TYPES,
    Attribute,
    create_attribute,
    delete_attribute,
    domain_word,
    event_domain,
    list_attributes,
    name_std,
    page_of_attributes,
    read_attribute,
    update_attribute,
)
from dealt.events import read_definition
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput, NotFound
from dealt.kernel.http import Response, Route
from dealt.kernel.schema import flag, list_of, read_fields, text, whole_number
from dealt.kernel.shown import shown
from dealt.publicapi.call import Call, answer, paged
from dealt.publicapi.defining import LARGEST_ID, argument, changing
from dealt.publicapi.listing import Listing, plain

_DOMAINS = {
    "clientuser": "contact", "company": "company", "deal": "deal", "product": "product", "activity": "task",
    "event": EVENT,
}  # fmt: skip
_CONTENT_TYPES = {domain: word for word, domain in _DOMAINS.items()}
# Clients of version 1 know no other word for it.
_V1_CONTENT_TYPES = _CONTENT_TYPES | {"contact": "user"}
_TYPES_BY_NUMBER = {
    "1": "boolean", "2": "integer", "3": "date", "4": "string", "5": "datetime", "6": "fixed", "7": "float",
}  # fmt: skip
_FIELD_NAMES = {
    "contact": contacts.FIELD_NAMES,
    "company": companies.FIELD_NAMES,
    "deal": deals.FIELD_NAMES,
    "product": products.FIELD_NAMES,
    "task": tasks.FIELD_NAMES,
    EVENT: frozenset(),
}
MOST_CHOICES = 1_000


def _read_content_type(value: Any) -> str:
    """The domain of a content type; ``user`` is an older word for ``clientuser``."""
    word = "clientuser" if value == "user" else value
    if word == "ticket":
        raise ValueError('"ticket" is not supported: there are no tickets here.')
    if not isinstance(word, str) or word not in _DOMAINS:
        raise ValueError(f"{shown(value)} is not a valid choice; there are {', '.join(_DOMAINS)}.")
    return _DOMAINS[word]


def _read_value_type(value: Any) -> str:
    """A type by its word, or by its number as a number or text."""
    word = _TYPES_BY_NUMBER.get(str(value), value) if isinstance(value, str | int) else value
    if not isinstance(word, str) or word not in VALUE_TYPES:
        raise ValueError(f"{shown(value)} is not a valid choice; there are {', '.join(VALUE_TYPES)}.")
    return word


_CHANGEABLE = {
    "name": text(),
    "value_type": _read_value_type,
    "choices": list_of(text(), MOST_CHOICES),
    "allow_multiple_choices": flag,
    "description": text(10_000, blank=True),
}
_NEW = _CHANGEABLE | {"content_type": _read_content_type, "event": whole_number(1, LARGEST_ID)}


async def list_all(call: Call) -> Response:
    domain, event = argument(call, "content_type", _read_content_type), argument(call, "event", _NEW["event"])
    if event is not None:
        domain = event_domain(event)
    async with call.reading() as connection:
        page = await page_of_attributes(connection, call.workspace_id, call.page_request, domain)
    return paged(call, page, lambda row: _shape(call, read_attribute(row)))


async def add(call: Call) -> Response:
    fields = read_fields(call.body, _NEW, required=("name", "value_type", "content_type"))
    if name_std(fields["name"]) in _FIELD_NAMES[fields["content_type"]]:
        # Answers are flat: nobody would ever see it.
        raise InvalidInput.of("name", f"{shown(fields['name'])} is a field of its own, not an attribute.")
    async with changing(call) as connection:
        domain = await _domain(call, connection, fields.pop("content_type"), fields.pop("event", None))
        made = await create_attribute(
            connection, call.workspace_id, domain=domain, **fields, now=call.now, actor=call.actor.name
        )
    return answer(_shape(call, made), 201)


async def get(call: Call) -> Response:
    async with call.reading() as connection:
        return answer(_shape(call, await _find(call, connection)))


async def change(call: Call) -> Response:
    fields = read_fields(call.body, _NEW)
    content_type, event = fields.pop("content_type", None), fields.pop("event", None)
    async with changing(call) as connection:
        changed = await update_attribute(
            connection, call.workspace_id, call.id(), **fields, now=call.now, actor=call.actor.name
        )
        is_other = content_type not in (None, domain_word(changed.domain))
        if is_other or (event is not None and event_domain(event) != changed.domain):
            raise InvalidInput.of("content_type", "An attribute stays with its kind of object; create another there.")
    return answer(_shape(call, changed))


async def remove(call: Call) -> Response:
    async with changing(call) as connection:
        await delete_attribute(connection, call.workspace_id, call.id(), now=call.now, actor=call.actor.name)
    return Response(204)


async def _find(call: Call, connection: Any) -> Attribute:
    for attribute in await list_attributes(connection, call.workspace_id):
        if attribute.id == call.id():
            return attribute
    raise NotFound


async def _domain(call: Call, connection: Connection, domain: str, event: int | None) -> str:
    """Attributes of events belong to one event each, which must be known. Raises InvalidInput."""
    if domain != EVENT:
        if event is not None:
            raise InvalidInput.of("event", "Only a content_type of event has this field.")
        return domain
    if event is None:
        raise InvalidInput.of("event", "This field is required: the id of the event in GET /events/.")
    try:
        return event_domain((await read_definition(connection, call.workspace_id, event)).id)
    except NotFound:
        raise InvalidInput.of("event", f"There is no event {event}.") from None


def _shape(call: Call, attribute: Attribute) -> dict[str, Any]:
    word, _, event = attribute.domain.partition(":")
    shape = {
        "id": attribute.id,
        "name": attribute.name,
        "name_std": attribute.name_std,
        "value_type": attribute.value_type,
        "content_type": (_V1_CONTENT_TYPES if call.version == 1 else _CONTENT_TYPES)[word],
        "choices": attribute.choices,
        "allow_multiple_choices": attribute.allow_multiple_choices,
        "description": attribute.description,
        "declared": attribute.declared,
        "warning": attribute.warning,
    }
    return shape | {"event": int(event)} if event else shape


_LISTING = Listing(
    plain(
        id="integer", name="string", name_std="string", value_type="string", description="string", declared="boolean",
        warning="string", allow_multiple_choices="boolean",
    ),
    sorts=("id", "name", "name_std"),
    own=("content_type", "event"),
    small=True,
)  # fmt: skip
ROUTES: list[Route[Call]] = [
    Route(("GET",), "/attributes/", list_all, "read", listing=_LISTING),
    Route(("POST",), "/attributes/", add, "write"),
    Route(("GET",), "/attributes/<int:id>/", get, "read"),
    Route(("PUT", "PATCH"), "/attributes/<int:id>/", change, "write"),
    Route(("DELETE",), "/attributes/<int:id>/", remove, "write"),
]
