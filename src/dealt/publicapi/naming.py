"""Whom a body names, in the words of either version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dealt.contacts import find_contacts
from dealt.kernel import lenient
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput, NotFound
from dealt.kernel.schema import read_fields, whole_number
from dealt.publicapi.call import Call

_LARGEST = 2**63 - 1
_words = lenient.words(255)
_number = lenient.or_nothing(whole_number(1, _LARGEST))
_READERS = {"user_id": lambda value: value, "user_custom_id": _words, "user_key": _words, "userkey": _words}


async def named_contact(call: Call, connection: Connection, body: Mapping[str, Any]) -> int:
    """The contact that ``user_id``, ``user_custom_id`` or ``user_key`` (or ``userkey``) names; the first that says it.

    In version 1 a ``user_id`` that is not a number is the client's own id. Raises InvalidInput, NotFound.
    """
    named = read_fields(body, _READERS)
    given, custom_id = named.get("user_id"), named.get("user_custom_id")
    if call.version == 1 and isinstance(given, str) and not given.isdigit():
        given, custom_id = None, _words(given) or custom_id
    try:
        contact_id = _number(given)
    except ValueError as error:
        raise InvalidInput.of("user_id", str(error)) from None
    if contact_id is not None:
        found = await find_contacts(connection, call.workspace_id, ids=[contact_id])
        return _only(found.by_id, contact_id, "id")
    if custom_id is not None:
        found = await find_contacts(connection, call.workspace_id, custom_ids=[custom_id])
        return _only(found.by_custom_id, custom_id, "custom_id")
    key = named.get("user_key") or named.get("userkey")
    if key is None:
        raise InvalidInput.of("user_id", "This field is required, or user_custom_id or user_key in its place.")
    found = await find_contacts(connection, call.workspace_id, keys=[key])
    return _only(found.by_key, key, "key")


def _only(found: Mapping[Any, Any], name: Any, called: str) -> int:
    if name not in found:
        raise NotFound(f"No contact with the {called} {name}. Create the contact first, then send this again.")
    return int(found[name].id)
