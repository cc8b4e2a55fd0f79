"""What public clients do from first request to last, and what they read: each written anew as small as it can be.

A client here decides as the real one does: by status, by the keys it reads and by nothing else.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from tests.conformance.drivers import Client
from tests.conformance.shops import shop as shop
from tests.conformance.shops import world as world
from tests.publicapi.conftest import Shop


class Sylius(Client):
    """A PHP plug-in: 404 is an error it handles, anything else that is not 2xx is nothing, a 2xx must be an object."""

    async def call(self, method: str, target: str, body: Any = None) -> dict[str, Any] | None:
        answer = await self.ask(method, target, body)
        if 200 <= answer.status < 300:
            told = answer.json()
            assert isinstance(told, dict) and answer.header("Content-Type") == "application/json"
            return told
        return {"error": 404} if answer.status == 404 else None

    async def find(self, name: str, value: str) -> dict[str, Any] | None:
        return await self.call("GET", f"users/search/?{name}={value}/")

    async def sign_up(self, key: str, email: str) -> dict[str, Any]:
        """A visitor known by a cookie gives an address."""
        visitor = await self.find("key", key)
        assert visitor and "error" not in visitor and visitor["email"] is None
        known = await self.find("email", email)
        target = known["id"] if known and "id" in known else visitor["id"]
        body = {"custom_id": email, "email": email, "firstName": "Ann", "country": "PL", "gender": 3, "status": 2}
        user = await self.call("PUT", f"users/{target}/", body | {"unsubscribed": False})
        if known and "id" in known:
            assert await self.call(
                "POST", "users/merge/", {"parent": target, "users_list": [visitor["id"]]}
            ) == {"success": True}  # fmt: skip
        assert user and await self.call("POST", f"users-by-id/{email}/events/", {"name": "register"})
        return user

    async def order(self, number: str, email: str, variant: int, **more: Any) -> dict[str, Any] | None:
        line = {"product_custom_id": variant, "quantity": 2, "value": 9.99, "currency": "PLN"}
        body = {
            "custom_id": number, "name": f"#{number}", "user_custom_id": email, "value": 19.98, "currency": "PLN",
            "stage": 1, "order_products": [line], "products_custom_id": [variant],
        } | more  # fmt: skip
        if more:
            return await self.call("PUT", f"deals-by-id/{number}/", body)
        event = {"custom_id": variant, "name": "Mug", "user_custom_id": email, "event_type": "order"}
        for body_of, path, missing in (
            (body, "deals/", ("users/", {"email": email, "custom_id": email})),
            (event, f"products-by-id/{variant}/product_event/", ("products/", {"custom_id": variant, "name": "Mug"})),
        ):
            told = await self.call("POST", path, body_of)
            if told == {"error": 404}:
                await self.call("POST", *missing)
                told = await self.call("POST", path, body_of)
            assert told and "error" not in told
        return await self.call("GET", f"deals-by-id/{number}/")


async def test_the_sylius_plugin(shop: Shop) -> None:
    sylius = Sylius(shop, {"Accept": " */*; version=2"})
    for email in ("ann@shop.example", "ann+pl@shop.example"):
        visitor = (await shop.client.post("users/", json={})).json()
        user = await sylius.sign_up(visitor["user_key"], email)
        assert (user["id"], user["custom_id"], user["name"]) == (visitor["id"], email, "Ann")
        second = (await shop.client.post("users/", json={})).json()
        again = await sylius.sign_up(second["user_key"], email)
        assert (again["id"], again["user_key"]) == (user["id"], user["user_key"])
        found = await sylius.find("email", email)
        assert found and found["id"] == user["id"]
    deal = await sylius.order("0001", "new@shop.example", 77)
    assert deal and (deal["user_custom_id"], deal["products_custom_id"]) == ("new@shop.example", ["77"])
    done = await sylius.order("0001", "new@shop.example", 77, stage=2)
    assert done and (done["id"], done["stage"], done["value"]) == (deal["id"], 2, "19.98")
    assert done["order_products"][0]["value"] == deal["order_products"][0]["value"]


async def test_the_magento_plugins(shop: Shop) -> None:
    magento = Client(
        shop, {"Accept": "*/*; version=2"}, {"content-type": "application/json"}, authorization="authorization"
    )
    body = {
        "email": "m@shop.example", "user_id": "7_ab", "custom_id": "7_ab", "account_created_at": "2024-01-01 10:00:00",
        "account_is_active": True, "First name": "Mia", "Last name": "Lis",
    }  # fmt: skip
    made = await magento.told("POST", "users/update_or_create/", body)
    assert made == {"created": True, "id": made["id"]}
    assert [found["id"] for found in await magento.told("GET", "users/search/?email=m@shop.example&many=true")] == [
        made["id"]
    ]
    assert await magento.told("GET", "users/search/?email=nobody@shop.example&many=true") == []
    user = await magento.told("GET", "users-by-id/7_ab/")
    assert (user["name"], user["account_is_active"]) == ("Mia Lis", True)
    names = {found["name_std"] for found in (await magento.told("GET", "attributes/"))["results"]}
    assert {"account_created_at", "account_is_active"} <= names
    missing = (await magento.ask("GET", "products-by-id/SKU 1/details/".replace(" ", "%20"))).json()
    assert "id" not in missing
    await magento.told("POST", "products/", {"custom_id": "SKU 1", "name": "Mug", "price": "9.9000"})
    product = await magento.told("GET", "products-by-id/SKU%201/details/")
    for event_type in ("view", "add to cart", "checkout", "purchase"):
        event = {"user_custom_id": "7_ab", "event_type": event_type, "timestamp": 1700000000, "data": {"colour": "red"}}
        assert await magento.told("POST", f"products/{product['id']}/product_event/", event)
    event = await magento.told("POST", "events/", {"user_key": user["user_key"], "name": "login", "data": {}})
    assert event == {"id": event["id"], "created": True}


async def test_the_help_scout_plugin(shop: Shop) -> None:
    """Every request has a content type and a body, an empty one too; an address with a question has no last slash."""
    plugin = Client(shop, sent={"content-type": "application/json"}, authorization="authorization")
    made = await plugin.told("POST", "users/", {"email": "h@shop.example", "name": "Hal Incandenza"})
    read = (await plugin.ask("GET", "users/search/?email=h@shop.example", raw=b"")).json()
    assert (read["id"], read["name"], read["lists"]) == (made["id"], "Hal Incandenza", [])
    for part in ("events", "emails", "ping_hits"):
        page = (await plugin.ask("GET", f"users/{made['id']}/{part}/", raw=b"")).json()
        assert (page["count"], page["results"]) == (0, [])
    assert (await plugin.ask("DELETE", f"users/{made['id']}/", raw=b"")).status == 204


class RudderStack(Client):
    """Whatever look-up is not answered with 200 found nobody."""

    async def look_up(self, target: str) -> dict[str, Any] | None:
        answer = await self.ask("GET", target)
        told: dict[str, Any] | None = answer.json() if answer.status == 200 else None
        return told["results"][0] if told and told.get("results") else None if told and "results" in told else told

    async def identify(self, traits: dict[str, Any]) -> dict[str, Any]:
        found = await self.look_up(f"users-by-id/{traits['custom_id']}/")
        found = found or await self.look_up(f"users/search/?email={traits['email']}")
        found = found or await self.look_up(f"users/search/?phone_number={traits['phone_number']}")
        told = await self.told("PUT" if found else "POST", f"users/{found['id']}/" if found else "users/", traits)
        return dict(told)


async def test_rudderstack(shop: Shop) -> None:
    rudder = RudderStack(shop, {"Accept": "*/*;version=2"})
    traits = {
        "custom_id": "r@shop.example", "email": "r@shop.example", "phone_number": "+48600100200", "tags": ["a"],
        "first_name": "Rue", "gender": 3, "status": 2, "timezone": "Europe/Warsaw", "plan": {"name": "gold"},
        "signed_up": "2022-01-20T13:39:21.032000Z",
    }  # fmt: skip
    user = await rudder.identify(traits)
    assert (user["gender"], user["status"], user["name"], user["first_seen"]) == (
        "female", "user", "Rue", user["created_at"],
    )  # fmt: skip
    assert (await rudder.identify(traits | {"city": "Oslo"}))["id"] == user["id"]
    assert (await rudder.identify(traits | {"custom_id": "r-2", "email": "x@y.example"}))["id"] == user["id"]
    event = {"user_id": user["id"], "name": "Order Done", "timestamp": 1642685961, "data": {"total": 9.5}}
    assert (await rudder.told("POST", "events/", event)).keys() == {"id", "created"}
    view = {"client_user": user["user_key"], "page_domain": "shop.example", "page_path": "/mugs/"}
    assert await rudder.told("POST", "site-views/", view | {"timestamp": "2022-01-20T13:39:21.032+00:00"})
    assert await rudder.look_up("companies-by-id/acme/") is None
    company = await rudder.told(
        "POST", "companies/", {"custom_id": "acme", "name": "Acme", "email": "a@a.example", "founded": "2001"}
    )
    member = {"user_id": user["id"], "user_custom_id": user["custom_id"]}
    assert await rudder.told("POST", f"companies/{company['id']}/add_member/", member)
    changed = await rudder.told("PUT", f"companies/{company['id']}/", {"name": "Acme", "user_custom_id": "r-2"})
    assert (changed["employees"], changed["user_custom_id"], changed["founded"]) == ([user["id"]], "r-2", "2001")


async def test_layered_popups(shop: Shop) -> None:
    """Posts forms, puts JSON."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    popups = Client(shop, {"Accept": "application/json"}, form)
    address = urlencode({"email": "pop+up@shop.example"})
    assert "id" not in (await popups.ask("GET", f"users/search/?{address}")).json()
    fields = urlencode({"email": "pop+up@shop.example", "name": "Pop Up", "gender": 1, "source": "pop-up 5"})
    made = await popups.ask("POST", "users/", raw=fields.encode())
    assert (made.status, made.json()["email"], made.json()["name"]) == (201, "pop+up@shop.example", "Pop Up")
    found = (await popups.ask("GET", f"users/search/?{address}")).json()
    popups.sent = {"Content-Type": "application/json"}
    changed = await popups.told("PUT", f"users/{found['id']}/", {"name": "Pop Down", "source": "pop-up 6"})
    assert [(one["name_std"], one["value"]) for one in changed["attributes"]] == [("source", "pop-up 6")]
    popups.sent = form
    tagged = await popups.ask("POST", f"users/{found['id']}/add_tag/", raw=b"name=pop-up")
    assert tagged.json()["created"] is True


async def test_the_prestashop_module_and_the_go_client(shop: Shop) -> None:
    """The former calls its own id ``user_id`` wherever it names a user."""
    module = Client(shop)
    assert (await module.told("POST", "users/update_or_create/", {"user_id": "15", "email": "p@shop.example"}))[
        "created"
    ]
    user = await module.told("GET", "users-by-id/15/")
    event = {"name": "newsletter_signup", "timestamp": 1700000000, "data": {"email": "p@shop.example"}}
    assert (await module.told("POST", "users-by-id/15/events/", event))["created"] is True
    assert (await module.told("POST", "events/", event | {"client": user["id"]}))["created"] is False
    product = {"custom_id": "4-12", "name": "Mug", "price": "9.900000", "category_name": "mugs"}
    await module.told("POST", "products/", product)
    bought = {"user_id": "p-15", "event_type": "purchase", "timestamp": 1700000000, "data": {"quantity": 2}}
    await module.told("PUT", f"users/{user['id']}/", {"user_id": "p-15"})
    assert await module.told("POST", "products-by-id/4-12/product_event/", bought)
    [told] = (await module.told("GET", "users-by-id/p-15/product_events/"))["results"]
    assert (told["event_type"], told["client"]) == ("purchase", user["id"])
    for target in ("users-by-id/nobody/events/", "products-by-id/none/product_event/"):
        assert (await module.ask("POST", target, event | bought)).status == 404
