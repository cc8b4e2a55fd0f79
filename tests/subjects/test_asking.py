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


def field_is(field: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "op": op} | ({} if value is None else {"value": value})


IN_POLAND = field_is("country", "equals", "PL")
RECENTLY = field_is("ordered_at", "in_last", {"days": 30})
LAST_DEAL = {"relation": "deals", "pick": "last"}
ORDERS_OF_SKU_1 = {"field": "product_custom_id", "op": "equals", "value": "SKU-1"}
KEPT = {"all": [ORDERS_OF_SKU_1, field_is("kept_quantity", "greater", 0)]}


CONDITIONS: list[tuple[Any, str]] = [
    ({}, "anna ben cara"),
    ({"any": []}, ""),
    (field_is("country", "equals", "PL"), "anna"),
    (field_is("country", "not_equals", "PL"), "ben cara"),
    (field_is("country", "in", ["PL", "DE"]), "anna ben"),
    (field_is("country", "not_in", ["PL"]), "ben cara"),
    (field_is("email", "contains", "EXAMPLE"), "anna ben"),
    (field_is("email", "starts_with", "ann"), "anna"),
    (field_is("email", "ends_with", ".com"), "anna ben"),
    (field_is("email", "is_not_set"), "cara"),
    (field_is("note", "contains", "_b%"), "anna"),
    (field_is("note", "contains", "xb"), ""),
    (field_is("score", "greater", 0), "anna"),
    (field_is("score", "less", 0.5), "ben cara"),
    (field_is("points", "greater_or_equal", 5), "anna ben"),
    (field_is("points", "between", [6, 8]), "ben"),
    (field_is("points", "is_set"), "anna ben"),
    (field_is("vip", "is_true"), "anna"),
    (field_is("vip", "is_false"), "ben"),
    (field_is("born", "before", "1995-01-01"), "anna"),
    (field_is("born", "is_set"), "anna ben"),
    (field_is("born", "anniversary_today"), "anna"),
    (field_is("seen", "after", "2025-06-20"), ""),
    (field_is("seen", "after", "2025-06-19"), "anna"),
    (field_is("seen", "between", ["2025-06-19", "2025-06-20"]), "anna"),
    (field_is("size", "contains", "x"), "anna"),
    (field_is("likes", "is_set"), "anna"),
    (field_is("gender", "equals", "female"), "cara"),
    (field_is("seen", "on", "2025-06-20"), "anna"),
    (field_is("seen", "in_last", {"days": 5}), "anna"),
    (field_is("seen", "in_last", {"hours": 48}), ""),
    (field_is("seen", "more_than_ago", {"days": 2}), "anna"),
    (field_is("seen", "in_window", {"from": {"days": -7}, "to": {"days": -3}}), "anna"),
    (field_is("seen", "in_current", "month"), "anna"),
    (field_is("seen", "day_of_week", ["friday"]), "anna"),
    (field_is("tags", "in_any", ["gold"]), "anna"),
    (field_is("tags", "in_none", [1]), "ben cara"),
    ({"not": field_is("country", "equals", "PL")}, "ben cara"),
    ({"all": [IN_POLAND, {"any": [field_is("score", "less", 0), field_is("vip", "is_true")]}]}, "anna"),
    ({"relation": "deals"}, "anna ben"),
    ({"relation": "deals", "quantifier": "none"}, "cara"),
    ({"relation": "deals", "quantifier": "at_least", "count": 2}, "anna"),
    ({"relation": "deals", "quantifier": "at_most", "count": 1}, "ben cara"),
    ({"relation": "deals", "where": field_is("method", "equals", "Online")}, "anna"),
    ({"relation": "deals", "quantifier": "none", "where": field_is("status", "equals", 2)}, "ben cara"),
    ({"relation": "deals", "measure": "sum", "field": "value", "op": "greater", "value": 100}, "anna"),
    ({"relation": "deals", "measure": "sum", "field": "value", "op": "less", "value": 100}, "ben cara"),
    ({"relation": "deals", "measure": "average", "field": "value", "op": "between", "value": [60, 70]}, "anna ben"),
    ({"relation": "deals", "measure": "count_distinct", "field": "stage", "op": "equals", "value": 2}, "anna"),
    ({"relation": "deals", "measure": "max", "field": "ordered_at", "op": "in_last", "value": {"days": 5}}, "anna"),
    ({"relation": "deals", "pick": "last", "is": field_is("stage", "equals", 5)}, "anna"),
    ({"relation": "deals", "pick": "first", "is": field_is("stage", "equals", 5)}, ""),
    (LAST_DEAL | {"where": field_is("status", "equals", 2), "is": field_is("value", "equals", 100)}, "anna"),
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
        field_is("happened_at", "in_last", {"days": 1}), field_is("attributes.happened_at", "equals", "soon"),
        field_is("event", "in_any", ["call"]), field_is("attributes.event", "equals", "x"),
    ):  # fmt: skip
        assert await shop.ask({"relation": "events", "where": condition}) == {who}
    assert shop.checked(field_is("stage_entered_at", "in_last", {"days": 1}), "deal")
    assert shop.checked(field_is("attributes.stage_entered_at", "equals", "never"), "deal")


async def test_the_invisible_contact_of_an_order_is_nobody(house: House) -> None:
    async with house.transaction() as connection:
        guest, anna = await contact(connection, house, placeholder=True), await contact(connection, house)
        orders = [await deal(connection, house, whose) for whose in (guest, anna)]
    shop = await open_shop(house, RAW)
    person: dict[str, Any] = {"relation": "contact", "where": field_is("email", "is_not_set")}
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
            field_is("country", "not_equals", "DE"),
            {"relation": "deals", "quantifier": "at_least", "count": 3},
            {"relation": "deals", "measure": "sum", "field": "value", "op": "greater", "value": 100},
            {"relation": "deals", "pick": "last", "is": field_is("ordered_at", "in_last", {"days": 3})},
            {"any": [field_is("tags", "in_any", ["gold"]), field_is("likes", "has_any", ["XL"])]},
            field_is("points", "between", [1, 5]),
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
    assert [leaf.holds for leaf in told.leaves] == [True, False, True, True, True, False, True]
    assert [leaf.decides for leaf in told.leaves] == [False, True, False, False, False, False, False]
    assert [leaf.flips for leaf in told.leaves] == [
        'Country is "PL". This holds as long as it is not "DE".',
        "There are 2 deals; 1 more would change it.",
        "The sum of Value (EUR) in deals is 120. This holds as long as it is more than 100.",
        "Another last deal may change it, and so may a change of this one.",
        'It has "gold" of these; one fewer would change it.',
        'Likes is "tea". This holds once it has any of "XL".',
        "Points is 5. This holds as long as it is from 1 to 5.",
    ]
    assert len(told.leaves[1].related) == 2
    assert (told.leaves[1].related_to, told.leaves[0].related_to) == ("deal", "")
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
        lambda op, value: field_is(name, op, value),
        st.sampled_from(["equals", "not_equals"] if name == "country" else ["equals", "greater", "less_or_equal"]),
        _values[name],
    )
)
_of_deals = st.builds(
    lambda op, value: field_is("value", op, value), st.sampled_from(["greater", "less"]), st.integers(0, 110)
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
