"""Attributes and their types as public clients know them, in both versions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.test_users import NOT_FOUND, make
from tests.publicapi.conftest import Shop

KEYS = ["id", "name", "name_std", "value_type", "content_type"]
NUMBERS = {"boolean": 1, "integer": 2, "date": 3, "string": 4, "datetime": 5, "fixed": 6, "float": 7}


async def declare(shop: Shop, **body: Any) -> dict[str, Any]:
    answer = await shop.client.post("attributes/", json={"value_type": "string", "content_type": "clientuser"} | body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_the_documented_answer_of_either_version(shop: Shop) -> None:
    body = {"name": "API string attribute", "value_type": "string", "content_type": "clientuser"}
    for client, content_type in ((shop.client, "clientuser"), (shop.v1, "user")):
        made = await client.post("attributes/", json=body)
        attribute = made.json()
        assert (made.status_code, list(attribute)[:5]) == (201, KEYS)
        assert {name: attribute[name] for name in KEYS[1:]} == {
            "name": "API string attribute", "name_std": "api_string_attribute", "value_type": "string",
            "content_type": content_type,
        }  # fmt: skip
        read = await client.get(f"attributes/{attribute['id']}/")
        assert (read.status_code, read.json()) == (200, attribute)
        assert (await client.get("attributes/?content_type=user")).json()["results"] == [attribute]
        same = await client.put(f"attributes/{attribute['id']}/", json=attribute)
        assert (same.status_code, same.json()) == (200, attribute)
        assert (await client.delete(f"attributes/{attribute['id']}/")).status_code == 204
        for method in ("GET", "PUT", "DELETE"):
            answer = await client.request(method, f"attributes/{attribute['id']}/", json={"name": "x"})
            assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


@pytest.mark.parametrize("spelling", ["user", "clientuser"])
async def test_users_are_called_by_two_names(shop: Shop, spelling: str) -> None:
    made = await shop.v1.post("attributes/", json={"name": "Plan", "value_type": 4, "content_type": spelling})
    assert (made.status_code, made.json()["content_type"]) == (201, "user")
    for listed in ("user", "clientuser"):
        assert (await shop.client.get(f"attributes/?content_type={listed}")).json()["count"] == 1
    assert (await shop.client.get("attributes/?content_type=company")).json()["count"] == 0


async def test_the_type_of_an_attribute_by_its_standard_name(shop: Shop) -> None:
    for kind, number in NUMBERS.items():
        for content_type, path in (("user", "users"), ("company", "companies")):
            await declare(shop, name=f"A {kind}", value_type=number, content_type=content_type, choices=["S"])
            for client in (shop.client, shop.v1):
                for name in (f"a_{kind}", f"A {kind}"):
                    answer = await client.get(f"attribute-type/{name}/{path}/")
                    assert (answer.status_code, answer.json()) == (200, {"value_type": kind})
    await make(shop, visits=3)
    assert (await shop.client.get("attribute-type/visits/users/")).json() == {"value_type": "float"}
    for path in ("visits/companies", "nothing/users", "%00/users", "email/users"):
        answer = await shop.client.get(f"attribute-type/{path}/")
        assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


async def test_unknown_keys_become_typed_attributes(shop: Shop) -> None:
    body = {"visits": 3, "vip": True, "born": "1990-05-01", "seen_at": "2025-06-24T12:00:00Z", "likes": "tea"}
    user = await make(shop, **body)
    assert {name: user[name] for name in body} == body
    types = {"visits": "float", "vip": "boolean", "born": "date", "seen_at": "datetime", "likes": "string"}
    for name, kind in types.items():
        assert (await shop.v1.get(f"attribute-type/{name}/users/")).json() == {"value_type": kind}
    shown = (await shop.v1.get(f"users/{user['id']}/")).json()["attributes"]
    assert {found["name_std"]: found["value"] for found in shown} == body


async def test_choices_are_needed_and_kept_to(shop: Shop) -> None:
    refused = await shop.v1.post("attributes/", json={"name": "Size", "value_type": "fixed", "content_type": "user"})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["choices"])
    await declare(shop, name="Size", value_type="fixed", choices=["S", "M"], allow_multiple_choices=True)
    user = await make(shop, size=["S", "M"])
    assert user["size"] == ["S", "M"]
    wrong = await shop.v1.post(f"users/{user['id']}/set_attribute/", json={"attribute": "size", "value": "XL"})
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["size"])
