"""The directory of devices' keys against the devices."""

from __future__ import annotations

from collections.abc import Sequence

from dealt.devices import queries
from dealt.freshness import Drift, Found, Unit
from dealt.kernel.db import Connection

DIRECTORY = "device_keys"


async def check_devices(connection: Connection, workspace_id: int, contact_ids: Sequence[int]) -> Found:
    """List the keys of these contacts' devices where they are not listed, and say whose that was done for.

    A key that is listed for somebody else is told and stays: a device shows one contact's messages.
    """
    rows = await connection.fetch(queries.CHECK_KEYS, workspace_id, contact_ids)
    return Found(
        [
            Drift(
                Unit(row["contact_id"], "contact", row["contact_id"], DIRECTORY, DIRECTORY),
                row["listed"], row["contact_id"],
            )
            for row in rows
        ]
    )  # fmt: skip
