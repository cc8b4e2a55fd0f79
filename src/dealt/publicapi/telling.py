"""How every route that takes an occurrence reads its body, and which moments its lists ask for."""

from __future__ import annotations

from datetime import datetime

from dealt.contacts import id_of, read_contact
from dealt.events import Between, ContactReference, Telling, parse_moment
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput
from dealt.publicapi.call import Call
from dealt.publicapi.one_object import named


async def telling(call: Call, contact: ContactReference | None = None) -> Telling:
    """Who tells, and when; ``contact`` where not the body but something else names it."""
    zone = (await call.snapshot()).time_zone
    return Telling(call.actor, zone, call.now, contact, user_id_is_custom=call.version == 1)


def contact_in_path(call: Call) -> ContactReference:
    """The contact that the path names, yet to be found."""
    return ("id", call.id()) if "id" in call.params else ("custom_id", call.text())


async def found_contact(call: Call, connection: Connection) -> int:
    """The id of the contact that the path names. Raises NotFound."""
    contact_id = await named(call, connection, id_of)
    await read_contact(connection, call.workspace_id, contact_id)
    return contact_id


async def between(call: Call) -> Between:
    """The bounds ``timestamp__gte`` and ``timestamp__lt`` of a list. Raises InvalidInput."""
    return Between(await _moment(call, "timestamp__gte"), await _moment(call, "timestamp__lt"))


async def _moment(call: Call, name: str) -> datetime | None:
    text = call.request.query.get(name)
    if not text:
        return None
    try:
        return parse_moment(text, (await call.snapshot()).time_zone, None)
    except ValueError as error:
        raise InvalidInput.of(name, str(error)) from None
