"""How filters are told, as sentences, and refused, with the place and what there is."""

from __future__ import annotations

from typing import Any

import pytest

from dealt.kernel.errors import InvalidInput
from dealt.predicates import describe
from dealt.subjects import Extra
from tests.house import NOW, House
from tests.subjects.asking import open_shop
from tests.subjects.test_asking import IN_POLAND, LAST_DEAL, RAW, RECENTLY, field_is


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ([], "filter"),
        ({"field": "nothing", "op": "equals", "value": 1}, "filter.field"),
        ({"all": [{"field": "email", "op": "near", "value": "x"}]}, "filter.all.0.op"),
        ({"all": [{"field": "email", "op": "greater", "value": 1}]}, "filter.all.0.op"),
        ({"field": "score", "op": "equals", "value": "ten"}, "filter.value"),
        ({"field": "score", "op": "equals", "value": float("inf")}, "filter.value"),
        ({"field": "email", "op": "equals", "value": "\x00"}, "filter.value"),
        ({"field": "email", "op": "is_set", "value": 1}, "filter.value"),
        ({"field": "seen", "op": "in_last", "value": {"days": 0}}, "filter.value"),
        ({"field": "seen", "op": "in_last", "value": {"days": 10**9}}, "filter.value"),
        ({"field": "seen", "op": "in_window", "value": {"from": {"days": 3}, "to": {"days": 1}}}, "filter.value"),
        ({"field": "points", "op": "between", "value": [3, 1]}, "filter.value"),
        ({"field": "tags", "op": "in_any", "value": ["silver"]}, "filter.value"),
        ({"relation": "friends"}, "filter.relation"),
        ({"relation": "deals", "quantifier": "some"}, "filter.quantifier"),
        ({"relation": "deals", "quantifier": "at_least"}, "filter.count"),
        ({"relation": "deals", "where": {"field": "nothing", "op": "is_set"}}, "filter.where.field"),
        ({"relation": "deals", "measure": "sum", "field": "name", "op": "greater", "value": 1}, "filter.field"),
        ({"relation": "deals", "measure": "sum", "op": "greater", "value": 1}, "filter.field"),
        ({"relation": "deals", "pick": "last", "by": "name", "is": {}}, "filter.by"),
        ({"field": "email", "op": "is_set", "why": 1}, "filter.why"),
        ({"field": "email"}, "filter.op"),
        ({"field": "email", "op": "equals"}, "filter.value"),
        ({"field": "seen", "op": "equals", "value": "2025-06-20"}, "filter.value"),
        ({"field": "gender", "op": "equals", "value": "robot"}, "filter.value"),
        ({"relation": "deals", "where": []}, "filter.where"),
        ({"all": [{}] * 3 + [{"any": 1}]}, "filter.all.3.any"),
    ],
)
async def test_an_error_names_its_place(house: House, written: Any, place: str) -> None:
    shop = await open_shop(house, RAW)
    with pytest.raises(InvalidInput) as refused:
        shop.checked(written)
    assert list(refused.value.fields) == [place]


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ({"field": "emial", "op": "is_set"}, 'A contact has no field "emial". Is "email" meant? There are: '),
        ({"field": "email", "op": "less", "value": 1}, '"less" does not fit E-mail, which is a text; these do: '),
        ({"field": "tags", "op": "in_any", "value": ["silver"]}, 'There is no "silver" in tags. There are: gold.'),
        ({"field": "score", "op": "equals"}, "A value is needed; is_not_set finds what has none."),
        ({"field": "seen", "op": "equals", "value": "2025-06-20"}, 'A day is not one moment: ask for it with "on".'),
        (
            {"relation": "deals", "where": {"field": "stage", "op": "equals", "value": "Paid"}},
            '"Paid" is not a number. Ask by number: 1 for "Add to cart", 2 for',
        ),
    ],
)  # fmt: skip
async def test_an_error_says_what_there_is(house: House, written: Any, sentence: str) -> None:
    async with house.transaction() as connection:
        await connection.execute("INSERT INTO tags VALUES ($1, 1, 'gold', $2)", house.workspace_id, NOW)
    shop = await open_shop(house, RAW)
    with pytest.raises(InvalidInput) as refused:
        shop.checked(written)
    assert next(iter(refused.value.fields.values()))[0].startswith(sentence)


async def test_a_tree_has_bounds(house: House) -> None:
    shop = await open_shop(house, RAW)
    deep: dict[str, Any] = {"field": "email", "op": "is_set"}
    for _ in range(20):
        deep = {"not": deep}
    for written in (deep, {"all": [{"field": "email", "op": "is_set"}] * 501}):
        with pytest.raises(InvalidInput):
            shop.checked(written)


SENTENCES: list[tuple[Any, str]] = [
    ({}, "everything"),
    (field_is("country", "equals", "PL"), 'Country is "PL"'),
    (
        {"all": [IN_POLAND, {"any": [field_is("score", "less", 0), field_is("email", "is_set")]}]},
        'Country is "PL" and (Score is less than 0 or E-mail is set)',
    ),
    (
        {"relation": "deals", "quantifier": "at_least", "count": 2, "where": RECENTLY},
        "there are at least 2 deals where Ordered in the last 30 days",
    ),
    (
        {"relation": "deals", "measure": "sum", "field": "value", "op": "greater", "value": 99.5},
        "the sum of Value (EUR) in deals is more than 99.5",
    ),
    (
        {"relation": "deals", "measure": "max", "field": "ordered_at", "op": "in_last", "value": {"days": 1},
         "where": field_is("status", "equals", 2)},
        'the latest Ordered in deals (where Status is "Won") is in the last day',
    ),
    ({"relation": "deals", "measure": "count", "op": "less", "value": 3}, "the number of deals is less than 3"),
    (
        {"relation": "deals", "measure": "count_distinct", "field": "stage", "op": "equals", "value": 2},
        "the number of different values of Stage in deals is 2",
    ),
    ({"relation": "deals"}, "there is a deal"),
    ({"relation": "events", "quantifier": "none"}, "there is no event"),
    ({"relation": "events", "where": {"any": []}}, "there is an event where nothing fits"),
    ({"relation": "order_products", "quantifier": "at_most", "count": 1}, "there is at most 1 order line"),
    (
        {"all": [{"relation": "deals", "where": field_is("value", "greater", 9)}, IN_POLAND]},
        '(there is a deal where Value is more than 9) and Country is "PL"',
    ),
    ({"all": [{"relation": "deals"}, IN_POLAND, {}]}, 'there is a deal and Country is "PL"'),
    (
        {"relation": "events", "where": {"field": "event", "op": "in_any", "value": ["call"]}},
        'there is an event where Event is "call"',
    ),
    (field_is("tags", "in_any", ["gold"]), 'Tags include "gold"'),
    (field_is("tags", "in_none", ["gold"]), 'Tags do not include "gold"'),
    (field_is("lists", "in_all", ["newsletter", "spring"]), 'Lists include all of "newsletter", "spring"'),
    ({"not": IN_POLAND}, 'Country is not "PL"'),
    ({"not": field_is("score", "less", 3)}, "it is not true that Score is less than 3"),
    ({"not": {"relation": "deals"}}, "there is no deal"),
    (
        {"not": {"relation": "deals", "quantifier": "at_least", "count": 3,
                 "where": {"not": field_is("name", "is_set")}}},
        "there are at most 2 deals where Name is not set",
    ),
    ({"not": {"not": {"relation": "deals", "quantifier": "at_most", "count": 1}}}, "there is at most 1 deal"),
    (
        {"all": [{"not": IN_POLAND}, {"not": {"any": [IN_POLAND, field_is("email", "is_set")]}}]},
        'Country is not "PL" and it is not true that (Country is "PL" or E-mail is set)',
    ),
    ({"not": {}}, "nothing"),
    ({"any": [IN_POLAND, {"all": []}]}, "everything"),
    (
        {"relation": "deals", "pick": "last", "is": field_is("stage", "equals", 5)},
        'the last deal is one where Stage is "Delivered"',
    ),
    ({"relation": "deals", "pick": "first", "is": {}}, "there is a first deal"),
    (
        LAST_DEAL | {"where": field_is("status", "equals", 2), "is": field_is("value", "equals", 100)},
        'the last deal (where Status is "Won") is one where Value is 100',
    ),
    ({"relation": "deals", "pick": "last", "by": "won_at", "is": {}}, "there is a last deal by Won"),
    (field_is("country", "in", ["PL", "DE"]), 'Country is one of "PL", "DE"'),
    (field_is("country", "equals", "day"), 'Country is "day"'),
    (field_is("gender", "in", ["female", "unknown"]), 'Gender is one of "Female", "Unknown"'),
    (field_is("seen", "in_current", "day"), "seen is today"),
    (field_is("last_seen", "in_current", "day"), "Last seen today"),
    (field_is("last_seen", "before", "2025-06-24"), "Last seen before 2025-06-24"),
    (field_is("last_seen", "is_set"), "Last seen is set"),
    (field_is("seen", "in_current", "quarter"), "seen is in this quarter"),
    (field_is("seen", "before", "2025-06-24T10:30:00Z"), "seen is before 2025-06-24 10:30"),
    (field_is("seen", "before", "2025-06-24"), "seen is before 2025-06-24"),
    (field_is("seen", "after", "2025-06-24"), "seen is after 2025-06-24"),
    (field_is("seen", "between", ["2025-06-24", "2025-06-25"]), "seen is from 2025-06-24 to 2025-06-25"),
    (
        field_is("seen", "in_window", {"from": {"days": -14}, "to": {"days": -7}}),
        "seen is between 14 days ago and 7 days ago",
    ),
    (field_is("seen", "day_of_week", ["sunday", "monday"]), "seen is on a Monday or Sunday"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "sentence"), SENTENCES)
async def test_sentences(house: House, written: Any, sentence: str) -> None:
    """Each is a clause, so that it reads alone as well as after "Contacts for which"."""
    async with house.transaction() as connection:
        await connection.execute("INSERT INTO tags VALUES ($1, 1, 'gold', $2)", house.workspace_id, NOW)
    shop = await open_shop(house, RAW, extra=Extra(lists={"newsletter": 1, "spring": 2}, events={"call": 1}))
    assert describe(shop.checked(written)) == sentence
