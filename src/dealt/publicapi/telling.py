"""How every route that takes an occurrence reads its body, and whom it is about."""

from __future__ import annotations

from dealt.contacts import id_of, read_contact
from dealt.events import ContactReference, Telling
from dealt.kernel.db import Connection
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
