"""Holding the directory rows of custom ids and keys: the first thing that any write of them does."""

from __future__ import annotations

import secrets
import string
from collections.abc import Iterable, Sequence

from dealt.contacts import queries
from dealt.contacts.errors import CustomIdTaken
from dealt.kernel.db import Connection
from dealt.kernel.errors import NotFound

KEY_LENGTH = 12
_KEY_LETTERS = string.ascii_lowercase + string.digits
_KEYS = len(_KEY_LETTERS) ** KEY_LENGTH


async def hold_or_claim_many(
    connection: Connection, workspace_id: int, custom_ids: Iterable[str]
) -> tuple[dict[str, int], set[str]]:
    """The contact id of each custom id, its directory row held, and which of them were given out just now."""
    found: dict[str, int] = {}
    fresh: set[str] = set()
    wanted = set(custom_ids)
    while missing := sorted(wanted - found.keys()):
        # In this order an update of known contacts, the usual case, writes nothing to the directory.
        held = await connection.fetch(queries.HOLD_CUSTOM_IDS, workspace_id, missing)
        found |= {row["custom_id"]: row["contact_id"] for row in held}
        if missing := sorted(wanted - found.keys()):
            claimed = await connection.fetch(queries.CLAIM_CUSTOM_IDS, workspace_id, missing)
            found |= {row["custom_id"]: row["contact_id"] for row in claimed}
            fresh |= {row["custom_id"] for row in claimed}
    return found, fresh


async def claim(connection: Connection, workspace_id: int, custom_id: str | None, name: str) -> int:
    """A new contact's id, with its directory row where it has a custom id. Raises CustomIdTaken."""
    if custom_id is None:
        return int(await connection.fetchval(queries.NEXT_ID))
    claimed = await connection.fetchval(queries.CLAIM_CUSTOM_ID, workspace_id, custom_id, None)
    if claimed is None:
        raise CustomIdTaken(name, custom_id)
    return int(claimed)


async def move(connection: Connection, workspace_id: int, contact_id: int, new: str | None, name: str) -> str | None:
    """Hold a contact's directory row and give it ``new``; the custom id that it had.

    Raises NotFound, CustomIdTaken.
    """
    old = await custom_id_of(connection, workspace_id, contact_id)
    if new == old:
        return old
    # Sorted, so that two contacts that change places do not wait for each other.
    for custom_id in sorted(found for found in (old, new) if found is not None):
        if custom_id == old:
            await connection.fetchval(queries.HOLD_CUSTOM_ID, workspace_id, custom_id)
        elif not await connection.fetchval(queries.CLAIM_CUSTOM_ID, workspace_id, custom_id, contact_id):
            raise CustomIdTaken(name, custom_id)
    if old is not None:
        await connection.execute(queries.RELEASE_CUSTOM_ID, workspace_id, old, contact_id)
    return old


async def custom_id_of(connection: Connection, workspace_id: int, contact_id: int) -> str | None:
    """A contact's custom id, as long as nobody else changes it. Raises NotFound."""
    row = await connection.fetchrow(queries.CUSTOM_ID_OF, workspace_id, contact_id)
    if row is None:
        raise NotFound
    found: str | None = row["custom_id"]
    return found


async def names_already(connection: Connection, workspace_id: int, contact_id: int, custom_id: str | None) -> bool:
    """Whether this custom id, of a contact that was merged into this one, means it already."""
    if custom_id is None:
        return False
    return await connection.fetchrow(queries.NAMES_ALREADY, workspace_id, custom_id, contact_id) is not None


def new_key() -> str:
    """A cookie key that most likely nobody has."""
    number, letters = secrets.randbelow(_KEYS), []
    for _ in range(KEY_LENGTH):
        number, place = divmod(number, len(_KEY_LETTERS))
        letters.append(_KEY_LETTERS[place])
    return "".join(letters)


async def claim_key(connection: Connection, workspace_id: int, contact_id: int) -> str:
    """A new cookie key for a contact: 12 lower-case letters and digits."""
    while True:
        key = new_key()
        if await connection.fetchval(queries.CLAIM_KEY, workspace_id, key, contact_id):
            return key


async def claim_keys(connection: Connection, workspace_id: int, contact_ids: Sequence[int]) -> dict[int, str]:
    """New cookie keys for contacts, by contact id."""
    keys: dict[int, str] = {}
    while left := [contact_id for contact_id in contact_ids if contact_id not in keys]:
        proposed = [new_key() for _ in left]
        rows = await connection.fetch(queries.CLAIM_KEYS, workspace_id, proposed, left)
        keys |= {row["contact_id"]: row["key"] for row in rows}
    return keys
