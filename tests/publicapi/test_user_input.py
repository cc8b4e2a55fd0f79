"""What a user refuses: by name, with a sentence, storing nothing."""

from __future__ import annotations

import json

import pytest

from tests.publicapi.conftest import Shop

BAD_BODIES = [
    (b'{"gender": "invalid"}', "gender"),
    (b'{"gender": 4}', "gender"),
    (b'{"gender": true}', "gender"),
    (b'{"gender": [1]}', "gender"),
    (b'{"status": "admin"}', "status"),
    (b'{"email": "nobody"}', "email"),
    (b'{"email": {"a": 1}}', "email"),
    (b'{"email": "' + b"a" * 260 + b'@b.example"}', "email"),
    (b'{"first_name": ["Jane"]}', "first_name"),
    (b'{"first_name": "' + b"a" * 256 + b'"}', "first_name"),
    (b'{"phone_number": "' + b"1" * 65 + b'"}', "phone_number"),
    (b'{"score": "many"}', "score"),
    (b'{"score": 2147483648}', "score"),
    (b'{"score": 1.5}', "score"),
    (b'{"unsubscribed": "perhaps"}', "unsubscribed"),
    (b'{"unsubscribed": null}', "unsubscribed"),
    (b'{"assigned_to": 99}', "assigned_to"),
    (b'{"assigned_to": -1}', "assigned_to"),
    (b'{"custom_id": {}}', "custom_id"),
    (b'{"custom_id": "a", "user_id": "b"}', "user_id"),
    (b'{"custom_id": "' + b"a" * 256 + b'"}', "custom_id"),
    (b'{"tags": 5}', "tags"),
    (b'{"tags": [5]}', "tags"),
    (b'{"tags": [""]}', "tags"),
    (b'{"tags": ["' + b"a" * 256 + b'"]}', "tags"),
    (b'{"company_id": "acme"}', "company_id"),
    (b'{"facebook_url": "javascript:alert(1)"}', "facebook_url"),
    (b'{"attributes": [1]}', "attributes"),
    (b'{"city": "a\\u0000b"}', "city"),
    (b'{"any": "a\\u0000b"}', "any"),
    (b'{"any": {"deep": ["\\u0000"]}}', "any.deep.0"),
    (b'{"any": 100000000000000000000000}', "any"),
    (b'{"any": 1e19}', "any"),
    (b'{"": 1}', ""),
    (b'{"' + b"a" * 256 + b'": 1}', "a" * 256),
    (b'{"any": "' + b"a" * 10001 + b'"}', "any"),
    (b'{"city": "Turin", "city": "Rome"}', "city"),
    (b'{"Email": "a@b.example", "email": "a@b.example"}', "email"),
    (b'{"city": "\\ud800"}', "body"),
    (b'{"city": "\xff"}', "body"),
    (b'{"any": 1e999}', "body"),
    (b'{"city": NaN}', "body"),
    (b'{"city": "Turin"', "body"),
    (b"[]", "body"),
    (b'"text"', "body"),
    (b"[" * 5000, "body"),
]


@pytest.mark.parametrize(("body", "field"), BAD_BODIES, ids=[repr(body[:40]) for body, _ in BAD_BODIES])
async def test_what_cannot_be_stored_is_refused_by_name(shop: Shop, body: bytes, field: str) -> None:
    answer = await shop.client.post("users/", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400, answer.text
    errors = answer.json()["errors"]
    assert list(errors) == [field]
    assert all(sentence for sentence in errors[field])
    assert await shop.fetch("SELECT FROM contacts") == []
    assert await shop.fetch("SELECT FROM attributes WHERE domain = 'contact'") == []


async def test_a_wrong_gender_is_refused_as_recorded(shop: Shop) -> None:
    answer = await shop.v1.post("users/", json={"gender": "invalid"})
    assert answer.json() == {"errors": {"gender": ['"invalid" is not a valid choice.']}}


async def test_everything_that_is_wrong_is_said_at_once(shop: Shop) -> None:
    answer = await shop.client.post("users/", json={"gender": 9, "email": "x", "score": []})
    assert set(answer.json()["errors"]) == {"gender", "email", "score"}


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31", "9999-12-31T23:59:59Z", "2025-02-30", "24:00"])
async def test_a_date_that_is_none_becomes_text_unless_a_date_was_declared(shop: Shop, text: str) -> None:
    answer = await shop.client.post("users/", json={"born": text})
    assert (answer.status_code, answer.json()["born"]) == (201, text)
    body = {"content_type": "clientuser", "name": "declared day", "value_type": "date"}
    assert (await shop.client.post("attributes/", json=body)).status_code == 201
    answer = await shop.client.post("users/", json={"declared_day": text})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["declared_day"])


async def test_a_value_that_clashes_with_an_inferred_type_turns_the_attribute_into_text(shop: Shop) -> None:
    first = (await shop.client.post("users/", json={"size": 42})).json()
    second = (await shop.client.post("users/", json={"size": "XL"})).json()
    assert (first["size"], second["size"]) == (42, "XL")
    [row] = await shop.fetch("SELECT value_type, warning FROM attributes WHERE name_std = 'size'")
    assert row["value_type"] == "string" and "XL" in str(row["warning"])


@pytest.mark.parametrize("path", ["users/0/", "users/9223372036854775807/", "users/9223372036854775808/", "users/x/"])
async def test_an_id_that_nobody_has_is_not_found(shop: Shop, path: str) -> None:
    for method in ("GET", "PUT", "DELETE"):
        assert (await shop.client.request(method, path, json={})).status_code == 404


@pytest.mark.parametrize("custom_id", ["%00", "%ED%A0%80", "%FF", "%20"])
async def test_a_custom_id_that_cannot_be_stored_is_not_found(shop: Shop, custom_id: str) -> None:
    assert (await shop.client.get(f"users-by-id/{custom_id}/")).status_code == 404


@pytest.mark.parametrize("query", ["email=%00", "key=%00", "phone_number=a%00"])
async def test_a_search_for_a_nul_character_is_refused(shop: Shop, query: str) -> None:
    assert (await shop.client.get(f"users/search/?{query}")).status_code == 400


async def test_a_long_value_that_fits_is_kept_whole(shop: Shop) -> None:
    body = {"first_name": "Ä" * 255, "custom_id": "ß" * 255, "likes": "x" * 10_000}
    user = json.loads((await shop.client.post("users/", json=body)).content)
    assert {name: user[name] for name in body} == body
