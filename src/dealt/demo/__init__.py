"""The demo shop: a year in the life of Fernhill Supply, invented, the same for the same seed and instant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from dealt.demo import orders as ordering
from dealt.demo import people
from dealt.demo.catalogue import Row, find_product, products
from dealt.demo.drawing import draw
from dealt.demo.history import Shelf, opening_products, product_edits
from dealt.demo.journeys import LOSS_REASONS, STAGES, WON
from dealt.demo.rates import Exchange, exchange_rates
from dealt.demo.receipts import cents, line_cents
from dealt.demo.visits import visits

__all__ = ["Row", "Shop", "draw", "find_product", "products", "shop"]


@dataclass(frozen=True, slots=True)
class Shop:
    """Everything to load, as plain dicts that JSON can carry.

    ``products`` is the catalogue of today; ``opening_products`` that of a year ago, from which ``product_edits``
    (dated, with ``before`` and ``after``) lead to it. ``stages`` and ``loss_reasons`` are names in the order of
    their ids, from 1, as ``orders`` use them. ``orders`` are sorted by ``order_date``; ``courses`` says of each, by its
    ``custom_id``, how it was told first, and what was told of it later on, each with its stamp. ``visits`` are what
    people did in the shop during the last weeks.
    """

    name: str
    currency: str
    stages: tuple[str, ...]
    loss_reasons: tuple[str, ...]
    exchange_rates: tuple[Row, ...]
    products: tuple[Row, ...]
    opening_products: tuple[Row, ...]
    product_edits: tuple[Row, ...]
    companies: tuple[Row, ...]
    contacts: tuple[Row, ...]
    orders: tuple[Row, ...]
    courses: Mapping[str, ordering.Course]
    visits: tuple[Row, ...]


def shop(now: datetime, seed: int = 1) -> Shop:
    """The shop at ``now``, an aware datetime; nothing in it happens after ``now``.

    Raises ValueError where ``now`` has no time zone.
    """
    if now.tzinfo is None:
        raise ValueError("The demo shop needs an instant with a time zone, for example datetime.now(UTC).")
    now = now.astimezone(UTC)
    rates = exchange_rates(_source(seed, "rates"), now)
    edits = product_edits(now)
    contacts = people.contacts(_source(seed, "people"))
    orders, courses = ordering.orders(_source(seed, "orders"), now, contacts, Shelf(edits), Exchange(rates))
    return Shop(
        name="Fernhill Supply",
        currency="EUR",
        stages=STAGES,
        loss_reasons=LOSS_REASONS,
        exchange_rates=rates,
        products=products(),
        opening_products=opening_products(edits),
        product_edits=edits,
        companies=people.companies(),
        contacts=_with_points(contacts, orders),
        orders=orders,
        courses=courses,
        visits=visits(_source(seed, "visits"), now, contacts, orders, products()),
    )


def _source(seed: int, part: str) -> Random:
    # A source for each part: one more draw in one of them leaves the others as they were.
    return Random(f"{seed} {part}")  # noqa: S311 - invented data, not a secret


def _with_points(contacts: Iterable[Row], orders: Iterable[Row]) -> tuple[Row, ...]:
    """Give every contact ``loyalty_points``: one for each unit of money kept in a won order."""
    points: Counter[str] = Counter()
    for order in orders:
        if order["status"] == WON and "user_custom_id" in order:
            points[order["user_custom_id"]] += sum(map(_kept_cents, order["order_products"]))
    return tuple(contact | {"loyalty_points": points[contact["custom_id"]] / 100} for contact in contacts)


def _kept_cents(line: Row) -> int:
    return line_cents(line) - cents(line.get("refunded_value", 0))
