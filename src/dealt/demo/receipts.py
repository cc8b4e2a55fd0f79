"""Money on an order: lines, coupons, delivery, refunds. All sums are in hundredths until they are written."""

from __future__ import annotations

from datetime import datetime
from random import Random

from dealt.demo.catalogue import Row

FREE_DELIVERY_FROM, DELIVERY, EXPRESS_SURCHARGE = 80_00, 4_90, 7_00


def cents(amount: float) -> int:
    """A JSON amount as a whole number of hundredths."""
    return round(amount * 100)


def line_cents(line: Row) -> int:
    """What a line costs: quantity times unit price, less the line's discount."""
    return int(line["quantity"]) * cents(line["value"]) - cents(line.get("discount", 0))


def coupon_at(rng: Random, at: datetime, first_order: bool) -> tuple[str, int] | None:
    """The coupon used, with its percentage; None for most orders."""
    if at.month == 11 and at.day >= 20:
        coupon, percent, share = "WINTER20", 20, 0.4
    elif at.month == 5:
        coupon, percent, share = "SPRING15", 15, 0.2
    else:
        coupon, percent, share = "WELCOME10", 10, 0.25 if first_order else 0
    return (coupon, percent) if rng.random() < share else None


def apply_coupon(lines: list[Row], percent: int) -> None:
    """Write the ``discount`` of each line, in money, rounded to the cent."""
    for line in lines:
        line["discount"] = round(line_cents(line) * percent / 100) / 100


def delivery_cents(lines: list[Row], method: str, express: bool) -> int:
    """What posting these lines costs; nothing over the counter."""
    if method == "Store":
        return 0
    subtotal = sum(map(line_cents, lines))
    return (0 if subtotal >= FREE_DELIVERY_FROM else DELIVERY) + (EXPRESS_SURCHARGE if express else 0)


def refund_all(lines: list[Row], *, goods_came_back: bool) -> None:
    """Give back the price of every line; delivery is not refunded."""
    for line in lines:
        line["refunded_value"] = line_cents(line) / 100
        if goods_came_back:
            line["returned_quantity"] = line["quantity"]


def refund_part(rng: Random, lines: list[Row]) -> None:
    """Take back one line of several, or some pieces of the only line (of two pieces or more)."""
    line = rng.choice(lines)
    quantity = line["quantity"]
    returned = rng.randint(1, quantity) if len(lines) > 1 else rng.randint(1, quantity - 1)
    line["returned_quantity"] = returned
    line["refunded_value"] = round(line_cents(line) * returned / quantity) / 100
