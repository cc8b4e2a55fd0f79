"""What becomes of a contact's devices when contacts are joined, split or forgotten."""

from __future__ import annotations

from collections.abc import Sequence

from dealt.deletions import keep, put_back
from dealt.devices import queries
from dealt.people import Forgetting, Move, Mover, Passing, Returning, Rows


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
        await keep(
            forgetting.connection, workspace_id, forgetting.deletion_id, "device_keys",
            "t.contact_id = ANY($3::bigint[])", contact_ids, whose="t.contact_id",
        )  # fmt: skip
        rows = await forgetting.connection.fetch(queries.ALL_KEYS_OF, workspace_id, contact_ids)
        await forgetting.connection.execute(queries.FORGET_KEYS, workspace_id, [row["fcm_key"] for row in rows])
        await super().forget(forgetting)

    async def restore(self, returning: Returning) -> None:
        """A device that is somebody else's by now stays there."""
        back = (returning.connection, returning.workspace_id, returning.deletion)
        await put_back(*back, "device_keys", place="contact_id")
        ours = (
            "EXISTS (SELECT FROM device_keys AS k WHERE k.workspace_id = $1 AND k.fcm_key = t.fcm_key"
            " AND k.contact_id = r.contact_id)"
        )
        await put_back(*back, "devices", place="contact_id", condition=ours)


DEVICES: tuple[Mover, ...] = (DeviceRows(), Passing(("device_keys",)))
