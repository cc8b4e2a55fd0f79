"""What people delete comes back exactly: every table as before, nothing drifted, and a clear word where it cannot."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from dealt.web.flash import read as read_flash
from tests.auditing.auditing import Audited
from tests.web.visiting import Site

# What tells when something was done, and what has happened since; queues; and what the deletion itself keeps.
PASSING = {
    "journal", "stale", "follows", "jobs", "delayed_jobs", "deletions", "deleted_rows", "sessions", "audits",
    "schema_migrations", "stage_deltas", "stage_totals", "workspaces", "idempotency_keys", "members", "roles",
    "counters", "api_tokens", "backfills", "figure_changes",
}  # fmt: skip
MOVING = {
    "version", "updated_at", "computed_at", "looked_at", "definitions_version", "computed_version", "wake_at",
    "checked_at", "last_line_id", "source_updated_at",
}  # fmt: skip
TABLES = """
SELECT c.relname FROM pg_class AS c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    AND NOT c.relispartition ORDER BY c.relname"""


@pytest_asyncio.fixture
async def audited(site: Site) -> AsyncIterator[Audited]:
    found = Audited(site.shop)
    if not await site.shop.fetch("SELECT FROM contacts WHERE custom_id = 'anna'"):
        await found.fill()
        await fill_more(found)
    yield found


async def fill_more(audited: Audited) -> None:
    """Names in an order and a task, a list, tags, a device, a merge, a static segment."""
    names = {"first_name": "Anna", "last_name": "Nowak", "phone_number": "+48 600 100 200", "tags": ["vip"], "size": 41}
    await audited.patch("users-by-id/anna/", names)
    await audited.post("lists/", {"name": "Readers"})
    await audited.post("users-by-id/anna/add_to_list/", {"list": 1})
    await audited.patch("deals-by-id/o1/", {"name": "Order of Anna Nowak", "tags": ["vip"], "note": "Call Anna Nowak"})
    anna = await audited.post("users-by-id/anna/", {}, "GET")
    twin = await audited.post("users/", {"custom_id": "twin", "email": "twin@example.com"})
    await audited.post("users/merge/", {"parent": anna["id"], "users_list": [twin["id"]]})
    await audited.post("segments/1/snapshot/", {"name": "Buyers then"})
    await audited.post("pipelines/", {"name": "Repairs", "stages": ["In", "Out"]})
    await audited.post("loss-reasons/", {"name": "Too dear"})
    await audited.work()


async def everything(site: Site) -> dict[str, list[str]]:
    """Every row of every table, without what only says when."""
    found = {}
    for row in await site.shop.fetch(TABLES):
        table = str(row["relname"])
        if table not in PASSING:
            rows = await site.shop.fetch(f"SELECT to_jsonb(t) AS row FROM {table} AS t")
            images = [json.loads(str(one["row"])) for one in rows]
            found[table] = sorted(
                json.dumps({k: v for k, v in image.items() if k not in MOVING}, sort_keys=True) for image in images
            )
    return found


def without_since(rows: list[str], since: bool) -> list[str]:
    return sorted(re.sub(r'"entered_at": "[^"]+"', "", row) for row in rows) if since else rows


async def number_of(site: Site, table: str, name: str, column: str = "custom_id") -> int:
    [row] = await site.shop.fetch(f"SELECT id FROM {table} WHERE {column} = $1 ORDER BY id LIMIT 1", name)
    return int(str(row["id"]))


async def deleted(site: Site, visitor: httpx.AsyncClient, path: str) -> str:
    """Delete what ``path`` names as a person does; where the way back is."""
    before = await site.shop.fetch("SELECT coalesce(max(id), 0) AS id FROM deletions")
    answer = await visitor.post(f"{path}delete/")
    assert answer.status_code == 303, (path, answer.text)
    [row] = await site.shop.fetch("SELECT max(id) AS id FROM deletions")
    assert row["id"] != before[0]["id"], path
    return f"/deleted/{row['id']}/restore/"


# What is deleted together, and comes back the last first: a table, and the name and its column of each.
GROUPS: list[list[tuple[str, str, str, str]]] = [
    [("/contacts/", "contacts", "anna", "custom_id")],
    [("/deals/", "deals", "o1", "custom_id"), ("/deals/", "deals", "guest", "custom_id")],
    [("/companies/", "companies", "acme", "custom_id"), ("/tasks/", "tasks", "Call", "name")],
    [
        ("/products/", "products", "mug", "custom_id"),
        ("/aggregators/", "aggregators", "spent", "name"),
        ("/aggregators/", "aggregators", "bought", "name"),
        ("/settings/lists/", "lists", "Readers", "name"),
        ("/settings/tags/", "tags", "vip", "name"),
        ("/settings/attributes/", "attributes", "size", "name"),
        ("/settings/stages/", "stages", "In", "name"),
        ("/settings/pipelines/", "pipelines", "Repairs", "name"),
        ("/settings/loss-reasons/", "loss_reasons", "Too dear", "name"),
    ],
    [("/segments/", "segments", name, "name") for name in ("Buyers then", "Big", "Sold")],
]


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: str(group[0][1]))
async def test_what_comes_back_is_as_it_was(
    site: Site, audited: Audited, group: list[tuple[str, str, str, str]]
) -> None:
    """Also after everything has followed the deletion."""
    before = await everything(site)
    async with site.visitor(await site.session()) as visitor:
        ways = [
            await deleted(site, visitor, f"{path}{await number_of(site, table, name, column)}/")
            for path, table, name, column in group
        ]
        await audited.work()
        assert await everything(site) != before
        await audited.is_right()
        for back in reversed(ways):
            assert back in (await visitor.get("/deleted/")).text
            assert back in (await visitor.get("/settings/journal/")).text
            answer = await visitor.post(back)
            assert answer.status_code == 303, answer.text
            assert (await visitor.get(answer.headers["location"])).status_code == 200
        await audited.work()
        after = await everything(site)
        for each in before:
            # Who belonged to a segment because of what was gone has left it, and entered it again.
            since = group[0][1] != "segments" and each.endswith("segment_members")
            assert without_since(after[each], since) == without_since(before[each], since), each
        await audited.is_right()
        assert (await visitor.post(ways[0])).status_code == 409
        assert await site.shop.fetch("SELECT kind FROM deleted_rows") == []


async def test_who_has_the_name_meanwhile_is_named(site: Site, audited: Audited) -> None:
    api = site.shop.client
    ben, order = await number_of(site, "contacts", "ben"), await number_of(site, "deals", "o2")
    tag = await number_of(site, "tags", "vip", "name")
    segment = await number_of(site, "segments", "Big", "name")
    async with site.visitor(await site.session()) as visitor:
        ways = [
            await deleted(site, visitor, f"{path}{number}/")
            for path, number in (
                ("/settings/tags/", tag), ("/segments/", segment), ("/deals/", order), ("/contacts/", ben),
            )
        ]  # fmt: skip
        person = {"custom_id": "other", "email": "BEN@example.com"}
        other = (await api.post("users/", json=person)).json()["id"]
        await api.post("deals/", json={"custom_id": "o2", "name": "Another", "user_id": other})
        await api.post("tags/", json={"name": "vip"})
        await api.post(
            "segments/", json={"name": "Big", "subject": "deal", "filter": {"field": "value", "op": "is_set"}}
        )
        before = await everything(site)
        for way, said in zip(ways, ("another tag", "another segment", "own id", f"contact {other}"), strict=True):
            answer = await visitor.post(way)
            assert (answer.status_code, said in answer.text) == (409, True), (
                said,
                re.sub(r"<[^>]+>", " ", answer.text),
            )
        assert await everything(site) == before
        # Given way, it comes back.
        assert (await api.delete(f"users/{other}/")).is_success
        assert (await visitor.post(ways[-1])).status_code == 303
    await audited.work()
    await audited.is_right()
    for path in ("deals-by-id/o2/", "segments/9/"):
        await api.delete(path)


async def test_an_erasure_leaves_nothing_to_bring_back(site: Site, audited: Audited) -> None:
    await site.shop.client.post("users/", json={"custom_id": "gone", "first_name": "Gone", "last_name": "Forever"})
    number = await number_of(site, "contacts", "gone")
    async with site.visitor(await site.session()) as visitor:
        way = await deleted(site, visitor, f"/contacts/{number}/")
        assert "Gone Forever" in (await visitor.get("/deleted/")).text
        answer = await site.shop.client.post(f"users/{number}/erase/")
        assert answer.is_success, answer.text
        assert await site.shop.fetch("SELECT FROM deletions WHERE object_id = $1", number) == []
        assert await site.shop.fetch("SELECT FROM deleted_rows WHERE contact_id = $1", number) == []
        assert (await visitor.post(way)).status_code == 409


async def test_a_programs_deletion_is_final(site: Site, audited: Audited) -> None:
    made = (await site.shop.client.post("deals/", json={"custom_id": "x9", "name": "X"})).json()["id"]
    assert (await site.shop.client.delete(f"deals/{made}/")).is_success
    assert await site.shop.fetch("SELECT FROM deletions WHERE object_id = $1 AND object_type = 'deal'", made) == []


async def test_others_bring_back_nothing(site: Site, audited: Audited) -> None:
    """Another workspace, a role without the area, and one that sees its own deals only."""
    made = (await site.shop.client.post("deals/", json={"custom_id": "x8", "name": "Not yours"})).json()["id"]
    async with site.visitor(await site.session()) as visitor:
        way = await deleted(site, visitor, f"/deals/{made}/")
    areas: list[dict[str, Any]] = [
        {"areas": {"deals": "read"}}, {"areas": {"contacts": "write"}}, {"areas": {"deals": "write"}, "own": True},
    ]  # fmt: skip
    for role in areas:
        async with site.visitor(await site.session("custom", **role)) as other:
            assert "Not yours" not in (await other.get("/deleted/")).text
            assert (await other.post(way)).status_code in (403, 404), role


async def test_a_saved_view_comes_back_by_the_toast(site: Site, audited: Audited) -> None:
    async with site.visitor(await site.session()) as visitor:
        view = {"name": "Dear", "query": "ordering=-value&value__gte=5", "columns": "value,name"}
        assert (await visitor.post("/deals/views/", data=view)).status_code == 303
        [before] = await site.shop.fetch("SELECT columns, query FROM saved_views WHERE name = 'Dear'")
        page = await visitor.post("/deals/views/delete/", data={"name": "Dear"})
        said = read_flash(page.cookies["dealt_said"])
        assert said and said.undo
        assert (await visitor.post(said.undo.path, data=said.undo.fields)).status_code == 303
        [after] = await site.shop.fetch("SELECT columns, query FROM saved_views WHERE name = 'Dear'")
        assert dict(after) == dict(before)
