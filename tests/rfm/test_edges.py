"""The groups hold every cell once; edges are those of a plain recomputation; equal figures score alike."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

from dealt.kernel.sql import sql
from dealt.rfm import GROUPS, SCORES, Edges, Thresholds, group_of, scores_of
from dealt.rfm.edging import find_edges, fixed_edges
from dealt.rfm.groups import CELLS
from tests.house import House
from tests.rfm.scoring import Figures, expected

TODAY = date(2025, 6, 24)


def test_every_one_of_the_125_cells_is_in_exactly_one_group() -> None:
    for recency in SCORES:
        for frequency in SCORES:
            for _monetary in SCORES:
                holding = [group.name for group in GROUPS if group.holds(recency, frequency)]
                assert holding == [group_of(recency, frequency)] == [CELLS[(recency - 1) * 5 + frequency - 1]]
    assert {group.name for group in GROUPS} == set(CELLS)


async def test_quintiles_are_those_of_a_plain_recomputation(house: House) -> None:
    drawn = random.Random(17)
    async with house.pool.acquire() as connection:
        for people in (1, 2, 3, 4, 5, 6, 9, 10, 11, 35, 100, 301):
            for kinds in (1, 3, 1000):
                figures = _drawn(drawn, people, kinds)
                rows = list(figures.values())
                measured = sql(
                    "WITH measured AS MATERIALIZED (SELECT * FROM unnest({}::date[], {}::bigint[], {}::numeric[]) "
                    "AS m(day, orders, value))",
                    *([row[place] for row in rows] for place in range(3)),
                )
                edges = await find_edges(connection, measured)
                assert edges is not None and edges.customers == people
                found = {who: scores_of(edges, day, Decimal(n), value) for who, (day, n, value) in figures.items()}
                told = {who: (one["recency"], one["frequency"], one["monetary"]) for who, one in found.items()}
                assert told == expected(figures), figures
                assert max(one[0] for one in told.values()) == 5, "who ordered last scores 5"
                assert min(one[1] for one in told.values()) == 1, "who ordered least scores 1"


def _drawn(drawn: random.Random, people: int, kinds: int) -> dict[int, Figures]:
    return {
        who: (
            TODAY - timedelta(days=drawn.randrange(kinds)), 1 + drawn.randrange(kinds), Decimal(drawn.randrange(kinds))
        )
        for who in range(people)
    }  # fmt: skip


async def test_of_nobody_there_are_no_edges(house: House) -> None:
    nobody = sql("WITH measured AS (SELECT NULL::date AS day, 1::bigint AS orders, 1::numeric AS value WHERE false)")
    async with house.pool.acquire() as connection:
        assert await find_edges(connection, nobody) is None


def test_thresholds_are_reached_on_their_own_side() -> None:
    amounts = [Decimal(10), Decimal(20), Decimal(30), Decimal(40)]
    edges = fixed_edges(Thresholds([0, 30, 90, 365], [2, 3, 5, 10], amounts), TODAY)

    def recency(days: int) -> int:
        return int(scores_of(edges, TODAY - timedelta(days=days), Decimal(1), Decimal(1))["recency"])

    assert [recency(days) for days in (0, 1, 30, 31, 90, 91, 365, 366)] == [5, 4, 4, 3, 3, 2, 2, 1]
    of = [scores_of(edges, TODAY, Decimal(n), Decimal("29.99")) for n in (1, 2, 4, 5, 10)]
    assert [(one["frequency"], one["monetary"]) for one in of] == [(1, 3), (2, 3), (3, 3), (4, 3), (5, 3)]


def test_an_edge_that_nobody_reaches_is_none() -> None:
    edges = Edges((TODAY,) * 4, (None,) * 4, (Decimal(1), None, None, None))
    of = scores_of(edges, TODAY, Decimal(1000), Decimal(1000))
    assert of == {"recency": 5, "frequency": 1, "monetary": 2, "group": "New"}
