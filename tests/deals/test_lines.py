"""Receipt lines: prices, returns, and how a resent list meets the lines that are there."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealt.deals.lines import LineDraft, line_total, merge_lines, parse_lines, totals
from dealt.deals.model import Line
from dealt.kernel.errors import InvalidInput
from dealt.products import ProductFacts

IDS = {"A": 1, "B": 2, "C": 3}
MUG = ProductFacts(1, "A", "Mug", "https://x.example/mug.png", None)


def product_of(draft: LineDraft) -> int | None:
    return IDS.get(draft.product_custom_id or "")


def strict_product_of(draft: LineDraft) -> int | None:
    """Knows only what this very message names, as a set of works does."""
    assert draft.product_custom_id is None
    return draft.product_id


def merge(sent: Any, before: list[Line] | None = None, facts: dict[int, ProductFacts] | None = None) -> list[Line]:
    last = max([0, *(line.id for line in before or [])])
    return merge_lines(before or [], parse_lines(sent), product_of, facts or {}, "EUR", last)


def test_a_value_is_the_price_of_one_piece_and_a_discount_is_off_the_line() -> None:
    (line,) = merge([{"product_custom_id": "A", "value": 9.99, "quantity": 3, "discount": 2}])
    assert (line.value, line.total) == (Decimal("9.99"), Decimal("27.97"))


def test_an_explicit_total_is_exact_and_the_price_of_one_piece_follows() -> None:
    (line,) = merge([{"product_custom_id": "A", "total": 10, "quantity": 3}])
    assert (line.value, line.total) == (Decimal("3.333333"), Decimal(10))


def test_what_a_line_costs_is_known_before_it_meets_any_other() -> None:
    sent = [
        {"product_custom_id": "A", "value": 9.99, "quantity": 3, "discount": 2},
        {"product_custom_id": "A", "value": 9.99},
        {"product_custom_id": "A", "value": 9.99, "total": 8},
    ]
    assert [line_total(draft) for draft in parse_lines(sent)] == [Decimal("27.97"), Decimal("9.99"), Decimal(8)]


def test_a_line_of_nothing_keeps_its_total() -> None:
    (line,) = merge([{"product_custom_id": "A", "total": "1.50", "quantity": 0}])
    assert (line.quantity, line.value, line.total) == (0, 0, Decimal("1.50"))


def test_every_sent_key_is_kept_and_the_catalogue_fills_what_is_missing() -> None:
    (line,) = merge([{"product_custom_id": "A", "value": 1, "engraving": {"text": "Ann"}}], facts={1: MUG})
    assert line.receipt == {
        "product_custom_id": "A", "value": 1, "engraving": {"text": "Ann"}, "id": 1, "name": "Mug",
        "image_url": "https://x.example/mug.png",
    }  # fmt: skip


def test_a_resent_line_keeps_its_frozen_name_and_its_returns() -> None:
    before = merge([{"product_custom_id": "A", "value": 5, "quantity": 2, "returned_quantity": 1}], facts={1: MUG})
    renamed = ProductFacts(1, "A", "Cup", None, None)
    (line,) = merge([{"product_custom_id": "A", "value": 6, "quantity": 2}], before, {1: renamed})
    assert (line.id, line.receipt["name"], line.value) == (1, "Mug", 6)
    assert (line.returned_quantity, line.refunded_value) == (1, 6)


def test_two_lines_of_one_product_meet_their_own_by_ordinal() -> None:
    before = merge([{"product_custom_id": "A", "value": 1}, {"product_custom_id": "A", "value": 2}])
    after = merge(
        [{"product_custom_id": "B", "value": 9}, *({"product_custom_id": "A", "value": v} for v in (1, 2, 3))], before
    )
    assert [(line.id, line.value) for line in after] == [(3, 9), (1, 1), (2, 2), (4, 3)]


def test_a_line_named_by_its_id_may_be_partial() -> None:
    before = merge([{"product_custom_id": "A", "value": 5, "quantity": 2, "colour": "red"}])
    (line,) = merge([{"id": 1, "quantity": 3}], before)
    assert (line.quantity, line.value, line.receipt["colour"]) == (3, 5, "red")


def test_a_line_whose_product_is_replaced_takes_the_new_products_name() -> None:
    before = merge([{"product_custom_id": "B", "value": 5, "name": "Lamp"}])
    (line,) = merge([{"id": 1, "product_custom_id": "A", "name": None}], before, {1: MUG})
    assert (line.product_id, line.receipt["name"]) == (1, "Mug")


def test_a_line_may_be_given_a_product_of_the_other_kind() -> None:
    before = merge([{"product_custom_id": "A", "value": 5}])
    (line,) = merge_lines(before, parse_lines([{"id": 1, "product_id": 2}]), strict_product_of, {}, "EUR", 1)
    assert (line.product_id, line.receipt.get("product_custom_id"), line.receipt["product_id"]) == (2, None, 2)
    (line,) = merge([{"id": 1, "product_custom_id": "A"}], [line])
    assert (line.product_id, line.receipt.get("product_id"), line.receipt["product_custom_id"]) == (1, None, "A")


@pytest.mark.parametrize("sent", [{"value": None}, {"value": ""}, {"value": None, "quantity": 3}])
def test_a_line_cannot_lose_its_price(sent: dict[str, Any]) -> None:
    before = merge([{"product_custom_id": "A", "value": 5}])
    with pytest.raises(InvalidInput) as refused:
        merge([{"id": 1} | sent], before)
    assert "order_products.0.value" in refused.value.fields


def test_a_line_cannot_be_given_twice() -> None:
    before = merge([{"product_custom_id": "A", "value": 5}])
    with pytest.raises(InvalidInput) as refused:
        merge([{"id": 1}, {"id": 1, "quantity": 2}], before)
    assert "order_products.1.id" in refused.value.fields


def test_no_total_is_larger_than_its_column() -> None:
    largest = 10**14 - 1
    with pytest.raises(InvalidInput):
        totals(merge([{"product_custom_id": "A", "value": -largest, "refunded_value": largest}]), "EUR", None)
    with pytest.raises(InvalidInput):  # 99999999999999.9999999999, which the column would round up
        merge([{"product_custom_id": "A", "value": "99999900000099.999900", "quantity": "1.000001"}])


@pytest.mark.parametrize("product", [{}, {"product_id": None}, {"product_id": 0}, {"product_id": "0"}])
def test_a_line_that_is_no_product_stands_by_its_name(product: dict[str, Any]) -> None:
    sent = [{"name": "Gift wrap", "value": 2, **product}, {"name": "Shipping", "value": 5, **product}]
    lines = merge([{"product_custom_id": "A", "value": 1}, *sent])
    assert [(line.id, line.product_id, line.total) for line in lines] == [(1, 1, 1), (2, None, 2), (3, None, 5)]
    assert lines[1].receipt == {**sent[0], "id": 2}
    again = merge([sent[1], sent[0] | {"value": 3}], lines)
    assert [(line.id, line.total) for line in again] == [(3, 5), (2, 3)]


@pytest.mark.parametrize("sent", [{"product_custom_id": None}, {"product_custom_id": ""}, {"product_id": 0}])
def test_a_line_whose_sender_has_lost_the_product_stands_by_its_price(sent: dict[str, Any]) -> None:
    """A plug-in sends null where the shop has deleted the article."""
    lines = merge([sent | {"value": 2, "quantity": 3}, {"product_custom_id": "A", "value": 1}])
    assert [(line.id, line.product_id, line.total) for line in lines] == [(1, None, 6), (2, 1, 1)]
    again = merge([{"product_custom_id": "A", "value": 1}, sent | {"value": 2, "quantity": 3}], lines)
    assert [line.id for line in again] == [2, 1]


def test_a_line_can_lose_its_product_and_get_one() -> None:
    before = merge([{"product_custom_id": "A", "value": 5, "name": "Mug"}])
    (line,) = merge([{"id": 1, "product_custom_id": None}], before)
    assert (line.product_id, line.receipt["name"]) == (None, "Mug")
    (line,) = merge([{"id": 1, "product_custom_id": "B"}], [line])
    assert line.product_id == 2


def test_a_line_that_is_left_out_is_gone() -> None:
    before = merge([{"product_custom_id": "A", "value": 1}, {"product_custom_id": "B", "value": 2}])
    assert [line.id for line in merge([{"product_custom_id": "B", "value": 2}], before)] == [2]


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ({"value": 1}, "order_products.0"),
        ({"product_custom_id": "A"}, "order_products.0.value"),
        ({"product_custom_id": "A", "value": 1, "quantity": -1}, "order_products.0.quantity"),
        ({"product_custom_id": "A", "value": True}, "order_products.0.value"),
        ({"product_custom_id": "A", "value": 1, "currency": "QQQ"}, "order_products.0.currency"),
        ({"product_custom_id": "A", "value": 1, "returned_quantity": 2}, "order_products.0.returned_quantity"),
        ({"product_custom_id": ["A"], "value": 1}, "order_products.0.product_custom_id"),
        ({"product_id": False, "name": "Gift wrap", "value": 1}, "order_products.0.product_id"),
        ({"product_id": -1, "name": "Gift wrap", "value": 1}, "order_products.0.product_id"),
        ({"name": " ", "value": 1}, "order_products.0"),
        ({"name": 7, "value": 1}, "order_products.0"),
        ({"name": "Gift wrap"}, "order_products.0.value"),
        ({"product_custom_id": "A", "value": 10**13, "quantity": 10**13}, "order_products"),
        ("a line", "order_products.0"),
    ],
)
def test_a_bad_line_is_refused_by_its_place(line: Any, place: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        merge([line])
    assert place in refused.value.fields


def test_a_line_id_that_the_deal_does_not_have_is_refused() -> None:
    before = merge([{"product_custom_id": "A", "value": 1}])
    with pytest.raises(InvalidInput):
        merge([{"id": 9, "value": 1}], before)


def test_lines_in_another_currency_never_add_up_silently() -> None:
    lines = merge([{"product_custom_id": "A", "value": 1}, {"product_custom_id": "B", "value": 1, "currency": "USD"}])
    assert totals(lines, "EUR", Decimal(5)) == (None, 0, Decimal(5))


amounts = st.decimals(min_value=0, max_value=10_000, places=2)


@given(st.lists(st.tuples(st.sampled_from("ABC"), amounts, st.integers(0, 50)), min_size=1, max_size=12))
def test_totals_are_the_exact_sums_of_the_lines(rows: list[tuple[str, Decimal, int]]) -> None:
    sent = [{"product_custom_id": sku, "value": str(value), "quantity": quantity} for sku, value, quantity in rows]
    lines = merge(sent)
    expected = sum((value * quantity for _, value, quantity in rows), Decimal(0))
    assert totals(lines, "EUR", None) == (expected, 0, expected)
    assert merge(sent, lines) == lines
