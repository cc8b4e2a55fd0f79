"""Bulk: a line in, a line out, and no bad line stops another."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

from tests.publicapi.conftest import Shop
from tests.publicapi.test_deals import ARTICLE, make_contact


def order(number: int, **changes: Any) -> bytes:
    return json.dumps(ARTICLE | {"custom_id": f"b-{number}"} | changes).encode()


async def send(shop: Shop, lines: list[bytes], to: str = "deals", **params: str) -> list[dict[str, Any]]:
    answer = await shop.client.post(f"{to}/bulk/", content=b"\n".join(lines), params=params)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.text.splitlines()]


async def test_every_line_has_its_own_answer_in_order(shop: Shop) -> None:
    await make_contact(shop)
    lines = [
        order(1), b"{not json", order(2, user_custom_id="nobody"), order(3, stage=99), b'["a list"]',
        order(4, currency="QQQ"),
        order(5, order_products=[{"product_custom_id": "A", "value": "x"}]), b'{"name": "a", "name": "b"}',
        order(1, stage=2), order(6),
    ]  # fmt: skip
    results = await send(shop, lines)
    assert [result["line"] for result in results] == list(range(1, 11))
    assert [result["status"] for result in results] == [201, 400, 404, 400, 400, 400, 400, 400, 200, 201]
    assert results[8]["id"] == results[0]["id"]
    assert results[2]["custom_id"] == "b-2"
    assert list(results[3]["errors"]) == ["stage"]
    assert list(results[6]["errors"]) == ["order_products.0.value"]
    listed = (await shop.client.get("deals/")).json()
    assert {deal["custom_id"]: deal["stage"] for deal in listed["results"]} == {"b-1": 2, "b-6": 1}


async def test_blank_lines_are_skipped_and_line_numbers_are_those_of_the_input(shop: Shop) -> None:
    await make_contact(shop)
    results = await send(shop, [b"", order(1), b"  ", order(2), b""])
    assert [(result["line"], result["status"]) for result in results] == [(2, 201), (4, 201)]


async def test_thousands_of_lines_come_in_any_chunks(shop: Shop) -> None:
    await make_contact(shop)
    content = b"\n".join(order(number) for number in range(1_700))

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(content), 65_537):
            yield content[start : start + 65_537]

    answer = await shop.client.post("deals/bulk/", content=chunks())
    results = [json.loads(line) for line in answer.text.splitlines()]
    assert [result["status"] for result in results] == [201] * 1_700
    assert (await shop.fetch("SELECT count(*) AS n FROM deals"))[0]["n"] == 1_700
    assert (await shop.fetch("SELECT count(*) AS n FROM deal_lines"))[0]["n"] == 3_400


async def test_a_line_that_is_too_long_is_told_and_skipped(shop: Shop) -> None:
    await make_contact(shop)
    results = await send(shop, [order(1), b'{"name": "' + b"x" * 3_000_000 + b'"}', order(2)])
    assert [result["status"] for result in results] == [201, 413, 201]


async def test_bulk_work_goes_to_its_own_lane_and_can_be_silent(shop: Shop) -> None:
    await make_contact(shop)
    await shop.fetch("DELETE FROM stale")
    await send(shop, [order(1)], silent="true")
    assert await shop.fetch("SELECT lane, cause FROM stale") == [{"lane": 1, "cause": 1}]
    (entry,) = await shop.fetch("SELECT cause FROM journal WHERE kind = 'deal.created'")
    assert entry["cause"] == 1


async def test_lines_without_a_custom_id_create_a_deal_each(shop: Shop) -> None:
    await make_contact(shop)
    plain = json.dumps({"name": "x", "user_custom_id": "john-doe-01"}).encode()
    results = await send(shop, [plain, plain])
    assert results[0]["id"] != results[1]["id"]


async def test_an_empty_body_has_an_empty_answer(shop: Shop) -> None:
    assert await send(shop, []) == []


async def test_users_are_made_and_changed_in_bulk(shop: Shop) -> None:
    lines = [
        {"custom_id": "ann", "email": "ann@example.com", "points": 3},
        {"custom_id": "ann", "first_name": "Ann"},
        {"email": "nobody"},
        {"email": "bob@example.com"},
        {"custom_id": "cid", "company_id": 999_999},
    ]
    results = await send(shop, [json.dumps(line).encode() for line in lines], to="users")
    assert [result["status"] for result in results] == [201, 200, 400, 201, 404]
    assert results[1]["id"] == results[0]["id"]
    assert results[2]["errors"] == {"email": ["Enter a valid email address."]}
    ann = (await shop.client.get("users-by-id/ann/")).json()
    assert (ann["first_name"], ann["email"]) == ("Ann", "ann@example.com")
    assert (await shop.client.get("users-by-id/cid/")).status_code == 404


async def test_products_and_companies_are_made_and_changed_in_bulk(shop: Shop) -> None:
    for kind in ("products", "companies"):
        lines = [{"custom_id": "a", "name": "First"}, {"name": "Nameless"}, {"custom_id": "a", "name": "Second"}]
        results = await send(shop, [json.dumps(line).encode() for line in lines], to=kind)
        assert [result["status"] for result in results] in ([201, 400, 200], [201, 400, 201])
        assert results[2]["id"] == results[0]["id"]
        listed = (await shop.client.get(f"{kind}/")).json()["results"]
        assert [one["name"] for one in listed] == ["Second"]


async def test_a_rehearsed_bulk_of_users_stores_nothing(shop: Shop) -> None:
    results = await send(shop, [b'{"custom_id": "ann", "points": 1}'], to="users", dry_run="true")
    assert results[0]["dry_run"]
    assert results[0]["changes"][0]["kind"] == "contact.created"
    assert (await shop.client.get("users/")).json()["results"] == []
