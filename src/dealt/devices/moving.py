"""What becomes of a contact's devices when contacts are joined, split or forgotten."""

from __future__ import annotations

from collections.abc import Sequence

from dealt.devices import queries
from dealt.people import Forgetting, Move, Mover, Passing, Rows


class DeviceRows(Rows):
    """Devices go with their keys. Of a device that two contacts have, the one of the parent stays."""

    def __init__(self) -> None:
        super().__init__("devices", "id", history="device", until="deletion")

    async def follow(self, move: Move, moved: Sequence[tuple[int, int]]) -> None:
        ids = [device_id for _, device_id in moved]
        rows = await move.connection.fetch(queries.KEYS_OF, move.workspace_id, move.target, ids)
        await move.connection.execute(
            queries.MOVE_KEYS, move.workspace_id, [row["fcm_key"] for row in rows], move.target
        )

    async def merge(self, move: Move) -> int:
        sources = list(move.sources)
        rows = await move.connection.fetch(queries.ALL_KEYS_OF, move.workspace_id, sources)
        total = await super().merge(move)
        # What is left with them belongs to devices of which the parent's stays.
        await move.connection.execute(queries.DROP_KEYS, move.workspace_id, sources, [row["fcm_key"] for row in rows])
        return total

    async def unmerge(self, move: Move) -> int:
        total = await super().unmerge(move)
        for statement in (queries.LIST_KEYS, queries.UNLINK_TAKEN):
            await move.connection.execute(statement, move.workspace_id, move.target)
        return total

    async def forget(self, forgetting: Forgetting) -> None:
        workspace_id, contact_ids = forgetting.workspace_id, list(forgetting.contact_ids)
        rows = await forgetting.connection.fetch(queries.ALL_KEYS_OF, workspace_id, contact_ids)
        await forgetting.connection.execute(queries.FORGET_KEYS, workspace_id, [row["fcm_key"] for row in rows])
        await super().forget(forgetting)


DEVICES: tuple[Mover, ...] = (DeviceRows(), Passing(("device_keys",)))
