"""Every function, over the rows of one contact."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from dealt.kernel.errors import InvalidInput
from tests.aggregators.rolling import Rolling
from tests.house import NOW, House
from tests.subjects.asking import contact, deal, line

PAID = {"field": "status", "op": "equals", "value": 2}
FUNCTIONS: list[tuple[dict[str, Any], Any, Any]] = [
    ({"function": "count"}, 4, 0),
    ({"function": "count", "filter": PAID}, 3, 0),
    ({"function": "count_distinct", "field": "currency"}, 2, 0),
    ({"function": "sum", "field": "value"}, 60.5, 0),
    ({"function": "sum", "field": "value", "net_of_returns": True}, 55.5, 0),
    ({"function": "average", "field": "value", "filter": PAID}, 20.25, None),
    ({"function": "min", "field": "value"}, 10, None),
    ({"function": "max", "field": "ordered_at"}, "2025-06-24T12:00:00Z", None),
    ({"function": "median", "field": "value"}, 20, None),
    ({"function": "median", "field": "value", "filter": PAID}, 20.25, None),
    # Of two whole numbers in the middle, what lies between them.
    ({"function": "median", "field": "stage", "filter": {"field": "stage", "op": "in", "value": [1, 2]}}, 1, None),
    ({"function": "median", "field": "status", "filter": {"field": "value", "op": "in", "value": [10, 20]}}, 1.5, None),
    ({"function": "first", "field": "stage"}, 7, None),
    ({"function": "last", "field": "custom_id"}, "d4", None),
    ({"function": "most_common", "field": "currency"}, "EUR", None),
    ({"function": "most_common", "field": "stage"}, 1, None),
    ({"function": "days_since"}, 0, None),
    ({"function": "days_since", "filter": {"field": "stage", "op": "equals", "value": 7}}, 40, None),
    ({"function": "last_values", "field": "custom_id", "last_n": 3}, ["d4", "d3", "d2"], None),
    ({"source": "order_products", "function": "sum", "field": "quantity"}, 5, 0),
    ({"source": "order_products", "function": "sum", "field": "quantity", "net_of_returns": True}, 4, 0),
    ({"source": "order_products", "function": "sum", "field": "total"}, 12, 0),
]


@pytest.fixture
async def people(house: House) -> tuple[Rolling, int, int]:
    """Anna with four orders, one of them in a currency without a rate; Ben with none."""
    async with house.transaction() as connection:
        anna, ben = await contact(connection, house), await contact(connection, house)
        for number, (days, value, currency, stage) in enumerate(
            [(40, "10", "EUR", 7), (30, "20", "EUR", 1), (2, "99", "PLN", 1), (0, "30.5", "EUR", 2)], 1
        ):
            known = Decimal(1) if currency == "EUR" else None
            amount = Decimal(value)
            deal_id = await deal(
                connection, house, anna, custom_id=f"d{number}", value=amount, currency=currency, stage_id=stage,
                status=2 if number in (1, 3, 4) else 1, ordered_at=NOW - timedelta(days=days), base_rate=known,
                base_value=amount if known else None, net_value=amount - 5 if number == 2 else amount,
            )  # fmt: skip
            if number == 1:
                await line(connection, house, anna, deal_id, 1, quantity=2, value=6, total=12, returned_quantity=1)
            if number == 3:
                await line(connection, house, anna, deal_id, 1, quantity=3, value=6, total=18)
    return Rolling(house), anna, ben


async def test_every_function(people: tuple[Rolling, int, int]) -> None:
    rolling, anna, ben = people
    for number, (body, _, _) in enumerate(FUNCTIONS):
        await rolling.define(name=f"a{number}", **body)
    await rolling.walk()
    found, nothing = await rolling.read(anna), await rolling.read(ben)
    assert [(body, found.get(f"a{number}")) for number, (body, _, _) in enumerate(FUNCTIONS)] == [
        (body, value) for body, value, _ in FUNCTIONS
    ]
    assert [nothing.get(f"a{number}") for number in range(len(FUNCTIONS))] == [none for _, _, none in FUNCTIONS]
    stored = await rolling.stored(anna)
    assert (stored["a3#unconverted"], stored["a21#unconverted"]) == (1, 1)
    assert "a5" in stored and stored["a5#unconverted"] == 1


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"function": "sum"}, "field"),
    ({"function": "count", "field": "value"}, "field"),
    ({"function": "sum", "field": "name"}, "field"),
    ({"function": "sum", "field": "nothing"}, "field"),
    ({"function": "fly"}, "function"),
    ({"source": "users"}, "source"),
    ({"by": "name"}, "by"),
    ({"by": "nothing"}, "by"),
    ({"function": "first", "field": "id", "net_of_returns": True}, "net_of_returns"),
    ({"net_of_returns": True}, "net_of_returns"),
    ({"last_n": 0}, "last_n"),
    ({"last_n": 21}, "last_n"),
    ({"filter": {"field": "nothing", "op": "equals", "value": 1}}, "filter.field"),
    ({"filter": []}, "filter"),
    ({"filter": None}, "filter"),
    ({"window": {"last": {"days": 0}}}, "window.last"),
    ({"window": {"from": {"days": -7}, "to": {"days": -14}}}, "window"),
    ({"window": {"from": "2025-02-01", "to": "2025-01-01"}}, "window"),
    ({"window": {"from": "2025-02-30"}}, "window.from"),
    ({"window": {"current": "decade"}}, "window.current"),
    ({"window": {"since": 1}}, "window"),
    ({"window": "year"}, "window"),
    ({"target": "email"}, "target"),
    ({"target": "!"}, "target"),
    ({"name": ""}, "name"),
    ({"colour": 1}, "colour"),
]


async def test_what_makes_no_sense_is_refused(house: House) -> None:
    rolling = Rolling(house)
    found = []
    for body, _ in REFUSED:
        with pytest.raises(InvalidInput) as refused:
            await rolling.define(**body)
        found.append(list(refused.value.fields))
    assert found == [[place] for _, place in REFUSED]
    assert await house.fetch("SELECT FROM aggregators") == []


async def test_an_attribute_that_is_there_is_not_taken(house: House) -> None:
    rolling = Rolling(house)
    await rolling.define(name="Orders")
    with pytest.raises(InvalidInput, match='already a contact attribute "orders"'):
        await rolling.define(name="Orders")
