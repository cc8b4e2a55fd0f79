"""Small clients that shops wrote for themselves, and plug-ins that send less, or more, than the documents say."""

from __future__ import annotations

from typing import Any

from tests.conformance.drivers import Client
from tests.conformance.shops import shop as shop
from tests.conformance.shops import world as world
from tests.publicapi.conftest import Shop

NEVER = "0001-01-01T00:00:00Z"
"""What Go writes of a moment that was not set, whatever may be left out."""


async def test_the_go_client_sends_moments_that_were_never_set(shop: Shop) -> None:
    go = Client(shop, {"User-Agent": "Go-http-client/1.1", "Accept-Encoding": "gzip"})
    body = {"email": "go@shop.example", "status": 2, "gender": 2, "first_seen": NEVER, "last_seen": NEVER}
    made = await go.told("POST", "users/", body)
    assert "errors" not in made
    upserted = await go.told("POST", "users/update_or_create/", {"user_id": "go-1", **body, "last_ip": "192.0.2.7"})
    changed = await go.told("PUT", f"users/{upserted['id']}/", body | {"city": "Oslo"})
    assert (changed["city"], changed["user_id"]) == ("Oslo", "go-1")
    for user_id in (made["id"], upserted["id"]):
        user = await go.told("GET", f"users/{user_id}/")
        assert NEVER not in user.values()
    event = {"user_id": "go-1", "name": "order", "timestamp": 1700000000, "data": {"total": 9.5}}
    assert (await go.told("POST", "users-by-id/go-1/events/", event))["created"] is True
    assert (await go.told("POST", "events/", {"client": made["id"], **event}))["created"] is False


async def test_a_plugin_for_memberships(shop: Shop) -> None:
    """No last slash after an id; a tag is taken off without naming it, which takes off none."""
    plugin = Client(shop, {"User-Agent": "WP Fusion; https://shop.example", "Content-Type": "application/json"})
    assert (await plugin.told("GET", "users/"))["count"] >= 0
    assert "results" in await plugin.told("GET", "tags/")
    assert "results" in await plugin.told("GET", "attributes/")
    made = await plugin.told("POST", "users/", {"email": "wp@shop.example", "name": "Wanda Pol", "Member since": "x"})
    found = await plugin.told("GET", "users/search/?email=wp%40shop.example")
    assert found["id"] == made["id"]
    await plugin.told("POST", f"users/{made['id']}/add_tag/", {"name": "Member"})
    assert (await plugin.ask("DELETE", f"users/{made['id']}/remove_tag/")).status == 400
    changed = await plugin.told("PUT", f"users/{made['id']}", {"email": "wp@shop.example", "first_name": "Wandy"})
    assert [tag["name"] for tag in changed["tags"]] == ["Member"]
    done = await plugin.ask("POST", f"users/{made['id']}/set_multiple_attributes/", {"Member since": "01/31/2024"})
    assert (done.status, done.body) == (200, b"")
    loaded = await plugin.told("GET", f"users/{made['id']}")
    assert loaded["name"].split(" ")[0] == "Wandy"
    assert {one["name_std"]: one["value"] for one in loaded["attributes"]} == {"member_since": "01/31/2024"}


async def test_a_backend_that_creates_whoever_is_not_found(shop: Shop) -> None:
    """Its own ids are numbers, and its moments have fractions."""
    backend = Client(
        shop, {"User-Agent": "python-requests/2.28.1", "Accept": "*/*"}, {"Content-type": "application/json"}
    )
    event: dict[str, Any] = {"name": "signed_up", "timestamp": 1700000000.123456, "data": {"plan": "gold"}}
    assert (await backend.ask("POST", "users-by-id/991/events/", event)).status == 404
    body = {"user_id": 991, "email": "b@shop.example", "first_name": "Bo", "last_name": ""}
    assert (await backend.told("POST", "users/", body))["user_id"] == "991"
    assert (await backend.told("POST", "users-by-id/991/events/", event))["created"] is True
    done = await backend.ask("POST", "users-by-id/991/set_multiple_attributes/", {"seats": 3, "trial": False})
    assert done.status == 200


async def test_a_script_in_humps(shop: Shop) -> None:
    """It names the user ``userId``, and tells of visitors by an id of its own, whom nobody knows."""
    script = Client(shop, {"User-Agent": "node-fetch/1.0"}, {"Content-type": "application/json"})
    body = {"userId": "u-77", "first_name": "Una", "last_name": "Tam", "company_id": "ws-1"}
    await script.ask("POST", "companies/", {"company_id": "ws-1", "name": "Workspace"})
    assert (await script.told("POST", "users/update_or_create/", body))["created"] is True
    assert (await script.told("POST", "users/update_or_create/", body))["created"] is False
    assert (await script.told("GET", "users-by-id/u-77/"))["name"] == "Una Tam"
    event = {"name": "opened", "timestamp": 1700000000, "data": {"userId": "u-77", "host": "shop.example"}}
    assert (await script.told("POST", "users-by-id/u-77/events/", event))["created"] is True
    stranger = await script.ask("POST", "events/", event | {"client": "0b9c2a51-4d0c-4f6e-8a34-8d1f2a0f77aa"})
    assert stranger.status in (400, 404)
