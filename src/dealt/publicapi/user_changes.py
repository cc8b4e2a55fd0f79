"""Addresses under one user that change one thing: an attribute, a tag."""

from __future__ import annotations

from dataclasses import replace

from dealt.accounts import Snapshot
from dealt.contacts import WrittenContact, update_contact
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput
from dealt.kernel.http import Response, Route
from dealt.kernel.lenient import names
from dealt.kernel.schema import read_fields
from dealt.publicapi.call import Call, answer
from dealt.publicapi.single_changes import Asked, Known, SingleChanges
from dealt.publicapi.user_answers import BASES, named_user, user_patch, write_user
from dealt.tags import TAGS

_MANY = {"tag_names": names}


async def apply(call: Call, asked: Asked) -> Known:
    """Change one thing of the user whom the path names."""
    patch = replace(user_patch(call, asked.body), tags=asked.add_tags, remove_tags=asked.remove_tags)

    async def work(connection: Connection, snapshot: Snapshot) -> WrittenContact:
        contact_id = await named_user(call, connection)
        return await update_contact(connection, call.actor, contact_id, patch, snapshot=snapshot, now=call.now)

    async def tell(_connection: Connection, known: Known, _written: WrittenContact) -> Known:
        return known

    return await write_user(call, work, tell)


async def add_many_tags(call: Call) -> Response:
    """``{"tag_names": [...]}``: ``{"tags": [{"id", "name"}, ...]}``, these tags in the order of the names."""
    wanted = [name.strip() for name in read_fields(call.body, _MANY, required=_MANY)["tag_names"]]
    if not wanted:
        raise InvalidInput.of("tag_names", "Name at least one tag.")
    known = await apply(call, Asked(add_tags=wanted))
    ids = {name: tag_id for tag_id, name in known.after.part(TAGS).items()}
    return answer({"tags": [{"id": ids[name], "name": name} for name in dict.fromkeys(wanted)]})


changes = SingleChanges(apply)
ROUTES: list[Route[Call]] = []
for _base in BASES:
    ROUTES += [
        *changes.attribute_routes(_base),
        *changes.tag_routes(_base),
        Route(("POST",), f"{_base}add_many_tags/", add_many_tags, "write"),
    ]
