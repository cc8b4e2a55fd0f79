"""What nobody can store is refused by every route that writes: by name, with a sentence, and nothing is kept of it."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from dealt.contacts import schemas as contacts
from dealt.deals import lines
from dealt.deals import schemas as deals
from dealt.products import schemas as products
from tests.digest import changed, digest
from tests.publicapi.world import MARK, WRITING, Wire, World
from tests.publicapi.world import world as world

JSON = {"Content-Type": "application/json"}
# A part of a file is whatever it is.
TAKING_A_BODY = [
    wire
    for wire in WRITING
    if wire.method != "DELETE" and not wire.route.streams and not wire.route.path.endswith("/parts/<int:part>/")
]
DEEP = 100_000

# Bodies that no route can take, whatever its fields are, and what the answer must name.
BROKEN: dict[str, tuple[bytes, str]] = {
    "cut off": (b'{"name": "a"', "body"),
    "no JSON at all": (b"name=a", "body"),
    "a comma too many": (b'{"name": "a",}', "body"),
    "two values": (b'{"name": "a"} {"name": "b"}', "body"),
    "single quotes": (b"{'name': 'a'}", "body"),
    "a list": (b'[{"name": "a"}]', "body"),
    "a text": (b'"name"', "body"),
    "a number": (b"1", "body"),
    "true": (b"true", "body"),
    "null": (b"null", "body"),
    "a NUL in a value": (b'{"name": "a\\u0000b"}', "name"),
    "a NUL in a key": (b'{"na\\u0000me": "a"}', "name"),
    "a NUL deep within": (b'{"any": {"deep": ["\\u0000"]}}', "any.deep.0"),
    "a lone high surrogate": (b'{"name": "\\ud800"}', "body"),
    "a lone low surrogate": (b'{"name": "\\udc00 a"}', "body"),
    "surrogates in the wrong order": (b'{"name": "\\ude00\\ud83d"}', "body"),
    "bytes that are not UTF-8": (b'{"name": "\xff\xfe"}', "body"),
    "an encoded surrogate": (b'{"name": "\xed\xa0\x80"}', "body"),
    "an overlong NUL": (b'{"name": "\xc0\x80"}', "body"),
    "NaN": (b'{"name": NaN}', "body"),
    "Infinity": (b'{"name": Infinity}', "body"),
    "-Infinity": (b'{"name": -Infinity}', "body"),
    "1e400": (b'{"name": 1e400}', "body"),
    "-1e400 in a list": (b'{"name": [-1e400]}', "body"),
    "10 to the 30": (b'{"name": %d}' % 10**30, "name"),
    "10 to the 30 in a list": (b'{"name": [0, %d]}' % 10**30, "name.1"),
    "a key twice": (b'{"name": "a", "name": "b"}', "name"),
    "a key twice within": (b'{"any": [{"x": 1, "x": 2}]}', "x"),
    "open brackets": (b"[" * DEEP, "body"),
    "nested lists": (b'{"any": ' + b"[" * DEEP + b"]" * DEEP + b"}", "body"),
    "nested objects": (b'{"any": ' + b'{"a":' * DEEP + b"1" + b"}" * DEEP + b"}", "body"),
    "lists nested 900 deep": (b'{"any": ' + b"[" * 900 + b"]" * 900 + b"}", "body"),
    "objects nested 300 deep": (b'{"any": ' + b'{"a":' * 300 + b"1" + b"}" * 300 + b"}", "body"),
    "lists nested 300 deep in a line": (
        b'{"name": "a", "order_products": [{"any": ' + b"[" * 300 + b"]" * 300 + b"}]}", "body",
    ),
}  # fmt: skip


def pool(world: World) -> Any:
    assert world.app.services
    return world.app.services.pool


def refused(answer: httpx.Response, field: str, sent: object = "") -> None:
    """A 400 that says something of ``field`` or of a place within it, and of nothing else."""
    told = f"{sent!r:.60}: {answer.status_code} {answer.text[:300]}"
    assert answer.status_code == 400, told
    errors = answer.json()["errors"]
    assert errors, told
    for name, sentences in errors.items():
        assert name == field or name.startswith(f"{field}."), told
        assert sentences and all(0 < len(sentence) < 400 for sentence in sentences), told


@pytest.mark.parametrize("wire", TAKING_A_BODY, ids=str)
async def test_a_broken_body_is_refused_and_nothing_is_stored(world: World, wire: Wire) -> None:
    path = world.path(wire)
    before = await digest(pool(world))
    for what, (body, field) in BROKEN.items():
        answer = await world.shop.client.request(wire.method, path, content=body, headers=JSON)
        refused(answer, field, what)
    assert changed(before, await digest(pool(world))) == []


@pytest.mark.parametrize("wire", [wire for wire in WRITING if not wire.route.streams], ids=str)
async def test_a_body_that_is_too_long_is_refused_as_such(world: World, wire: Wire) -> None:
    before = await digest(pool(world))
    answer = await world.shop.client.request(
        wire.method, world.path(wire), content=b'{"name": "' + b"a" * 10_000_000 + b'"}', headers=JSON
    )
    assert (answer.status_code, list(answer.json())) == (413, ["detail"])
    assert changed(before, await digest(pool(world))) == []


@pytest.mark.parametrize("wire", TAKING_A_BODY, ids=str)
@pytest.mark.parametrize("form", [b"name=%FF", b"name=a%00b", b"na%00me=a"])
async def test_a_broken_form_is_refused(world: World, wire: Wire, form: bytes) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await world.shop.client.request(wire.method, world.path(wire), content=form, headers=headers)
    assert answer.status_code == 400, answer.text
    assert answer.json()["errors"]


@pytest.mark.parametrize("wire", [wire for wire in WRITING if wire.route.streams], ids=str)
async def test_a_broken_line_of_a_stream_is_refused_alone(world: World, wire: Wire) -> None:
    before = await digest(pool(world))
    bodies = [body for body, _ in BROKEN.values()] + [b'{"name": "' + b"a" * 10_000_000 + b'"}']
    answer = await world.shop.client.request(wire.method, world.path(wire), content=b"\n".join(bodies), timeout=60)
    told = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["line"] for line in told] == list(range(1, len(bodies) + 1))
    assert [line["status"] for line in told] == [400] * (len(bodies) - 1) + [413]
    for (_, field), line in zip(BROKEN.values(), told[:-1], strict=True):
        assert list(line["errors"]) == [field], line
    assert changed(before, await digest(pool(world))) == []


# Values of a shape that hardly any field takes; every field of an object of the API refuses them by name,
# unless it is listed here with the shapes that it does take.
SHAPES: dict[str, Any] = {
    "{}": {}, '{"a": 1}': {"a": 1}, "[[]]": [[]], "[{}]": [{}], "[true]": [True], "true": True, "[1.5]": [1.5],
}  # fmt: skip
OBJECTS = {"{}", '{"a": 1}'}
TAKEN = {
    ("users/", "unsubscribed"): {"true"},
    ("users/", "notifications"): {"true"},
    ("users/", "attributes"): OBJECTS,
    ("products/", "attributes"): OBJECTS,
    ("deals/", "products_custom_id"): {"[1.5]"},
    ("deals/", "products_custom_ids"): {"[1.5]"},
    ("deals/", "product_custom_ids"): {"[1.5]"},
}
FIELDS: dict[str, list[str]] = {
    "deals/": [*deals._FIELDS, *sorted(deals._TIMES), *deals._REFERENCES, *deals._SPECIAL],
    "users/": [*contacts._READERS, "attributes"],
    "products/": [*products._READERS, "attributes"],
}
NEEDED = {"deals/": {"name": "Order"}, "users/": {}, "products/": {"name": "Mug"}}


@pytest.mark.parametrize(("path", "field"), [(path, field) for path, fields in FIELDS.items() for field in fields])
async def test_a_field_refuses_values_of_another_shape(world: World, path: str, field: str) -> None:
    before = await digest(pool(world))
    for said, value in SHAPES.items():
        if said in TAKEN.get((path, field), ()):
            continue
        answer = await world.shop.client.post(path, json=NEEDED[path] | {field: value})
        refused(answer, field, said)
    assert changed(before, await digest(pool(world))) == []


@pytest.mark.parametrize("key", lines._READERS)
async def test_a_key_of_a_line_refuses_values_of_another_shape(world: World, key: str) -> None:
    before = await digest(pool(world))
    for value in [*SHAPES.values(), "x" * 300, *([-1] if key in lines._NOT_NEGATIVE else [])]:
        line = {"product_custom_id": "SKU", "value": 1, key: value}
        body = {"name": "Order", "order_products": [{"product_custom_id": "SKU", "value": 1}, line]}
        answer = await world.shop.client.post("deals/", json=body)
        refused(answer, f"order_products.1.{key}", value)
    assert changed(before, await digest(pool(world))) == []


LINE = {"product_custom_id": f"{MARK}-product", "value": 1}
FRESH = {"product_custom_id": "never seen", "value": 1}
HUGE = 10**13
DEALS: list[tuple[dict[str, Any], str]] = [
    ({"name": None}, "name"),
    ({"name": "  "}, "name"),
    ({"name": "x" * 256}, "name"),
    ({"custom_id": "x" * 256}, "custom_id"),
    ({"custom_id": f"{MARK}-deal"}, "custom_id"),
    ({"value": 1e308}, "value"),
    ({"value": 10**14}, "value"),
    ({"value": "NaN"}, "value"),
    ({"value": "Infinity"}, "value"),
    ({"value": "1e400"}, "value"),
    ({"value": "1,000.00"}, "value"),
    ({"value": "٣"}, "value"),
    ({"currency": "XXX"}, "currency"),
    ({"currency": "EURO"}, "currency"),
    ({"stage": 99}, "stage"),
    ({"stage": 0}, "stage"),
    ({"stage": None}, "stage"),
    ({"stage": 2**63}, "stage"),
    ({"stage": 1, "pipeline": 2}, "stage"),
    ({"stage": 7, "pipeline": 1}, "stage"),
    ({"pipeline": 99}, "pipeline"),
    ({"status": 5}, "status"),
    ({"status": -1}, "status"),
    ({"status": "won"}, "status"),
    ({"status": "²"}, "status"),
    ({"scope": "²"}, "scope"),
    ({"scope": 2**31}, "scope"),
    ({"assigned_to": 99}, "assigned_to"),
    ({"created_by": 99}, "created_by"),
    ({"loss_reason": 99}, "loss_reason"),
    ({"loss_reason_description": "x" * 10_001}, "loss_reason_description"),
    ({"tags": [99]}, "tags"),
    ({"tags": [""]}, "tags"),
    ({"tags": ["  "]}, "tags"),
    ({"tags": ["x" * 256]}, "tags"),
    ({"products": list(range(1, 1_002))}, "products"),
    ({"products_custom_id": [""]}, "products_custom_id"),
    ({"expected_close_date": "0001-01-01"}, "expected_close_date"),
    ({"expected_close_date": "9999-12-31"}, "expected_close_date"),
    ({"expected_close_date": "2025-02-30"}, "expected_close_date"),
    ({"expected_close_date": "tomorrow"}, "expected_close_date"),
    ({"won_at": "0001-01-01T00:00:00Z"}, "won_at"),
    ({"won_at": "9999-12-31T23:59:59Z"}, "won_at"),
    ({"won_at": 10**15}, "won_at"),
    ({"lost_at": "2025-06-24T25:00:00Z"}, "lost_at"),
    ({"source_updated_at": "0001-01-01"}, "source_updated_at"),
    ({"source_updated_at": "9999-12-31"}, "source_updated_at"),
    ({"order_date": "0001-01-01"}, "order_date"),
    ({"order_date": "9999-12-31T23:59:59Z"}, "order_date"),
    ({"order_date": "soon"}, "order_date"),
    ({"gift": 1e308}, "gift"),
    ({"gift": "x" * 10_001}, "gift"),
    ({"gift": {"long": "x" * 70_000}}, "gift"),
    ({"x" * 256: 1}, "x" * 256),
    ({"!": 1}, "!"),
    ({"order_products": {}}, "order_products"),
    ({"order_products": [LINE] * 10_000}, "order_products"),
    ({"order_products": [1]}, "order_products.0"),
    ({"order_products": [{}]}, "order_products.0"),
    ({"order_products": [{"value": 1}]}, "order_products.0"),
    ({"order_products": [LINE | {"value": None}]}, "order_products.0.value"),
    ({"order_products": [LINE | {"quantity": -1}]}, "order_products.0.quantity"),
    ({"order_products": [LINE | {"quantity": 1e308}]}, "order_products.0.quantity"),
    ({"order_products": [LINE | {"returned_quantity": 2}]}, "order_products.0.returned_quantity"),
    ({"order_products": [LINE | {"currency": "YYY"}]}, "order_products.0.currency"),
    ({"order_products": [LINE | {"note": "x" * 20_000}]}, "order_products.0"),
    ({"order_products": [LINE | {"value": HUGE, "quantity": HUGE}]}, "order_products"),
    ({"order_products": [LINE | {"value": HUGE}] * 20}, "order_products"),
    ({"order_products": [{"product_custom_id": "never seen", "total": HUGE, "quantity": 0.000001}]}, "order_products"),
    ({"order_products": [LINE | {"value": HUGE, "quantity": 9, "discount": -HUGE * 9}]}, "order_products"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "field"), DEALS, ids=[json.dumps(body)[:60] for body, _ in DEALS])
async def test_a_deal_that_cannot_be_is_refused_by_name_and_leaves_no_trace(
    world: World, body: dict[str, Any], field: str
) -> None:
    """Also where other parts of the message name things that the workspace has not seen before."""
    before = await digest(pool(world))
    new = {"name": "Order", "tags": ["never seen"], "never_seen": 1, "order_products": [FRESH]}
    for path in ("deals/", "deals/update_or_create/"):
        upsert = path.endswith("create/")
        if upsert and body.get("custom_id") == f"{MARK}-deal":
            continue
        extra = {"custom_id": "refused"} if upsert else {}
        refused(await world.shop.client.post(path, json=new | extra | body), field)
    if body != {"custom_id": f"{MARK}-deal"}:
        refused(await world.shop.client.patch(f"deals-by-id/{MARK}-deal/", json=new | body), field)
    assert changed(before, await digest(pool(world))) == []


UNKNOWN: list[dict[str, Any]] = [
    {"user_id": 2**62}, {"person": 2**62}, {"user_custom_id": "nobody"}, {"user_key": "nobody"}, {"userkey": "nobody"},
    {"company": 2**62}, {"company_id": 2**62}, {"company_custom_id": "nobody"}, {"participants": [2**62]},
]  # fmt: skip


@pytest.mark.parametrize("body", UNKNOWN, ids=str)
async def test_a_deal_of_somebody_unknown_is_not_found_and_leaves_no_trace(world: World, body: dict[str, Any]) -> None:
    before = await digest(pool(world))
    new = {"name": "Order", "tags": ["never seen"], "never_seen": 1, "order_products": [FRESH]}
    for path in ("deals/", "deals/update_or_create/"):
        answer = await world.shop.client.post(path, json=new | {"custom_id": "refused"} | body)
        assert (answer.status_code, list(answer.json())) == (404, ["detail"])
    answer = await world.shop.client.patch(f"deals-by-id/{MARK}-deal/", json=new | body)
    assert (answer.status_code, list(answer.json())) == (404, ["detail"])
    assert changed(before, await digest(pool(world))) == []


async def test_what_a_refused_and_a_stored_order_name_together_stays(world: World) -> None:
    line = {"product_custom_id": "shared", "value": 1}
    orders = [
        {"name": "Refused", "order_products": [line | {"returned_quantity": 2}], "tags": ["of the refused"]},
        {"name": "Stored", "order_products": [line], "tags": ["of the stored"]},
    ]
    answer = await world.newcomer.client.post("deals/bulk/", content=b"\n".join(json.dumps(o).encode() for o in orders))
    assert [json.loads(told)["status"] for told in answer.text.splitlines()] == [400, 201]
    workspace_id = world.newcomer.workspace_id
    [linked] = await world.newcomer.fetch("SELECT product_id FROM deal_products WHERE workspace_id = $1", workspace_id)
    [reserved] = await world.newcomer.fetch(
        "SELECT product_id FROM product_custom_ids WHERE workspace_id = $1", workspace_id
    )
    assert linked == reserved
    tags = await world.newcomer.fetch("SELECT name FROM tags WHERE workspace_id = $1", workspace_id)
    assert tags == [{"name": "of the stored"}]
