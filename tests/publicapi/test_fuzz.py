"""Random objects made of known fields and unkind values: never a 5xx, and what was taken can be read back.

``DEALT_FUZZ_EXAMPLES`` sets how many are tried; with it they differ from run to run.
"""

from __future__ import annotations

import json
import math
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from dealt.companies import schemas as companies
from dealt.contacts import schemas as contacts
from dealt.deals import schemas as deals
from dealt.products import schemas as products
from dealt.tasks import schemas as tasks
from tests.publicapi.world import MARK, WRITING, Wire, World
from tests.publicapi.world import world as world

EXAMPLES = os.environ.get("DEALT_FUZZ_EXAMPLES")
LIMITS = settings(
    max_examples=int(EXAMPLES or 100),
    derandomize=EXAMPLES is None,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
# Values that a field takes, by its name; other fields take these texts.
TEXTS = ["word", "1", "", None, "Zażółć gęślą jaźń", "😀", "2025-06-24", "2025-06-24T12:00:00Z"]
MOMENTS = ["2025-06-24T12:00:00Z", "2024-02-29", "2025-03-30T02:30:00", 1_750_000_000, 1.5, None, ""]
AMOUNTS = [0, 1, 19.99, "249.99", "1e3", 1e13, -1, None, ""]
FITTING: dict[str, list[Any]] = {
    "value": AMOUNTS, "price": AMOUNTS, "quantity": [0, 1, "2", 0.000001], "currency": ["EUR", "isk", "USD", None],
    "pipeline": [1, 2, "1"], "stage": [1, 2, "7"], "status": [0, 1, "2", 3], "scope": [1, "2"],
    "gender": [1, "female"], "assigned_to": [1, "1", None], "created_by": [1, None], "loss_reason": [1, None],
    "score": [0, -5, "7"], "user_id": [1, None, ""], "person": [1, None], "user_custom_id": [f"{MARK}-user", None],
    "tags": [[], ["a", "b"]], "products": [[1], [1, 99], []], "products_custom_id": [[f"{MARK}-product", "SKU"], []],
    "participants": [[1], []], "won_at": MOMENTS, "lost_at": MOMENTS, "source_updated_at": MOMENTS,
    "expected_close_date": ["2025-07-01", None], "unsubscribed": [True, "0"], "notifications": [False, "true"],
    "email": ["A@b.example", None], "attributes": [[]], "company": [None], "company_id": [None],
    "company_custom_id": [None], "user_key": [None], "userkey": [None], "order_products": [[], None],
    "product_custom_ids": [[]], "products_custom_ids": [["SKU"]],
    "x": [1, 2.5, "2025-06-24", True, [1], {"deep": [1.5, None]}, "word", None], "order_date": MOMENTS,
}  # fmt: skip
ODD: list[Any] = [
    False, 0, -1, 99, -0.0, 1e15, 1e17, 1e308, 5e-324, 2**31, 2**53 + 1, 2**63 - 1, -(2**63), " ", "-1", "1e5",
    "1e400", "NaN", "null", "true", "٣", "²", "0001-01-01", "1900-01-01", "2025-02-29", "2025-06-24 12:00",
    "9999-12-31", "2199-12-31T23:59:59.999999+00:00", "javascript:alert(1)", "\ufeff", "\u202e", "e\u0301", "ﬁ", "İ",
    "ß" * 255, "😀" * 255, "x" * 256, "x" * 20_000, "'; DROP TABLE deals; --", "<script>", "%00", "../..",
    f"{MARK}-deal", {}, [[]], [{}], [None], {"": 1}, [{"name_std": "x", "value": 1}],
]  # fmt: skip
BROKEN: list[Any] = [2**63, 10**30, math.nan, math.inf, "\x00", "\ud800"]
DEFINING: dict[str, list[Any]] = {
    "name": TEXTS, "position": [1, 2, "3", 2**31 - 1], "date_attribute": ["order_date", "x"],
    "pipeline": [1, 2, "2", 99], "stages": [["New"], ["a", "a"], [], [" "]], "currency": ["USD", "isk", "EUR"],
    "valid_from": ["2025-01-01", "1900-01-01"], "rate": [1, "0.92", 1e-12, 1e-13, 1e11, 1e12, 0, -1],
    "rates": [[], [{"currency": "USD", "valid_from": "2025-01-01"}]],
    "value_type": ["string", 2, "fixed", "date", "json"], "content_type": ["deal", "user", "ticket"],
    "description": TEXTS, "choices": [["S", "M"], [], ["S", "S"]], "allow_multiple_choices": [True, "0"],
    "time_zone": ["Europe/Warsaw", "Mars"], "base_currency": ["EUR", "PLN", "XXX"], "email": ["a@b.example"],
    "custom_id": TEXTS, "done": [True, "0"], "due_date": MOMENTS, "datetime": MOMENTS, "duration": [0, 5],
    "activity_type": [1], "deal_id": [1, 99], "users": [[1], [99]], "user_id": [1, 99],
}  # fmt: skip
ODD_NAMES = ["x", "Größe", "a b", "%", "__proto__", "Value", " name", "NAME", "", "attributes", "id", "contact_id"]
DEAL = [*sorted(deals.FIELD_NAMES), "order_date", "x"]
USER = [*sorted(contacts.FIELD_NAMES), "x"]
FIELDS: dict[str, list[str]] = {
    "deals/": DEAL,
    "deals/update_or_create/": DEAL,
    "users/": USER,
    "users/update_or_create/": USER,
    "products/": [*sorted(products.FIELD_NAMES), "x"],
    "companies/": [*sorted(companies.FIELD_NAMES), "x"],
    "activities/": [*sorted(tasks.FIELD_NAMES), "x"],
}
NEEDED: dict[str, dict[str, Any]] = {
    "deals/": {"name": "Order"},
    "deals/update_or_create/": {"name": "Order", "custom_id": "fuzz"},
    "users/": {},
    "users/update_or_create/": {"custom_id": "fuzz"},
    "products/": {"name": "Mug"},
    "companies/": {"name": "Acme"},
    "activities/": {"name": "Call", "due_date": "2025-06-24T12:00:00Z"},
}

numbers = st.integers(-(2**63), 2**63 - 1) | st.floats(-1e15, 1e15)
scalars = (
    st.sampled_from(TEXTS)
    | st.sampled_from(ODD)
    | numbers
    | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
)
nested = st.recursive(scalars, lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=5), v, max_size=3))
line = st.fixed_dictionaries(
    {"product_custom_id": st.sampled_from(["SKU", f"{MARK}-product"]), "value": st.sampled_from([1, "9.99", 0, 1e13])},
    optional={
        "quantity": st.sampled_from([1, "2", 0, 0.000001, 10**13]), "currency": st.sampled_from(["EUR", "ISK", None]),
        "discount": st.sampled_from(AMOUNTS), "tax": st.sampled_from(AMOUNTS), "total": st.sampled_from(AMOUNTS),
        "returned_quantity": st.sampled_from([0, 1]), "refunded_value": st.sampled_from([0, "5", None]),
        "name": scalars, "note": nested, "id": st.sampled_from([None, 1, 2]), "product_id": st.sampled_from([1, 99]),
    },
)  # fmt: skip


def field(names: list[str]) -> st.SearchStrategy[tuple[str, Any]]:
    """A name and, mostly, a value that it takes."""
    fitting = st.sampled_from(names).flatmap(
        lambda name: st.sampled_from(FITTING.get(name, TEXTS)).map(lambda v: (name, v))
    )
    anything = st.tuples(st.sampled_from(names) | st.sampled_from(ODD_NAMES), nested)
    return st.integers(0, 9).flatmap(lambda die: anything if die == 9 else fitting)


def objects(names: list[str], needed: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects of a few fields, of which any may be unkind; most have what is needed."""
    fields = st.lists(field(names), max_size=6).map(dict)
    whole = fields.map(lambda given: needed | given)
    if "order_products" in names:
        sent = st.lists(line, min_size=1, max_size=3)
        whole |= st.builds(lambda given, sent: given | {"order_products": sent}, whole, sent)
    broken = st.dictionaries(st.sampled_from(names), st.sampled_from(BROKEN), min_size=1, max_size=1)
    spoilt = st.builds(lambda given, bad: given | bad, whole, broken)
    return st.integers(0, 9).flatmap(lambda die: {9: spoilt, 8: fields}.get(die, whole))


def unlike(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """The values of ``one`` that are others in the other."""
    return {name: (value, other.get(name)) for name, value in one.items() if value != other.get(name)}


def encode(body: Any) -> bytes:
    return json.dumps(body).encode()


@LIMITS
@given(data=st.data())
@pytest.mark.parametrize("path", FIELDS)
async def test_what_is_taken_can_be_read_back_and_nothing_breaks(world: World, path: str, data: st.DataObject) -> None:
    kind = path.split("/")[0]
    body = data.draw(objects(FIELDS[path], NEEDED[path]))
    answer = await world.shop.client.post(path, content=encode(body))
    event(str(answer.status_code))
    assert answer.status_code < 500, answer.text
    told = answer.json()
    if answer.status_code >= 400:
        assert told.keys() <= {"errors", "detail"}
        return
    for client in (world.shop.client, world.shop.v1):
        read = await client.get(f"{kind}/{told['id']}/")
        assert read.status_code == 200, read.text
        same = await client.put(f"{kind}/{told['id']}/", content=read.content)
        assert same.status_code == 200, same.text
        assert unlike(same.json(), read.json()) == {}
    if told.keys() > {"created", "id"}:
        again = (await world.shop.client.get(f"{kind}/{told['id']}/")).json()
        assert unlike(again, told) == {}


OTHERS = [
    w for w in WRITING if w.method != "DELETE" and not w.route.streams and w.route.path not in map("/{}".format, FIELDS)
]


@settings(LIMITS, max_examples=LIMITS.max_examples // 3)
@given(data=st.data())
@pytest.mark.parametrize("wire", OTHERS, ids=str)
async def test_no_object_breaks_any_other_route(world: World, wire: Wire, data: st.DataObject) -> None:
    names = [*DEFINING, *FIELDS.get(f"{wire.route.path.split('/')[1]}/", [])]
    known: dict[str, Any] = {**FITTING, **DEFINING}
    fitting = st.sampled_from(names).flatmap(
        lambda name: st.tuples(st.just(name), st.sampled_from(known.get(name, TEXTS)) | scalars)
    )
    body = data.draw(st.lists(fitting | st.tuples(st.sampled_from(names), nested), max_size=5).map(dict))
    answer = await world.shop.client.request(wire.method, world.path(wire), content=encode(wire.body | body))
    event(str(answer.status_code))
    assert answer.status_code < 500, answer.text
