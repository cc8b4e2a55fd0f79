"""Lists of contacts and deals: order, pages, search, filters, views, bulk actions, files, and whose deals are shown."""

from __future__ import annotations

import json
import re

import httpx
import pytest
import pytest_asyncio
from bench.pages.offered import read_offered

from tests.publicapi.conftest import open_shop
from tests.web.visiting import Site

DEALS, CONTACTS = 60, 60
ROW = re.compile(r'data-select aria-label="Select ([^"]*)"')
NEXT, PREVIOUS = (re.compile(rf'href="([^"]+)" rel="{rel}"') for rel in ("next", "prev"))


@pytest_asyncio.fixture(scope="module")
async def shop(site: Site) -> Site:
    """A shop of 60 contacts with an order each."""
    api = site.shop.client
    people = [
        {"custom_id": f"c{n}", "first_name": f"Ann{n:02}", "last_name": "Lee", "email": f"ann{n}@example.com",
         "city": "Oslo" if n % 2 else "Rome", "shoe": n, **({"size": n // 10} if n % 5 == 0 and n else {})}
        for n in range(CONTACTS)
    ]  # fmt: skip
    orders = [
        {"custom_id": f"d{n}", "name": f"Order {n:02}", "user_custom_id": f"c{n}", "value": n, "currency": "EUR",
         "stage": 2, "status": 2 if n < 5 else 1, "order_date": f"2025-03-01T10:{n:02}:00Z",
         "tags": ["gift"] if n == 7 else []}
        for n in range(DEALS)
    ]  # fmt: skip
    for path, rows in (("users/bulk/", people), ("deals/bulk/", orders)):
        answer = await api.post(path, content="\n".join(json.dumps(row) for row in rows))
        assert answer.status_code == 200, answer.text
    return site


def names(text: str) -> list[str]:
    return ROW.findall(text)


def link(found: re.Pattern[str], text: str) -> str:
    match = found.search(text)
    return match[1].replace("&amp;", "&") if match else ""


async def ids(shop: Site, table: str, *custom_ids: str) -> list[int]:
    rows = await shop.shop.fetch(f"SELECT id FROM {table} WHERE custom_id = ANY($1) ORDER BY id", list(custom_ids))
    return [int(str(row["id"])) for row in rows]


async def walked(visitor: httpx.AsyncClient, path: str) -> tuple[list[str], str]:
    """The names on all pages, and the last page."""
    found = []
    while True:
        text = (await visitor.get(path)).text
        found += names(text)
        if not (path := link(NEXT, text)):
            return found, text


@pytest.mark.parametrize("path", ["/deals/", "/contacts/", "/deals/?ordering=updated_at", "/contacts/?ordering=shoe"])
async def test_all_rows_come_once_page_by_page_and_back(shop: Site, path: str) -> None:
    async with shop.visitor(await shop.session()) as visitor:
        first = (await visitor.get(path)).text
        assert (len(names(first)), link(PREVIOUS, first)) == (50, "")
        found, last = await walked(visitor, path)
        assert len(found) == len(set(found)) == 60
        back = (await visitor.get(link(PREVIOUS, last))).text
        assert names(back) == names(first)
        assert link(PREVIOUS, back) == ""
        assert names((await visitor.get(link(NEXT, back))).text) == names(last)
        assert f"60 {path.split('/')[1]}" in first


@pytest.mark.parametrize(
    ("path", "first", "last"),
    [
        ("/contacts/?ordering=size", "Ann05 Lee", "Ann09 Lee"),
        ("/contacts/?ordering=-size", "Ann55 Lee", "Ann00 Lee"),
        ("/contacts/?ordering=name", "Ann00 Lee", "Ann59 Lee"),
        ("/contacts/?ordering=-last_order", "Ann59 Lee", "Ann00 Lee"),
        ("/deals/?ordering=-base_value", "Order 59", "Order 00"),
        ("/deals/?ordering=next_task", "Order 31", "Order 59"),
        ("/deals/?ordering=-name", "Order 59", "Order 00"),
    ],
)
async def test_any_column_sorts_and_what_has_no_value_comes_last(
    shop: Site, path: str, first: str, last: str
) -> None:  # fmt: skip
    if "next_task" in path:
        [deal] = await ids(shop, "deals", "d31")
        task = {"name": "Ask", "due_date": "2026-01-01", "activity_type": 1, "deal_id": deal}
        assert (await shop.shop.client.post("activities/", json=task)).status_code == 201
    async with shop.visitor(await shop.session()) as visitor:
        found, page = await walked(visitor, path)
        assert (len(found), len(set(found)), found[0]) == (60, 60, first)
        assert found[-1] == last
        back = names((await visitor.get(link(PREVIOUS, page))).text)
        assert back == found[:50]
    if "next_task" in path:
        await shop.shop.fetch("DELETE FROM tasks WHERE name = 'Ask'")


async def test_a_list_is_sorted_by_the_heads_of_columns(shop: Site) -> None:
    async with shop.visitor(await shop.session()) as visitor:
        text = (await visitor.get("/deals/")).text
        assert names(text)[:2] == ["Order 59", "Order 58"]
        assert 'aria-sort="descending"' in text
        assert 'href="/deals/?ordering=ordered_at"' in text
        assert names((await visitor.get("/deals/?ordering=ordered_at")).text)[0] == "Order 00"
        assert names((await visitor.get("/contacts/?ordering=-shoe")).text)[0] == "Ann59 Lee"


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/deals/?q=der+07", ["Order 07"]),
        ("/deals/?q=d13", ["Order 13"]),
        ("/deals/?status=2&ordering=ordered_at", [f"Order {n:02}" for n in range(5)]),
        ("/deals/?ordered_at__lt=2025-03-01T10:02:00Z", ["Order 01", "Order 00"]),
        ("/deals/?value__gte=58&status=", ["Order 59", "Order 58"]),
        ("/contacts/?q=ann31@", ["Ann31 Lee"]),
        ("/contacts/?q=ann+lee&shoe__lt=1", ["Ann00 Lee"]),
        ("/contacts/?email__istartswith=ANN44", ["Ann44 Lee"]),
        ("/contacts/?custom_id=c9", ["Ann09 Lee"]),
        ("/contacts/?city=Rome&shoe__lt=3&ordering=shoe", ["Ann00 Lee", "Ann02 Lee"]),
        ("/contacts/?q=nobody+at+all", []),
    ],
)
async def test_a_list_is_searched_and_narrowed(shop: Site, path: str, found: list[str]) -> None:
    async with shop.visitor(await shop.session()) as visitor:
        answer = await visitor.get(path)
        assert (answer.status_code, names(answer.text)) == (200, found)
        assert found or "Nothing fits" in answer.text


async def test_a_search_brings_only_the_part_that_it_changes(shop: Site) -> None:
    async with shop.visitor(await shop.session()) as visitor:
        text = (await visitor.get("/deals/?q=07", headers={"HX-Request": "true"})).text
        assert '<div id="found">' in text and "<html" not in text
        assert names(text) == ["Order 07"]


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/contacts/?shoo=1", "cannot be narrowed by"),
        ("/deals/?status=nine", "whole number"),
        ("/deals/?tag=gift", "Choose one of the tags"),
        ("/deals/?cursor=abc", "not a cursor"),
        ("/deals/?before=abc", "not a cursor"),
        ("/contacts/?ordering=city%3B", "Use one of"),
        (f"/contacts/?q={'x' * 300}", "At most 200 characters"),
    ],
)
async def test_what_is_not_understood_is_said(shop: Site, path: str, sentence: str) -> None:
    async with shop.visitor(await shop.session()) as visitor:
        answer = await visitor.get(path)
        assert answer.status_code == 400
        assert sentence in answer.text


async def test_a_filter_is_added_and_can_be_taken_off(shop: Site) -> None:
    async with shop.visitor(await shop.session()) as visitor:
        text = (await visitor.get("/contacts/?status=visitor&city__icontains=osl")).text
        assert "City contains osl" in text
        assert 'href="/contacts/?status=visitor"' in text


async def test_contacts_are_tagged_and_untagged_together(shop: Site) -> None:
    one, two = await ids(shop, "contacts", "c1", "c2")
    async with shop.visitor(await shop.session("member")) as visitor:
        await visitor.post("/contacts/do/", data={"act": "tag", "ids": f"{one}", "value": "vip"})
        answer = await visitor.post("/contacts/do/", data={"act": "tag", "ids": f"{one},{two}", "value": "vip"})
        assert answer.status_code == 303
        rows = await shop.shop.fetch("SELECT DISTINCT tag_ids FROM contacts WHERE id = ANY($1)", [one, two])
        [tags] = [row["tag_ids"] for row in rows]
        assert isinstance(tags, list)
        assert sorted(names((await visitor.get(f"/contacts/?tag={tags[0]}")).text)) == ["Ann01 Lee", "Ann02 Lee"]
        entries = await shop.shop.fetch(
            "SELECT actor FROM journal WHERE contact_id = $1 AND kind = 'contact.updated' AND changes ? 'tags'", two
        )
        assert [str(row["actor"]).startswith("member:") for row in entries] == [True]
        await visitor.post("/contacts/do/", data={"act": "untag", "ids": f"{one},{two}", "value": "vip"})
        assert names((await visitor.get(f"/contacts/?tag={tags[0]}")).text) == []


async def test_contacts_go_on_a_list_and_off_it(shop: Site) -> None:
    made = (await shop.shop.client.post("lists/", json={"name": "Letter"})).json()
    one, two = await ids(shop, "contacts", "c3", "c4")
    async with shop.visitor(await shop.session("member")) as visitor:
        for act, number in (("join", 2), ("leave", 0)):
            data = {"act": act, "ids": f"{one},{two}", "value": str(made["id"])}
            assert (await visitor.post("/contacts/do/", data=data)).status_code == 303
            rows = await shop.shop.fetch("SELECT contact_id FROM list_members WHERE list_id = $1", made["id"])
            assert len(rows) == number


async def test_deals_move_to_a_stage_and_back(shop: Site) -> None:
    deals = await ids(shop, "deals", "d20", "d21")
    moved = ",".join(map(str, deals))
    stages = "SELECT stage_id FROM deals WHERE id = ANY($1) ORDER BY id"
    async with shop.visitor(await shop.session("member")) as visitor:
        for value, after in (("3", [3, 3]), ("2,3", [2, 3]), ("2", [2, 2])):
            await visitor.post("/deals/do/", data={"act": "stage", "ids": moved, "value": value})
            assert [row["stage_id"] for row in await shop.shop.fetch(stages, deals)] == after
        await visitor.post("/deals/do/", data={"act": "tag", "ids": moved, "value": "late"})
        rows = await shop.shop.fetch("SELECT tag_ids FROM deals WHERE id = ANY($1)", deals)
        assert all(row["tag_ids"] for row in rows)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"act": "stage", "ids": "", "value": "2"},
        {"act": "stage", "ids": "1,x", "value": "2"},
        {"act": "stage", "ids": "1", "value": "987"},
        {"act": "stage", "ids": "1,2", "value": "2,2,2"},
        {"act": "tag", "ids": "1", "value": " "},
        {"act": "explode", "ids": "1", "value": "x"},
        {"act": "tag", "ids": ",".join(map(str, range(1, 102))), "value": "x"},
    ],
)
async def test_a_bulk_action_that_is_no_sense_is_refused(shop: Site, data: dict[str, str]) -> None:
    async with shop.visitor(await shop.session()) as visitor:
        assert (await visitor.post("/deals/do/", data=data)).status_code == 400


async def test_who_sees_only_own_deals_sees_and_changes_only_these(shop: Site) -> None:
    secret = await shop.session("custom", areas={"deals": "write", "transfer": "read"}, own=True)
    member = (await shop.shop.fetch("SELECT max(id) AS id FROM members WHERE role = 'custom'"))[0]["id"]
    own, other = await ids(shop, "deals", "d30", "d31")
    await shop.shop.client.patch(f"deals/{own}/", json={"assigned_to": member})
    async with shop.visitor(secret) as visitor:
        for query in ("", "?ordering=id", "?q=order", "?stage=2"):
            assert names((await visitor.get(f"/deals/{query}")).text) == ["Order 30"]
        lines = (await visitor.get("/deals/export/")).text.splitlines()
        assert len(lines) == 2
        await visitor.post("/deals/do/", data={"act": "tag", "ids": f"{own},{other}", "value": "mine"})
    rows = await shop.shop.fetch("SELECT id FROM deals WHERE id = ANY($1) AND tag_ids <> '{}'", [own, other])
    assert [row["id"] for row in rows] == [own]


async def test_a_list_is_taken_along_as_a_file(shop: Site) -> None:
    await shop.shop.client.post("users/", json={"custom_id": "evil", "first_name": "=1+1", "email": "evil@example.com"})
    async with shop.visitor(await shop.session()) as visitor:
        answer = await visitor.get("/deals/export/?ordering=ordered_at")
        assert answer.headers["content-disposition"] == 'attachment; filename="deals.csv"'
        head, *lines = answer.text.lstrip("\ufeff").splitlines()
        assert head.startswith("Number,Name,Contact,Value,")
        assert [line.split(",")[1] for line in lines] == [f"Order {n:02}" for n in range(DEALS)]
        assert "Ann07 Lee,7.000000 EUR" in lines[7] or "Ann07 Lee,7 EUR" in lines[7]
        assert "'=1+1" in (await visitor.get("/contacts/export/?q=evil")).text
    async with shop.visitor(await shop.session("custom", areas={"transfer": "write"})) as visitor:
        assert (await visitor.get("/deals/export/")).status_code == 403


async def test_columns_are_chosen_and_put_in_order(shop: Site) -> None:
    async with shop.visitor(await shop.session("read-only")) as visitor:
        columns = {"columns[]": ["shoe", "email", "nothing"]}
        assert (await visitor.post("/contacts/columns/", data=columns)).status_code == 303
        heads = re.findall(r'<th scope="col".*?</th>', (await visitor.get("/contacts/")).text)
        assert [re.sub("<[^>]*>", "", head).strip() for head in heads] == ["Name", "shoe", "E-mail"]
    async with shop.visitor(await shop.session("read-only")) as another:
        assert "shoe</a></th>" not in (await another.get("/contacts/")).text


async def test_a_view_may_be_for_everybody_and_the_list_may_open_with_it(shop: Site) -> None:
    everybody = {"name": "Dear", "query": "ordering=-value", "shared": "1", "opens": "1"}
    async with shop.visitor(await shop.session("admin")) as owner:
        assert (await owner.post("/deals/views/", data=everybody)).status_code == 303
        opened = await owner.get("/deals/")
        assert opened.headers["location"] == "/deals/?view=Dear&ordering=-value"
        page = (await owner.get("/deals/?view=")).text
        assert 'href="/deals/?view="' in page
        assert "Dear</a>" in page
        async with shop.visitor(await shop.session("read-only")) as other:
            page = (await other.get("/deals/")).text
            assert 'href="/deals/?view=Dear&amp;ordering=-value"' in page
            assert "Show it to everybody" not in page
            assert (await other.post("/deals/views/", data=everybody)).status_code == 403
            assert (await other.post("/deals/views/delete/", data={"name": "Dear"})).status_code == 403
            mine = {"name": "Dear", "query": "ordering=value"}
            assert (await other.post("/deals/views/", data=mine)).status_code == 303
            page = (await other.get("/deals/")).text
            assert 'href="/deals/?view=Dear&amp;ordering=value"' in page
            assert (await other.post("/deals/views/delete/", data={"name": "Dear"})).status_code == 303
        async with shop.visitor(await shop.session("member")) as third:
            answer = await third.post("/deals/views/", data=everybody)
            assert answer.status_code == 400
            assert "Somebody shares a view of this name already." in answer.text
        assert (await owner.post("/deals/views/", data={**everybody, "opens": ""})).status_code == 303
        assert (await owner.get("/deals/")).status_code == 200
        assert (await owner.post("/deals/views/delete/", data={"name": "Dear"})).status_code == 303


async def test_a_view_keeps_filters_but_no_names(shop: Site) -> None:
    async with shop.visitor(await shop.session()) as visitor:
        query = "q=x&city=Rome&email=ann1%40example.com&shoe__lt=3&ordering=shoe&status=visitor"
        answer = await visitor.post("/contacts/views/", data={"name": "Small & Roman", "query": query})
        place = answer.headers["location"]
        assert "email" not in place
        assert "q=" not in place.partition("?")[2].split("&")
        text = (await visitor.get(place)).text
        assert "Small &amp; Roman" in text
        assert "city=Rome" in place
        assert "status=visitor" in place
        assert "ordering=shoe" in place
        await visitor.post("/contacts/columns/", data={"view": "Small & Roman", "columns[]": ["city"]})
        assert ">Rome</td>" in (await visitor.get(place)).text
        assert (await visitor.post("/contacts/views/delete/", data={"name": "Small & Roman"})).status_code == 303
        assert (await visitor.post("/contacts/views/delete/", data={"name": "Small & Roman"})).status_code == 404
        assert (await visitor.post("/contacts/views/", data={"name": "", "query": ""})).status_code == 400
        assert (await visitor.post("/contacts/columns/", data={"view": "gone"})).status_code == 404


async def test_an_empty_list_says_how_the_first_comes(site: Site) -> None:
    stranger = await open_shop(site.app, site.shop.url)
    async with site.visitor(await site.session(workspace_id=stranger.workspace_id)) as visitor:
        for path, sentence in (("/contacts/", "No contacts yet"), ("/deals/", "No deals yet")):
            text = (await visitor.get(path)).text
            assert sentence in text
            assert 'href="/start/"' in text
    await stranger.client.aclose()
    await stranger.v1.aclose()


async def test_companies_products_and_tasks_have_lists_too(shop: Site) -> None:
    api = shop.shop.client
    for name in ("Acme", "Borg"):
        await api.post("companies/", json={"custom_id": name, "name": name, "tags": ["b2b"], "city": "Oslo"})
        product = {"custom_id": name, "name": f"{name} mug", "price": 12, "currency": "EUR", "quantity": 3}
        product |= {"image_url": "https://shop.example/mug.png", "quantity": 0} if name == "Borg" else {}
        assert (await api.post("products/", json=product)).status_code == 201
    tasks = [
        (
            await api.post("activities/", json={"name": f"Call {n}", "due_date": f"2026-01-0{n}T10:00:00Z", **TASK})
        ).json()
        for n in (1, 2, 3)
    ]
    async with shop.visitor(await shop.session()) as visitor:
        for path, found, other in (
            ("/companies/?q=acm", "Acme", "Borg"),
            ("/companies/?ordering=id&name=bo", "Borg", "Acme"),
            ("/products/?q=borg", "Borg mug", "Acme mug"),
            ("/products/?q=mug", "Out of stock", "In stock"),
            ("/products/?q=borg", '<img src="/pictures/?url=https', "no-picture"),
            ("/products/?quantity__lte=3&custom_id=Acme", "Acme mug", "Borg mug"),
            ("/tasks/?q=CALL+2", "Call 2", "Call 1"),
            ("/tasks/?due_date__lt=2026-01-02", "Call 1", "Call 2"),
        ):
            text = (await visitor.get(path)).text
            assert found in text, path
            assert other not in text, path
        assert names((await visitor.get("/tasks/")).text) == ["Call 1", "Call 2", "Call 3"]
        data = {"act": "done", "ids": f"{tasks[0]['id']},{tasks[2]['id']}", "value": "yes"}
        assert (await visitor.post("/tasks/do/", data=data)).status_code == 303
        assert names((await visitor.get("/tasks/?done=false")).text) == ["Call 2"]
        for path in ("companies", "products", "tasks"):
            answer = await visitor.get(f"/{path}/export/")
            assert len(answer.text.splitlines()) >= 3, path
        for path in ("/contacts/", "/deals/", "/companies/", "/products/", "/tasks/"):
            sorts = read_offered(path, (await visitor.get(path)).text).sorts
            assert len(sorts) >= 6, path
            for name, address in sorts.items():
                assert (await visitor.get(address)).status_code == 200, (path, name)


TASK = {"activity_type": 1, "user_custom_id": "c1"}
