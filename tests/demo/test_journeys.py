"""dealt.demo.journeys: the steps of one order."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from random import Random

from dealt.demo import journeys
from dealt.demo.journeys import Step, journey

PLACED = datetime(2025, 3, 1, 9, tzinfo=UTC)


def _many(method: str = "Online", payment: str = "Card", units: int = 2) -> list[list[Step]]:
    rng = Random(5)
    return [journey(rng, PLACED, method, payment, units) for _ in range(600)]


def test_steps_are_in_time_order_and_begin_when_the_order_is_placed() -> None:
    for steps in _many():
        assert steps[0].at == PLACED
        assert all(earlier.at <= later.at for earlier, later in pairwise(steps))


def test_stages_only_move_forward() -> None:
    for steps in _many():
        assert all(earlier.stage <= later.stage for earlier, later in pairwise(steps))


def test_an_order_ends_abandoned_won_or_lost() -> None:
    ends = {(steps[-1].stage, steps[-1].status) for steps in _many()}
    assert {(1, 0), (5, 2), (6, 2), (6, 3), (2, 3), (3, 3)} <= ends
    assert all(status != journeys.IN_PROGRESS for _, status in ends)


def test_one_single_item_can_only_come_back_whole() -> None:
    returned = [steps[-1] for steps in _many(units=1) if steps[-1].stage == journeys.RETURNED]
    assert returned
    assert {step.refund for step in returned} == {"all"}


def test_only_what_was_paid_is_refunded() -> None:
    for steps in _many():
        paid = any(step.stage >= journeys.PAID for step in steps)
        assert paid or not steps[-1].refund


def test_over_the_counter_an_order_is_paid_and_handed_over_at_once() -> None:
    for steps in _many("Store", "Cash"):
        assert [step.stage for step in steps][:2] == [journeys.PAID, journeys.DELIVERED]
        assert steps[1].at == PLACED


def test_an_invoice_is_paid_later_than_a_card() -> None:
    def paid(payment: str) -> datetime:
        return min(step.at for steps in _many(payment=payment) for step in steps if step.stage == journeys.PAID)

    assert paid("Invoice") > paid("Card")
