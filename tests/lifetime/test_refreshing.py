"""From deals in the database to predictions in the database."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dealt.kernel.errors import InvalidInput
from dealt.lifetime import (
    History,
    Model,
    ask_for_refresh,
    nightly_lifetime,
    plan_lifetime,
    read_lifetime,
    read_model,
    refresh_lifetime,
    update_model,
)
from dealt.lifetime.histories import read_histories
from dealt.lifetime.keeping import WON, next_night
from tests.house import LATER, NOW, House
from tests.lifetime import cdnow

EVERY: dict[str, Any] = {}
DEALS = """
INSERT INTO deals (contact_id, id, workspace_id, name, value, currency, base_rate, base_value, net_value,
    refunded_total, pipeline_id, stage_id, stage_entered_at, status, ordered_at, created_at, updated_at)
SELECT d.contact_id, nextval('deal_id_seq'), $1, 'Order', d.value, 'EUR', d.rate, d.value * d.rate, d.net, d.refunded,
    1, 1, $3, d.status, d.at, $3, $3
FROM json_to_recordset($2::json) AS d(contact_id bigint, value numeric, rate numeric, net numeric, refunded numeric,
    status smallint, at timestamptz)"""


async def sell(house: House, *orders: tuple[int, datetime, dict[str, Any]]) -> None:
    """Orders of contacts, in euros unless told otherwise."""
    usual = {"value": 10, "rate": 1, "net": None, "refunded": 0, "status": 2}
    rows = [usual | told | {"contact_id": contact, "at": at.isoformat()} for contact, at, told in orders]
    await house.pool.execute(DEALS, house.workspace_id, json.dumps(rows), NOW)


async def histories(house: House, written: Any = WON, now: datetime = NOW) -> dict[int, History]:
    async with house.pool.acquire() as connection, connection.transaction():
        ids, found, _ = await read_histories(connection, house.workspace_id, written, now)
    return dict(zip(ids, found, strict=True))


async def refresh(house: House, now: datetime = NOW) -> Model:
    """Ask, and do at once what a worker would."""
    async with house.transaction() as connection:
        asked = await ask_for_refresh(connection, house.actor, now=now)
    await refresh_lifetime(house.pool, house.workspace_id, {"refresh": asked.refresh_id}, now)
    async with house.transaction() as connection:
        return await read_model(connection, house.workspace_id)


async def stored(house: House) -> dict[int, dict[str, Any]]:
    rows = await house.pool.fetch("SELECT * FROM contact_lifetimes WHERE workspace_id = $1", house.workspace_id)
    return {row["contact_id"]: dict(row) for row in rows}


async def test_a_history_counts_days_net_of_returns_in_the_base_currency(house: House) -> None:
    who, once, guest, unpaid = [await house.contact() for _ in range(4)]
    await house.pool.execute("UPDATE contacts SET placeholder = true WHERE id = $1", guest)
    day = timedelta(days=1)
    first = NOW - 40 * day
    await sell(
        house,
        (who, first, {"value": 99}),
        (who, first + 10 * day, {"value": 20}),
        (who, first + 10 * day + timedelta(hours=1), {"value": 50, "net": 30, "refunded": 20}),
        (who, first + 20 * day, {"value": 10, "rate": 2}),
        (who, first + 30 * day, {"value": 60, "net": 0, "refunded": 60}),
        (who, first + 31 * day, {"value": 60, "status": 3}),
        (who, NOW + day, {}),
        (once, NOW, {}),
        (guest, first, {}),
        (unpaid, first, {"status": 0}),
    )
    assert await histories(house) == {who: History(2, 20, 40, 35.0), once: History(0, 0, 0, 0.0)}
    assert (await histories(house, EVERY))[who].repeats == 3


async def test_days_are_those_of_the_workspaces_time_zone(house: House) -> None:
    who = await house.contact()
    late, early = datetime(2025, 6, 1, 21, 30, tzinfo=UTC), datetime(2025, 6, 1, 22, 30, tzinfo=UTC)
    await sell(house, (who, late, {}), (who, early, {}))
    assert await histories(house) == {who: History(0, 0, 23)}
    await house.pool.execute("UPDATE workspaces SET time_zone = 'Europe/Warsaw' WHERE id = $1", house.workspace_id)
    assert await histories(house) == {who: History(1, 1, 23, 10.0)}
    assert await histories(house, now=datetime(2025, 6, 24, 22, 30, tzinfo=UTC)) == {who: History(1, 1, 24, 10.0)}


async def test_what_cannot_be_converted_is_a_purchase_without_a_value(house: House) -> None:
    who = await house.contact()
    days = [NOW - timedelta(days=n) for n in (30, 20, 10)]
    await sell(house, (who, days[0], {}), (who, days[1], {"rate": None}), (who, days[2], {"value": 40}))
    async with house.pool.acquire() as connection, connection.transaction():
        _, [found], unconverted = await read_histories(connection, house.workspace_id, WON, NOW)
    assert (found, unconverted) == (History(2, 20, 30, 40.0), 1)


async def test_a_contact_with_thousands_of_orders_is_one_history(house: House) -> None:
    who = await house.contact()
    await sell(house, *((who, NOW - timedelta(hours=6 * n), {}) for n in range(8000)))
    [found] = (await histories(house)).values()
    assert (found.repeats, found.recency, found.age, found.mean_value > 30) == (2000, 2000, 2000, True)


async def test_an_empty_shop_and_a_tiny_one_are_told_what_they_lack(house: House) -> None:
    empty = await refresh(house)
    assert (empty.state, empty.findings.buying, empty.finished_at) == ("done", None, NOW)
    assert empty.findings.note.endswith("those of 0 contacts, 0 of them with a second day.")
    who = await house.contact()
    await sell(house, (who, NOW - timedelta(days=9), {}), (who, NOW, {}))
    tiny = await refresh(house)
    assert tiny.findings.note.endswith("those of 1 contacts, 1 of them with a second day.")
    assert await stored(house) == {}


async def test_a_shop_where_everybody_is_alike_is_told_nothing_rather_than_anything(house: House) -> None:
    people = [await house.contact() for _ in range(120)]
    await sell(house, *((who, NOW - timedelta(days=10 * n), {}) for who in people for n in range(4)))
    model = await refresh(house)
    assert model.findings.buying and not model.findings.buying.converged
    assert "no highest place" in model.findings.note
    assert await stored(house) == {}


async def sell_cdnow(house: House) -> dict[int, cdnow.Days]:
    """CDNOW's sample as contacts and deals of the house."""
    customers = cdnow.customers()
    rows = await house.pool.fetch(
        "INSERT INTO contacts (workspace_id, created_at, updated_at) SELECT $1, $2, $2 FROM generate_series(1, $3) "
        "RETURNING id", house.workspace_id, NOW, len(customers),
    )  # fmt: skip
    owned = dict(zip((row["id"] for row in rows), customers, strict=True))
    noon = time(12, tzinfo=UTC)
    await sell(
        house,
        *(
            (who, datetime.combine(day, noon), {"value": round(value, 2)})
            for who, days in owned.items()
            for day, value in days.items()
        ),
    )
    return owned


async def test_cdnow_in_the_database_has_the_published_parameters_and_every_customer_a_prediction(
    house: House,
) -> None:
    owned = await sell_cdnow(house)
    evening = datetime.combine(cdnow.LAST_DAY_OF_CALIBRATION, time(23, tzinfo=UTC))
    model = await refresh(house, evening)
    findings = model.findings
    assert (findings.contacts, findings.repeaters, findings.fitted, findings.note) == (2357, 946, 2357, "")
    assert findings.buying and findings.spending
    r, alpha, a, b = findings.buying.parameters
    assert [round(x, 3) for x in (r, alpha / 7, a, b)] == [0.243, 4.414, 0.793, 2.426]
    assert [round(x, 2) for x in findings.spending.parameters] == [6.25, 3.74, 15.44]
    assert findings.correlation is not None
    assert round(findings.correlation, 2) == 0.11

    rows = await stored(house)
    assert rows.keys() == owned.keys()
    for who, days in owned.items():
        known = cdnow.history(days, cdnow.LAST_DAY_OF_CALIBRATION)
        row = rows[who]
        assert (row["repeats"], row["recency"], row["age"]) == (known.repeats, known.recency, known.age)
        assert abs(row["mean_value"] - known.mean_value) < 0.005
        assert 0 < row["alive"] <= 1
        assert row["purchases"] > 0
        assert row["order_value"] > 0

    [first, second] = sorted(owned)[:2]
    async with house.transaction() as connection:
        found = await read_lifetime(connection, house.workspace_id, first)
        assert found
        assert round(found.prediction.alive, 4) == 0.7266
        assert await read_lifetime(connection, house.stranger.workspace_id, first) is None

    # Whoever has no order that counts any more is predicted nothing of.
    await house.pool.execute("UPDATE deals SET status = 3 WHERE contact_id = $1", second)
    assert (await refresh(house, evening + timedelta(days=1))).findings.contacts == 2356
    assert (await stored(house)).keys() == owned.keys() - {second}


async def test_a_refresh_is_done_once_and_a_late_one_does_nothing(house: House) -> None:
    async with house.transaction() as connection:
        first = await ask_for_refresh(connection, house.actor, now=NOW)
        again = await ask_for_refresh(connection, house.actor, now=NOW)
    assert (first.refresh_id, again.refresh_id, again.state, again.nightly) == (1, 1, "queued", True)
    jobs = await house.pool.fetchval("SELECT count(*) FROM jobs WHERE kind = 'lifetime.refresh'")
    assert jobs == 1
    await refresh_lifetime(house.pool, house.workspace_id, {"refresh": 1}, NOW)
    await refresh_lifetime(house.pool, house.workspace_id, {"refresh": 1}, LATER)
    async with house.transaction() as connection:
        assert (await read_model(connection, house.workspace_id)).finished_at == NOW


async def test_a_night_asks_for_a_refresh_and_plans_the_next(house: House) -> None:
    async with house.transaction() as connection:
        planned = await update_model(connection, house.actor, {"nightly": True}, now=NOW)
    night = planned.next_refresh_at
    assert night and NOW < night < NOW + timedelta(days=1)
    for _ in range(2):
        await nightly_lifetime(house.pool, house.workspace_id, {"due": night.isoformat()}, night)
    async with house.transaction() as connection:
        after = await read_model(connection, house.workspace_id)
    assert (after.refresh_id, after.state, after.next_refresh_at) == (1, "queued", night + timedelta(days=1))
    async with house.transaction() as connection:
        off = await update_model(connection, house.actor, {"nightly": False}, now=NOW)
    assert off.next_refresh_at is None
    due = (night + timedelta(days=1)).isoformat()
    await nightly_lifetime(house.pool, house.workspace_id, {"due": due}, LATER)
    async with house.transaction() as connection:
        assert (await read_model(connection, house.workspace_id)).refresh_id == 1


def test_a_night_is_at_two_by_the_workspaces_clock() -> None:
    warsaw = ZoneInfo("Europe/Warsaw")
    before = datetime(2025, 3, 29, 22, tzinfo=UTC)
    # On the night on which clocks jump from two to three there is no two o'clock; it is three.
    assert next_night(before, warsaw, 5).astimezone(UTC) == datetime(2025, 3, 30, 1, 5, tzinfo=UTC)
    assert next_night(NOW, warsaw, 61).astimezone(warsaw) == datetime(2025, 6, 25, 2, 1, tzinfo=warsaw)


async def test_a_change_is_journalled_and_a_bad_filter_is_refused(house: House) -> None:
    written = {"field": "value", "op": "greater", "value": 15}
    async with house.transaction() as connection:
        changed = await update_model(connection, house.actor, {"filter": written}, now=NOW)
        await update_model(connection, house.actor, {"filter": written}, now=NOW)
    assert (changed.filter, changed.nightly) == (written, False)
    assert await house.journal("lifetime") == [("lifetime.updated", {"filter": [WON, written]})]
    async with house.transaction() as connection:
        with pytest.raises(InvalidInput, match=r"filter\.field"):
            await update_model(
                connection, house.actor, {"filter": {"field": "no", "op": "equals", "value": 1}}, now=NOW
            )


async def test_a_filter_that_speaks_of_what_is_gone_fails_with_a_sentence(house: House) -> None:
    await refresh(house)
    await house.pool.execute(
        "UPDATE lifetime_models SET filter = $2::jsonb WHERE workspace_id = $1", house.workspace_id,
        json.dumps({"field": "gone", "op": "is_set"}),
    )  # fmt: skip
    model = await refresh(house, LATER)
    assert (model.state, model.findings.buying) == ("failed", None)
    assert "gone" in model.findings.note


async def test_a_workspace_that_was_moved_begins_anew(house: House) -> None:
    await refresh(house)
    async with house.transaction() as connection:
        await plan_lifetime(connection, house.workspace_id, now=LATER)
        model = await read_model(connection, house.workspace_id)
    assert (model.state, model.findings.note, model.nightly) == ("never", "", True)
    assert model.next_refresh_at and model.next_refresh_at > LATER
    assert date(2025, 6, 25) < model.next_refresh_at.date()
