"""dealt.demo.receipts: the arithmetic of one order."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

from dealt.demo import Row
from dealt.demo.receipts import apply_coupon, coupon_at, delivery_cents, line_cents, refund_all, refund_part


def _lines() -> list[Row]:
    return [{"value": 9.5, "quantity": 3}, {"value": 24.0, "quantity": 1}]


def test_a_line_costs_quantity_times_unit_price_less_its_discount() -> None:
    assert line_cents({"value": 9.5, "quantity": 3, "discount": 2.85}) == 2565


def test_a_coupon_discounts_every_line_to_the_cent() -> None:
    lines = _lines()
    apply_coupon(lines, 15)
    assert [line["discount"] for line in lines] == [4.28, 3.6]


def test_delivery_is_free_from_eighty_euros_and_over_the_counter() -> None:
    assert delivery_cents(_lines(), "Online", express=False) == 490
    assert delivery_cents([{"value": 80.0, "quantity": 1}], "Online", express=False) == 0
    assert delivery_cents([{"value": 80.0, "quantity": 1}], "Online", express=True) == 700
    assert delivery_cents(_lines(), "Store", express=True) == 0


def test_a_full_return_gives_back_every_line() -> None:
    lines = _lines()
    refund_all(lines, goods_came_back=True)
    assert [(line["returned_quantity"], line["refunded_value"]) for line in lines] == [(3, 28.5), (1, 24.0)]


def test_goods_that_were_never_sent_do_not_come_back() -> None:
    lines = _lines()
    refund_all(lines, goods_came_back=False)
    assert all("returned_quantity" not in line for line in lines)


def test_a_part_return_leaves_something() -> None:
    for seed in range(50):
        for lines in (_lines(), _lines()[:1]):
            refund_part(Random(seed), lines)
            assert sum(line.get("returned_quantity", 0) for line in lines) < sum(line["quantity"] for line in lines)
            assert any(line.get("refunded_value") for line in lines)


def test_the_sales_week_has_its_coupon_and_a_first_order_another() -> None:
    rng = Random(1)
    in_sales = {coupon_at(rng, datetime(2025, 11, 25, tzinfo=UTC), False) for _ in range(50)}
    first = {coupon_at(rng, datetime(2025, 8, 1, tzinfo=UTC), True) for _ in range(50)}
    later = {coupon_at(rng, datetime(2025, 8, 1, tzinfo=UTC), False) for _ in range(50)}
    assert in_sales == {("WINTER20", 20), None}
    assert first == {("WELCOME10", 10), None}
    assert later == {None}
