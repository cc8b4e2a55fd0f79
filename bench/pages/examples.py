"""Addresses that stand for each route of the pages: what is put in the place of a parameter.

A test holds that no route with a parameter is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import asyncpg

from bench.shop import Shop
from dealt.pages import ROUTES

LEFT_OUT = {
    "/live/": "a stream",
    "/board/<int:id>/live/": "a stream, which pages.board measures",
    "/imports/<int:id>/refused/": "a file of every refused row",
    "/companies/<int:id>/values/<int:aggregator>/": "the shop has no aggregators of companies",
    "/pictures/": "it waits for another server",
    "/reset/<secret>/": "a link of a mail",
    "/invited/<secret>/": "a link of a mail",
}
"""Routes that are not visited, and why; exports of lists are left out too, as they are files of every row."""

# A name in braces is one of the ids below; an address is visited with each of them in turn.
EXAMPLES: dict[str, dict[str, str]] = {
    "/palette/": {
        "The palette, a rare word": "/palette/?q=contact-7{n}",
        "The palette, two letters": "/palette/?q=an",
        "The palette, three letters that all have": "/palette/?q=con",
        "The palette, a name": "/palette/?q=anna+wal",
        "The palette, an order": "/palette/?q=order-f{n}",
        "The palette, nothing": "/palette/?q=zzzqqq",
    },
    "/deals/<int:id>/": {"A deal": "/deals/{deal}/", "A deal of the largest contact": "/deals/{large}/"},
    "/contacts/<int:id>/": {"A contact": "/contacts/{contact}/", "The largest contact": "/contacts/1/"},
    "/contacts/<int:id>/orders/": {"More orders of the largest contact": "/contacts/1/orders/?behind={large}"},
    "/contacts/<int:id>/timeline/": {
        "The timeline of a contact": "/contacts/{contact}/timeline/",
        "The timeline of the largest contact": "/contacts/1/timeline/",
    },
    "/contacts/<int:id>/merge/": {"Two contacts side by side": "/contacts/{contact}/merge/?user_id=1"},
    "/contacts/<int:id>/values/<int:aggregator>/": {
        "Why a value": "/contacts/{contact}/values/{aggregator}/",
        "Why a value of the largest contact": "/contacts/1/values/{aggregator}/",
    },
    "/contacts/<int:id>/segments/<int:segment>/": {
        "Why in a segment": "/contacts/{contact}/segments/{segment}/",
        "Why the largest contact is in a segment": "/contacts/1/segments/{segment}/",
    },
    "/companies/<int:id>/": {"A company": "/companies/{company}/", "The largest company": "/companies/1/"},
    "/products/<int:id>/": {
        "A product that is bought often": "/products/{bought}/",
        "A product": "/products/{product}/",
    },
    "/tasks/<int:id>/": {"A task": "/tasks/{task}/"},
    "/segments/<int:id>/": {"A segment": "/segments/{segment}/"},
    "/segments/<int:id>/edit/": {"A segment, to edit": "/segments/{segment}/edit/"},
    "/aggregators/<int:id>/": {"An aggregator": "/aggregators/{aggregator}/"},
    "/rfm/<int:id>/": {"An RFM": "/rfm/1/"},
    "/rfm/<int:id>/people/": {
        "The people of a cell": "/rfm/1/people/?r=5&f=5",
        "The people of a cell with hardly anybody": "/rfm/1/people/?r=1&f=5&m=1",
    },
    "/rfm/<int:id>/edit/": {"An RFM, to edit": "/rfm/1/edit/"},
    "/board/<int:id>/": {
        "A board": "/board/1/",
        "A board, by value": "/board/1/?sort=value",
        "A board, searched": "/board/1/?q=order+{n}",
        "A board, of one product": "/board/1/?product={bought}",
        "A board, by person": "/board/1/?group=assigned",
        "A board, by tag": "/board/1/?group=tag",
        "A board, by company, in the order of names": "/board/1/?group=company&sort=name",
        "A board, by an attribute": "/board/1/?group=attributes.order_method",
    },
    "/board/<int:id>/column/<int:stage>/": {"More of a column": "/board/1/column/1/"},
    "/board/<int:id>/cards/": {"Cards of a board": "/board/1/cards/?ids={deal}"},
    "/settings/attributes/<int:id>/": {"An attribute": "/settings/attributes/1/"},
    "/settings/pipelines/<int:id>/": {"A pipeline": "/settings/pipelines/1/"},
    "/settings/webhooks/<int:id>/": {"A webhook": "/settings/webhooks/1/"},
    "/settings/webhooks/<int:id>/deliveries/<int:delivery_id>/": {
        "A delivery": "/settings/webhooks/1/deliveries/{delivery}/",
    },
    "/imports/<int:id>/": {"An import": "/imports/1/"},
}

# $1 the workspace.
_IDS = {
    "deal": "SELECT id FROM deals WHERE workspace_id = $1 AND id % 997 = 5 LIMIT 200",
    "large": "SELECT id FROM deals WHERE workspace_id = $1 AND contact_id = 1 AND id % 31 = 5 LIMIT 100",
    "contact": "SELECT contact_id FROM deals WHERE workspace_id = $1 AND contact_id > 1000 AND id % 997 = 7 LIMIT 200",
    "company": "SELECT id FROM companies WHERE workspace_id = $1 AND id > 1 LIMIT 100",
    "product": "SELECT id FROM products WHERE workspace_id = $1 AND id > 10000 LIMIT 100",
    "bought": "SELECT id FROM products WHERE workspace_id = $1 AND id <= 100",
    "task": "SELECT id FROM tasks WHERE workspace_id = $1 LIMIT 100",
    "segment": "SELECT id FROM segments WHERE workspace_id = $1 AND subject = 'contact' AND deleted_at IS NULL",
    "aggregator": "SELECT id FROM aggregators WHERE workspace_id = $1",
    "delivery": "SELECT id FROM webhook_deliveries WHERE workspace_id = $1 AND webhook_id = 1 LIMIT 50",
}
BARS = {"/board/": 200.0}
BAR = 100.0
"""Milliseconds within which 95 of 100 must be answered."""


@dataclass(frozen=True)
class Visited:
    """One page: what it is called, its addresses, and the milliseconds that 95 of 100 may take."""

    name: str
    addresses: list[str]
    bar: float


async def look_up(shop: Shop) -> dict[str, list[Any]]:
    """Ids of everything that examples name."""
    connection = await asyncpg.connect(shop.dsn)
    try:
        found = {
            name: [row[0] for row in await connection.fetch(query, shop.workspace_id)] for name, query in _IDS.items()
        }
    finally:
        await connection.close()
    return found | {"n": list(range(11, 1_000, 7))}


def visits(ids: dict[str, list[Any]]) -> Iterator[Visited]:
    """Each page of the route table, one after the other."""
    for route in ROUTES:
        if route.methods != ("GET",) or is_left_out(route.path):
            continue
        bar = BARS.get(route.path[:7], BAR)
        for name, address in EXAMPLES.get(route.path, {route.path: route.path}).items():
            yield Visited(name, _filled(address, ids), bar)


def is_left_out(path: str) -> bool:
    """Whether a route is not visited."""
    return path in LEFT_OUT or (path.endswith("/export/") and not path.startswith("/settings/"))


def _filled(address: str, ids: dict[str, list[Any]]) -> list[str]:
    named = [name for name in ids if f"{{{name}}}" in address]
    if not named:
        return [address]
    times = max(len(ids[name]) for name in named)
    return [address.format(**{name: ids[name][turn % len(ids[name])] for name in named}) for turn in range(times)]
