"""How an order came to be what it is: what the shop told of it, and when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import pairwise

from dealt.demo.catalogue import Row
from dealt.demo.instants import stamp
from dealt.demo.journeys import LOSS_REASONS, Step

AT_ONCE = timedelta(minutes=10)
"""Steps that follow each other so fast are told as one: an order that is paid by card arrives as paid."""
_AFTERWARDS = ("returned_quantity", "refunded_value")


def fate(passed: Sequence[Step]) -> Row:
    """Stage, status, the instants on the way, and why it was lost if it was."""
    last = passed[-1]
    told: Row = {"stage": last.stage, "status": last.status}
    told |= {step.stamp: stamp(step.at) for step in passed if step.stamp}
    if last.loss:
        told["loss_reason"] = LOSS_REASONS.index(last.loss) + 1
    return told


def course(order: Row, passed: Sequence[Step]) -> tuple[tuple[str, Row], ...]:
    """The order as it was told first, and what was told of it later on, each with its stamp."""
    told = [place for place, step in enumerate(passed) if not _is_followed_at_once(passed, place)]
    states = [_state(order, passed[: place + 1], is_last=place == told[-1]) for place in told]
    moments = [stamp(passed[place].at) for place in told]
    news = [states[0]] + [
        {"custom_id": order["custom_id"]} | {name: value for name, value in after.items() if before.get(name) != value}
        for before, after in pairwise(states)
    ]
    return tuple(zip(moments, news, strict=True))


def _is_followed_at_once(passed: Sequence[Step], place: int) -> bool:
    return place + 1 < len(passed) and passed[place + 1].at - passed[place].at < AT_ONCE


def _state(order: Row, passed: Sequence[Step], *, is_last: bool) -> Row:
    if is_last:
        return order
    later = {"loss_reason", *(name for name in order if name.endswith("_at"))}
    begun = {name: value for name, value in order.items() if name not in later}
    return begun | {"order_products": list(_without_returns(order["order_products"]))} | fate(passed)


def _without_returns(lines: Iterable[Row]) -> Iterable[Row]:
    return ({name: value for name, value in line.items() if name not in _AFTERWARDS} for line in lines)
