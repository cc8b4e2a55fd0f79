"""Every list of the table: narrowed, ordered and paged by one mechanism, in both versions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from dealt.kernel.lookups import LOOKUPS
from dealt.publicapi.listing import Listing
from tests.publicapi.conftest import Shop
from tests.publicapi.world import ARGUMENTS, READING, Wire, World, lasting
from tests.publicapi.world import world as world

NARROWED = [w for w in READING if isinstance(w.route.listing, Listing) and w.route.path not in ARGUMENTS]
"""Without those that must be told whom to look for."""
TEXTS = {
    "boolean": "true", "integer": "1", "float": "1.5", "date": "2025-01-01", "datetime": "2025-01-01T00:00:00Z",
}  # fmt: skip


def listing(wire: Wire) -> Listing:
    assert isinstance(wire.route.listing, Listing)
    return wire.route.listing


def each(wires: list[Wire]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("wire", wires, ids=str)


async def pages(client: httpx.AsyncClient, url: str) -> list[Any]:
    """Everything that a list holds, by its own links, but for what another minute changes by itself."""
    seen: list[Any] = []
    link: str | None = url
    while link:
        answer = await client.get(link)
        assert answer.status_code == 200, answer.text
        seen += lasting(answer.json()["results"])
        link = answer.json()["next"]
    return seen


@each(READING)
async def test_every_answer_with_pages_is_of_a_list_that_can_be_narrowed_and_ordered(world: World, wire: Wire) -> None:
    answer = await world.shop.client.get(world.path(wire), params=ARGUMENTS.get(wire.route.path))
    if "ndjson" not in answer.headers["content-type"] and "results" in answer.json():
        assert listing(wire).sorts and (listing(wire).columns or listing(wire).own)


@each(NARROWED)
async def test_every_column_takes_every_look_up_of_its_kind(world: World, wire: Wire) -> None:
    """One request for each column with all of its look-ups."""
    for name, column in listing(wire).columns.items():
        if name in {*listing(wire).own, *listing(wire).specials}:
            continue
        lookups = LOOKUPS[column.kind]
        text = TEXTS.get(column.kind, "x")
        query = "&".join(f"{name}__{lookup}={'true' if lookup == 'isnull' else text}" for lookup in lookups)
        answer = await world.shop.client.get(f"{world.path(wire)}?{query}&{name}={text}")
        assert answer.status_code == 200, answer.text


@each(NARROWED)
async def test_every_order_goes_through_the_whole_list_and_back(world: World, wire: Wire) -> None:
    url = world.path(wire)
    for client in (world.shop.client, world.shop.v1):
        whole = await pages(client, url)
        for name in (*listing(wire).sorts, *listing(wire).slow_sorts):
            forth = await pages(client, f"{url}?ordering={name}&page_size=1")
            back = await pages(client, f"{url}?ordering=-{name}&page_size=1")
            assert forth == back[::-1]
            mixed = await pages(client, f"{url}?ordering=-{name},id&page_size=1")
            assert len(forth) == len(mixed) == len(whole) and all(one in forth for one in [*whole, *mixed])


@each(NARROWED)
async def test_what_a_list_does_not_know_is_a_400_that_names_it(world: World, wire: Wire) -> None:
    plain = listing(wire).columns.keys() - {*listing(wire).own} - {*listing(wire).specials}
    name = min(plain, default=listing(wire).sorts[0])
    for client in (world.shop.client, world.shop.v1):
        for argument, value in (
            ("colour", "red"), ("colour__gt", "1"), (f"{name}__between", "1"), (f"{name}__isnull", "perhaps"),
            ("ordering", "colour"), ("ordering", f"{listing(wire).sorts[0]},name"), ("ordering", "id,id,id"),
            ("cursor", "bm90IGEgY3Vyc29y"), ("page_size", "0"),
        ):  # fmt: skip
            answer = await client.get(world.path(wire), params={argument: value})
            assert (answer.status_code, list(answer.json()["errors"])) == (400, [argument]), (argument, value)
        assert (await client.get(world.path(wire), params={"page": "99"})).status_code == 404


async def fill(shop: Shop) -> list[dict[str, Any]]:
    """Thirty orders, of which none is like another."""
    made = []
    for number in range(30):
        body = {
            "name": f"Order {number}", "custom_id": f"o-{number:02}", "value": number * 1.5, "currency": "EUR",
            "stage": 1 + number % 3, "status": number % 5, "expected_close_date": f"2025-01-{number + 1:02}",
            "order_date": f"2025-02-{number % 20 + 1:02}T12:00:00Z", "gift": number % 2 == 0, "weight": number / 4,
            "method": ["Online", "Shop", "Phone"][number % 3],
        }  # fmt: skip
        answer = await shop.client.post("deals/", json=body)
        assert answer.status_code == 201, answer.text
        made.append(answer.json())
    return made


CASES: list[tuple[str, Any]] = [
    ("value__gte=30", lambda d: float(d["value"]) >= 30),
    ("value__in=3,4.5", lambda d: d["value"] in ("3.00", "4.50")),
    ("name__icontains=ORDER 1&value__lt=20", lambda d: "Order 1" in d["name"] and float(d["value"]) < 20),
    ("gift=true", lambda d: d["gift"]),
    ("gift=false&status__in=1,2", lambda d: not d["gift"] and d["status"] in (1, 2)),
    ("weight__gt=5&weight__lte=6.5", lambda d: 5 < d["weight"] <= 6.5),
    ("method=Shop", lambda d: d["method"] == "Shop"),
    ("method__startswith=On&stage=1", lambda d: d["method"] == "Online" and d["stage"] == 1),
    ("order_date__gte=2025-02-10&method__isnull=false", lambda d: d["order_date"] >= "2025-02-10"),
    ("expected_close_date__lt=2025-01-04", lambda d: d["expected_close_date"] < "2025-01-04"),
    ("custom_id__in=o-01,o-02", lambda d: d["custom_id"] in ("o-01", "o-02")),
    ("custom_id__endswith=9", lambda d: d["custom_id"].endswith("9")),
    ("stage__in=1,2&loss_reason__isnull=true", lambda d: d["stage"] in (1, 2)),
    ("lost_at__isnull=false", lambda d: d["status"] == 3),
    ("updated_at__gte=2000-01-01", lambda _: True),
]


async def test_deals_are_narrowed_and_ordered_as_python_would(shop: Shop) -> None:
    made = await fill(shop)
    by: dict[str, Any] = {
        "ordered_at": lambda d: d["ordered_at"],
        "id": lambda _: 0,
        "updated_at": lambda d: d["updated_at"],
    }
    for query, holds in CASES:
        wanted = [deal for deal in made if holds(deal)]
        for name, value in by.items():
            for sign, behind in (("", ""), ("-", ""), ("-", ",id"), ("", ",-id")):
                found = await pages(shop.client, f"deals/?{query}&ordering={sign}{name}{behind}&page_size=7")
                down = behind == ",-id" or (not behind and sign == "-")
                expected = sorted(
                    wanted, key=lambda d: d["id"], reverse=down if name != "id" or behind else sign == "-"
                )
                expected.sort(key=value, reverse=sign == "-" and name != "id")
                assert [deal["custom_id"] for deal in found] == [deal["custom_id"] for deal in expected], query
    counted = (await shop.client.get("deals/?gift=true&page_size=2")).json()
    assert counted["count"] == 15
    by_number = await pages(shop.v1, "deals/?gift=true&page_size=4&ordering=-updated_at,id&fields=id,custom_id")
    assert len(by_number) == 15 and by_number[0].keys() == {"id", "custom_id"}


async def test_a_cursor_of_another_order_or_list_is_refused(shop: Shop) -> None:
    await fill(shop)
    link = (await shop.client.get("deals/?page_size=5")).json()["next"]
    assert (await shop.client.get(link)).status_code == 200
    for broken in (f"{link}&ordering=updated_at", link.replace("deals/", "users/"), link[:-1], f"{link}A"):
        answer = await shop.client.get(broken)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["cursor"])


async def test_what_no_index_finds_is_ended_and_named(shop: Shop) -> None:
    await shop.client.patch("workspace/", json={"longest_filter_ms": 100})
    await shop.fetch(
        "INSERT INTO deals (contact_id, id, workspace_id, name, pipeline_id, stage_id, stage_entered_at, status,"
        " ordered_at, created_at, updated_at) SELECT n, n, $1, 'x', 1, 1, now(), 1, now(), now(), now()"
        " FROM generate_series(1000000, 1000002) AS n",
        shop.workspace_id,
    )
    assert shop.app.services
    async with shop.app.services.pool.acquire() as connection, connection.transaction():
        await connection.execute("LOCK TABLE deals IN ACCESS EXCLUSIVE MODE")
        answer = await shop.client.get("deals/?name__contains=nobody&stage=1")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["name__contains"])
    assert "no index" in answer.text and "0.1 seconds, the limit of this workspace" in answer.text
    assert (await shop.client.get("deals/?stage=1&page_size=1")).status_code == 200


async def test_the_users_of_a_list_a_tag_and_a_segment_are_narrowed_and_ordered(shop: Shop) -> None:
    listed = (await shop.client.post("lists/", json={"name": "News"})).json()["id"]
    for name, city in (("ann", "Oslo"), ("bob", "Rome"), ("cid", "Oslo")):
        body = {"custom_id": name, "city": city, "tags": ["vip"], "size": len(city) + ord(name[0]) % 3}
        made = (await shop.client.post("users/", json=body)).json()
        await shop.client.post(f"users/{made['id']}/add_to_list/", json={"list": listed})
    tag = made["tags"][0]["id"]
    segment = (await shop.client.post("segments/", json={"name": "All", "filter": {}})).json()["id"]
    await shop.fetch(
        "INSERT INTO segment_members (contact_id, segment_id, workspace_id, entered_at)"
        " SELECT id, $2, workspace_id, now() FROM contacts WHERE workspace_id = $1 ON CONFLICT DO NOTHING",
        shop.workspace_id, segment,
    )  # fmt: skip
    for path in (f"lists/{listed}/users/", f"tags/{tag}/users/", f"segments/{segment}/users/"):
        for query, expected in (
            ("ordering=-id", ["cid", "bob", "ann"]), ("city=Oslo&ordering=-updated_at&page_size=1", ["cid", "ann"]),
            ("custom_id=bob", ["bob"]), ("user_id=nobody", []), ("size__gt=5", ["bob"]), ("city_gte=P", ["bob"]),
            ("updated_at__gte=2000-01-01&page_size=1", ["ann", "bob", "cid"]),
        ):  # fmt: skip
            assert [user["custom_id"] for user in await pages(shop.client, f"{path}?{query}")] == expected, query
        assert (await shop.client.get(f"{path}?colour=red")).status_code == 400


async def test_a_timeline_is_narrowed_by_type_and_time_and_read_either_way(shop: Shop) -> None:
    await shop.client.post("users/", json={"custom_id": "x"})
    for number in range(5):
        at = f"2025-01-0{number + 1}T12:00:00Z"
        await shop.client.post("users-by-id/x/events/", json={"name": "seen", "timestamp": at})
        await shop.client.post("deals/", json={"name": "Order", "user_custom_id": "x", "order_date": at})
    url = "users-by-id/x/timeline/?page_size=2&type=event,order&datetime__gte=2025-01-02T12:00:00Z&datetime__lt="
    newest = await pages(shop.client, url + "2025-01-04T12:00:00Z")
    assert [(one["type"], one["datetime"][8:10]) for one in newest] == [
        ("event", "03"), ("order", "03"), ("event", "02"), ("order", "02"),
    ]  # fmt: skip
    assert await pages(shop.client, url + "2025-01-04T12:00:00Z&ordering=datetime") == newest[::-1]
    assert (await shop.client.get(url + "2025-01-04T12:00:00Z")).json()["count"] == 4
    for argument in ("type=colour", "datetime__gte=soon", "datetime__gt=2025-01-01", "ordering=name"):
        answer = await shop.client.get(f"users-by-id/x/timeline/?{argument}")
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [argument.partition("=")[0]])


WAITING_COMPANY = "UPDATE stale_companies SET marked_at = $2 WHERE workspace_id = $1"


async def test_users_are_narrowed_and_ordered_by_what_aggregators_found_and_by_attributes(shop: Shop) -> None:
    for body in (
        {"name": "Orders", "function": "count", "source": "deals"},
        {"name": "Rests", "function": "days_since", "source": "deals"},
    ):
        made = await shop.client.post("aggregators/", json=body)
        assert made.status_code == 201, made.text
    for name, count in (("ann", 1), ("bob", 3), ("cid", 2), ("dan", 0)):
        await shop.client.post("users/", json={"custom_id": name, **({"size": count} if count else {})})
        for _ in range(count):
            at = f"2025-01-0{count}"
            await shop.client.post("deals/", json={"name": "Order", "user_custom_id": name, "order_date": at})
    await pages(shop.client, "users/")
    for query, expected in (
        ("orders__gte=2", ["bob", "cid"]), ("orders__gte=2&ordering=-orders", ["bob", "cid"]),
        ("ordering=-orders&page_size=1", ["bob", "cid", "ann", "dan"]),
        ("ordering=size&page_size=1", ["ann", "cid", "bob", "dan"]),
        ("ordering=-size,id&page_size=1", ["bob", "cid", "ann", "dan"]),
        ("ordering=rests&page_size=2", ["bob", "cid", "ann", "dan"]), ("rests__gt=1&orders=1", ["ann"]),
    ):  # fmt: skip
        assert [user["custom_id"] for user in await pages(shop.client, f"users/?{query}")] == expected, query
    await shop.client.post("tags/", json={"name": "vip"})
    await shop.client.post("lists/", json={"name": "Newsletter"})
    for path in (
        "users/",
        "users/search/?size__gte=2&many=true",
        "tags/1/users/",
        "lists/1/users/",
        "segments/",
        "segments/1/users/",
        "segments/1/members/",
        "aggregators/",
        "users-by-id/ann/segments/",
    ):
        assert "Dealt-As-Of" in (await shop.client.get(path)).headers, path
    for path in ("deals/", "companies/"):
        assert "Dealt-As-Of" not in (await shop.client.get(path)).headers, path
    body = {"name": "Firm orders", "function": "count", "source": "deals", "subject": "company"}
    assert (await shop.client.post("aggregators/", json=body)).status_code == 201
    await shop.client.post("companies/", json={"custom_id": "acme", "name": "Acme", "tags": ["vip"]})
    await shop.fetch(WAITING_COMPANY, shop.workspace_id, datetime(2025, 1, 1, tzinfo=UTC))
    for path in ("companies/", "tags/1/companies/"):
        assert (await shop.client.get(path)).headers["Dealt-As-Of"] == "2025-01-01T00:00:00Z", path
