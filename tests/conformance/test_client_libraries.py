"""What public libraries do from first request to last, and what they read of each answer."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tests.conformance.drivers import Client
from tests.conformance.shops import shop as shop
from tests.conformance.shops import world as world
from tests.publicapi.conftest import Shop


async def test_the_dotnet_sdk(shop: Shop) -> None:
    """Reads pages as they come, adds ids as numbers, deletes with bodies and without the last slash."""
    sdk = Client(shop, sent={"Content-Type": "application/json; charset=utf-8"})
    user = await sdk.told("POST", "users/", {"email": "d@shop.example", "user_id": "d-1", "gender": 2, "status": 2})
    base, by_custom_id = f"users/{user['id']}", "users-by-id/d-1"
    assert (user["status"], user["gender"], type(user["score"]), user["key"]) == ("user", "male", int, user["key"])
    group = await sdk.told("POST", "lists/", {"name": "News", "description": "Monthly"})
    for path, method in ((base, "DELETE"), (by_custom_id, "POST")):
        assert (await sdk.told("POST", f"{path}/add_to_list/", {"list": group["id"]}))["id"] == group["id"]
        added = await sdk.told("POST", f"{path}/add_tag/", {"name": "vip"})
        assert (type(added["created"]), added["tag"]["name"]) == (bool, "vip")
        await sdk.told("POST", f"{path}/set_attribute/", {"attribute": "seats", "value": 4})
        answer = await sdk.ask("POST", f"{path}/set_multiple_attributes/", {"plan": "gold", "since": "2020-01-01"})
        assert (answer.status, answer.body) == (200, b"")
        read = {found["name_std"]: found["value"] for found in (await sdk.told("GET", f"{path}/"))["attributes"]}
        assert read == {"seats": 4, "plan": "gold", "since": "2020-01-01"}
        await sdk.told(method, f"{path}/remove_attribute/", {"attribute": "seats"})
        await sdk.told(method, f"{path}/remove_from_list/", {"list": group["id"]})
        await sdk.told(method, f"{path}/remove_tag/", {"name": "vip"})
        for part in ("emails", "events", "ping_hits", "product_events", "segments", "timeline"):
            page = await sdk.told("GET", f"{path}/{part}/")
            assert (type(page["count"]), type(page["results"]), page["previous"]) == (int, list, None)
        ids = [user["id"]] if path == base else ["d-1"]
        mass = f"{path.split('/')[0]}/mass_update_"
        moved = await sdk.told(
            "PUT", f"{mass}standard_attributes/", {"ids": ids, "attribute": "country", "value": "NO"}
        )
        assert moved["status"] == "ok"
        await sdk.told("PUT", f"{mass}custom_attributes/", {"ids": ids, "attribute": "plan", "value": "silver"})
    assert await sdk.told("PUT", f"{base}/") == await sdk.told("GET", f"{base}/")
    for query in ("score_gte=0", "email__contains=shop"):
        assert (await sdk.told("GET", f"users/?{query}"))["count"] == 1
    for query in ("plan__startswith=si", "search=updated_at&min=946684800&max=4102444800"):
        assert [found["id"] for found in (await sdk.told("GET", f"users/search/?{query}"))["results"]] == [user["id"]]
    attribute = await sdk.told("POST", "attributes/", {"value_type": 2, "name": "Floor", "content_type": "company"})
    assert (await sdk.told("GET", "attribute-type/floor/companies/"))["value_type"] == "integer"
    assert (await sdk.ask("DELETE", f"attributes/{attribute['id']}/")).status == 204
    company = await sdk.told("POST", "companies/", {"name": "Acme", "company_id": "acme"})
    await sdk.told("POST", "companies-by-id/acme/add_tag/", {"name": "b2b"})
    tag = next(found for found in (await sdk.told("GET", "tags/"))["results"] if found["name"] == "b2b")
    assert (await sdk.told("GET", f"tags/{tag['id']}/companies/"))["results"][0]["company_id"] == "acme"
    for path in (f"companies/{company['id']}", base):
        assert [(await sdk.ask("DELETE", path)).status for _ in range(2)] == [204, 404]


async def test_the_node_sdk_and_the_php_clients_page_through_all(shop: Shop) -> None:
    node = Client(shop, {"accept": "application/json, text/plain, */*", "user-agent": "axios/0.21.1"})
    php = Client(shop, {"Content-Type": "application/json"})
    for number in range(5):
        await node.told("POST", "users/", {"user_id": f"n-{number}", "tags": ["trial"]})
        done = await node.ask("POST", f"users-by-id/n-{number}/set_multiple_attributes/", {"monitors": number})
        assert done.status == 200
    for client in (node, php):
        users = await client.follow(await client.told("GET", "users/?page_size=2"))
        assert {user["user_id"] for user in users} >= {f"n-{number}" for number in range(5)}
    assert users[0]["tags"][0]["name"] == "trial"
    tag = next(found for found in (await node.told("GET", "tags/"))["results"] if found["name"] == "trial")
    tagged = await node.follow(await node.told("GET", f"tags/{tag['id']}/users/?page_size=2"))
    assert len(tagged) == 5
    one = await php.told("GET", f"users/{users[0]['id']}")
    assert await php.told("GET", f"users-by-id/search/?user_id={one['user_id']}") == one
    assert await php.told("GET", f"users/search?key={one['key']}") == one
    by_date = await php.told("GET", "users/?search=first_seen&min=946684800&max=4102444800")
    assert {"count", "next", "previous", "results"} == by_date.keys()
    assert (await php.ask("GET", "users/search?email=nobody%40shop.example")).json() == {"detail": "Not found."}
    for number in range(5):
        assert (await node.ask("DELETE", f"users-by-id/n-{number}/")).status == 204


async def test_the_ruby_gem(shop: Shop) -> None:
    gem = Client(shop, {"User-Agent": "Faraday v0.9.2", "Accept": "*/*"})
    user = await gem.told("POST", "users/", {"email": "r@shop.example", "gender": 2})
    refused = await gem.ask("POST", "users/", {"email": "r@shop.example", "gender": "invalid"})
    assert (refused.status, refused.json()) == (400, {"errors": {"gender": ['"invalid" is not a valid choice.']}})
    assert await gem.told("GET", "users/search/?email=r%40shop.example") == user
    user = await gem.told("PUT", f"users/{user['id']}/", user | {"email": "r2@shop.example"})
    assert user["email"] == "r2@shop.example"
    assert (await gem.ask("POST", f"users/{user['id']}/set_multiple_attributes/", {"plan": "gold"})).status == 200
    assert [(await gem.ask("DELETE", f"users/{user['id']}/")).status for _ in range(2)] == [204, 404]
    assert (await gem.ask("GET", "users?email=r2%40shop.example")).status == 404


@pytest.mark.parametrize("proto", ["https", "HTTPS", "https, http"])
async def test_links_go_on_with_the_scheme_of_the_outermost_server(shop: Shop, proto: str) -> None:
    for _ in range(2):
        await shop.client.post("users/", json={})
    client = Client(shop, {"X-Forwarded-Proto": proto})
    page = await client.told("GET", "users/?page_size=1")
    assert urlsplit(page["next"]).scheme == "https"
