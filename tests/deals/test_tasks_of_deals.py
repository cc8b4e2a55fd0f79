"""A deal's tasks follow it to another contact, and stay behind when it goes."""

from __future__ import annotations

from typing import Any

from dealt.accounts import Actor
from dealt.kernel.db import transaction
from dealt.tasks import TaskPatch, create_task, read_task
from tests.publicapi.conftest import Shop


async def add_task(shop: Shop, deal_id: int) -> int:
    assert shop.app.services
    services, actor = shop.app.services, Actor(shop.workspace_id, "token:1")
    now = services.clock.now()
    patch = TaskPatch({"name": "Call", "due_at": now, "deal_id": deal_id})
    async with transaction(services.pool) as connection:
        return (await create_task(connection, actor, patch, services.definitions, now=now)).id


async def task(shop: Shop, task_id: int) -> dict[str, Any]:
    assert shop.app.services
    return dict(await read_task(shop.app.services.pool, shop.workspace_id, task_id))


async def test_a_deal_takes_its_tasks_along_and_still_counts_them(shop: Shop) -> None:
    for name in ("jane", "john"):
        assert (await shop.client.post("users/", json={"custom_id": name})).status_code == 201
    deal = (await shop.client.post("deals/", json={"name": "Order", "user_custom_id": "jane"})).json()
    assert deal["activities_status"] == "no planned"
    task_id = await add_task(shop, deal["id"])
    assert (await task(shop, task_id))["contact_id"] == deal["user_id"]
    moved = (await shop.client.put(f"deals/{deal['id']}/", json={"user_custom_id": "john"})).json()
    assert moved["user_id"] != deal["user_id"]
    assert (await task(shop, task_id))["contact_id"] == moved["user_id"]
    assert (await shop.client.get(f"deals/{deal['id']}/")).json()["activities_status"] == "planned"


async def test_a_guests_task_is_shown_with_the_person_who_is_found_out_later(shop: Shop) -> None:
    await shop.client.post("users/", json={"custom_id": "jane"})
    deal = (await shop.client.post("deals/", json={"name": "Order"})).json()
    task_id = await add_task(shop, deal["id"])
    assert (await task(shop, task_id))["contact_id"] is None
    known = (await shop.client.put(f"deals/{deal['id']}/", json={"user_custom_id": "jane"})).json()
    assert (await task(shop, task_id))["contact_id"] == known["user_id"]


async def test_a_deleted_deal_leaves_its_tasks_to_the_contact(shop: Shop) -> None:
    user = (await shop.client.post("users/", json={"custom_id": "jane"})).json()
    deal = (await shop.client.post("deals/", json={"name": "Order", "user_custom_id": "jane"})).json()
    task_id = await add_task(shop, deal["id"])
    assert (await shop.client.delete(f"deals/{deal['id']}/")).status_code == 204
    left = await task(shop, task_id)
    assert (left["deal_id"], left["contact_id"]) == (None, user["id"])
