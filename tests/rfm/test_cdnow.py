"""Everybody who bought at CDNOW: what was computed equals a plain recomputation, for each of them.

One customer in ten is taken; ``DEALT_CDNOW=all`` takes all 23,570.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from dealt.accounts import Actor
from dealt.deals import DealWriter, parse_deal, upsert
from dealt.kernel.journal import Cause, Lane
from dealt.rfm import group_of
from dealt.rfm.matrices import read_cells
from tests.house import House
from tests.rfm import cdnow
from tests.rfm.scoring import Figures, Scoring, expected

ONE_IN = 1 if os.environ.get("DEALT_CDNOW") == "all" else 10
AFTER = datetime(1998, 7, 1, 12, tzinfo=UTC)


async def test_figures_scores_and_groups_of_cdnow_equal_a_plain_recomputation(house: House) -> None:
    bought, scoring = cdnow.purchases(one_in=ONE_IN), Scoring(house)
    scoring.clock.set(AFTER)
    ids = await _load(scoring, bought)
    assert (len(bought), sum(map(len, bought.values()))) == ((23_570, 69_659) if ONE_IN == 1 else (2_357, 6_787))

    rfm = await scoring.create()
    await scoring.refresh()
    figures: dict[int, Figures] = {
        ids[customer]: (max(day for day, _ in some), len(some), sum((value for _, value in some), Decimal()))
        for customer, some in bought.items()
    }
    assert await _stored(scoring) == {
        contact_id: (number, f"{day.isoformat()}T12:00:00Z", value)
        for contact_id, (day, number, value) in figures.items()
    }

    scores = expected(figures)
    found = await scoring.scores(rfm, list(figures))
    assert {who: (of["recency"], of["frequency"], of["monetary"]) for who, of in found.items()} == scores
    groups = {who: [group_of(recency, frequency)] for who, (recency, frequency, _) in scores.items()}
    assert await scoring.groups(rfm) == groups
    rfm = await scoring.find(rfm)
    async with house.pool.acquire() as connection:
        cells = await read_cells(connection, house.workspace_id, rfm)
    assert {(c.recency, c.frequency, c.monetary): c.users for c in cells} == Counter(scores.values())
    assert sum(cell.value for cell in cells) == sum(value for _, _, value in figures.values())
    assert await scoring.walks() == 0


async def _stored(scoring: Scoring) -> dict[int, tuple[int, str, Decimal]]:
    """What the three aggregators stored, by contact."""
    rows = await scoring.house.fetch(
        "SELECT contact_id, aggregates ->> 'rfm_orders' AS orders, aggregates ->> 'rfm_last_order' AS last, "
        "aggregates ->> 'rfm_value' AS value FROM contact_derived"
    )
    return {row["contact_id"]: (int(row["orders"]), row["last"], Decimal(row["value"])) for row in rows}


async def _load(scoring: Scoring, bought: cdnow.Purchases) -> dict[str, int]:
    """The customers, and their purchases as won deals, written in sets as imports do; ids by customer."""
    house, count = scoring.house, len(bought)
    rows = await house.fetch(
        "INSERT INTO contacts (workspace_id, created_at, updated_at) SELECT $1, $2, $2 FROM generate_series(1, $3) "
        "RETURNING id",
        house.workspace_id, AFTER, count,
    )  # fmt: skip
    ids = dict(zip(bought, sorted(row["id"] for row in rows), strict=True))
    writer = DealWriter(house.pool, scoring.clock, house.definitions, gather=False)
    actor = Actor(house.workspace_id, "import", cause=Cause.SILENT, lane=Lane.BULK)
    works = [
        upsert(
            parse_deal({
                "name": "Purchase", "user_id": ids[customer], "custom_id": f"{customer}-{number}", "status": 2,
                "value": str(value), "currency": "EUR", "order_date": f"{day.isoformat()}T12:00:00Z",
            }, ZoneInfo("UTC")),
            actor,
        )
        for customer, some in bought.items()
        for number, (day, value) in enumerate(some)
    ]  # fmt: skip
    for outcome in await writer.write_many(house.workspace_id, works):
        assert not isinstance(outcome, Exception), outcome
    return ids
