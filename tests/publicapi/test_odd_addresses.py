"""Query strings and paths that no well-meaning client sends: answered with a sentence, never with a 5xx."""

from __future__ import annotations

import base64
import json
import os
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dealt.publicapi import activities, companies, deal_filters, product_filters
from tests.digest import changed, digest
from tests.publicapi.world import LISTS, MARK, READING, WIRES, Wire, World
from tests.publicapi.world import world as world

EXAMPLES = os.environ.get("DEALT_FUZZ_EXAMPLES")
LIMITS = settings(
    max_examples=int(EXAMPLES or 60),
    derandomize=EXAMPLES is None,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def cursor(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


PAGES = ["page", "page_size", "limit", "cursor", "ordering", "x", "", "page[]", "created_at__gte", "updated_at__lt"]
NAMES: dict[str, list[str]] = {
    "/deals/": [
        *sorted(deal_filters._OWN),
        "ordered_at__gte",
        "order_date__lt",
        "expected_close_date__gt",
        "won_at__lte",
    ],
    "/products/": sorted(product_filters.PRODUCTS.specials),
    "/companies/": sorted(companies.COMPANIES.specials),
    "/activities/": sorted(activities.REFERENCES),
    "/users/": ["search", "min", "max", "last_seen__gte", "first_seen__lt", "score__gt", "city__icontains", "gender"],
    "/users/search/": [
        "key",
        "user_key",
        "custom_id",
        "user_id",
        "email",
        "phone_number",
        "many",
        "score__lte",
        f"{MARK}_taste__gt",
    ],
    "/attributes/": ["content_type"],
    "/exchange-rates/": ["currency"],
    "/stages/": ["pipeline"],
}
ALL_NAMES = sorted({*PAGES, *(name for names in NAMES.values() for name in names)})
VALUES = [
    "", "0", "1", "2", "-1", "1.5", "1e400", "NaN", "9" * 18, "9" * 19, "9" * 30, "9" * 5000, "9223372036854775807",
    "²", "٣", "1,2", ",", "1,,2", "a", "%", "%00", "%C3%28", "%ED%A0%80", "/", "//", "&", "=", "+", "%2B", "#", "'",
    "\\", "_", "id", "-id", "--id", "ordered_at", "-ordered_at", "updated_at", "2025-06-24", "2025-06-24T12:00:00Z",
    "0001-01-01", "9999-12-31", "1750000000", "-99999999999999", "EUR", "XXX", "deal", "ticket", f"{MARK}-user",
    f"{MARK}-deal", "x" * 2000, cursor(1, 1), cursor("2025-06-24T12:00:00Z", 1), cursor("a", 1), cursor(1, 2**70),
    cursor(2**70, 1), cursor(1), cursor(), cursor(None, None), cursor([1], 1), cursor("0001-01-01T00:00:00", 1),
    cursor("9999-12-31T23:59:59-12:00", 1), "e30", "====", cursor("2025-06-24T12:00:00", 1), cursor(1.5, 1),
    cursor(True, False), base64.urlsafe_b64encode(b"[" * 5000).decode(),
]  # fmt: skip


def hold(answer: httpx.Response) -> None:
    assert answer.status_code in (200, 400, 404, 405), f"{answer.status_code} {answer.text[:300]}"
    if answer.status_code != 200:
        told = answer.json()
        assert list(told) == ["errors"] if answer.status_code == 400 else list(told) == ["detail"]


@pytest.mark.parametrize("wire", LISTS, ids=str)
async def test_no_argument_breaks_a_list(world: World, wire: Wire) -> None:
    for name in {*PAGES, *NAMES.get(wire.route.path, [])}:
        for value in VALUES:
            hold(await world.shop.client.get(f"{world.path(wire)}?{name}={value}"))


@LIMITS
@given(data=st.data())
@pytest.mark.parametrize("wire", LISTS, ids=str)
async def test_no_query_breaks_a_list(world: World, wire: Wire, data: st.DataObject) -> None:
    pairs = st.tuples(
        st.sampled_from(ALL_NAMES), st.sampled_from(VALUES) | st.text(max_size=9).map(lambda t: quote(t, ""))
    )
    query = "&".join(f"{name}={value}" for name, value in data.draw(st.lists(pairs, max_size=4)))
    for client in (world.shop.client, world.shop.v1):
        hold(await client.get(f"{world.path(wire)}?{query}"))


ODD_PARTS = [
    "%00", "a%00b", "%2F", "a%2Fb", "%2f..%2f", "..", ".", "%2E%2E", "%", "%zz", "%FF", "%ED%A0%80", "%C0%80", "@",
    "%40", ":", "a@b.example", "%20", "+", "%2B", "-", "_", "*", "~", "!", "%27", "%22", "%3Cscript%3E", "%E2%80%AE",
    "%F0%9F%98%80", "Z%C3%BCrich", "%EF%BB%BF", "0", "-1", "00", "1.0", "1e3", "9" * 18, "9223372036854775807",
    "9223372036854775808", "9" * 19, "9" * 4000, "%D9%A3", "%C2%B2", "null", "None", "true", "x" * 255, "x" * 256,
    "x" * 20_000, "%C3%9F" * 255, "search", "bulk", "history", "EUR", "2025-06-24", "0001-01-01", "2025-02-30",
]  # fmt: skip


@pytest.mark.parametrize("wire", [wire for wire in WIRES if wire.named], ids=str)
async def test_no_part_of_a_path_breaks_a_route(world: World, wire: Wire) -> None:
    """One parameter at a time is odd, the others name an object."""
    assert world.app.services
    before = await digest(world.app.services.pool)
    parts = world.path(wire).split("/")
    for place, pattern in enumerate(wire.route.path.strip("/").split("/")):
        if not pattern.startswith("<"):
            continue
        for odd in ODD_PARTS:
            path = "/".join([*parts[:place], odd, *parts[place + 1 :]])
            content = None if wire.method in ("GET", "DELETE") else b"{}"
            hold(await world.newcomer.client.request(wire.method, path, content=content))
    assert changed(before, await digest(world.app.services.pool)) == []


CUSTOM_IDS = [
    "a/b", "/", "..", ".", "%", "%2F", "a@b.example", "a b", "ü", "😀", "?x=1", "#x", "a+b", "&", "=", "search", "bulk",
    "update_or_create", "history", "12345", "-1", "'", '"', "\\", "<b>", "İ", "e\u0301", "\u202e", "x" * 255,
    "ß" * 255,
]  # fmt: skip


@pytest.mark.parametrize("kind", ["companies", "deals", "users", "products"])
@pytest.mark.parametrize("custom_id", CUSTOM_IDS)
async def test_an_object_with_any_custom_id_is_found_by_it(world: World, kind: str, custom_id: str) -> None:
    """Whatever a shop calls its objects can be read, changed and deleted under that name."""
    client = world.stranger.client
    made = await client.post(f"{kind}/", json={"name": "Odd", "custom_id": custom_id})
    assert made.status_code == 201, made.text
    # A client takes dots that stand alone for a way up or nowhere, unless they are encoded.
    path = f"{kind}-by-id/{quote(custom_id, safe='').replace('.', '%2E')}/"
    read = await client.get(path)
    assert (read.status_code, read.json()) == (200, made.json())
    changed = await client.put(path, json={"name": "Even"})
    assert (changed.status_code, changed.json()["name"]) == (200, "Even")
    assert (await client.delete(path)).status_code == 204
    assert (await client.get(path)).status_code == 404


HEADERS: list[dict[str, str | bytes]] = [
    {"Accept": "*/*; version=3"}, {"Accept": "version=2; version=1"}, {"Accept": b"\xff"}, {"Accept": "x" * 5000},
    {"Host": "evil.example/%00"}, {"Host": "\u00e9".encode()}, {"X-Forwarded-Proto": "javascript"},
    {"Cookie": b"\xfe=\xff"}, {"X-Forwarded-For": "127.0.0.1"}, {"Content-Type": "x"}, {"Content-Encoding": "gzip"},
    {"If-None-Match": "*"}, {"Range": "bytes=0-1"}, {"Transfer-Encoding": "chunked"}, {"Expect": "100-continue"},
]  # fmt: skip


@pytest.mark.parametrize("headers", HEADERS, ids=str)
async def test_no_header_breaks_a_route(world: World, headers: dict[str, str | bytes]) -> None:
    for wire in READING:
        hold(await world.shop.client.get(world.path(wire), headers=headers))  # type: ignore[arg-type]


@pytest.mark.parametrize("key", [b"\xff\xfe", b"'; --", b"x" * 255, b"a b", "é".encode()])
async def test_any_idempotency_key_that_is_short_enough_works(world: World, key: bytes) -> None:
    headers = {b"Idempotency-Key": key}
    first, again = [
        await world.stranger.client.post("deals/", json={"name": "Once"}, headers=headers) for _ in range(2)
    ]
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
