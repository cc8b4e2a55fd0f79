"""What happens to a contact's devices when contacts are merged, and when a person is erased."""

from __future__ import annotations

from collections.abc import Sequence

from dealt.devices import queries
from dealt.kernel.db import Connection, affected


async def move_devices(connection: Connection, workspace_id: int, from_ids: Sequence[int], to_id: int) -> int:
    """Give the devices of the contacts ``from_ids`` to ``to_id``, in the caller's transaction; how many it got.

    Of a device that both have, the one of ``to_id`` stays.
    """
    moved = affected(await connection.execute(queries.MOVE, workspace_id, list(from_ids), to_id))
    await connection.execute(queries.MOVE_KEYS, workspace_id, list(from_ids), to_id)
    return moved


async def erase_devices(connection: Connection, workspace_id: int, contact_id: int) -> int:
    """Delete a contact's devices and their keys, in the caller's transaction; how many devices."""
    erased = affected(await connection.execute(queries.ERASE, workspace_id, contact_id))
    await connection.execute(queries.ERASE_KEYS, workspace_id, contact_id)
    return erased
