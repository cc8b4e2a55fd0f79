"""What becomes of an order: the stages and statuses it passes, and when."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

STAGES = ("Add to cart", "Order placed", "Paid", "Shipped", "Delivered", "Returned")
CART, PLACED, PAID, SHIPPED, DELIVERED, RETURNED = range(1, 7)
ABANDONED, IN_PROGRESS, WON, LOST, ARCHIVED = range(5)

RETURNED_IN_FULL = "Everything came back"
# reason -> (the stage it strikes in, its weight among losses)
LOSSES = {
    "Payment failed": (PLACED, 30),
    "Changed their mind": (PLACED, 22),
    "Found it cheaper": (PLACED, 10),
    "Out of stock": (PAID, 20),
    "Waited too long": (PAID, 8),
    "Lost in transit": (SHIPPED, 10),
}
LOSS_REASONS = (*LOSSES, RETURNED_IN_FULL)
OUTCOMES = {"delivered": 78, "abandoned": 12, "lost": 4, "returned": 6}
# A customer who is still thinking has three days before the cart counts as abandoned.
CART_PATIENCE = timedelta(days=3)
# One order of so many waits long: for what is out of stock, or on its way to the customer.
ONE_THAT_WAITS = 40
# payment method -> hours until the money is there
PAYMENT_HOURS = {"Card": (0.0, 0.05), "PayPal": (0.0, 0.05), "Bank transfer": (20, 90), "Invoice": (140, 620)}


class Step(NamedTuple):
    """From ``at`` on the order has this stage and status; ``stamp`` names the attribute that says when."""

    at: datetime
    stage: int
    status: int
    stamp: str = ""
    loss: str = ""
    refund: str = ""


def cart(begun: datetime) -> list[Step]:
    """A cart that never becomes an order."""
    return [Step(begun, CART, IN_PROGRESS), Step(begun + CART_PATIENCE, CART, ABANDONED)]


def journey(rng: Random, placed: datetime, method: str, payment: str, units: int) -> list[Step]:
    """The steps of one order in time order, future ones included; ``units`` is how many items it has."""
    (outcome,) = rng.choices(list(OUTCOMES), list(OUTCOMES.values()))
    if outcome == "abandoned" and method == "Online":
        return cart(placed)
    steps = _over_the_counter(placed) if method == "Store" else _posted(rng, placed, payment)
    if outcome == "lost" and method != "Store":
        return _lost(rng, steps)
    if outcome == "returned":
        return [*steps, _sent_back(rng, steps[-1].at, units)]
    return steps


def _over_the_counter(placed: datetime) -> list[Step]:
    return [Step(placed, PAID, IN_PROGRESS, "paid_at"), Step(placed, DELIVERED, WON, "delivered_at")]


def _posted(rng: Random, placed: datetime, payment: str) -> list[Step]:
    paid = placed + timedelta(hours=rng.uniform(*PAYMENT_HOURS[payment]))
    shipped = paid + timedelta(hours=rng.uniform(8, 50)) + _waits(rng, 9, 40)
    delivered = shipped + timedelta(hours=rng.uniform(26, 130)) + _waits(rng, 7, 25)
    return [
        Step(placed, PLACED, IN_PROGRESS),
        Step(paid, PAID, IN_PROGRESS, "paid_at"),
        Step(shipped, SHIPPED, IN_PROGRESS, "shipped_at"),
        Step(delivered, DELIVERED, WON, "delivered_at"),
    ]


def _waits(rng: Random, least: int, most: int) -> timedelta:
    """Most do not; a few do, for so many days."""
    return timedelta(days=rng.uniform(least, most) if rng.randrange(ONE_THAT_WAITS) == 0 else 0)


def _lost(rng: Random, steps: list[Step]) -> list[Step]:
    (reason,) = rng.choices(list(LOSSES), [weight for _, weight in LOSSES.values()])
    stage, _ = LOSSES[reason]
    kept = [step for step in steps if step.stage <= stage]
    at = kept[-1].at + timedelta(hours=rng.uniform(20, 150))
    return [*kept, Step(at, stage, LOST, loss=reason, refund="all" if stage >= PAID else "")]


def _sent_back(rng: Random, delivered: datetime, units: int) -> Step:
    at = delivered + timedelta(days=rng.uniform(4, 24))
    if units == 1 or rng.random() < 0.3:
        return Step(at, RETURNED, LOST, "returned_at", RETURNED_IN_FULL, "all")
    return Step(at, RETURNED, WON, "returned_at", refund="part")
