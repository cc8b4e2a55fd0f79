"""Both clients against a running server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, assert_type

import pytest

from dealt.accounts import create_token
from dealt.client import (
    AsyncClient,
    AsyncPages,
    Client,
    Conflict,
    Forbidden,
    InvalidInput,
    NotAuthenticated,
    NotFound,
    Pages,
)
from dealt.client.shapes import BulkResult, ChangedDeal, Deal, Rehearsal, User
from dealt.kernel.db import transaction
from tests.client.conftest import QUICK, waiting
from tests.publicapi.conftest import Shop

ORDER = {
    "custom_id": "order-1", "name": "Order", "value": Decimal("19.90"), "currency": "EUR", "courier": "DHL",
    "ordered_at": datetime(2025, 6, 24, 12, tzinfo=UTC),
    "order_products": [{"product_custom_id": "mug", "value": 9.95, "quantity": 2}],
}  # fmt: skip


def what_type_checkers_see(client: Client, awaited: AsyncClient) -> None:
    """Never run: one description has both types."""
    assert_type(client.deals.get(1), Deal)
    assert_type(client.deals.list(), Pages[Deal])
    assert_type(client.deals.update.dry_run(1, {}), Rehearsal[ChangedDeal])
    assert_type(client.users.delete("ann"), None)
    assert_type(awaited.deals.get(1), Awaitable[Deal])
    assert_type(awaited.users.list(), AsyncPages[User])
    assert_type(awaited.deals.bulk([]), AsyncIterator[BulkResult])


def a_day_at_the_shop(client: Client) -> None:
    user = client.users.create({"custom_id": "ann", "email": "ann@example.com"})
    made = client.deals.create(ORDER | {"user_id": user["id"]})
    assert (made["value"], made["user_custom_id"], made.get("courier")) == ("19.90", "ann", "DHL")
    [line] = made["order_products"]
    client.deals.update_line(made["id"], line["id"], {"returned_quantity": 1})
    assert client.deals.get("order-1")["refunded_total"] == "9.95"
    assert client.deals.update("order-1", {"status": 2})["status"] == 2
    assert client.deals.get(made["id"], fields=("id", "status")) == {"id": made["id"], "status": 2}
    assert next(iter(client.deals.history(made["id"])))["kind"] == "deal.created"
    assert client.deals.add_tag(made["id"], "gift")["tag"]["name"] == "gift"
    assert client.deals.remove_line("order-1", line["id"])["order_products"] == []
    assert client.deals.delete("order-1") is None
    with pytest.raises(NotFound):
        client.deals.get("order-1")


async def test_an_order_is_made_changed_and_deleted(client: Client) -> None:
    await waiting(a_day_at_the_shop, client)


async def test_the_same_awaited(awaited: AsyncClient) -> None:
    user = await awaited.users.create({"custom_id": "ann", "email": "ann@example.com"})
    made = await awaited.deals.update_or_create(ORDER | {"user_id": user["id"]})
    assert made["created"] and made.get("courier") == "DHL"
    assert (await awaited.deals.update("order-1", {"status": 2}))["status"] == 2
    assert [change["kind"] async for change in awaited.deals.history(made["id"])][-1] == "deal.updated"
    assert [found["custom_id"] for found in await awaited.users.search(email="ann@example.com")] == ["ann"]
    await awaited.users.set_attributes("ann", {"city": "Oslo", "size": 39})
    assert (await awaited.users.get("ann"))["city"] == "Oslo"
    told = await awaited.users.add_event("ann", {"name": "visited", "data": {"hall": 3}})
    assert told["created"]
    assert [happening["type"] async for happening in awaited.users.timeline("ann")][:1] == ["event"]
    assert (await awaited.schema())["openapi"].startswith("3.1")
    assert (await awaited.workspace.get())["base_currency"]
    await awaited.exchange_rates.create_many([{"currency": "USD", "valid_from": "2025-01-01", "rate": "1.1"}])
    assert (await awaited.exchange_rates.put("USD", datetime(2025, 1, 1, tzinfo=UTC).date(), 1.2))["rate"]
    await awaited.exchange_rates.delete("USD", "2025-01-01")
    company = await awaited.companies.create({"name": "Acme"})
    assert (await awaited.companies.add_member(company["id"], "ann"))["employees"] == [user["id"]]
    assert [member["id"] async for member in awaited.companies.members(company["id"])] == [user["id"]]
    assert await awaited.users.update_many(["ann"], "country", "Norway") == {"status": "ok"}


async def test_pages_are_followed_to_the_end(awaited: AsyncClient, client: Client) -> None:
    made = [result["id"] async for result in awaited.deals.bulk({"name": f"Order {n}"} for n in range(7))]
    listed = awaited.deals.list(page_size=3, ordering="id", fields=["id"])
    first = await listed.first()
    assert (first.count, first.count_is_exact, len(first.results)) == (7, True, 3)
    assert [deal["id"] async for deal in listed] == made
    assert [len(page.results) async for page in listed.pages()] == [3, 3, 1]
    assert [deal["id"] async for deal in listed] == made, "every iteration begins anew"
    waited: Any = client.deals.list(page_size=3, ordering="id")
    assert [deal["id"] for deal in await waiting(list, waited)] == made
    assert [len(page.results) for page in await waiting(lambda: [*waited.pages()])] == [3, 3, 1]


async def test_pages_of_version_1_are_followed_too(shop: Shop) -> None:
    async with AsyncClient(shop.url, shop.token, version=1, retries=QUICK) as old:
        for n in range(5):
            await old.tags.create({"name": f"tag {n}"})
        assert len([tag async for tag in old.tags.list(page_size=2)]) == 5


async def test_any_text_may_be_an_id_of_your_own(awaited: AsyncClient) -> None:
    for custom_id in ("a/b", "..", ".", "å ß", "50%2F", "a?b#c", "ann@example.com", "1", "x;y=z&w+"):
        await awaited.deals.create({"custom_id": custom_id, "name": "Order"})
        assert (await awaited.deals.get(custom_id))["custom_id"] == custom_id
        assert [deal["custom_id"] async for deal in awaited.deals.list(custom_id=custom_id)] == [custom_id]


@pytest.mark.parametrize("nothing", ["", True])
def test_what_names_nothing_is_refused_before_it_is_sent(nothing: Any) -> None:
    with Client("http://127.0.0.1:9", "token") as client, pytest.raises(ValueError, match="names no object"):
        client.deals.delete(nothing)


async def test_a_rehearsal_tells_and_leaves_nothing(awaited: AsyncClient) -> None:
    told = await awaited.deals.create.dry_run({"name": "Order", "custom_id": "order-9"})
    assert told["dry_run"] is True and told["answer"] and told["answer"]["name"] == "Order"
    assert [change["kind"] for change in told["changes"]] == ["deal.created"]
    assert (await awaited.deals.list().first()).count == 0


async def test_errors_have_their_kind_and_say_what_was_asked(awaited: AsyncClient, shop: Shop) -> None:
    with pytest.raises(InvalidInput) as invalid:
        await awaited.deals.create({"name": "Order", "stage": 99})
    assert (invalid.value.status, [*invalid.value.fields]) == (400, ["stage"])
    assert invalid.value.request and invalid.value.request.method == "POST"
    assert "POST /api/public/deals/: stage: " in str(invalid.value) and shop.token not in str(invalid.value)
    with pytest.raises(NotFound) as missing:
        await awaited.users.get(999)
    assert (missing.value.status, missing.value.detail) == (404, "Not found.")
    await awaited.tags.create({"name": "new"}, idempotency_key="k1")
    with pytest.raises(Conflict) as conflict:
        await awaited.tags.create({"name": "other"}, idempotency_key="k1")
    assert conflict.value.idempotency_key == "k1"
    async with AsyncClient(shop.url, "wrong", retries=QUICK) as stranger:
        with pytest.raises(NotAuthenticated):
            await stranger.deals.list().first()


async def test_a_token_that_may_only_read_is_forbidden_to_write(shop: Shop) -> None:
    assert shop.app.services
    async with transaction(shop.app.services.pool) as connection:
        token = await create_token(
            connection, shop.workspace_id, "reader", scope="read", now=shop.app.services.clock.now()
        )
    async with AsyncClient(shop.url, token.secret, retries=QUICK) as reader:
        with pytest.raises(Forbidden):
            await reader.tags.create({"name": "new"})


async def test_the_address_may_be_the_servers_or_the_apis(shop: Shop) -> None:
    for url in (shop.url, shop.url.removesuffix("/"), shop.url.removesuffix("/api/public/")):
        async with AsyncClient(url, shop.token) as client:
            assert (await client.deals.list().first()).count == 0
    with pytest.raises(ValueError, match="not the address"):
        Client("shop.example", "token")


async def test_people_are_joined_separated_exported_and_erased(awaited: AsyncClient) -> None:
    ann, twin = [(await awaited.users.create({"custom_id": name}))["id"] for name in ("ann", "twin")]
    assert (await awaited.users.merge(ann, [twin]))["success"]
    assert [merge["user"] async for merge in awaited.users.merges("ann")] == [twin]
    assert (await awaited.users.unmerge("ann"))["users_list"] == [twin]
    assert [person["id"] for person in (await awaited.users.export(twin))["contacts"]] == [twin]
    assert (await awaited.users.erase("twin"))["erased"] == twin
    with pytest.raises(NotFound):
        await awaited.users.get(twin)


async def test_a_file_is_sent_in_parts(awaited: AsyncClient) -> None:
    made = await awaited.imports.create({"kind": "contacts", "file_name": "people.csv"})
    for number, part in enumerate((b"custom_id,email\n", b"ann,ann@example.com\n"), 1):
        await awaited.imports.put_part(made["id"], number, part)
    assert (await awaited.imports.start(made["id"]))["state"] == "queued"
    assert [reject async for reject in awaited.imports.rejected(made["id"])] == []
    await awaited.imports.delete(made["id"])
    assert (await awaited.imports.list().first()).count == 0


async def test_another_shop_sees_nothing_of_this(awaited: AsyncClient, other_shop: Shop) -> None:
    await awaited.deals.create({"custom_id": "order-1", "name": "Order"})
    async with AsyncClient(other_shop.url, other_shop.token) as stranger:
        with pytest.raises(NotFound):
            await stranger.deals.get("order-1")
