"""A year of orders, each in the shape that ``POST /deals/update_or_create/`` takes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from dealt.demo import journeys, receipts
from dealt.demo.baskets import Assortment
from dealt.demo.catalogue import Row
from dealt.demo.courses import course, fate
from dealt.demo.history import Shelf
from dealt.demo.instants import stamp
from dealt.demo.journeys import Step
from dealt.demo.people import currency_of
from dealt.demo.rates import Exchange
from dealt.demo.rhythm import Calendar, purchase_moments

# how many orders somebody makes in the year -> how many of the 600 contacts do
ORDERS_PER_CONTACT = {
    0: 45, 1: 227, 2: 105, 3: 70, 4: 40, 5: 30, 6: 22, 8: 18, 10: 14, 14: 12, 18: 7, 24: 5, 30: 5,
}  # fmt: skip
GUEST_ORDERS, GUEST_CARTS, DUPLICATES = 60, 8, 8
FIRST_NUMBER = 20001
Course = tuple[tuple[str, Row], ...]
Passed = tuple[Row, list[Step]]
"""An order without its number, and the steps that it has passed."""


class Till:
    """Writes orders; one random source, so the same seed and ``now`` give the same year."""

    def __init__(self, rng: Random, now: datetime, shelf: Shelf, exchange: Exchange) -> None:
        self._rng, self._now, self._shelf, self._exchange = rng, now, shelf, exchange
        self._assortment = Assortment()

    def year_of(self, contact: Row | None, moments: Sequence[datetime]) -> list[Passed]:
        """The orders of one contact (None: a guest) at ascending ``moments``, the first order first."""
        tastes = self._assortment.tastes(self._rng)
        return [self._order(contact, at, tastes, at == moments[0]) for at in moments]

    def open_cart(self, at: datetime) -> Passed:
        """A guest's cart, begun so lately that it may still become an order."""
        return self._order(None, at, self._assortment.tastes(self._rng), False, journeys.cart(at))

    def _order(
        self, contact: Row | None, at: datetime, tastes: list[str], first: bool, steps: list[Step] | None = None
    ) -> Passed:
        trade = bool(contact and "company_custom_id" in contact)
        method, payment = ("Online", "Card") if steps else self._how(contact)
        currency = currency_of(contact["country"]) if contact else "EUR"
        lines = self._lines(at, tastes, currency, trade)
        units = sum(line["quantity"] for line in lines)
        planned = steps or journeys.journey(self._rng, at, method, payment, units)
        passed = [step for step in planned if step.at <= self._now]
        bought = passed[-1].stage != journeys.CART
        extras: Row = {"delivery_cost": 0.0}
        if bought:
            extras = self._extras(at, lines, method, first=first, trade=trade) | {"payment_method": payment}
        self._refund(lines, passed[-1])
        return _whose(contact) | _head(at, lines, currency, method) | extras | fate(passed), passed

    def _how(self, contact: Row | None) -> tuple[str, str]:
        """The order method and the payment method; only who has a store nearby buys over the counter."""
        rng = self._rng
        if contact and "company_custom_id" in contact:
            return rng.choice(("Online", "Phone")), rng.choice(("Invoice", "Invoice", "Invoice", "Card"))
        (method,) = rng.choices(("Online", "Store", "Phone"), (75, 20, 5))
        if method == "Store" and contact and contact["preferred_store"] == "Online":
            method = "Online"
        if method == "Store":
            return method, rng.choice(("Card", "Card", "Cash"))
        return method, rng.choices(("Card", "PayPal", "Bank transfer"), (55, 30, 15))[0]

    def _lines(self, at: datetime, tastes: list[str], currency: str, trade: bool) -> list[Row]:
        basket = self._assortment.basket(self._rng, at, tastes)
        written = stamp(at)
        lines = []
        for sku, pieces in basket.items():
            product = self._shelf.product(sku, written)
            unit = self._exchange.cents(receipts.cents(float(product["price"])), currency, written)
            quantity = pieces * self._rng.randint(2, 4) if trade else pieces
            lines.append(
                {
                    "product_custom_id": sku,
                    "name": product["name"],
                    "value": unit / 100,
                    "currency": currency,
                    "quantity": quantity,
                }
            )
        return lines

    def _extras(self, at: datetime, lines: list[Row], method: str, *, first: bool, trade: bool) -> Row:
        """Coupon, tags and delivery; writes the discounts into the lines."""
        rng, extras, tags = self._rng, Row(), ["wholesale"] if trade else []
        coupon = None if trade or method == "Store" else receipts.coupon_at(rng, at, first)
        if coupon:
            extras["coupon"], percent = coupon
            receipts.apply_coupon(lines, percent)
        express = method != "Store" and rng.random() < 0.06
        if express:
            tags.append("express")
        if not trade and rng.random() < (0.16 if at.month in (11, 12) else 0.04):
            tags.append("gift")
        if tags:
            extras["tags"] = tags
        return extras | {"delivery_cost": receipts.delivery_cents(lines, method, express) / 100}

    def _refund(self, lines: list[Row], last: Step) -> None:
        if last.refund == "all":
            receipts.refund_all(lines, goods_came_back=last.stage == journeys.RETURNED)
        elif last.refund == "part":
            receipts.refund_part(self._rng, lines)


def _whose(contact: Row | None) -> Row:
    if contact is None:
        return {}
    links = {"user_custom_id": contact["custom_id"]}
    if "company_custom_id" in contact:
        links["company_custom_id"] = contact["company_custom_id"]
    return links


def _head(at: datetime, lines: list[Row], currency: str, method: str) -> Row:
    return {
        "currency": currency,
        "order_products": lines,
        "products_custom_id": [line["product_custom_id"] for line in lines],
        "order_method": method,
        "order_date": stamp(at),
    }


def orders(
    rng: Random, now: datetime, contacts: Sequence[Row], shelf: Shelf, exchange: Exchange
) -> tuple[tuple[Row, ...], dict[str, Course]]:
    """About 2,000 orders of the 365 days before ``now``, by ``order_date``; no instant in them is after ``now``. And
    the course of each, by its ``custom_id``.

    ``value`` is the sum of the lines (quantity times unit price, less ``discount``) and ``delivery_cost``.
    ``loss_reason`` counts ``LOSS_REASONS`` from 1, ``stage`` counts ``STAGES`` from 1. A guest's order has no
    ``user_custom_id``.
    """
    till = Till(rng, now, shelf, exchange)
    counts = [count for count, people in ORDERS_PER_CONTACT.items() for _ in range(people)]
    rng.shuffle(counts)
    moments = purchase_moments(rng, Calendar(now), counts + [1] * GUEST_ORDERS)
    buyers = [*contacts, *[None] * GUEST_ORDERS]
    written = [
        order for buyer, of_buyer in zip(buyers, moments, strict=True) for order in till.year_of(buyer, of_buyer)
    ]
    written += [till.open_cart(now - timedelta(hours=rng.uniform(0.3, 70))) for _ in range(GUEST_CARTS)]
    written += _duplicates(rng, [order for order, _ in written])
    written.sort(key=lambda one: str(one[0]["order_date"]))
    named = [(_named(order, number), passed) for number, (order, passed) in enumerate(written, FIRST_NUMBER)]
    return tuple(order for order, _ in named), {order["custom_id"]: course(order, passed) for order, passed in named}


def _duplicates(rng: Random, written: list[Row]) -> list[Passed]:
    """Orders that somebody placed twice by mistake, minutes apart; the second one was archived."""
    sent = [order for order in written if order["stage"] == journeys.DELIVERED and "shipped_at" in order]
    return [_copied(order, timedelta(seconds=rng.randint(40, 400))) for order in rng.sample(sent, DUPLICATES)]


def _copied(order: Row, later: timedelta) -> Passed:
    kept = {key: value for key, value in order.items() if not key.endswith("_at")}
    at = datetime.fromisoformat(order["order_date"]) + later
    copy = kept | {
        "order_products": [dict(line) for line in order["order_products"]],
        "products_custom_id": list(order["products_custom_id"]),
        "order_date": stamp(at),
        "stage": journeys.PLACED,
        "status": journeys.ARCHIVED,
        "tags": [*order.get("tags", ()), "duplicate"],
    }
    return copy, [Step(at, journeys.PLACED, journeys.ARCHIVED)]


def _named(order: Row, number: int) -> Row:
    kind = "Cart" if order["stage"] == journeys.CART else "Order"
    lines = sum(map(receipts.line_cents, order["order_products"]))
    value = (lines + receipts.cents(order["delivery_cost"])) / 100
    return {"name": f"{kind} #{number}", "custom_id": f"FS-{number}", "value": value, **order}
