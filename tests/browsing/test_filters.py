"""Filters of the filter language in lists: in the address, in the panel, and for everything that they find."""

from __future__ import annotations

import json

import pytest

from tests.browsing.test_lists import names
from tests.browsing.test_lists import shop as shop
from tests.web.visiting import Site

RICH = {"all": [
    {"field": "city", "op": "equals", "value": "Rome"},
    {"any": [
        {"relation": "deals", "quantifier": "any", "where": {"field": "status", "op": "equals", "value": "2"}},
        {"field": "shoe", "op": "equals", "value": "30"},
    ]},
]}  # fmt: skip


async def test_a_nested_filter_stands_short_in_the_address(shop: Site) -> None:
    async with shop.visitor(await shop.session()) as visitor:
        answer = await visitor.get("/contacts/", params={"filter": json.dumps(RICH), "ordering": "shoe"})
        place = answer.headers["location"]
        assert "filter=(all:!((field:city,op:equals,value:Rome),(any:!((relation:deals," in place
        text = (await visitor.get(place)).text
        assert names(text) == ["Ann00 Lee", "Ann02 Lee", "Ann04 Lee", "Ann30 Lee"]
        assert "Contacts for which City is &#34;Rome&#34; and ((there is a deal where Status is &#34;Won&#34;" in text
        assert (await visitor.get(place.replace("/?", "/export/?"))).text.count("Ann") == 4
        view = await visitor.post("/contacts/views/", data={"name": "Rich", "query": place.partition("?")[2]})
        assert "filter=(all:" in view.headers["location"]
        named = "filter=(relation:deals,where:(field:name,op:contains,value:Ann))"
        view = await visitor.post("/contacts/views/", data={"name": "Ann", "query": named})
        assert "filter=" not in view.headers["location"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("(all:!((field:height,op:equals,value:x)))", "no field"),
        ("(all", "cannot be read"),
        ("{", "no JSON"),
        ("!(1,2)", ""),
        ("'a'", ""),
    ],
)
async def test_a_filter_that_makes_no_sense_is_said(shop: Site, wrong: str, sentence: str) -> None:
    async with shop.visitor(await shop.session()) as visitor:
        for path in ("/contacts/", "/board/1/"):
            answer = await visitor.get(path, params={"filter": wrong})
            assert (answer.status_code, sentence in answer.text) == (400, True), path
            assert 'role="alert"' in answer.text


async def test_the_panel_counts_says_and_suggests(shop: Site) -> None:
    async with shop.visitor(await shop.session()) as visitor:
        body = {"filter": json.dumps(RICH["all"][1])}
        within = "(field:city,op:equals,value:Rome)"
        told = (await visitor.post(f"/filters/look/?subject=contact&within={within}", json=body)).json()
        assert ">4 contacts<" in told["html"]
        wrong = await visitor.post(
            "/filters/look/?subject=deal",
            json={"filter": {"all": [{"field": "nothing", "op": "equals", "value": 1}]}},
            headers={"Accept": "application/json"},
        )
        assert list(wrong.json()["errors"]) == ["filter.all.0.field"]
        words = (await visitor.get("/filters/words/")).json()
        assert {"contact", "deal", "task"} <= words["subjects"].keys()
        told = (await visitor.get("/filters/values/?subject=contact&field=city")).json()
        assert [value for value, _ in told["values"]] == ["Oslo", "Rome"]
        told = (await visitor.get("/filters/values/?subject=contact&field=shoe&q=59")).json()
        assert told["values"] == [["59", ""]]
    async with shop.visitor(await shop.session("custom", areas={"deals": "write"}, own=True)) as own:
        assert (await own.get("/filters/values/?subject=contact&field=city")).status_code == 403
        bought = "(relation:contact,where:(field:city,op:equals,value:Rome))"
        assert "Your role does not include" in (await own.get(f"/deals/?filter={bought}")).text


async def test_all_of_a_list_are_changed_step_by_step_and_back(shop: Site) -> None:
    async with shop.visitor(await shop.session("member")) as visitor:
        query = "filter=(field:status,op:equals,value:'1')&ordering=-value"
        body = {"query": query, "cursor": "", "act": "tag", "value": "all of them"}
        undo: list[dict[str, str]] = []
        seen = 0
        while True:
            told = (await visitor.post("/deals/steps/", json=body)).json()
            seen, undo = seen + told["seen"], [*undo, told["undo"]]
            if not told["next"]:
                break
            body["cursor"] = told["next"]
        assert seen == 55
        number = "SELECT count(*) AS n FROM deals WHERE tag_ids && (SELECT array_agg(id) FROM tags WHERE name = $1)"
        assert [row["n"] for row in await shop.shop.fetch(number, "all of them")] == [55]
        for fields in undo:
            assert (await visitor.post("/deals/steps/", json=fields)).status_code == 200
        assert [row["n"] for row in await shop.shop.fetch(number, "all of them")] == [0]
