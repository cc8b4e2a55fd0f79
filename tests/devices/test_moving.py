"""Devices and their keys follow a merge, and go with an erased person."""

from __future__ import annotations

from typing import Any

from dealt.devices import DEVICES, Device
from dealt.devices.keeping import keep_device
from dealt.people import erase_person, merge, unmerge
from tests.house import NOW, House


async def keep(house: House, contact_id: int, **device: Any) -> None:
    async with house.transaction() as connection:
        await keep_device(connection, house.actor, contact_id, Device(**device), now=NOW)


async def test_a_merge_takes_devices_along_and_keeps_one_of_those_that_both_have(house: House) -> None:
    first, second = await house.contact(), await house.contact()
    await keep(house, first, os_type="iOS", device="A", fcm_key="k1", model="new")
    await keep(house, second, os_type="iOS", device="A", model="old")
    await keep(house, second, os_type="Android", fcm_key="k2")
    async with house.transaction() as connection:
        await merge(connection, DEVICES, house.actor, first, [second], now=NOW)
    rows = await house.fetch("SELECT contact_id, fcm_key, model FROM devices ORDER BY id")
    assert rows == [
        {"contact_id": first, "fcm_key": "k1", "model": "new"}, {"contact_id": first, "fcm_key": "k2", "model": None}
    ]  # fmt: skip
    assert {row["contact_id"] for row in await house.fetch("SELECT contact_id FROM device_keys")} == {first}
    async with house.transaction() as connection:
        await unmerge(connection, DEVICES, house.actor, second, now=NOW)
    rows = await house.fetch("SELECT contact_id, model FROM devices ORDER BY id")
    assert [tuple(row.values()) for row in rows] == [(first, "new"), (second, "old"), (second, None)]
    keys = await house.fetch("SELECT contact_id FROM device_keys ORDER BY fcm_key")
    assert [row["contact_id"] for row in keys] == [first, second]


async def test_a_key_is_listed_while_a_device_has_it(house: House) -> None:
    """Keys change; and of a device that both have, the one that is dropped comes back with its key."""
    first, second = await house.contact(), await house.contact()
    for contact, key in ((first, "old"), (first, "k1"), (second, "k2"), (second, "k3")):
        await keep(house, contact, os_type="iOS", device="B" if key == "k3" else "A", fcm_key=key)
    keys = "SELECT fcm_key FROM device_keys ORDER BY 1"
    assert [row["fcm_key"] for row in await house.fetch(keys)] == ["k1", "k2", "k3"]
    async with house.transaction() as connection:
        await merge(connection, DEVICES, house.actor, first, [second], now=NOW)
    assert [row["fcm_key"] for row in await house.fetch(keys)] == ["k1", "k3"]
    async with house.transaction() as connection:
        await unmerge(connection, DEVICES, house.actor, second, now=NOW)
    rows = await house.fetch("SELECT contact_id, fcm_key FROM device_keys ORDER BY 2")
    assert [tuple(row.values()) for row in rows] == [(first, "k1"), (second, "k2"), (second, "k3")]


async def test_an_erased_person_leaves_no_device(house: House) -> None:
    first, second = await house.contact(), await house.contact()
    await keep(house, first, fcm_key="k1")
    await keep(house, second, fcm_key="k2")
    async with house.transaction() as connection:
        report = await erase_person(connection, DEVICES, house.actor, first, now=NOW)
    assert report.deleted == {"devices": 1}
    assert await house.fetch("SELECT contact_id FROM devices UNION ALL SELECT contact_id FROM device_keys") == [
        {"contact_id": second}, {"contact_id": second}
    ]  # fmt: skip


async def test_history_tells_of_a_device_and_never_of_its_key(house: House) -> None:
    contact = await house.contact()
    for _ in range(2):
        await keep(house, contact, fcm_key="secret", model="Pixel 7")
    assert await house.journal("device") == [("device.added", {"model": [None, "Pixel 7"]})]
