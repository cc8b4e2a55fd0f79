"""One value for many users."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dealt.accounts import Snapshot
from dealt.attributes import name_std
from dealt.contacts import (
    ALIKE,
    FIELD_NAMES,
    MOST_AT_ONCE,
    ContactPatch,
    ContactsNotFound,
    find_contacts,
    update_contact,
    update_contacts,
)
from dealt.kernel.db import Connection, in_transaction
from dealt.kernel.errors import InvalidInput
from dealt.kernel.http import Response, Route
from dealt.kernel.lenient import words
from dealt.kernel.schema import list_of, read_fields, text, whole_number
from dealt.kernel.shown import shown
from dealt.publicapi.call import Call, answer
from dealt.publicapi.defining import LARGEST_ID
from dealt.publicapi.user_answers import user_patch

_CUSTOM_ID = ("custom_id", "user_id")
_WANTED = {"attribute": text(), "value": lambda value: value}
_IDS = list_of(whole_number(1, LARGEST_ID), MOST_AT_ONCE)
_NAMES = list_of(words(255), MOST_AT_ONCE)


async def update_standard(call: Call) -> Response:
    """``{"ids", "attribute", "value"}``: ``{"status": "ok"}``; users by id, or by custom id under users-by-id."""
    ids, name, value = _read(call)
    if name not in (*ALIKE, *_CUSTOM_ID):
        raise InvalidInput.of("attribute", f"{shown(name)} is not a valid choice; there are {', '.join(ALIKE)}.")
    if name in _CUSTOM_ID and len(set(ids)) > 1:
        raise InvalidInput.of("ids", "A custom id belongs to one user: name one.")
    patch = _parse(call, name, value)
    if name == "company_id" and patch.company_id is None and patch.company_custom_id is None:
        raise InvalidInput.of("value", "Name the company that these users join.")
    return await _update(call, ids, patch)


async def update_custom(call: Call) -> Response:
    """The same for an attribute, which is made where it is unknown."""
    ids, name, value = _read(call)
    if name_std(name) in FIELD_NAMES:
        raise InvalidInput.of("attribute", f"{shown(name)} is a field of its own, not an attribute.")
    return await _update(call, ids, _parse(call, name, value))


def _read(call: Call) -> tuple[list[Any], str, Any]:
    wanted = _WANTED | {"ids": _NAMES if _by_custom_id(call) else _IDS}
    fields = read_fields(call.body, wanted, required=wanted)
    ids = [found for found in fields["ids"] if found is not None]
    if not ids:
        raise InvalidInput.of("ids", "Name at least one user.")
    return ids, fields["attribute"], fields["value"]


def _parse(call: Call, name: str, value: Any) -> ContactPatch:
    try:
        return user_patch(call, {name: value})
    except InvalidInput as error:
        raise _of_value(error) from None


def _of_value(error: InvalidInput) -> InvalidInput:
    """What is wrong with the one value that there is."""
    return InvalidInput({"value": [sentence for sentences in error.fields.values() for sentence in sentences]})


async def _update(call: Call, ids: Sequence[Any], patch: ContactPatch) -> Response:
    definitions, actor = call.services.definitions, call.actor.in_bulk()

    async def work(connection: Connection) -> bool:
        snapshot = await definitions.for_writing(connection, call.workspace_id)
        contact_ids = await _named(call, connection, ids)
        if patch.fields.keys() & {"custom_id"}:
            return await _rename(call, connection, contact_ids[0], patch, snapshot)
        return await update_contacts(connection, actor, contact_ids, patch, snapshot=snapshot, now=call.now)

    try:
        if await in_transaction(call.services.pool, work):
            definitions.forget(call.workspace_id)
    except InvalidInput as error:
        raise _of_value(error) from None
    return answer({"status": "ok"})


async def _rename(call: Call, connection: Connection, contact_id: int, patch: ContactPatch, snapshot: Snapshot) -> bool:
    if not (await find_contacts(connection, call.workspace_id, ids=[contact_id])).by_id:
        raise ContactsNotFound("ids", [contact_id])
    written = await update_contact(connection, call.actor, contact_id, patch, snapshot=snapshot, now=call.now)
    return written.defined


async def _named(call: Call, connection: Connection, ids: Sequence[Any]) -> list[int]:
    if not _by_custom_id(call):
        return list(ids)
    found = (await find_contacts(connection, call.workspace_id, custom_ids=ids)).by_custom_id
    missing = [custom_id for custom_id in dict.fromkeys(ids) if custom_id not in found]
    if missing:
        raise ContactsNotFound("custom ids", missing)
    return [found[custom_id].id for custom_id in ids]


def _by_custom_id(call: Call) -> bool:
    return "/users-by-id/" in call.request.path


ROUTES: list[Route[Call]] = []
for _base in ("/users/", "/users-by-id/"):
    ROUTES += [
        Route(("PUT",), f"{_base}mass_update_standard_attributes/", update_standard, "write"),
        Route(("PUT",), f"{_base}mass_update_custom_attributes/", update_custom, "write"),
    ]
