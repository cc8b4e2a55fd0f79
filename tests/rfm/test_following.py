"""Scores follow orders, days and changes of the RFM; where nothing changed, nobody is looked at."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from dealt.accounts import update_workspace
from dealt.aggregators import AGGREGATORS
from dealt.deals import CONVERT, REDATE
from dealt.kernel.errors import Conflict, InvalidInput, NotFound
from dealt.lifetime import read_model, update_model
from dealt.rates import change_base_currency
from dealt.rfm import GROUPS, SCORED, plan_rfm
from dealt.rfm.refreshing import store_edges
from dealt.segments import Keeper, create_segment, delete_segment
from dealt.work import HANDLERS
from tests.house import NOW, House
from tests.rfm.scoring import Scoring
from tests.subjects.asking import contact, deal

FIXED = {"recency_days": [10, 20, 30, 40], "frequency": [2, 3, 4, 5], "monetary": [10, 20, "30.5", 40]}


async def order(house: House, contact_id: int, days: int = 0, value: int = 10, **columns: Any) -> int:
    """A won order of so many days ago."""
    worth = Decimal(value)
    usual: dict[str, Any] = {"ordered_at": NOW - timedelta(days=days), "status": 2, "value": worth}
    usual |= {"base_rate": 1, "base_value": worth}
    async with house.transaction() as connection:
        return await deal(connection, house, contact_id, **usual | columns)


async def person(house: House, **columns: Any) -> int:
    async with house.transaction() as connection:
        return await contact(connection, house, **columns)


async def test_only_orders_that_count_make_scores(house: House) -> None:
    scoring = Scoring(house)
    buyer, looker, returner, guest, stranger = [await person(house, placeholder=n == 3) for n in range(5)]
    await order(house, buyer)
    await order(house, looker, status=1)
    await order(house, returner, refunded_total=Decimal(10), net_value=Decimal(0))
    await order(house, guest)
    rfm = await scoring.create(thresholds=FIXED)
    await scoring.touch(buyer, looker, returner, guest, stranger)
    await scoring.refresh()
    everybody = [buyer, looker, returner, guest, stranger]
    assert await scoring.scores(rfm, everybody) == {
        buyer: {"recency": 5, "frequency": 1, "monetary": 2, "group": "New"}
    }
    assert await scoring.listed(rfm) == await scoring.listed(rfm, group="New", recency=5) == {buyer}
    assert await scoring.listed(rfm, recency=4) == set()
    assert await scoring.groups(rfm) == {buyer: ["New"]}


async def test_gross_counts_what_came_back(house: House) -> None:
    scoring, returner = Scoring(house), await person(house)
    await order(house, returner, refunded_total=Decimal(10), net_value=Decimal(0))
    rfm = await scoring.create(thresholds=FIXED, net_of_returns=False, filter={})
    await scoring.refresh()
    assert (await scoring.scores(rfm, [returner]))[returner]["monetary"] == 2


async def test_an_edited_order_moves_its_contact_to_another_group(house: House) -> None:
    scoring, buyer = Scoring(house), await person(house)
    first = await order(house, buyer)
    rfm = await scoring.create(thresholds=FIXED)
    await scoring.refresh()
    for _ in range(4):
        await order(house, buyer)
    await scoring.touch(buyer)
    await scoring.work()
    assert await scoring.groups(rfm) == {buyer: ["Champions"]}
    await house.pool.execute("UPDATE deals SET status = 3 WHERE contact_id = $1 AND id <> $2", buyer, first)
    await scoring.touch(buyer)
    await scoring.work()
    assert await scoring.groups(rfm) == {buyer: ["New"]}
    rows = await house.fetch(
        "SELECT kind FROM journal WHERE contact_id = $1 AND kind LIKE 'segment.%' AND actor = 'system' ORDER BY id",
        buyer,
    )
    assert [row["kind"] for row in rows][-2:] == ["segment.left", "segment.entered"]


async def test_recency_ages_by_itself_at_midnight_of_the_workspace(house: House) -> None:
    await house.pool.execute("UPDATE workspaces SET time_zone = 'Europe/Warsaw'")
    scoring, buyer = Scoring(house), await person(house)
    await order(house, buyer, days=10)
    rfm = await scoring.create(thresholds=FIXED)
    assert rfm.next_refresh_at == datetime(2025, 6, 24, 22, tzinfo=UTC)
    await scoring.refresh()
    assert await scoring.groups(rfm) == {buyer: ["New"]}
    scoring.clock.set(datetime(2025, 6, 24, 21, 59, 59, tzinfo=UTC))
    await scoring.refresh()
    assert await scoring.groups(rfm) == {buyer: ["New"]}
    for day, group in ((0, "Promising"), (9, "Promising"), (10, "About to sleep"), (20, "Hibernating"), (30, "Lost")):
        scoring.clock.set(datetime(2025, 6, 24, 22, tzinfo=UTC) + timedelta(days=day))
        await scoring.refresh()
        assert await scoring.groups(rfm) == {buyer: [group]}
    [later] = await house.fetch("SELECT count(*) AS number FROM delayed_jobs WHERE kind = 'rfm.refresh'")
    assert later["number"] == 1


async def test_another_time_zone_and_base_currency_have_edges_of_their_own(house: House) -> None:
    scoring, workspace_id = Scoring(house), house.workspace_id
    fixed, fifths = await scoring.create(thresholds=FIXED), await scoring.create(name="Fifths")
    async with house.transaction() as connection:
        await update_model(connection, house.actor, {"nightly": True}, now=NOW)
        await update_workspace(connection, workspace_id, now=NOW, time_zone="Pacific/Auckland")
    await _do(house, REDATE, CONVERT)
    found = await scoring.find(fixed)
    assert found.edges and found.edges.recency[-1] == date(2025, 6, 15)
    assert found.next_refresh_at == datetime(2025, 6, 25, 12, tzinfo=UTC)
    await scoring.refresh()
    async with house.transaction() as connection:
        assert (await read_model(connection, workspace_id)).state == "queued"
        await change_base_currency(connection, workspace_id, "USD", now=NOW)
    await _do(house, CONVERT)
    waiting = await house.fetch("SELECT payload FROM jobs WHERE kind = 'rfm.refresh'")
    assert [json.loads(row["payload"])["rfm"] for row in waiting] == [fifths.id]


async def _do(house: House, *kinds: str) -> None:
    for kind in kinds:
        for row in await house.fetch("DELETE FROM jobs WHERE kind = $1 RETURNING payload", kind):
            await HANDLERS[kind](house.pool, house.workspace_id, json.loads(row["payload"]), NOW)


async def test_where_no_edge_moved_nobody_is_looked_at(house: House) -> None:
    scoring = Scoring(house)
    people = [await person(house) for _ in range(7)]
    for place, one in enumerate(people):
        await order(house, one, days=place % 3, value=place // 2)
    rfm = await scoring.create()
    await scoring.refresh()
    before, groups = await scoring.find(rfm), await scoring.groups(rfm)
    [entries] = await house.fetch("SELECT count(*) AS number FROM journal")
    assert len(groups) == 7
    for _ in range(2):
        await scoring.ask(rfm)
        await scoring.refresh()
    after = await scoring.find(rfm)
    assert (after.revision, after.version, after.edges) == (1, before.version, before.edges)
    assert await house.fetch("SELECT count(*) AS number FROM journal") == [entries]
    assert await scoring.groups(rfm) == groups


async def test_other_thresholds_and_other_orders_are_followed(house: House) -> None:
    scoring, buyer, other = Scoring(house), await person(house), await person(house)
    await order(house, buyer, days=15)
    await order(house, other, days=35, value=5)
    rfm = await scoring.create(thresholds=FIXED)
    await scoring.refresh()
    assert await scoring.groups(rfm) == {buyer: ["Promising"], other: ["Hibernating"]}
    rfm = await scoring.alter(rfm, thresholds=FIXED | {"recency_days": [20, 30, 40, 50]})
    await scoring.refresh()
    assert await scoring.groups(rfm) == {buyer: ["New"], other: ["About to sleep"]}
    rfm = await scoring.alter(rfm, filter={"field": "value", "op": "less", "value": 10})
    await scoring.refresh()
    assert await scoring.groups(rfm) == {other: ["About to sleep"]}
    rfm = await scoring.alter(rfm, thresholds=None, name="Scores", window={"last": {"days": 40}})
    await scoring.refresh()
    assert (await scoring.find(rfm)).edges.customers == 1  # type: ignore[union-attr]
    names = [row["name"] for row in await house.fetch("SELECT name FROM segments WHERE name LIKE 'Scores: %'")]
    assert len(names) == len(GROUPS)
    assert await scoring.groups(rfm) == {other: ["New"]}
    scoring.clock.advance(6 * 24 * 3600)
    await scoring.work()
    assert await scoring.scores(rfm, [other]) == await scoring.groups(rfm) == {}
    assert [kind for kind, _ in await house.journal("rfm")] == [
        "rfm.created",
        "rfm.updated",
        "rfm.updated",
        "rfm.updated",
    ]


async def test_scores_are_fields_of_filters(house: House) -> None:
    scoring, buyer = Scoring(house), await person(house)
    await order(house, buyer, value=35)
    rfm = await scoring.create(thresholds=FIXED)
    keeper = Keeper(scoring.derived, house.workspace_id, NOW)
    written = {"all": [{"field": "rfm_monetary", "op": "greater_or_equal", "value": 4},
                       {"field": "rfm_group", "op": "in", "value": ["New", "Lost"]}]}  # fmt: skip
    async with house.transaction() as connection:
        made = await create_segment(connection, keeper, name="Spenders", subject="contact", written=written)
        with pytest.raises(InvalidInput, match="Winners"):
            wrong = {"field": "rfm_group", "op": "equals", "value": "Winners"}
            await create_segment(connection, keeper, name="Wrong", subject="contact", written=wrong)
    await scoring.refresh()
    members = "SELECT contact_id FROM segment_members WHERE segment_id = $1"
    assert await house.fetch(members, made.id) == [{"contact_id": buyer}]
    with pytest.raises(Conflict, match='segment "Spenders"'):
        await scoring.drop(rfm)
    assert (
        len(await house.fetch("SELECT id FROM segments WHERE deleted_at IS NULL AND workspace_id = 1"))
        == 5 + len(GROUPS) + 1
    )
    await scoring.alter(rfm, thresholds=FIXED | {"monetary": [10, 20, 40, 50]})
    await scoring.refresh()
    assert await house.fetch(members, made.id) == []


async def test_what_is_made_for_it_goes_with_it(house: House) -> None:
    scoring, buyer = Scoring(house), await person(house)
    await order(house, buyer)
    rfm = await scoring.create(name="Shop", thresholds=FIXED)
    await scoring.refresh()
    async with house.transaction() as connection:
        await delete_segment(connection, Keeper(scoring.derived, house.workspace_id, NOW), rfm.segment_ids[3])
    await scoring.drop(rfm)
    await scoring.refresh()
    scoring.clock.advance(24 * 3600)
    await scoring.refresh()
    for left in ("rfm_setups", "rfm_cuts", "aggregators", "segment_members"):
        assert await house.fetch(f"SELECT * FROM {left}") == [], left
    assert await house.fetch("SELECT * FROM attributes WHERE name_std LIKE 'shop%'") == []
    assert await scoring.stored(buyer) == {}
    with pytest.raises(NotFound):
        await scoring.find(rfm)
    again = await scoring.create(name="Shop")
    assert again.attribute(SCORED[0]) == "shop_recency"


@pytest.mark.parametrize("taken", ["rfm_value", "rfm_group", "RFM: Lost"])
async def test_half_of_it_is_never_made(house: House, taken: str) -> None:
    scoring = Scoring(house)
    if taken.startswith("RFM"):
        async with house.transaction() as connection:
            keeper = Keeper(scoring.derived, house.workspace_id, NOW)
            await create_segment(connection, keeper, name=taken, subject="contact", written={})
    else:
        await scoring.define(name=taken)
    before = [await house.fetch(f"SELECT * FROM {name} ORDER BY id") for name in ("aggregators", "segments", "jobs")]
    with pytest.raises(InvalidInput, match=taken):
        await scoring.create()
    after = [await house.fetch(f"SELECT * FROM {name} ORDER BY id") for name in ("aggregators", "segments", "jobs")]
    assert before == after
    assert await house.fetch("SELECT * FROM rfm_setups") == []


async def test_edges_that_were_found_for_something_else_are_not_taken(house: House) -> None:
    scoring, buyer = Scoring(house), await person(house)
    await order(house, buyer)
    before = await scoring.create(thresholds=FIXED)
    assert before.edges is not None
    await scoring.alter(before, thresholds=FIXED | {"frequency": [3, 4, 5, 6]})
    now = await scoring.find(before)
    async with house.transaction() as connection:
        await store_edges(connection, house.workspace_id, before, before.edges, NOW)
    assert (await scoring.find(before)).edges == now.edges != before.edges


async def test_aggregators_of_an_rfm_are_kept_while_it_is_there(house: House) -> None:
    scoring = Scoring(house)
    rfm = await scoring.create()
    snapshot = await house.run(lambda _, snapshot: _same(snapshot))
    for one in snapshot.part(AGGREGATORS).values():
        with pytest.raises(Conflict, match='rfm "RFM"'):
            await scoring.remove(one)
    assert len(rfm.aggregator_ids) == 3


async def test_a_workspace_that_was_moved_is_taken_up(house: House) -> None:
    scoring = Scoring(house)
    await scoring.create()
    await house.pool.execute("DELETE FROM jobs")
    await house.pool.execute("DELETE FROM delayed_jobs")
    async with house.transaction() as connection:
        await plan_rfm(connection, house.workspace_id, now=NOW)
    for table in ("jobs", "delayed_jobs"):
        assert len(await house.fetch(f"SELECT * FROM {table} WHERE kind = 'rfm.refresh'")) == 1


async def _same(snapshot: Any) -> Any:
    return snapshot
