"""dealt.demo.orders: what the year's orders look like."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from dealt.demo import Row, Shop

KEYS = {
    *("name", "custom_id", "user_custom_id", "company_custom_id", "value", "currency", "order_products"),
    *("products_custom_id", "stage", "status", "order_method", "order_date", "payment_method", "delivery_cost"),
    *("coupon", "tags", "loss_reason", "paid_at", "shipped_at", "delivered_at", "returned_at"),
}
LINE_KEYS = {
    *("product_custom_id", "name", "value", "currency", "quantity"),
    *("discount", "returned_quantity", "refunded_value"),
}


def _money(amount: float) -> Decimal:
    return Decimal(str(amount))


def _line_total(line: Row) -> Decimal:
    full: Decimal = line["quantity"] * _money(line["value"])
    return full - _money(line.get("discount", 0))


def _having(fernhill: Shop, stage: int, status: int) -> list[Row]:
    return [order for order in fernhill.orders if (order["stage"], order["status"]) == (stage, status)]


def test_there_are_about_two_thousand_orders_by_date(fernhill: Shop) -> None:
    dates = [order["order_date"] for order in fernhill.orders]
    assert 1900 <= len(dates) <= 2100
    assert dates == sorted(dates)


def test_orders_have_only_known_keys(fernhill: Shop) -> None:
    for order in fernhill.orders:
        assert set(order) <= KEYS
        assert all(set(line) <= LINE_KEYS for line in order["order_products"])


def test_value_is_the_sum_of_lines_and_delivery(fernhill: Shop) -> None:
    for order in fernhill.orders:
        lines = sum(map(_line_total, order["order_products"]), Decimal())
        assert _money(order["value"]) == lines + _money(order["delivery_cost"])


def test_amounts_have_at_most_two_decimals(fernhill: Shop) -> None:
    for order in fernhill.orders:
        amounts = [order["value"], order["delivery_cost"]]
        for line in order["order_products"]:
            amounts += [line["value"], line.get("discount", 0), line.get("refunded_value", 0)]
        assert all(_money(amount) == _money(amount).quantize(Decimal("0.01")) for amount in amounts)
        assert all(amount >= 0 for amount in amounts)


def test_nothing_happens_after_the_instant_or_before_the_year(fernhill: Shop, now: datetime) -> None:
    for order in fernhill.orders:
        begun = datetime.fromisoformat(order["order_date"])
        assert now - timedelta(days=366) < begun <= now
        moments = [datetime.fromisoformat(text) for key, text in order.items() if key.endswith("_at")]
        assert all(begun <= moment <= now for moment in moments)
        assert moments == sorted(moments)


def test_every_stage_and_every_status_occurs(fernhill: Shop) -> None:
    assert {order["stage"] for order in fernhill.orders} == {1, 2, 3, 4, 5, 6}
    assert {order["status"] for order in fernhill.orders} == {0, 1, 2, 3, 4}


def test_counts_per_stage_and_status_are_those_of_a_living_shop(fernhill: Shop) -> None:
    assert 1450 <= len(_having(fernhill, 5, 2)) <= 1750, "delivered"
    assert 120 <= len(_having(fernhill, 1, 0)) <= 260, "abandoned carts"
    assert 8 <= len(_having(fernhill, 1, 1)) <= 20, "open carts"
    assert 60 <= len([order for order in fernhill.orders if order["stage"] == 6]) <= 180, "returned"
    assert 30 <= len([order for order in fernhill.orders if order["status"] == 3 and order["stage"] < 6]) <= 120, "lost"
    assert 8 <= sum(len(_having(fernhill, stage, 1)) for stage in (2, 3, 4)) <= 90, "on their way"
    assert len(_having(fernhill, 2, 4)) == 8, "duplicates"


def test_most_of_what_is_in_progress_is_recent_and_some_is_stuck(fernhill: Shop, now: datetime) -> None:
    ages = [now - datetime.fromisoformat(order["order_date"]) for order in fernhill.orders if order["status"] == 1]
    assert max(ages) < timedelta(days=100)
    assert sum(age < timedelta(days=30) for age in ages) > 0.7 * len(ages)
    courses = [fernhill.courses[order["custom_id"]] for order in fernhill.orders if order["status"] == 1]
    assert any(now - datetime.fromisoformat(course[-1][0]) > timedelta(days=7) for course in courses)


def test_the_course_of_an_order_ends_with_the_order_and_begins_without_what_came_later(fernhill: Shop) -> None:
    for order in fernhill.orders:
        course = fernhill.courses[order["custom_id"]]
        moments = [at for at, _ in course]
        assert moments == sorted(set(moments))
        assert {**course[0][1], **{key: value for _, told in course[1:] for key, value in told.items()}} == order
    returned = next(order for order in fernhill.orders if order["stage"] == 6 and "shipped_at" in order)
    first, *_, last = (told for _, told in fernhill.courses[returned["custom_id"]])
    assert not {"shipped_at", "returned_at", "loss_reason"} & set(first)
    assert all("returned_quantity" not in line for line in first["order_products"])
    assert any("returned_quantity" in line for line in last["order_products"])


def test_a_cart_is_abandoned_after_three_days(fernhill: Shop, now: datetime) -> None:
    for order in _having(fernhill, 1, 0):
        assert datetime.fromisoformat(order["order_date"]) <= now - timedelta(days=3) + timedelta(seconds=1)
    for order in _having(fernhill, 1, 1):
        assert datetime.fromisoformat(order["order_date"]) > now - timedelta(days=3) - timedelta(seconds=1)


def test_every_lost_order_names_a_reason_and_no_other_does(fernhill: Shop) -> None:
    for order in fernhill.orders:
        assert ("loss_reason" in order) == (order["status"] == 3)
        assert 1 <= order.get("loss_reason", 1) <= len(fernhill.loss_reasons)
    assert len({order["loss_reason"] for order in fernhill.orders if "loss_reason" in order}) >= 5


def test_returned_orders_say_what_came_back_and_what_was_refunded(fernhill: Shop) -> None:
    for order in (order for order in fernhill.orders if order["stage"] == 6):
        returned = [line for line in order["order_products"] if "returned_quantity" in line]
        assert returned
        for line in returned:
            assert 1 <= line["returned_quantity"] <= line["quantity"]
            assert 0 < _money(line["refunded_value"]) <= _line_total(line)
        everything = all(line.get("returned_quantity") == line["quantity"] for line in order["order_products"])
        assert order["status"] == (3 if everything else 2)


def test_nothing_is_refunded_that_was_not_paid(fernhill: Shop) -> None:
    for order in fernhill.orders:
        if any("refunded_value" in line for line in order["order_products"]):
            assert "paid_at" in order


def test_lines_carry_the_currency_of_their_order(fernhill: Shop) -> None:
    for order in fernhill.orders:
        assert {line["currency"] for line in order["order_products"]} == {order["currency"]}


def test_a_few_orders_are_in_dollars_or_pounds(fernhill: Shop) -> None:
    currencies = Counter(order["currency"] for order in fernhill.orders)
    assert set(currencies) == {"EUR", "USD", "GBP"}
    assert 0.01 <= 1 - currencies["EUR"] / currencies.total() <= 0.1


def test_a_few_orders_are_from_guests(fernhill: Shop) -> None:
    assert 60 <= sum("user_custom_id" not in order for order in fernhill.orders) <= 80


def test_many_buy_once_and_a_few_thirty_times(fernhill: Shop) -> None:
    per_contact = Counter(order["user_custom_id"] for order in fernhill.orders if "user_custom_id" in order)
    how_many = Counter(per_contact.values())
    assert how_many[1] >= 200
    assert sum(people for orders, people in how_many.items() if orders >= 30) >= 3
    assert len(per_contact) < len(fernhill.contacts)


def test_old_orders_differ_from_the_catalogue_of_today(fernhill: Shop) -> None:
    today = {product["custom_id"]: product for product in fernhill.products}
    lines = [
        (line, today[line["product_custom_id"]])
        for order in fernhill.orders[:400]
        if order["currency"] == "EUR"
        for line in order["order_products"]
    ]
    assert sum(_money(line["value"]) != Decimal(now["price"]) for line, now in lines) > len(lines) / 5
    assert sum(line["name"] != now["name"] for line, now in lines) > 30


def test_new_orders_are_sold_as_the_catalogue_says(fernhill: Shop) -> None:
    today = {product["custom_id"]: product for product in fernhill.products}
    for order in fernhill.orders[-20:]:
        for line in order["order_products"]:
            assert line["name"] == today[line["product_custom_id"]]["name"]
            if order["currency"] == "EUR":
                assert _money(line["value"]) == Decimal(today[line["product_custom_id"]]["price"])


def test_a_product_stands_on_one_line_of_an_order(fernhill: Shop) -> None:
    for order in fernhill.orders:
        skus = [line["product_custom_id"] for line in order["order_products"]]
        assert len(set(skus)) == len(skus)
        assert skus == order["products_custom_id"]


def test_over_the_counter_nothing_is_posted(fernhill: Shop) -> None:
    in_store = [order for order in fernhill.orders if order["order_method"] == "Store"]
    assert in_store
    for order in in_store:
        assert order["delivery_cost"] == 0
        assert "shipped_at" not in order
        assert order["stage"] >= 5


def test_nobody_buys_over_the_counter_of_a_store_far_away(fernhill: Shop) -> None:
    stores = {contact["custom_id"]: contact["preferred_store"] for contact in fernhill.contacts}
    in_store = [order for order in fernhill.orders if order["order_method"] == "Store"]
    assert "Online" not in {stores.get(order.get("user_custom_id", "")) for order in in_store}


def test_the_season_shows_in_what_is_sold(fernhill: Shop) -> None:
    sold: Counter[tuple[str, bool]] = Counter()
    for order in fernhill.orders:
        summer = datetime.fromisoformat(order["order_date"]).astimezone(UTC).month in range(4, 10)
        for line in order["order_products"]:
            sold[line["product_custom_id"][:3], summer] += 1
    assert sold["TNT", True] > 1.3 * sold["TNT", False]
    assert sold["HAT", False] > 1.3 * sold["HAT", True]


def test_people_looked_around_before_they_ordered(fernhill: Shop, now: datetime) -> None:
    assert {one["kind"] for one in fernhill.visits} == {"event", "product_event", "page_view"}
    moments = [datetime.fromisoformat(one["timestamp"]) for one in fernhill.visits]
    assert moments == sorted(moments)
    assert now - timedelta(weeks=9) < moments[0] < moments[-1] <= now
    named = [(one["kind"], one.get("event_custom_id") or one["custom_id"]) for one in fernhill.visits]
    assert len(set(named)) == len(named)
