"""The order in which a feed arrives, and how often each message does, make no difference to what is held at the end."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.derived.conftest import Running
from tests.derived.feeding import PEOPLE, Message, held, send
from tests.derived.shop import Shop, open_shop

_line = st.fixed_dictionaries(
    {
        "product_custom_id": st.sampled_from(["SKU-1", "SKU-2"]),
        "name": st.sampled_from(["Mug", "Book"]),
        "value": st.sampled_from([1, 9.99]),
        "quantity": st.integers(2, 3),
        "returned_quantity": st.integers(0, 1),
        "refunded_value": st.sampled_from([0, 0.5]),
    }
)
_time = st.integers(1, 4).map(lambda day: f"2024-01-0{day}T00:00:00Z")
_order = st.fixed_dictionaries(
    {
        "custom_id": st.sampled_from(["A", "B"]),
        "name": st.sampled_from(["Order", "Purchase"]),
        "user_custom_id": st.sampled_from(PEOPLE[:2]),
        "value": st.sampled_from([10, 20.5, None]),
        "currency": st.sampled_from(["EUR", "USD"]),
        "status": st.integers(0, 4),
        "stage": st.integers(1, 3),
        "won_at": st.just("2024-02-02T00:00:00Z"),
        "lost_at": st.none(),
        "order_date": st.sampled_from(["2024-01-15", "2024-02-20"]),
        "courier": st.sampled_from(["DHL", None]),
        "weight": st.sampled_from([1, 2.5, None]),
        "tags": st.lists(st.sampled_from(["vip", "sale"]), unique=True),
        "order_products": st.lists(_line, max_size=3),
        "source_updated_at": _time,
    }
)
# Of two orders at the very same moment the one that came first has the lower id, and so counts as the first.
_orders = _order.map(
    lambda order: order | {"order_date": f"{order['order_date']}T{'10' if order['custom_id'] == 'A' else '11'}:00:00Z"}
)
_deletion = st.fixed_dictionaries({"deleted": st.sampled_from(["A", "B"]), "source_updated_at": _time})


@st.composite
def _feeds(draw: st.DrawFn) -> tuple[list[Message], list[Message]]:
    """A feed, and the same in another order, some of it repeated."""
    feed = draw(st.lists(_orders | _orders | _deletion, min_size=2, max_size=7))
    repeated = draw(st.lists(st.sampled_from(feed), max_size=3))
    return feed, draw(st.permutations(feed + repeated))


async def _shop(running: Running) -> Shop:
    shop = await open_shop(*running)
    for person in PEOPLE[:2]:
        await shop.ask("POST", "users/", {"custom_id": person})
    definitions: list[dict[str, Any]] = [
        {"name": "spent", "source": "deals", "function": "sum", "field": "value", "net_of_returns": True},
        {"name": "latest", "source": "deals", "function": "last", "field": "courier"},
        {"name": "kept", "source": "order_products", "function": "sum", "field": "quantity", "net_of_returns": True},
    ]
    for body in definitions:
        assert await shop.ask("POST", "aggregators/", body)
    where = {"relation": "deals", "where": {"field": "status", "op": "equals", "value": 2}}
    assert await shop.ask("POST", "segments/", {"name": "Buyers", "filter": where})
    return shop


@settings(
    max_examples=12,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(feeds=_feeds())
async def test_any_order_and_any_repetition_ends_alike(
    app: Running, feeds: tuple[list[Message], list[Message]]
) -> None:
    ends = []
    for feed in feeds:
        shop = await _shop(app)
        await send(shop, feed)
        ends.append(await held(shop))
        await shop.close()
    for part, one in ends[0].items():
        assert one == ends[1][part], part


async def test_a_deletion_that_overtakes_its_order_holds(app: Running) -> None:
    shop = await _shop(app)
    order = {"custom_id": "A", "name": "Order", "user_custom_id": "anna", "source_updated_at": "2024-01-01T00:00:00Z"}
    gone = {"deleted": "A", "source_updated_at": "2024-01-02T00:00:00Z"}
    await send(shop, [gone, {**gone, "source_updated_at": "2024-01-01T00:00:00Z"}, order])
    assert (await held(shop))["deals"] == []
    created = await shop.client.post("deals/", json=order)
    assert created.status_code == 200 and created.json()["ignored"].startswith("A newer message deleted this deal")
    await send(shop, [order | {"source_updated_at": "2024-01-03T00:00:00Z"}])
    assert [row["known_as"] for row in (await held(shop))["deals"]] == ["A"]
    await shop.close()
