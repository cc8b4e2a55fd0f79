"""Values follow what happens: windows at their second, edits, causes, changed and deleted definitions, bad ones."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dealt.attributes import define_for, delete_attribute, update_attribute
from dealt.kernel.errors import Conflict, InvalidInput
from dealt.kernel.journal import Cause
from tests.aggregators.rolling import Rolling
from tests.house import NOW, House
from tests.subjects.asking import contact, deal

SECOND = timedelta(seconds=1)


async def _with_order(house: House, at: datetime, **columns: Any) -> int:
    async with house.transaction() as connection:
        contact_id = await contact(connection, house)
        await deal(connection, house, contact_id, ordered_at=at, **columns)
    return contact_id


async def _counts(rolling: Rolling, contact_id: int, at: datetime) -> Any:
    """The value that a worker has stored when the clock says ``at``."""
    rolling.clock.set(at)
    await rolling.work()
    return (await rolling.stored(contact_id))["count"]


WINDOWS: list[tuple[dict[str, Any], datetime, datetime, datetime]] = [
    ({"last": {"days": 30}}, NOW, NOW, datetime(2025, 7, 24, 12, tzinfo=UTC)),
    ({"last": {"hours": 2}}, NOW + timedelta(hours=1), NOW + timedelta(hours=1), NOW + timedelta(hours=3)),
    (
        {"from": {"days": -14}, "to": {"days": -7}},
        NOW, datetime(2025, 7, 1, 12, tzinfo=UTC), datetime(2025, 7, 8, 12, tzinfo=UTC),
    ),
    (
        {"last": {"months": 1}},
        datetime(2025, 8, 31, 10, tzinfo=UTC), datetime(2025, 8, 31, 10, tzinfo=UTC),
        datetime(2025, 9, 30, 10, tzinfo=UTC),
    ),
    ({"current": "month"}, NOW, datetime(2025, 6, 24, 12, 0, 1, tzinfo=UTC), datetime(2025, 7, 1, tzinfo=UTC)),
    (
        {"current": "quarter"},
        datetime(2025, 7, 5, tzinfo=UTC), datetime(2025, 7, 1, tzinfo=UTC), datetime(2025, 10, 1, tzinfo=UTC),
    ),
    (
        {"last": {"years": 1}},
        datetime(2028, 2, 29, tzinfo=UTC), datetime(2028, 2, 29, tzinfo=UTC), datetime(2029, 2, 28, tzinfo=UTC),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("window", "at", "opens", "closes"), WINDOWS)
async def test_a_window_opens_and_closes_at_its_very_second(
    house: House, window: dict[str, Any], at: datetime, opens: datetime, closes: datetime
) -> None:
    rolling = Rolling(house)
    contact_id = await _with_order(house, at)
    await rolling.define(window=window)
    await rolling.walk()
    before = 1 if window == {"current": "month"} else 0
    assert await _counts(rolling, contact_id, max(opens - SECOND, NOW)) == (1 if opens - SECOND < NOW else before)
    assert await _counts(rolling, contact_id, opens) == 1
    assert await _counts(rolling, contact_id, closes - SECOND) == 1
    assert await _counts(rolling, contact_id, closes) == 0


async def test_days_of_the_calendar_count_from_the_first_to_the_last(house: House) -> None:
    rolling = Rolling(house)
    async with house.transaction() as connection:
        contact_id = await contact(connection, house)
        for moment in ("2025-01-31T23:59:59", "2025-02-01T00:00:00", "2025-02-28T23:59:59", "2025-03-01T00:00:00"):
            await deal(connection, house, contact_id, ordered_at=datetime.fromisoformat(moment).replace(tzinfo=UTC))
    await rolling.define(window={"from": "2025-02-01", "to": "2025-02-28"})
    await rolling.define(name="since", window={"from": "2025-02-01"})
    assert await rolling.read(contact_id) == {"count": 2, "since": 3}


async def test_days_since_are_counted_when_they_are_read(house: House) -> None:
    rolling = Rolling(house)
    contact_id = await _with_order(house, NOW)
    await rolling.define(function="days_since")
    assert await rolling.read(contact_id) == {"days_since": 0}
    assert await rolling.read(contact_id, datetime(2025, 6, 25, 0, 0, 1, tzinfo=UTC)) == {"days_since": 1}


async def test_what_follows_carries_cause_and_hop_into_the_journal(house: House) -> None:
    rolling = Rolling(house)
    contact_id = await _with_order(house, NOW, value=Decimal(5), base_value=Decimal(5), base_rate=1)
    await rolling.define(function="sum", field="value")
    await rolling.walk()
    for value, cause, hop in ((7, Cause.LIVE, 3), (9, Cause.SILENT, 0), (9, Cause.LIVE, 0), (2, Cause.MERGE, 0)):
        await house.pool.execute("UPDATE deals SET base_value = $1", Decimal(value))
        await rolling.touch(contact_id, cause=cause, hop=hop)
        await rolling.work()
    rows = await house.fetch(
        "SELECT object_id, actor, cause, hop, changes FROM journal WHERE kind = 'attribute.changed' ORDER BY id"
    )
    assert [(row["object_id"], row["actor"]) for row in rows] == [(contact_id, "system")] * 4
    assert [(row["cause"], row["hop"], json.loads(row["changes"])) for row in rows] == [
        (Cause.BACKFILL, 0, {"sum": [None, 5]}),
        (Cause.LIVE, 3, {"sum": [5, 7]}),
        (Cause.SILENT, 0, {"sum": [7, 9]}),
        (Cause.MERGE, 0, {"sum": [9, 2]}),
    ]
    assert await house.fetch("SELECT FROM follows WHERE kind = 'attribute.changed' AND follower = 1") != []


async def test_an_aggregator_may_read_what_another_found(house: House) -> None:
    rolling = Rolling(house)
    contact_id = await _with_order(house, NOW)
    first = await rolling.define(name="orders")
    loyal = {"relation": "contact", "where": {"field": "orders", "op": "greater_or_equal", "value": 2}}
    second = await rolling.define(name="loyal_orders", filter=loyal)
    await rolling.walk()
    assert await rolling.stored(contact_id) == {"orders": 1, "loyal_orders": 0}
    async with house.transaction() as connection:
        await deal(connection, house, contact_id, ordered_at=NOW)
    await rolling.touch(contact_id)
    await rolling.work()
    assert await rolling.stored(contact_id) == {"orders": 2, "loyal_orders": 2}
    loop = {"relation": "contact", "where": {"field": "loyal_orders", "op": "is_set"}}
    with pytest.raises(InvalidInput, match='aggregator "orders" -> aggregator "loyal_orders" -> aggregator "orders"'):
        await rolling.change(first, filter=loop)
    with pytest.raises(Conflict, match='used by aggregator "loyal_orders"'):
        await rolling.remove(first)
    await rolling.remove(second)
    await rolling.remove(first)


async def test_a_changed_aggregator_is_computed_anew_and_read_right_meanwhile(house: House) -> None:
    rolling = Rolling(house)
    contact_id = await _with_order(house, NOW, value=Decimal(5), base_value=Decimal(5), base_rate=1)
    one = await rolling.define(name="figure")
    await rolling.walk()
    changed = await rolling.change(one, function="sum", field="value")
    assert (changed.value_type, changed.target) == ("float", "figure")
    assert await rolling.read(contact_id) == {"figure": 5}
    await rolling.walk()
    assert await rolling.stored(contact_id) == {"figure": 5}
    with pytest.raises(InvalidInput, match="The attribute stays"):
        await rolling.change(one, target="another")


async def test_a_deleted_aggregator_takes_its_values_along(house: House) -> None:
    rolling = Rolling(house)
    contact_id = await _with_order(house, NOW)
    one = await rolling.define(name="orders")
    await rolling.define(name="other")
    await rolling.walk()
    await rolling.remove(one)
    assert await rolling.read(contact_id) == {"other": 1}
    again = await rolling.define(name="orders", filter={"field": "status", "op": "equals", "value": 4})
    await rolling.walk()
    assert await rolling.stored(contact_id) == {"other": 1, "orders": 0}
    assert [row["id"] for row in await house.fetch("SELECT id FROM aggregators ORDER BY id")] == [2, again.id]


async def test_a_bad_one_is_put_aside_and_tried_again_when_it_is_changed(house: House) -> None:
    rolling = Rolling(house)
    contact_id = await _with_order(house, NOW, name="Order", value=Decimal(3), base_value=Decimal(3), base_rate=1)
    await rolling.define(name="orders")
    bad = await rolling.define(name="bad", function="sum", field="value")
    # No definition that is checked can fail, so the database is made to.
    await house.pool.execute(
        "DROP INDEX deals_by_stage_value; ALTER TABLE deals ALTER COLUMN base_value TYPE text USING 'three'"
    )
    assert await rolling.read(contact_id) == {"orders": 1}
    (row,) = await house.fetch("SELECT error, failed_at FROM aggregators WHERE id = $1", bad.id)
    assert "function sum(text) does not exist" in row["error"] and row["failed_at"] == NOW
    await rolling.walk()
    assert await rolling.stored(contact_id) == {"orders": 1}
    await house.pool.execute("ALTER TABLE deals ALTER COLUMN base_value TYPE numeric USING 3")
    await rolling.change(bad, name="good")
    assert await rolling.read(contact_id) == {"orders": 1, "bad": 3}


async def test_placeholders_have_no_values(house: House) -> None:
    rolling = Rolling(house)
    contact_id = await _with_order(house, NOW)
    await house.pool.execute("UPDATE contacts SET placeholder = true")
    await rolling.define()
    await rolling.touch(contact_id)
    await rolling.work()
    await rolling.walk()
    assert await rolling.stored(contact_id) == {}


async def test_an_attribute_that_is_computed_is_nobody_elses(house: House) -> None:
    rolling = Rolling(house)
    await rolling.define(name="orders")
    (row,) = await house.fetch("SELECT id FROM attributes WHERE aggregator_id = 1")
    async with house.transaction() as connection:
        with pytest.raises(Conflict, match="An aggregator or an RFM fills this attribute"):
            await delete_attribute(connection, house.workspace_id, row["id"], now=NOW)
        with pytest.raises(Conflict, match="An aggregator or an RFM fills this attribute"):
            await update_attribute(connection, house.workspace_id, row["id"], now=NOW, name="x")


async def test_what_reads_an_attribute_follows_its_definition(house: House) -> None:
    rolling = Rolling(house)
    async with house.transaction() as connection:
        contact_id = await contact(connection, house)
        await deal(connection, house, contact_id, attributes={"points": 5})
        await define_for(
            connection, house.workspace_id, "deal", [{"points": 5}], ZoneInfo("UTC"), actor="token:1", now=NOW
        )
    await rolling.define(name="most", function="max", field="points")
    await rolling.walk()
    assert await rolling.stored(contact_id) == {"most": 5}
    (row,) = await house.fetch("SELECT id FROM attributes WHERE domain = 'deal' AND name_std = 'points'")
    async with house.transaction() as connection:
        await delete_attribute(connection, house.workspace_id, row["id"], now=NOW)
    assert await rolling.read(contact_id) == {}
    await rolling.walk()
    assert await rolling.stored(contact_id) == {}
