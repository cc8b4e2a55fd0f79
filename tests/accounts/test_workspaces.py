"""A workspace's name and time zone."""

from __future__ import annotations

import pytest

from dealt.accounts import read_workspace, update_workspace
from dealt.kernel.errors import InvalidInput
from tests.house import NOW, House


async def versions(house: House) -> tuple[int, int]:
    [row] = await house.fetch(
        "SELECT settings_version, definitions_version FROM workspaces WHERE id = $1", house.workspace_id
    )
    return row["settings_version"], row["definitions_version"]


async def test_a_name_and_a_zone_are_changed_and_journalled(house: House) -> None:
    async with house.transaction() as connection:
        after = await update_workspace(
            connection, house.workspace_id, name="Lamps", time_zone="Europe/Warsaw", now=NOW, actor="token:1"
        )
    assert after == await read_workspace(house.pool, house.workspace_id)
    assert (after.name, after.time_zone, after.base_currency) == ("Lamps", "Europe/Warsaw", "EUR")
    assert await house.journal("workspace") == [
        ("workspace.updated", {"name": ["My shop", "Lamps"], "time_zone": ["UTC", "Europe/Warsaw"]})
    ]
    assert (await house.definitions.for_writing(house.pool, house.workspace_id)).time_zone.key == "Europe/Warsaw"


async def test_only_another_zone_makes_what_is_derived_due(house: House) -> None:
    before = await versions(house)
    async with house.transaction() as connection:
        await update_workspace(connection, house.workspace_id, name="Lamps", time_zone="UTC", now=NOW)
    renamed = await versions(house)
    assert renamed[0] > before[0] and renamed[1] == before[1]
    async with house.transaction() as connection:
        await update_workspace(connection, house.workspace_id, time_zone="Asia/Kathmandu", now=NOW)
    assert (await versions(house))[1] == before[1] + 1


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "EUROPE/warsaw", "UTC+2", "x" * 255, "Europe"])
async def test_an_unknown_zone_is_refused(house: House, name: str) -> None:
    async with house.transaction() as connection:
        with pytest.raises(InvalidInput, match="is not a time zone such as Europe/Warsaw"):
            await update_workspace(connection, house.workspace_id, time_zone=name, now=NOW)


async def test_the_other_workspace_keeps_its_own(house: House) -> None:
    async with house.transaction() as connection:
        await update_workspace(connection, house.workspace_id, name="Lamps", now=NOW)
    assert (await read_workspace(house.pool, house.stranger.workspace_id)).name == "My shop"
