"""What filters find, in place and in batches: the operators over every kind of field, relations, and time."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dealt.attributes import create_attribute
from dealt.kernel.errors import InvalidInput
from dealt.kernel.sql import sql
from dealt.predicates import Moment, describe, explain
from dealt.subjects import Extra
from tests.house import NOW, House
from tests.subjects.asking import Shop, contact, deal, line, open_shop

RAW: dict[str, list[dict[str, Any]]] = {
    "contact": [{"points": 5, "vip": True, "born": "1990-06-24", "seen": "2025-06-20T10:00:00Z", "note": "x"}],
    "deal": [{"method": "Online"}],
}


@pytest.fixture
async def people(house: House) -> tuple[Shop, dict[str, int]]:
    """Anna with two orders, Ben with one that came back, Cara with none."""
    async with house.transaction() as connection:
        anna = await contact(
            connection, house, email="anna@example.com", country="PL", score=10, tag_ids=[1],
            attributes=RAW["contact"][0] | {"note": "a_b%c", "size": "XL", "likes": ["tea"]},
        )  # fmt: skip
        ben = await contact(
            connection, house, email="ben@example.com", country="DE", score=-3,
            attributes={"points": 7.5, "vip": False, "born": "2000-02-29", "likes": []},
        )  # fmt: skip
        odd = {"points": "many", "born": "2025-02-30"}
        cara = await contact(connection, house, gender=3, attributes=odd)
        first = await deal(
            connection, house, anna, value=Decimal(100), ordered_at=NOW - timedelta(days=40), status=2,
            attributes={"method": "Online"},
        )  # fmt: skip
        last = await deal(connection, house, anna, value=Decimal(20), ordered_at=NOW - timedelta(days=2), stage_id=5)
        back = await deal(connection, house, ben, value=Decimal(70), ordered_at=NOW - timedelta(days=10), stage_id=6)
        await line(connection, house, anna, first, 1, receipt=json.dumps({"product_custom_id": "SKU-1"}), quantity=2)
        await line(connection, house, anna, last, 1, receipt=json.dumps({"product_custom_id": "SKU-2"}))
        await line(
            connection, house, ben, back, 1, receipt=json.dumps({"product_custom_id": "SKU-1"}), returned_quantity=1
        )
        await connection.execute("INSERT INTO tags VALUES ($1, 1, 'gold', $2)", house.workspace_id, NOW)
        for name, several in (("size", False), ("likes", True)):
            await create_attribute(
                connection, house.workspace_id, domain="contact", name=name, value_type="fixed", now=NOW,
                choices=["XL", "tea"], allow_multiple_choices=several,
            )  # fmt: skip
    shop = await open_shop(house, RAW, extra=Extra(lists={"newsletter": 1}))
    return shop, {"anna": anna, "ben": ben, "cara": cara}


def _field(field: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "op": op} | ({} if value is None else {"value": value})


IN_POLAND = _field("country", "equals", "PL")
RECENTLY = _field("ordered_at", "in_last", {"days": 30})
LAST_DEAL = {"relation": "deals", "pick": "last"}
ORDERS_OF_SKU_1 = {"field": "product_custom_id", "op": "equals", "value": "SKU-1"}
KEPT = {"all": [ORDERS_OF_SKU_1, _field("kept_quantity", "greater", 0)]}


CONDITIONS: list[tuple[Any, str]] = [
    ({}, "anna ben cara"),
    ({"any": []}, ""),
    (_field("country", "equals", "PL"), "anna"),
    (_field("country", "not_equals", "PL"), "ben cara"),
    (_field("country", "in", ["PL", "DE"]), "anna ben"),
    (_field("country", "not_in", ["PL"]), "ben cara"),
    (_field("email", "contains", "EXAMPLE"), "anna ben"),
    (_field("email", "starts_with", "ann"), "anna"),
    (_field("email", "ends_with", ".com"), "anna ben"),
    (_field("email", "is_not_set"), "cara"),
    (_field("note", "contains", "_b%"), "anna"),
    (_field("note", "contains", "xb"), ""),
    (_field("score", "greater", 0), "anna"),
    (_field("score", "less", 0.5), "ben cara"),
    (_field("points", "greater_or_equal", 5), "anna ben"),
    (_field("points", "between", [6, 8]), "ben"),
    (_field("points", "is_set"), "anna ben"),
    (_field("vip", "is_true"), "anna"),
    (_field("vip", "is_false"), "ben"),
    (_field("born", "before", "1995-01-01"), "anna"),
    (_field("born", "is_set"), "anna ben"),
    (_field("born", "anniversary_today"), "anna"),
    (_field("seen", "after", "2025-06-20"), ""),
    (_field("seen", "after", "2025-06-19"), "anna"),
    (_field("seen", "between", ["2025-06-19", "2025-06-20"]), "anna"),
    (_field("size", "contains", "x"), "anna"),
    (_field("likes", "is_set"), "anna"),
    (_field("gender", "equals", "female"), "cara"),
    (_field("seen", "on", "2025-06-20"), "anna"),
    (_field("seen", "in_last", {"days": 5}), "anna"),
    (_field("seen", "in_last", {"hours": 48}), ""),
    (_field("seen", "more_than_ago", {"days": 2}), "anna"),
    (_field("seen", "in_window", {"from": {"days": -7}, "to": {"days": -3}}), "anna"),
    (_field("seen", "in_current", "month"), "anna"),
    (_field("seen", "day_of_week", ["friday"]), "anna"),
    (_field("tags", "in_any", ["gold"]), "anna"),
    (_field("tags", "in_none", [1]), "ben cara"),
    ({"not": _field("country", "equals", "PL")}, "ben cara"),
    ({"all": [IN_POLAND, {"any": [_field("score", "less", 0), _field("vip", "is_true")]}]}, "anna"),
    ({"relation": "deals"}, "anna ben"),
    ({"relation": "deals", "quantifier": "none"}, "cara"),
    ({"relation": "deals", "quantifier": "at_least", "count": 2}, "anna"),
    ({"relation": "deals", "quantifier": "at_most", "count": 1}, "ben cara"),
    ({"relation": "deals", "where": _field("method", "equals", "Online")}, "anna"),
    ({"relation": "deals", "quantifier": "none", "where": _field("status", "equals", 2)}, "ben cara"),
    ({"relation": "deals", "measure": "sum", "field": "value", "op": "greater", "value": 100}, "anna"),
    ({"relation": "deals", "measure": "sum", "field": "value", "op": "less", "value": 100}, "ben cara"),
    ({"relation": "deals", "measure": "average", "field": "value", "op": "between", "value": [60, 70]}, "anna ben"),
    ({"relation": "deals", "measure": "count_distinct", "field": "stage", "op": "equals", "value": 2}, "anna"),
    ({"relation": "deals", "measure": "max", "field": "ordered_at", "op": "in_last", "value": {"days": 5}}, "anna"),
    ({"relation": "deals", "pick": "last", "is": _field("stage", "equals", 5)}, "anna"),
    ({"relation": "deals", "pick": "first", "is": _field("stage", "equals", 5)}, ""),
    (LAST_DEAL | {"where": _field("status", "equals", 2), "is": _field("value", "equals", 100)}, "anna"),
    ({"relation": "order_products", "where": ORDERS_OF_SKU_1}, "anna ben"),
    ({"relation": "order_products", "where": KEPT}, "anna"),
    ({"relation": "deals", "where": {"relation": "order_products", "where": KEPT}}, "anna"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "names"), CONDITIONS)
async def test_every_kind_of_condition(people: tuple[Shop, dict[str, int]], written: Any, names: str) -> None:
    shop, ids = people
    wanted = {ids[name] for name in names.split()}
    assert await shop.ask(written) == wanted
    assert await shop.ask({"not": written}) == set(ids.values()) - wanted
    assert describe(shop.checked(written))


async def test_data_of_others_hides_no_field_of_ours(house: House) -> None:
    raw = {"event:1": [{"happened_at": "soon", "event": "x"}], "deal": [{"stage_entered_at": "never"}]}
    async with house.transaction() as connection:
        who = await contact(connection, house)
        await connection.execute(
            "INSERT INTO events (contact_id, happened_at, id, workspace_id, definition_id, data, received_at, actor) "
            "VALUES ($1, $2, 1, $3, 1, $4, $2, 'x')", who, NOW, house.workspace_id, json.dumps(raw["event:1"][0]),
        )  # fmt: skip
    shop = await open_shop(house, raw, extra=Extra(events={"call": 1}))
    for condition in (
        _field("happened_at", "in_last", {"days": 1}), _field("attributes.happened_at", "equals", "soon"),
        _field("event", "in_any", ["call"]), _field("attributes.event", "equals", "x"),
    ):  # fmt: skip
        assert await shop.ask({"relation": "events", "where": condition}) == {who}
    assert shop.checked(_field("stage_entered_at", "in_last", {"days": 1}), "deal")
    assert shop.checked(_field("attributes.stage_entered_at", "equals", "never"), "deal")


async def test_the_invisible_contact_of_an_order_is_nobody(house: House) -> None:
    async with house.transaction() as connection:
        guest, anna = await contact(connection, house, placeholder=True), await contact(connection, house)
        orders = [await deal(connection, house, whose) for whose in (guest, anna)]
    shop = await open_shop(house, RAW)
    person: dict[str, Any] = {"relation": "contact", "where": _field("email", "is_not_set")}
    assert await shop.ask(person, "deal") == {orders[1]}
    assert await shop.ask({"relation": "contact", "quantifier": "none"}, "deal") == {orders[0]}


async def test_amounts_of_several_currencies_are_added_up_in_base_currency(house: House) -> None:
    async with house.transaction() as connection:
        anna = await contact(connection, house)
        for value, currency, rate in ((100, "USD", Decimal("0.9")), (10, "EUR", 1), (1_000, "ISK", None)):
            base = None if rate is None else value * rate
            order = await deal(
                connection, house, anna, value=value, currency=currency, base_rate=rate, base_value=base
            )  # fmt: skip
            await line(connection, house, anna, order, 1, total=value)
    shop = await open_shop(house, RAW)
    figure = {"op": "equals", "field": "value"}
    for measure, wanted in (("sum", 100), ("average", 50), ("max", 90), ("min", 10), ("count_distinct", 3)):
        for relation, field in (("deals", "value"), ("order_products", "total")):
            asked = figure | {"relation": relation, "measure": measure, "field": field, "value": wanted}
            assert await shop.ask(asked) == {anna}, (measure, relation)


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
        ({"field": "email", "op": "less", "value": 1}, 'E-mail is a text, to which "less" does not fit; these do: '),
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
    (_field("country", "equals", "PL"), 'Country is "PL"'),
    (
        {"all": [IN_POLAND, {"any": [_field("score", "less", 0), _field("email", "is_set")]}]},
        'Country is "PL" and (Score is less than 0 or E-mail is set)',
    ),
    (
        {"relation": "deals", "quantifier": "at_least", "count": 2, "where": RECENTLY},
        "there are at least 2 deals where Ordered is in the last 30 days",
    ),
    (
        {"relation": "deals", "measure": "sum", "field": "value", "op": "greater", "value": 99.5},
        "the sum of Value (EUR) in deals is more than 99.5",
    ),
    (
        {"relation": "deals", "measure": "max", "field": "ordered_at", "op": "in_last", "value": {"days": 1},
         "where": _field("status", "equals", 2)},
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
        {"all": [{"relation": "deals", "where": _field("value", "greater", 9)}, IN_POLAND]},
        '(there is a deal where Value is more than 9) and Country is "PL"',
    ),
    ({"all": [{"relation": "deals"}, IN_POLAND, {}]}, 'there is a deal and Country is "PL"'),
    (
        {"relation": "events", "where": {"field": "event", "op": "in_any", "value": ["call"]}},
        'there is an event where Event is "call"',
    ),
    (_field("tags", "in_any", ["gold"]), 'Tags include "gold"'),
    (_field("tags", "in_none", ["gold"]), 'Tags do not include "gold"'),
    (_field("lists", "in_all", ["newsletter", "spring"]), 'Lists include all of "newsletter", "spring"'),
    ({"not": IN_POLAND}, 'Country is not "PL"'),
    ({"not": _field("score", "less", 3)}, "it is not true that Score is less than 3"),
    ({"not": {"relation": "deals"}}, "there is no deal"),
    (
        {"not": {"relation": "deals", "quantifier": "at_least", "count": 3,
                 "where": {"not": _field("name", "is_set")}}},
        "there are at most 2 deals where Name is not set",
    ),
    ({"not": {"not": {"relation": "deals", "quantifier": "at_most", "count": 1}}}, "there is at most 1 deal"),
    (
        {"all": [{"not": IN_POLAND}, {"not": {"any": [IN_POLAND, _field("email", "is_set")]}}]},
        'Country is not "PL" and it is not true that (Country is "PL" or E-mail is set)',
    ),
    ({"not": {}}, "nothing"),
    ({"any": [IN_POLAND, {"all": []}]}, "everything"),
    (
        {"relation": "deals", "pick": "last", "is": _field("stage", "equals", 5)},
        'the last deal is one where Stage is "Delivered"',
    ),
    ({"relation": "deals", "pick": "first", "is": {}}, "there is a first deal"),
    (
        LAST_DEAL | {"where": _field("status", "equals", 2), "is": _field("value", "equals", 100)},
        'the last deal (where Status is "Won") is one where Value is 100',
    ),
    ({"relation": "deals", "pick": "last", "by": "won_at", "is": {}}, "there is a last deal by Won"),
    (_field("country", "in", ["PL", "DE"]), 'Country is one of "PL", "DE"'),
    (_field("country", "equals", "day"), 'Country is "day"'),
    (_field("gender", "in", ["female", "unknown"]), 'Gender is one of "Female", "Unknown"'),
    (_field("seen", "in_current", "day"), "seen is today"),
    (_field("seen", "in_current", "quarter"), "seen is in this quarter"),
    (_field("seen", "before", "2025-06-24T10:30:00Z"), "seen is before 2025-06-24 10:30"),
    (_field("seen", "before", "2025-06-24"), "seen is before 2025-06-24"),
    (_field("seen", "after", "2025-06-24"), "seen is after 2025-06-24"),
    (_field("seen", "between", ["2025-06-24", "2025-06-25"]), "seen is from 2025-06-24 to 2025-06-25"),
    (
        _field("seen", "in_window", {"from": {"days": -14}, "to": {"days": -7}}),
        "seen is between 14 days ago and 7 days ago",
    ),
    (_field("seen", "day_of_week", ["sunday", "monday"]), "seen is on a Monday or Sunday"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "sentence"), SENTENCES)
async def test_sentences(house: House, written: Any, sentence: str) -> None:
    """Each is a clause, so that it reads alone as well as after "Contacts for which"."""
    async with house.transaction() as connection:
        await connection.execute("INSERT INTO tags VALUES ($1, 1, 'gold', $2)", house.workspace_id, NOW)
    shop = await open_shop(house, RAW, extra=Extra(lists={"newsletter": 1, "spring": 2}, events={"call": 1}))
    assert describe(shop.checked(written)) == sentence


AT = datetime(2025, 3, 29, 12, tzinfo=UTC)  # the day before clocks move forward in Warsaw


@pytest.mark.parametrize(
    ("op", "value", "changes"),
    [
        ("in_last", {"hours": 24}, [AT, AT + timedelta(hours=24)]),
        ("in_last", {"days": 1}, [AT, AT + timedelta(hours=23)]),
        ("in_last", {"months": 11}, [AT, datetime(2026, 2, 28, 12, tzinfo=UTC)]),
        ("in_next", {"days": 1}, [AT - timedelta(days=1), AT]),
        ("more_than_ago", {"weeks": 1}, [AT + timedelta(hours=7 * 24 - 1)]),
        ("in_current", "day", [datetime(2025, 3, 28, 23, tzinfo=UTC), datetime(2025, 3, 29, 23, tzinfo=UTC)]),
        ("in_current", "month", [datetime(2025, 2, 28, 23, tzinfo=UTC), datetime(2025, 3, 31, 22, tzinfo=UTC)]),
        ("anniversary_today", None, [datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC)]),
    ],
)
async def test_windows_open_and_close_at_their_own_second(
    house: House, op: str, value: Any, changes: list[datetime]
) -> None:
    """Walking from each change to the next, the filter holds on one side of the second and not on the other."""
    async with house.transaction() as connection:
        who = await contact(connection, house)
        await deal(connection, house, who, ordered_at=AT)
    shop = await open_shop(house, RAW, zone="Europe/Warsaw")
    written = {"relation": "deals", "where": {"field": "ordered_at", "op": op} | ({"value": value} if value else {})}
    now, met = changes[0] - timedelta(seconds=1), []
    for expected in changes:
        following = await shop.next_change(written, now, who)
        assert following == expected
        before = await shop.ask(written, now=following - timedelta(microseconds=1))
        after = await shop.ask(written, now=following)
        assert before != after
        met.append(following)
        now = following
    assert met == changes


async def test_an_explanation_tells_what_was_looked_at_and_what_would_change_it(
    people: tuple[Shop, dict[str, int]],
) -> None:
    shop, ids = people
    written = {
        "all": [
            _field("country", "equals", "PL"),
            {"relation": "deals", "quantifier": "at_least", "count": 3},
            {"relation": "deals", "measure": "sum", "field": "value", "op": "greater", "value": 100},
            {"relation": "deals", "pick": "last", "is": _field("ordered_at", "in_last", {"days": 3})},
        ]
    }
    subject, at = shop.catalogue.subject("contact"), Moment(NOW, "UTC")
    anna = sql("{}::bigint", ids["anna"])
    async with shop.house.pool.acquire() as connection:
        told = await explain(connection, shop.checked(written), subject, shop.house.workspace_id, anna, at)
        stranger = shop.house.stranger.workspace_id
        assert await explain(connection, shop.checked(written), subject, stranger, anna, at) is None
    assert told is not None
    assert not told.holds
    assert [leaf.holds for leaf in told.leaves] == [True, False, True, True]
    assert told.leaves[1].flips == "1 more deal would change it."
    assert len(told.leaves[1].related) == 2
    assert told.leaves[2].figure == 120
    assert len(told.leaves[3].related) == 1
    assert told.leaves[3].changes_at == NOW + timedelta(days=1)


_values = {
    "country": st.sampled_from(["PL", "DE", "%"]),
    "score": st.integers(-5, 12),
    "points": st.sampled_from([5, 7.5, 6]),
}
_plain = st.sampled_from(sorted(_values)).flatmap(
    lambda name: st.builds(
        lambda op, value: _field(name, op, value),
        st.sampled_from(["equals", "not_equals"] if name == "country" else ["equals", "greater", "less_or_equal"]),
        _values[name],
    )
)
_of_deals = st.builds(
    lambda op, value: _field("value", op, value), st.sampled_from(["greater", "less"]), st.integers(0, 110)
)
_related = st.builds(
    lambda quantifier, where: {"relation": "deals", "where": where} | quantifier,
    st.sampled_from(
        [{}, {"quantifier": "none"}, {"quantifier": "at_least", "count": 2}, {"quantifier": "at_most", "count": 1}]
    ),
    _of_deals,
)
_trees = st.recursive(
    _plain | _related,
    lambda inner: st.builds(
        lambda kind, parts: {kind: parts}, st.sampled_from(["all", "any"]), st.lists(inner, max_size=3)
    )
    | inner.map(lambda part: {"not": part}),
    max_leaves=6,
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=_trees)
async def test_a_filter_and_its_opposite_share_everybody_between_them(
    people: tuple[Shop, dict[str, int]], written: Any
) -> None:
    shop, ids = people
    passing, others = await shop.ask(written), await shop.ask({"not": written})
    assert passing | others == set(ids.values())
    assert not passing & others
