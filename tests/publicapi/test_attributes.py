"""Attributes over HTTP, in the words and numbers of User.com."""

from __future__ import annotations

from typing import Any

import pytest

from tests.publicapi.conftest import Shop

NUMBERS = {1: "boolean", 2: "integer", 3: "date", 4: "string", 5: "datetime", 6: "fixed", 7: "float"}
NEW = {"content_type": "clientuser", "name": "API string attribute", "value_type": "string"}
BAD: list[tuple[dict[str, Any], str]] = [
    ({"content_type": "ticket"}, "content_type"), ({"content_type": "contact"}, "content_type"),
    ({"content_type": 5}, "content_type"), ({"content_type": ["deal"]}, "content_type"),
    ({"name": ""}, "name"), ({"name": "!"}, "name"), ({"name": 5}, "name"), ({"name": "x" * 256}, "name"),
    ({"value_type": 8}, "value_type"), ({"value_type": 0}, "value_type"), ({"value_type": True}, "value_type"),
    ({"value_type": "colour"}, "value_type"), ({"value_type": None}, "value_type"),
    ({"value_type": {}}, "value_type"), ({"value_type": 10**400}, "value_type"),
    ({"value_type": 1.5}, "value_type"),
    ({"value_type": "fixed"}, "choices"), ({"choices": "S"}, "choices"), ({"choices": [1]}, "choices"),
    ({"choices": ["x"] * 1001}, "choices"), ({"allow_multiple_choices": "maybe"}, "allow_multiple_choices"),
    ({"description": 5}, "description"), ({"description": "x" * 10_001}, "description"),
]  # fmt: skip


async def made(shop: Shop, **body: Any) -> dict[str, Any]:
    answer = await shop.client.post("attributes/", json=NEW | body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_a_new_attribute_is_answered_in_full(shop: Shop) -> None:
    attribute = await made(shop)
    assert attribute == {
        "id": 2, "name": "API string attribute", "name_std": "api_string_attribute", "value_type": "string",
        "content_type": "clientuser", "choices": [], "allow_multiple_choices": False, "description": "",
        "declared": True, "warning": "",
    }  # fmt: skip
    assert (await shop.client.get("attributes/2/")).json() == attribute
    assert (await shop.v1.get("attributes/2/")).json() == attribute | {"content_type": "user"}
    listed = (await shop.client.get("attributes/")).json()
    assert [item["name_std"] for item in listed["results"]] == ["order_date", "api_string_attribute"]
    assert listed["results"][1] == attribute


async def test_every_kind_of_object_has_attributes_of_its_own(shop: Shop) -> None:
    content_types = ["clientuser", "company", "deal", "product", "activity"]
    attributes = {content_type: await made(shop, content_type=content_type) for content_type in content_types}
    for content_type, attribute in attributes.items():
        assert attribute["content_type"] == content_type
        listed = (await shop.client.get("attributes/", params={"content_type": content_type})).json()
        assert attribute in listed["results"]
        assert {item["content_type"] for item in listed["results"]} == {content_type}


async def test_user_is_an_older_word_for_clientuser(shop: Shop) -> None:
    assert (await made(shop, content_type="user"))["content_type"] == "clientuser"
    assert (await shop.client.get("attributes/?content_type=user")).json()["count"] == 1


async def test_a_type_may_be_named_by_its_word_or_its_number(shop: Shop) -> None:
    words: dict[Any, str] = NUMBERS | {str(number): word for number, word in NUMBERS.items()}
    words |= {word: word for word in [*NUMBERS.values(), "json"]}
    for place, (sent, word) in enumerate(words.items()):
        attribute = await made(shop, name=f"attribute {place}", value_type=sent, choices=["S"])
        assert attribute["value_type"] == word


async def test_a_declared_type_holds_for_the_next_write(shop: Shop) -> None:
    await made(shop, content_type="deal", name="Shirt size", value_type="fixed", choices=["S", "M"])
    deal = await shop.client.post("deals/", json={"name": "x", "shirt_size": "M"})
    assert (deal.status_code, deal.json()["shirt_size"]) == (201, "M")
    refused = await shop.client.post("deals/", json={"name": "x", "shirt_size": "XL"})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["shirt_size"])


async def test_an_inferred_attribute_is_shown_with_its_warning_and_can_be_declared(shop: Shop) -> None:
    for value in (3, "large"):
        assert (await shop.client.post("deals/", json={"name": "x", "Size": value})).status_code == 201
    [inferred] = (await shop.client.get("attributes/?content_type=deal")).json()["results"][1:]
    assert (inferred["name"], inferred["value_type"], inferred["declared"]) == ("Size", "string", False)
    assert inferred["warning"].startswith("Was float; became string")
    declared = await shop.client.patch(f"attributes/{inferred['id']}/", json={"value_type": 2})
    assert declared.json() == inferred | {"value_type": "integer", "declared": True, "warning": ""}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_a_change_is_partial_and_an_answer_can_be_sent_back(shop: Shop, method: str) -> None:
    attribute = await made(shop, value_type="fixed", choices=["S"], allow_multiple_choices="true")
    path = f"attributes/{attribute['id']}/"
    changes = {"name": "Shirt size", "choices": ["S", "M"], "description": "As sold"}
    answer = await shop.client.request(method, path, json=changes)
    assert (answer.status_code, answer.json()) == (200, attribute | changes)
    again = await shop.client.request(method, path, json=answer.json())
    assert (again.status_code, again.json()) == (200, answer.json())


async def test_a_declared_type_and_the_kind_of_object_stay(shop: Shop) -> None:
    path = f"attributes/{(await made(shop))['id']}/"
    answer = await shop.client.patch(path, json={"value_type": "float"})
    assert answer.status_code == 409 and "The declared type string stays" in answer.json()["detail"]
    answer = await shop.client.patch(path, json={"name": "x", "content_type": "deal"})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["content_type"])
    assert (await shop.client.get(path)).json()["name"] == NEW["name"]


async def test_a_deleted_attribute_is_gone_and_its_values_come_back_with_it(shop: Shop) -> None:
    attribute = await made(shop, content_type="deal", name="Size")
    deal = (await shop.client.post("deals/", json={"name": "x", "size": "M"})).json()
    answer = await shop.client.delete(f"attributes/{attribute['id']}/")
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await shop.client.get(f"attributes/{attribute['id']}/")).status_code == 404
    assert (await shop.client.delete(f"attributes/{attribute['id']}/")).status_code == 404
    await made(shop, content_type="deal", name="Size")
    assert (await shop.client.get(f"deals/{deal['id']}/")).json()["size"] == "M"


async def test_a_name_is_declared_once(shop: Shop) -> None:
    await made(shop)
    again = await shop.client.post("attributes/", json=NEW)
    assert (again.status_code, again.json()) == (
        409, {"detail": 'There is already a contact attribute "api_string_attribute".'},
    )  # fmt: skip


async def test_a_bad_attribute_is_refused_by_field(shop: Shop) -> None:
    for change, named in BAD:
        answer = await shop.client.post("attributes/", json=NEW | change)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [named]), answer.text
    assert (await shop.client.get("attributes/")).json()["count"] == 1


async def test_what_is_missing_is_named(shop: Shop) -> None:
    answer = await shop.client.post("attributes/", json={})
    assert answer.json() == {
        "errors": {name: ["This field is required."] for name in ("name", "value_type", "content_type")}
    }


async def test_tickets_are_said_to_be_missing(shop: Shop) -> None:
    for answer in (
        await shop.client.get("attributes/?content_type=ticket"),
        await shop.client.post("attributes/", json=NEW | {"content_type": "ticket"}),
    ):
        assert answer.status_code == 400
        assert answer.json()["errors"]["content_type"] == ['"ticket" is not supported: there are no tickets here.']


async def test_a_form_is_taken_as_well(shop: Shop) -> None:
    answer = await shop.client.post(
        "attributes/", data=NEW | {"value_type": "6", "choices[]": ["S", "M"], "allow_multiple_choices": "1"}
    )
    assert (answer.status_code, answer.json()["choices"]) == (201, ["S", "M"])
    assert (answer.json()["value_type"], answer.json()["allow_multiple_choices"]) == ("fixed", True)


async def test_a_strangers_attribute_is_not_found(shop: Shop, other_shop: Shop) -> None:
    attribute = await made(shop)
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        body = None if method in ("GET", "DELETE") else {"name": "theirs"}
        path = f"attributes/{attribute['id']}/"
        assert (await other_shop.client.request(method, path, json=body)).status_code == 404
    assert (await other_shop.client.get("attributes/")).json()["count"] == 1
    assert (await shop.client.get(f"attributes/{attribute['id']}/")).json() == attribute


MAKING: dict[str, tuple[str, dict[str, Any]]] = {
    "clientuser": ("users/", {"custom_id": "ann"}),
    "product": ("products/", {"custom_id": "mug"}),
    "deal": ("deals/", {"name": "Order"}),
}


@pytest.mark.parametrize("content_type", MAKING)
async def test_a_name_that_answers_have_a_field_of_is_refused(shop: Shop, content_type: str) -> None:
    """Version 2 answers are flat: such an attribute could never be shown."""
    path, body = MAKING[content_type]
    shown = dict((await shop.client.post(path, json=body)).json())
    shown |= (await shop.v1.get(f"{path}{shown['id']}/")).json()
    for name in [*shown.keys() - {"order_date"}, "Custom ID", " NAME "]:
        new = {"content_type": content_type, "name": name, "value_type": "string"}
        answer = await shop.client.post("attributes/", json=new)
        assert (answer.status_code, list(answer.json().get("errors", ()))) == (400, ["name"]), name


@pytest.mark.parametrize(
    ("content_type", "name"),
    [
        ("clientuser", "Email"),
        ("company", "Phone numbers"),
        ("deal", "value"),
        ("product", "Price"),
        ("activity", "due date"),
    ],
)
async def test_a_fields_name_is_refused_however_it_is_spelt(shop: Shop, content_type: str, name: str) -> None:
    answer = await shop.client.post("attributes/", json=NEW | {"content_type": content_type, "name": name})
    assert answer.json() == {"errors": {"name": [f'"{name}" is a field of its own, not an attribute.']}}
    assert await shop.fetch("SELECT FROM attributes WHERE name = $1", name) == []
