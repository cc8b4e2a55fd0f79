"""The page of a contact: what it shows, what explains it, and what can be done to the contact there."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.web.visiting import Site


async def made(site: Site, key: str, *, orders: int = 0, **more: Any) -> int:
    api = site.shop.client
    person = {"custom_id": key, "first_name": "Ann", "last_name": key, "email": f"{key}@example.com"}
    number = int((await api.post("users/", json=person | more)).json()["id"])
    for place in range(orders):
        order = {
            "custom_id": f"{key}-{place}", "name": f"Order {key}-{place}", "user_custom_id": key, "value": 10,
            "currency": "EUR", "status": 2, "order_date": f"2025-06-{1 + place:02}",
        }  # fmt: skip
        assert (await api.post("deals/", json=order)).status_code == 201
    return number


async def contact(site: Site, number: int) -> dict[str, Any]:
    found: dict[str, Any] = (await site.shop.client.get(f"users/{number}/")).json()
    return found


async def test_numbers_orders_and_values_with_their_reasons(site: Site) -> None:
    number = await made(site, "whole", orders=12)
    aggregator = {"name": "Spent so far", "source": "deals", "function": "sum", "field": "base_value"}
    made_one = await site.shop.client.post("aggregators/", json=aggregator)
    assert made_one.status_code == 201, made_one.text
    segment = {"name": "Buyers", "filter": {"relation": "deals"}}
    in_segment = (await site.shop.client.post("segments/", json=segment)).json()["id"]
    async with site.visitor(await site.session()) as visitor:
        text = (await visitor.get(f"/contacts/{number}/")).text
        for said in ("Ann whole", "Spent so far", "Buyers", "Order whole-11", "Older orders", "whole@example.com"):
            assert said in text, said
        assert "Order whole-0</a>" not in text.split('id="timeline-title"')[0]
        behind = text.split("orders/?behind=")[1].split('"')[0]
        older = (await visitor.get(f"/contacts/{number}/orders/?behind={behind}", headers={"HX-Request": "true"})).text
        assert "Order whole-0</a>" in older
        assert "<main" not in older
        why = (await visitor.get(f"/contacts/{number}/values/{made_one.json()['id']}/")).text
        assert "12 rows" in why
        assert "Order whole-" in why
        reason = (await visitor.get(f"/contacts/{number}/segments/{in_segment}/")).text
        assert "belongs to it" in reason
        assert "holds" in reason
        assert (await visitor.get(f"/contacts/{number}/timeline/")).status_code == 200


@pytest.mark.parametrize(
    ("path", "form", "field", "value"),
    [
        ("edit/", {"first_name": "Anna", "city": "Gdynia"}, "first_name", "Anna"),
        ("edit/", {"phone_number": ""}, "phone_number", None),
        ("edit/", {"a.shoe_size": "41"}, "shoe_size", 41),
    ],
)
async def test_fields_are_edited_as_the_members_own(
    site: Site, path: str, form: dict[str, str], field: str, value: object
) -> None:
    number = await made(site, f"edit{field}", phone_number="+48 600 100 200", shoe_size=40)
    async with site.visitor(await site.session("member")) as visitor:
        assert (await visitor.post(f"/contacts/{number}/{path}", data=form)).status_code == 303
    assert (await contact(site, number))[field] == value
    [actor] = await site.shop.fetch(
        "SELECT actor FROM journal WHERE contact_id = $1 AND kind = 'contact.updated' ORDER BY id DESC LIMIT 1", number
    )
    assert str(actor["actor"]).startswith("member:")


async def test_the_last_change_of_a_contact_is_taken_back(site: Site) -> None:
    number = await made(site, "undone", tags=["old"], city="Oslo")
    api = site.shop.client
    company = (await api.post("companies/", json={"name": "Works"})).json()["id"]
    body = {"city": "Bergen", "score": 7, "tags": ["new"], "company_id": company, "size": 41}
    await api.patch(f"users/{number}/", json=body)
    async with site.visitor(await site.session()) as visitor:
        page = (await visitor.get(f"/contacts/{number}/")).text
        change = page.split('name="change" value="')[1].split('"')[0]
        answer = await visitor.post(f"/contacts/{number}/undo/", data={"change": change})
        assert answer.status_code == 303, answer.text
        found = await contact(site, number)
        assert (found["city"], found["score"], found["size"]) == ("Oslo", 0, None)
        assert ([tag["name"] for tag in found["tags"]], found["companies"]) == (["old"], [])
        assert (await visitor.post(f"/contacts/{number}/undo/", data={"change": change})).status_code == 409


async def test_a_contact_is_made_by_hand(site: Site) -> None:
    async with site.visitor(await site.session()) as visitor:
        assert (await visitor.post("/contacts/new/", data={"city": "Oslo"})).status_code == 400
        form = {"first_name": "Cy", "email": "cy@example.com", "gender": "2", "score": "", "a.size": "40"}
        answer = await visitor.post("/contacts/new/", data=form)
        assert answer.status_code == 303, answer.text
        number = int(answer.headers["location"].split("/")[2])
        found = await contact(site, number)
        assert (found["first_name"], found["gender"], found["size"]) == ("Cy", "male", 40)
        same = await visitor.post(f"/contacts/{number}/edit/", data={"first_name": "Cy", "unsubscribed": "false"})
        assert same.status_code == 303
        assert "Nothing was different" in (await visitor.get(f"/contacts/{number}/")).text


async def test_tags_and_lists_come_and_go(site: Site) -> None:
    number = await made(site, "tagged")
    listed = (await site.shop.client.post("lists/", json={"name": "Letter"})).json()["id"]
    async with site.visitor(await site.session()) as visitor:
        await visitor.post(f"/contacts/{number}/tag/", data={"name": "vip"})
        await visitor.post(f"/contacts/{number}/join/", data={"list": listed})
        found = await contact(site, number)
        assert [tag["name"] for tag in found["tags"]] == ["vip"]
        assert [one["id"] for one in found["lists"]] == [listed]
        await visitor.post(f"/contacts/{number}/untag/", data={"name": "vip"})
        await visitor.post(f"/contacts/{number}/leave/", data={"list": listed})
        found = await contact(site, number)
        assert (found["tags"], found["lists"]) == ([], [])
        assert (await visitor.post(f"/contacts/{number}/join/", data={"list": "9999"})).status_code == 404


async def test_two_become_one_and_two_again(site: Site) -> None:
    one, two = await made(site, "one", orders=1), await made(site, "two", orders=2)
    async with site.visitor(await site.session()) as visitor:
        found = (await visitor.get(f"/contacts/people/?besides={one}&contact=example.com")).text
        assert (f'value="{two}"' in found, f'value="{one}"' in found) == (True, False)
        for other in ("nobody@example.com", "", str(one)):
            answer = await visitor.post(f"/contacts/{one}/merge/", data={"contact": other})
            assert answer.status_code == 400, other
        assert (
            await visitor.post(f"/contacts/{one}/merge/", data={"contact": "Ann", "user_id": two})
        ).status_code == 303
        text = (await visitor.get(f"/contacts/{one}/")).text
        assert "Order two-1" in text
        assert "Merged into this contact" in text
        moved = await visitor.get(f"/contacts/{two}/")
        assert (moved.status_code, moved.headers["location"]) == (303, f"/contacts/{one}/")
        assert (await visitor.post(f"/contacts/{one}/unmerge/", data={"other": two})).status_code == 303
        assert "Order two-1" in (await visitor.get(f"/contacts/{two}/")).text
        assert "Order two-1" not in (await visitor.get(f"/contacts/{one}/")).text


async def test_both_are_compared_before_they_become_one_with_the_chosen_values(site: Site) -> None:
    one, two = await made(site, "first", orders=1), await made(site, "second", orders=1)
    for number, city, colour in ((one, "Oslo", "red"), (two, "Bergen", "blue")):
        await site.shop.client.put(f"users/{number}/", json={"city": city, "favourite": colour})
    async with site.visitor(await site.session()) as visitor:
        for wrong in ("nobody@example.com", "", str(one)):
            answer = await visitor.get(f"/contacts/{one}/merge/?contact={wrong}")
            assert 'role="alert"' in answer.text
        page = (await visitor.get(f"/contacts/{one}/merge/?user_id={two}")).text
        for shown in ("Oslo", "Bergen", "red", "blue", "first", "second", 'name="from.city"', 'name="from.favourite"'):
            assert shown in page
        assert 'name="from.email"' not in page
        form = {"user_id": two, "stays": "other", "from.city": "this", "from.favourite": "other"}
        answer = await visitor.post(f"/contacts/{one}/merge/", data=form)
        assert answer.headers["location"] == f"/contacts/{two}/"
        found = await contact(site, two)
        assert (found["city"], found["favourite"]) == ("Oslo", "blue")
        page = (await visitor.get(f"/contacts/{two}/")).text
        assert "Order first-0" in page
        assert "Ann first" in page.split("Merged into this contact")[1]
        values = json.dumps({"city": "Bergen"})
        await visitor.post(f"/contacts/{two}/unmerge/", data={"other": one, "values": values})
        assert (await contact(site, two))["city"] == "Bergen"
        assert (await contact(site, one))["city"] == "Oslo"
        refused = await visitor.post(f"/contacts/{two}/unmerge/", data={"other": one, "values": "["})
        assert refused.status_code == 400


async def test_who_sees_only_own_deals_sees_no_other_orders(site: Site) -> None:
    number = await made(site, "private", orders=1)
    secret = await site.session("custom", areas={"deals": "read", "contacts": "read"}, own=True)
    async with site.visitor(secret) as visitor:
        text = (await visitor.get(f"/contacts/{number}/")).text
        assert "Ann private" in text
        assert "Order private-0<" not in text
        spent = {"name": "Private count", "source": "deals", "function": "count"}
        number_of = (await site.shop.client.post("aggregators/", json=spent)).json()["id"]
        why = (await visitor.get(f"/contacts/{number}/values/{number_of}/")).text
        assert "1 row" in why.replace("\u202f", " ")
        assert "/deals/" not in why, "which orders they are is not the member's to know"


async def test_what_is_wrong_is_said_and_changes_nothing(site: Site) -> None:
    number = await made(site, "wrong")
    before = await contact(site, number)
    async with site.visitor(await site.session()) as visitor:
        for path, form in (("edit/", {"custom_id": "x" * 300}), ("tag/", {"name": ""}), ("unmerge/", {"other": "x"})):
            answer = await visitor.post(f"/contacts/{number}/{path}", data=form)
            assert answer.status_code == 400, (path, answer.text)
            assert 'role="alert"' in answer.text
        assert (await visitor.get(f"/contacts/{number}/orders/?behind=99999")).status_code == 404
        assert (await visitor.get(f"/contacts/{number}/timeline/?cursor=x")).status_code == 400
        for kind in ("", "orders", "events", "pages", "segments", "changes", "nonsense"):
            shown = (await visitor.get(f"/contacts/{number}/timeline/?kind={kind}")).text
            told = set(re.findall(r'<span class="badge">(.*?)</span>', shown))
            alone = {"orders": {"Order"}, "events": {"Event", "Product event"}, "pages": {"Page view"},
                     "segments": {"Segment"}, "changes": {"Change"}}.get(kind)  # fmt: skip
            assert alone is None or told <= alone
            assert told or kind not in ("", "changes")
    assert await contact(site, number) == before


async def test_a_deleted_contact_leaves_its_orders(site: Site) -> None:
    number = await made(site, "gone", orders=1)
    async with site.visitor(await site.session()) as visitor:
        assert (await visitor.post(f"/contacts/{number}/delete/")).status_code == 303
        assert (await visitor.get(f"/contacts/{number}/")).status_code == 404
    assert (await site.shop.client.get("deals-by-id/gone-0/")).json()["user_id"] is None


async def test_json_and_several_choices_are_typed(site: Site) -> None:
    api = site.shop.client
    for body in (
        {"name": "Sizes", "value_type": "json", "content_type": "clientuser"},
        {"name": "Likes", "value_type": "fixed", "content_type": "clientuser", "choices": ["Tea", "Milk, warm", "Rum"],
         "allow_multiple_choices": True},
    ):  # fmt: skip
        assert (await api.post("attributes/", json=body)).status_code == 201
    number = await made(site, "typed", site_url="https://shop.example/a?b=1", second_mail="x@example.com")
    async with site.visitor(await site.session("member")) as visitor:
        edit = f"/contacts/{number}/edit/"
        form = {"j.sizes": '{"shoe": [41, 42.5],\n "kid": null}', "m.likes": '["Milk, warm", "Rum"]'}
        assert (await visitor.post(edit, data=form)).status_code == 303
        now = await contact(site, number)
        assert (now["sizes"], now["likes"]) == ({"shoe": [41, 42.5], "kid": None}, ["Milk, warm", "Rum"])
        page = (await visitor.get(f"/contacts/{number}/")).text
        for said in ("2 entries: kid, shoe", 'href="https://shop.example/a?b=1"', 'href="mailto:x@example.com"'):
            assert said in page, said
        for text, said in (
            ('{"shoe": 41,\n  "kid" 3}', "Line 2, column 9"), ("[1, NaN]", "not JSON"), ('{"a": 1, "a": 2}', "twice"),
            ('"\\ud800"', "not JSON"), ('"\\u0000"', "NUL"), ("[" * 5000, "JSON"), ("9" * 6000, "number"),
        ):  # fmt: skip
            answer = await visitor.post(edit, data={"j.sizes": text})
            assert (answer.status_code, said in answer.text) == (400, True), (text[:20], said)
        assert "Line 2, column 9" in (await visitor.post(edit, data={"j.sizes": '{"shoe": 41,\n  "kid" 3}'})).text
        answer = await visitor.post(edit, data={"m.likes": '["Coffee"]'})
        assert (answer.status_code, "Coffee" in answer.text) == (400, True)
        assert (await visitor.post(edit, data={"j.sizes": "", "m.likes": "[]"})).status_code == 303
        now = await contact(site, number)
        assert (now.get("sizes"), now.get("likes")) in ((None, None), (None, []))
