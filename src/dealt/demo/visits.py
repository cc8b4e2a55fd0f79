"""What customers did in the shop before they ordered, and which newsletters they opened, of the last weeks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from random import Random

from dealt.demo.catalogue import Row
from dealt.demo.instants import stamp

WEEKS = timedelta(weeks=8)
NEWSLETTERS = (("Ten per cent on winter boots", 4), ("What keeps a tent dry", 18), ("New in the workshop", 39))
"""Subjects, and how many days ago each was sent."""
_HOME, _MOST_LOOKED_AT, _ONE_THAT_OPENS = "https://fernhill.example/", 3, 3


def visits(
    rng: Random, now: datetime, contacts: Iterable[Row], orders: Iterable[Row], products: Iterable[Row]
) -> tuple[Row, ...]:
    """By time: bodies as the API takes events, product events and page views, each with its own ``event_custom_id``
    or ``custom_id``, told apart by ``kind``.
    """
    by_id = {product["custom_id"]: product for product in products}
    found = [
        one
        for order in orders
        if "user_custom_id" in order and order["order_method"] == "Online"
        for one in _before(rng, order, by_id)
        if now - WEEKS < datetime.fromisoformat(one["timestamp"])
    ]
    found += [one for contact in contacts if contact["newsletter"] for one in _letters(rng, now, contact)]
    return tuple(sorted(found, key=lambda one: str(one["timestamp"])))


def _before(rng: Random, order: Row, products: Mapping[str, Row]) -> Iterator[Row]:
    """A look at the shop and at what was bought, within the half hour before."""
    at = datetime.fromisoformat(order["order_date"]) - timedelta(minutes=rng.uniform(9, 25))
    who = {"user_custom_id": order["user_custom_id"]}
    own = order["custom_id"]
    yield _view(who, at, f"{own}-home", _HOME, "Fernhill Supply")
    for place, line in enumerate(order["order_products"][:_MOST_LOOKED_AT]):
        product = products[line["product_custom_id"]]
        at += timedelta(seconds=rng.uniform(30, 140))
        yield _view(who, at, f"{own}-{place}", product["product_url"], product["name"])
        about = {"data": {"custom_id": product["custom_id"]}}
        added = stamp(at + timedelta(seconds=rng.uniform(5, 25)))
        yield who | about | {
            "kind": "product_event", "event_type": "add to cart", "timestamp": added,
            "event_custom_id": f"{own}-{place}",
        }  # fmt: skip


def _view(who: Row, at: datetime, own: str, url: str, title: str) -> Row:
    return who | {"kind": "page_view", "timestamp": stamp(at), "event_custom_id": own, "url": url, "title": title}


def _letters(rng: Random, now: datetime, contact: Row) -> Iterator[Row]:
    for number, (subject, days_ago) in enumerate(NEWSLETTERS):
        if rng.randrange(_ONE_THAT_OPENS) == 0:
            at = now - timedelta(days=days_ago, hours=rng.uniform(0, 30))
            yield {
                "kind": "event", "user_custom_id": contact["custom_id"], "timestamp": stamp(at),
                "custom_id": f"letter-{number}-{contact['custom_id']}", "name": "Newsletter opened",
                "data": {"subject": subject},
            }  # fmt: skip
