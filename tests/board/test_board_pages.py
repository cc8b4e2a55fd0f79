"""What the board shows to whom, and what it lets them do, over HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import pytest
import pytest_asyncio

from dealt.board import queries, reading
from tests.conftest import Dsn
from tests.web.visiting import Site, site_on

JSON = {"Accept": "application/json", "Content-Type": "application/json"}


@pytest_asyncio.fixture(scope="module")
async def site(postgres: Dsn, template_database: str) -> AsyncIterator[Site]:
    """A server with a workspace and a database of its own."""
    async with site_on(postgres, template_database) as site:
        yield site


async def made(site: Site, name: str, **fields: Any) -> int:
    answer = await site.shop.client.post("deals/", json={"name": name, "stage": 2, **fields})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


async def test_a_column_goes_on_where_it_ended_in_every_order(site: Site) -> None:
    names = {f"Scrolled {n:02}" for n in range(50)}
    for n, name in enumerate(sorted(names)):
        await made(site, name, stage=4, value=n % 7 or None, currency="EUR", order_date=f"2026-01-{1 + n % 9:02}")
    async with site.visitor(await site.session()) as visitor:
        for sort in ("newest", "oldest", "value", "waiting", "changed", "name", "task"):
            page = (await visitor.get(f"/board/1/?sort={sort}")).text
            column = page.split('data-stage="4"')[1].split("</section>")[0]
            seen, after = column.count("data-deal="), column.split('data-after="')[1].split('"')[0]
            while after:
                path = f"/board/1/column/4/?sort={sort}&after={after}"
                told = (await visitor.get(path, headers=JSON)).json()
                column, after, seen = column + told["html"], told["after"], seen + told["html"].count("data-deal=")
            assert seen == 50, sort
            assert all(name in column for name in names), sort
        assert (await visitor.get("/board/1/column/4/?after=nonsense", headers=JSON)).status_code == 400
        assert (await visitor.get("/board/1/column/99/?after=1_1", headers=JSON)).status_code == 404


async def test_a_view_keeps_filters_order_and_groups_but_nobody_by_name(site: Site) -> None:
    async with site.visitor(await site.session()) as visitor:
        ada = {"relation": "contact", "where": {"field": "email", "op": "equals", "value": "ada@example.com"}}
        query = f"status=1&sort=value&group=tag&q=Ada&filter={quote(json.dumps(ada))}"
        answer = await visitor.post("/board/1/views/", data={"name": "Open & dear", "query": query, "opens": "1"})
        place = "/board/1/?view=Open%20%26%20dear&status=1&sort=value&group=tag"
        assert answer.headers["location"].startswith(place)
        assert (await visitor.get("/board/1/")).headers["location"].startswith(place)
        page = (await visitor.get(place)).text
        assert re.search(r'aria-current="page">Open &amp; dear</a>', page)
        assert "Delete view" in page
        assert 'href="/board/1/?view="' in page
        assert "Open &amp; dear" in (await visitor.get("/board/1/?view=")).text
        assert (await visitor.post("/board/1/views/", data={"name": "", "query": ""})).status_code == 400
        assert (await visitor.post("/board/99/views/", data={"name": "x", "query": ""})).status_code == 404
        gone = {"name": "Open & dear"}
        assert (await visitor.post("/board/1/views/delete/", data=gone)).status_code == 303
        assert (await visitor.post("/board/1/views/delete/", data=gone)).status_code == 404
        assert (await visitor.get("/board/1/")).status_code == 200


async def test_groups_come_one_after_the_other_over_all_pages(site: Site) -> None:
    [member] = await site.shop.fetch("SELECT id, email FROM members ORDER BY id LIMIT 1")
    name = str(member["email"])
    company = (await site.shop.client.post("companies/", json={"name": "Acme"})).json()["id"]
    for n in range(50):
        fields: dict[str, Any] = {
            0: {"parcel": "small", "tags": ["zebra", "apple"], "assigned_to": member["id"]},
            1: {"parcel": "Big", "tags": ["apple"], "company": company},
            2: {"shelf": ("épi 10", "Épi 9", "Øre")[n // 3 % 3]},
        }[n % 3]  # fmt: skip
        await made(site, f"Grouped {n:02}", stage=6, value=n, currency="EUR", **fields)
    async with site.visitor(await site.session()) as visitor:
        grouped: dict[str, list[str]] = {
            "attributes.parcel": ["Big", "small", "None"], "attributes.shelf": ["Épi 9", "épi 10", "Øre", "None"],
            "tag": ["apple", "zebra", "None"],
            "assigned": [name, "None"], "company": ["Acme", "None"],
        }  # fmt: skip
        for group, keys in grouped.items():
            for sort in ("newest", "value", "name"):
                query: dict[str, Any] = {"group": group, "sort": sort}
                page = (await visitor.get("/board/1/", params=query)).text
                column = page.split('data-stage="6"')[1].split("</section>")[0]
                after = column.split('data-after="')[1].split('"')[0]
                while after:
                    told = (
                        await visitor.get("/board/1/column/6/", params={**query, "after": after}, headers=JSON)
                    ).json()
                    column, after = column + told["html"], told["after"]
                assert column.count("data-deal=") == 50, (group, sort)
                shown = [
                    (label, "".join(many.split()))
                    for label, many in re.findall(r'<span class="cut">(.*?)</span>.*?data-many>(.*?)</span>', column)
                ]
                counts = dict.fromkeys(("Big", "small", "apple", "zebra", "Acme", name), 17)
                counts |= {"Épi 9": 5, "épi 10": 6, "Øre": 5}
                left = 50 - sum(counts[one] for one in keys[:-1])
                assert list(dict.fromkeys(shown)) == [(one, str(counts.get(one, left))) for one in keys]
                found = re.findall(r'data-deal="\d+" .*?data-group="(.*?)"', column)
                assert found == sorted(found)
        past = {"group": "company", "past": found[0]}
        told = (await visitor.get("/board/1/column/6/", params=past, headers=JSON)).json()
        assert set(re.findall(r'data-group="(.*?)"', told["html"])) == {"b"}
        for nonsense in ("1_1", "x.1_1", "999.b1_1", "1.b1_"):
            query = {"group": "tag", "after": nonsense}
            assert (await visitor.get("/board/1/column/6/", params=query, headers=JSON)).status_code == 400


async def test_of_a_column_too_large_to_count_only_the_first_deals_are_grouped(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(24):
        await made(site, f"Crowd {n:02}", stage=3, value=n, currency="EUR", hall="east" if n % 2 else "West")
    monkeypatch.setattr(reading, "MOST_COUNTED", 20)
    monkeypatch.setattr(reading, "MOST_GROUPED", 16)
    down, up = [*range(23, 7, -2), *range(22, 7, -2)], [*range(9, 24, 2), *range(8, 24, 2)]
    async with site.visitor(await site.session()) as visitor:
        # By name there is no index: the newest are grouped, in the order of names.
        for narrowing, expected in (("sort=value", down), ("sort=name", up), ("sort=value&q=crowd", down)):
            query = f"group=attributes.hall&{narrowing}"
            page = (await visitor.get(f"/board/1/?{query}")).text
            column = page.split('data-stage="3"')[1].split("</section>")[0]
            which = "newest" if "name" in query else "first"
            assert f"The {which} 16 deals, grouped" in column
            after = column.split('data-after="')[1].split('"')[0]
            told = (await visitor.get(f"/board/1/column/3/?{query}&after={after}", headers=JSON)).json()
            found = re.findall(r'draggable="false">Crowd (\d\d)', column + told["html"])
            assert ([int(one) for one in found], told["after"]) == (expected, "")


async def test_a_change_on_a_grouped_board_tells_its_groups(site: Site) -> None:
    deal = await made(site, "Into a group", stage=1, tags=["kept apart"])
    async with site.visitor(await site.session("member")) as visitor:
        body = {"deals": [deal], "stage": 5}
        told = (await visitor.post("/board/1/change/?group=tag", json=body, headers=JSON)).json()
        assert "kept apart" in told["cards"][0]["html"].split("<strong>")[1].split("</strong>")[0]
        assert [many for key, many in told["groups"]["5"].items() if "kept apart" in key] == [1]
        assert 'class="card-group"' not in (await visitor.get("/board/1/?group=attributes.unheard")).text
    async with site.visitor(await site.session("custom", areas={"deals": "read"}, own=True)) as visitor:
        page = (await visitor.get("/board/1/?group=company")).text.split('name="group"')[1].split("</select>")[0]
        assert ("company" in page, "assigned" in page, "tag" in page) == (False, False, True)


async def test_a_board_is_narrowed_by_the_filter_language_and_a_search(site: Site) -> None:
    await made(site, "Kettle order", value=500, currency="EUR", tags=["gift"], courier="DHL")
    await made(site, "Lamp order", value=5, currency="EUR")
    async with site.visitor(await site.session()) as visitor:
        for query in (
            "least=400", "q=kettle", "filter=(field:courier,op:equals,value:DHL)", "status=1&least=400",
        ):  # fmt: skip
            page = (await visitor.get(f"/board/1/?{query}")).text
            assert ("Kettle order" in page, "Lamp order" in page) == (True, False), query
            assert '<span class="count" data-count>1<' in page, query


async def test_who_sees_own_deals_sees_and_moves_no_others(site: Site) -> None:
    secret = await site.session("custom", areas={"deals": "write"}, own=True)
    [member] = await site.shop.fetch("SELECT max(id) AS id FROM members")
    await site.shop.client.post("users/update_or_create/", json={"custom_id": "p", "first_name": "Private"})
    mine = await made(site, "Mine of all", assigned_to=member["id"], user_custom_id="p")
    other = await made(site, "Not mine", user_custom_id="p")
    async with site.visitor(secret) as visitor:
        page = (await visitor.get("/board/1/")).text
        assert ("Mine of all" in page, "Not mine" in page) == (True, False)
        assert "Private" not in page  # contacts are not among the role's areas
        body = {"deals": [other], "stage": 3}
        assert (await visitor.post("/board/1/change/", json=body, headers=JSON)).status_code == 404
        told = (await visitor.get(f"/board/1/cards/?ids={mine},{other}", headers=JSON)).json()
        assert ([one["id"] for one in told["cards"]], told["gone"]) == ([mine], [other])
        told = (await visitor.post("/board/1/change/", json={"deals": [mine], "stage": 3}, headers=JSON)).json()
        assert [one["stage"] for one in told["cards"]] == [3]


async def test_a_change_is_taken_back_unless_somebody_came_between(site: Site) -> None:
    deal = await made(site, "Back and forth", value=10, currency="EUR")
    async with site.visitor(await site.session("member")) as visitor:
        body = {"deals": [deal], "stage": 5, "status": 2, "add_tag": "moved", "fields": {"courier": "UPS"}}
        told = (await visitor.post("/board/1/change/", json=body, headers=JSON)).json()
        back = (await visitor.post("/board/1/undo/", json={"undo": told["undo"]}, headers=JSON)).json()
        assert back["cards"][0]["stage"] == 2
        found = (await site.shop.client.get(f"deals/{deal}/")).json()
        assert (found["status"], found["tags"], found.get("courier")) == (1, [], None)
        again = await visitor.post("/board/1/undo/", json={"undo": told["undo"]}, headers=JSON)
        assert again.status_code == 400
        assert "Somebody changed the deal" in again.text


@pytest.mark.parametrize(
    "body",
    [
        {}, {"deals": []}, {"deals": ["1"]}, {"deals": [True]}, {"deals": list(range(1, 300))},
        {"deals": [1], "stage": 99}, {"deals": [1], "stage": "x"}, {"deals": [1], "add_tag": ""},
        {"deals": [1], "fields": {"value": "much"}}, {"deals": [2**63]},
    ],
)  # fmt: skip
async def test_what_makes_no_sense_is_refused(site: Site, body: dict[str, Any]) -> None:
    await made(site, "First")
    async with site.visitor(await site.session("member")) as visitor:
        answer = await visitor.post("/board/1/change/", json=body, headers=JSON)
        assert answer.status_code in (400, 404), answer.text
        assert (await visitor.post("/board/1/undo/", json=body, headers=JSON)).status_code == 400


@pytest.mark.parametrize("sort", ["ordered_at", "coalesce(base_value, -1e15)", "stage_entered_at"])
async def test_each_order_of_a_column_has_its_index(site: Site, sort: str) -> None:
    assert "LATERAL" in queries.COLUMNS
    async with site.pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        rows = await connection.fetch(
            "EXPLAIN SELECT id FROM deals WHERE workspace_id = 1 AND stage_id = 2"
            f" ORDER BY {sort} DESC, id DESC LIMIT 30"
        )
    plan = "\n".join(row[0] for row in rows)
    assert "Scan Backward using deals_by_stage" in plan
    assert "Sort" not in plan


async def test_a_page_learns_what_was_written_while_it_was_on_its_way(site: Site) -> None:
    async with site.visitor(await site.session()) as visitor:
        page = (await visitor.get("/board/1/")).text
        now = page.split('"now":"')[1].split('"')[0]
        deal = await made(site, "Just now")
        told = (await visitor.get("/board/1/cards/", params={"since": now}, headers=JSON)).json()
        assert deal in [one["id"] for one in told["cards"]]
        assert (await visitor.get("/board/1/cards/?since=x", headers=JSON)).status_code == 400
