"""Bodies that no settings route may choke on: what cannot be stored, is given twice or is no object."""

from __future__ import annotations

import pytest

from tests.publicapi.conftest import Shop

ROUTES = [
    ("POST", "pipelines/"), ("PATCH", "pipelines/1/"), ("POST", "pipelines/1/stages/"), ("POST", "stages/"),
    ("PATCH", "stages/1/"), ("POST", "loss-reasons/"), ("POST", "exchange-rates/"),
    ("PUT", "exchange-rates/USD/2025-01-01/"), ("POST", "attributes/"), ("PATCH", "attributes/1/"),
    ("PATCH", "workspace/"),
]  # fmt: skip
BODIES = {
    "a NUL": b'{"name": "a\\u0000b"}',
    "a NUL in a key": b'{"na\\u0000me": 1}',
    "half a surrogate pair": b'{"name": "\\ud800"}',
    "a key given twice": b'{"name": "a", "name": "b"}',
    "bytes that are not UTF-8": b'{"name": "\xff"}',
    "a list": b'[{"name": "a"}]',
    "a text": b'"name"',
    "no JSON": b"{name: 1}",
    "an open end": b'{"name": "a"',
    "a deep nest": b'{"name": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a long number": b'{"name": ' + b"9" * 5_000 + b"}",
    "a number beyond all floats": b'{"position": 1e999, "rate": 1e999, "name": 1e999}',
    "everything of the wrong type": b'{"name": {}, "rate": [], "currency": {}, "valid_from": 1, "value_type": []}',
}


@pytest.mark.parametrize("what", list(BODIES))
async def test_a_body_that_cannot_be_taken_is_refused_and_changes_nothing(shop: Shop, what: str) -> None:
    version = "SELECT settings_version FROM workspaces WHERE id = $1"
    before = await shop.fetch(version, shop.workspace_id)
    for method, path in ROUTES:
        json = {"Content-Type": "application/json"}
        answer = await shop.client.request(method, path, content=BODIES[what], headers=json)
        assert answer.status_code == 400, f"{method} {path}: {answer.text}"
        assert answer.json()["errors"], f"{method} {path}"
    assert await shop.fetch(version, shop.workspace_id) == before


async def test_an_id_beyond_all_columns_is_not_found(shop: Shop) -> None:
    for path in ("pipelines/", "stages/", "loss-reasons/", "attributes/"):
        for wanted in ("0", str(2**63 - 1), str(2**63), "9" * 40, "-1", "1.0", "x", "%00", "%ED%A0%80"):
            assert (await shop.client.get(f"{path}{wanted}/")).status_code == 404


async def test_a_page_that_cannot_be_is_refused(shop: Shop) -> None:
    for path in ("pipelines/", "stages/", "loss-reasons/", "attributes/", "exchange-rates/"):
        for query, status in (
            ("page=0", 404), ("page=x", 404), ("page=999999999999", 404), ("page_size=0", 400), ("cursor=x", 400),
            ("cursor=WzEsMjQ5OTk5OTk5OTk5OTk5OTk5OTk5OV0", 400), ("page_size=5000", 200),
        ):  # fmt: skip
            assert (await shop.client.get(f"{path}?{query}")).status_code == status, (path, query)
