"""How real clients spell their requests, byte for byte, and what the answers look like on the wire."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import quote, unquote, urlencode

import pytest

from tests.conformance.shops import open_world as open_world
from tests.conformance.shops import shop as shop
from tests.conformance.shops import world as world
from tests.conformance.wire import Answer, send
from tests.publicapi.conftest import Shop
from tests.publicapi.world import ARGUMENTS, READING, WIRES, WRITING, Wire, World

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}


def whole(answer: Answer, status: int) -> Any:
    """The JSON of an answer that is as every answer must be."""
    assert answer.status == status, answer.body
    assert answer.header("Content-Type") == "application/json"
    assert int(str(answer.header("Content-Length"))) == len(answer.body)
    assert answer.header("Vary") == "Accept, Authorization, Origin"
    told = answer.json()
    assert not (status < 300 and isinstance(told, dict) and "detail" in told)
    return told


async def make_user(shop: Shop, custom_id: str) -> int:
    answer = await shop.client.post("users/update_or_create/", json={"custom_id": custom_id})
    assert answer.is_success, answer.text
    return int(answer.json()["id"])


@pytest.mark.parametrize("target", ["users", "users/", "users?page_size=2", "users/?page_size=2/", "users?page=1/"])
async def test_a_list_is_served_however_its_address_ends(shop: Shop, target: str) -> None:
    assert {"count", "next", "previous", "results"} == whole(await send(shop, "GET", target), 200).keys()


@pytest.mark.parametrize("target", ["users?email=a@example.com", "users?page=1&email=a%40example.com"])
async def test_a_search_at_the_address_of_the_list_without_its_slash_is_not_found(shop: Shop, target: str) -> None:
    """As recorded: who asks so takes any 200 for the user."""
    await shop.client.post("users/", json={"email": "a@example.com"})
    for version in (1, 2):
        assert whole(await send(shop, "GET", target, version=version), 404) == {"detail": "Not found."}


@pytest.mark.parametrize("target", ["users/search/?email=b@example.com/", "users/search?email=b%40example.com"])
async def test_a_search_is_served_however_its_address_ends(shop: Shop, target: str) -> None:
    await shop.client.post("users/", json={"email": "b@example.com"})
    assert whole(await send(shop, "GET", target), 200)["email"] == "b@example.com"


@pytest.mark.parametrize(
    "custom_id", ["jane@example.com", "a:b", "a,b", "a+b", "~a!$'()*;=", "a%2Fb", "a%2fb", "%40%20%40"]
)
async def test_what_may_stand_in_a_path_may_be_encoded_there_or_not(shop: Shop, custom_id: str) -> None:
    user_id = await make_user(shop, unquote(custom_id))
    for target in (f"users-by-id/{custom_id}/", f"users-by-id/{custom_id}"):
        assert whole(await send(shop, "GET", target), 200)["id"] == user_id
    encoded = quote(unquote(custom_id), safe="")
    assert whole(await send(shop, "GET", f"users-by-id/{encoded}/"), 200)["id"] == user_id


async def test_a_get_may_carry_a_content_type_and_an_empty_or_a_foolish_body(shop: Shop) -> None:
    user_id = await make_user(shop, "empty")
    for body in (None, b"", b"{}", b"[", b"\xff"):
        for headers in (JSON, FORM, {"Content-Type": "application/json; charset=utf-8"}, {"Content-Type": ""}):
            answer = await send(shop, "GET", f"users/{user_id}/", headers=headers, body=body)
            assert whole(answer, 200)["custom_id"] == "empty"


async def test_a_delete_may_carry_a_body(shop: Shop) -> None:
    for body, headers in ((b"", JSON), (b'{"user_id": 5}', JSON), (b"{not json", JSON), (b"a=1", FORM)):
        user_id = await make_user(shop, "gone")
        answer = await send(shop, "DELETE", f"users/{user_id}/", headers=headers, body=body)
        assert (answer.status, answer.body, answer.header("Content-Type")) == (204, b"", None)
        assert answer.header("Content-Length") is None
        assert whole(await send(shop, "DELETE", f"users/{user_id}/"), 404) == {"detail": "Not found."}


async def test_header_names_come_in_any_case(shop: Shop) -> None:
    body = json.dumps({"email": "case@example.com"}).encode()
    for spell in (str.lower, str.upper, str.title, str.swapcase):
        headers = {spell("Authorization"): f"Token {shop.token}", spell("Content-Type"): "application/json"}
        answer = await send(shop, "POST", "users/", headers=headers, body=body, token=False)
        assert whole(answer, 201)["email"] == "case@example.com"


FORMS: list[tuple[bytes, dict[str, Any]]] = [
    (b"email=form%40example.com&first_name=J%C3%BCrgen+M", {"email": "form@example.com", "first_name": "Jürgen M"}),
    (b"tags[]=a&tags[]=b", {"tags": ["a", "b"]}),
    (b"tags%5B%5D=a&tags%5B%5D=b", {"tags": ["a", "b"]}),
    (b"tags[0]=a&tags[1]=b", {"tags": ["a", "b"]}),
    (b"tags[0][name]=a&tags[1][name]=b", {"tags": ["a", "b"]}),
    (b"attributes[0][name_std]=shade&attributes[0][value]=red", {"shade": "red"}),
    (b"attributes[shade]=red", {"shade": "red"}),
    (b"score=7&unsubscribed=1&gender=2&country=", {"score": 7, "unsubscribed": True, "gender": "male"}),
    (b'{"email": "json@example.com", "score": 3}', {"email": "json@example.com", "score": 3}),
    (b' \n{"tags": ["a"]}', {"tags": ["a"]}),
]


@pytest.mark.parametrize(("body", "expected"), FORMS)
async def test_forms_are_taken_as_php_sends_them_and_json_that_is_called_a_form(
    shop: Shop, body: bytes, expected: dict[str, Any]
) -> None:
    for kind in ("application/x-www-form-urlencoded", "Application/X-WWW-Form-Urlencoded; charset=UTF-8"):
        answer = await send(shop, "POST", "users/", headers={"Content-Type": kind}, body=body)
        made = whole(answer, 201)
        made["tags"] = [tag["name"] for tag in made["tags"]]
        assert {name: made[name] for name in expected} == expected


async def test_an_order_can_be_a_form(shop: Shop) -> None:
    body = (
        b"name=Order&custom_id=form-1&order_products[0][product_custom_id]=A&order_products[0][value]=9.99"
        b"&order_products[0][quantity]=2&order_products[1][product_custom_id]=B&order_products[1][value]=1"
    )
    deal = whole(await send(shop, "POST", "deals/", headers=FORM, body=body), 201)
    assert [line["product_custom_id"] for line in deal["order_products"]] == ["A", "B"]
    assert deal["lines_total"] == "20.98"


BAD_FORMS = [
    (b"email=%FF", "body"), (b"\xff", "body"), (b"tags=a&tags[0]=b", "tags"), (b"tags[0]=a&tags=b", "tags"),
    (b"x" + b"[a]" * 30 + b"=1", "x"), (b"{oh=1", "body"), (b"email=a%00b", "email"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "field"), BAD_FORMS)
async def test_a_form_that_cannot_be_meant_is_refused(shop: Shop, body: bytes, field: str) -> None:
    assert list(whole(await send(shop, "POST", "users/", headers=FORM, body=body), 400)["errors"]) == [field]


async def test_links_go_where_the_client_came_from(shop: Shop) -> None:
    for number in range(3):
        await make_user(shop, f"page-{number}")
    for version in (1, 2):
        headers = {"Host": "api.shop.example:8443", "X-Forwarded-Proto": "https"}
        page = whole(await send(shop, "GET", "users/?page_size=1", headers=headers, version=version), 200)
        assert page["next"].startswith("https://api.shop.example:8443/api/public/users/?page_size=1&")
        link = page["next"].removeprefix("https://api.shop.example:8443")
        assert whole(await send(shop, "GET", link, version=version), 200)["results"] != page["results"]
    assert whole(await send(shop, "GET", "users/?page=900"), 404) == {"detail": "Invalid page."}


async def test_head_and_options_answer_as_get_would(shop: Shop) -> None:
    got, head = await send(shop, "GET", "users/"), await send(shop, "HEAD", "users/")
    assert (head.status, head.body) == (200, b"")
    assert head.header("Content-Length") == got.header("Content-Length")
    options = await send(shop, "OPTIONS", "users/", token=False)
    assert whole(options, 200) == {}
    assert options.header("Allow") == "GET, POST, HEAD, OPTIONS"
    assert (await send(shop, "OPTIONS", "users/1/", token=False)).header("Allow") == (
        "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"
    )


async def test_a_wrong_token_is_refused_in_the_recorded_words(shop: Shop) -> None:
    answer = await send(shop, "GET", "users/", headers={"Authorization": "Token wrong"}, token=False)
    assert whole(answer, 401) == {"detail": "Invalid token."}
    assert answer.header("WWW-Authenticate") == "Token"


PREFLIGHT = {
    "Origin": "https://shop.example", "Access-Control-Request-Method": "PUT",
    "Access-Control-Request-Headers": "authorization, x-user-key",
}  # fmt: skip


async def test_a_page_of_a_named_origin_may_call(open_world: Shop) -> None:
    preflight = await send(open_world, "OPTIONS", "users/1/", headers=PREFLIGHT, token=False)
    assert whole(preflight, 200) == {}
    assert preflight.header("Access-Control-Allow-Origin") == "https://shop.example"
    assert "PUT" in str(preflight.header("Access-Control-Allow-Methods"))
    assert preflight.header("Access-Control-Allow-Headers") == "authorization, x-user-key"
    assert preflight.header("Access-Control-Allow-Credentials") is None
    for origin in ("https://shop.example", "https://other.example"):
        for token in (True, False):
            answer = await send(open_world, "GET", "users/", headers={"Origin": origin}, token=token)
            whole(answer, 200 if token else 401)
            assert answer.header("Access-Control-Allow-Origin") == origin
            assert "Retry-After" in str(answer.header("Access-Control-Expose-Headers"))
    odd = PREFLIGHT | {"Access-Control-Request-Headers": "x; <script>"}
    told = (await send(open_world, "OPTIONS", "users/1/", headers=odd, token=False)).header(
        "Access-Control-Allow-Headers"
    )
    assert told == "Accept, Authorization, Content-Type, Idempotency-Key"


async def test_any_other_page_may_not_nor_any_where_none_is_named(open_world: Shop, shop: Shop) -> None:
    for server, origin in ((open_world, "https://evil.example"), (open_world, "null"), (shop, "https://shop.example")):
        for method, headers in (("GET", {}), ("OPTIONS", PREFLIGHT)):
            answer = await send(server, method, "users/", headers=headers | {"Origin": origin})
            assert answer.status == 200
            assert [name for name, _ in answer.headers if name.lower().startswith("access-control")] == []


def _told(world: World, wire: Wire) -> str:
    """The address of a read, with what it must be told."""
    return f"{world.path(wire)}?{urlencode(ARGUMENTS.get(wire.route.path, {}))}"


@pytest.mark.parametrize("wire", READING, ids=str)
async def test_no_answer_that_is_fine_carries_a_detail(world: World, wire: Wire) -> None:
    for version in (1, 2):
        answer = await send(world.shop, "GET", _told(world, wire), version=version)
        if answer.header("Content-Type") == "application/json":
            whole(answer, 200)


@pytest.mark.parametrize("wire", [wire for wire in WIRES if "/remove_" in wire.route.path], ids=str)
async def test_what_some_clients_delete_others_post(wire: Wire) -> None:
    assert {"POST", "DELETE"} <= {other.method for other in WIRES if other.route.path == wire.route.path}


@pytest.mark.parametrize("wire", [wire for wire in WRITING if not wire.route.streams], ids=str)
async def test_every_write_takes_a_form_and_a_form_that_is_json(world: World, wire: Wire) -> None:
    """Rehearsed, so that nothing changes: never an error of ours, and never a complaint about the spelling."""
    body = json.dumps(wire.body).encode()
    for content in (b"name=x", b"name[first]=x&tags[]=1", body):
        answer = await send(world.shop, wire.method, world.path(wire) + "?dry_run=1", headers=FORM, body=content)
        assert answer.status in (200, 400, 404, 409), answer.body
        assert b"This is not JSON" not in answer.body


@pytest.mark.parametrize("wire", READING, ids=str)
async def test_a_read_answers_only_the_fields_that_are_asked_for(world: World, wire: Wire) -> None:
    url = _told(world, wire)
    for client in (world.shop.client, world.shop.v1):
        full = await client.get(url)
        if full.headers["Content-Type"] != "application/json":
            continue
        objects = _objects(full.json())
        if not objects:
            continue
        names = list(objects[0])
        first, last = names[0], names[-1]
        thin = await client.get(f"{url}&fields={last},{first}")
        assert _objects(thin.json()) == [{last: found[last], first: found[first]} for found in objects]
        unknown = await client.get(f"{url}&fields={first},colour")
        assert unknown.status_code == 400 and "colour" in unknown.json()["errors"]["fields"][0]
        assert (await client.get(f"{url}&fields=")).status_code == 400


def _objects(told: Any) -> Any:
    return told.get("results", [told])


async def test_requests_one_after_the_other_on_one_connection(shop: Shop) -> None:
    """An empty 204 and a HEAD leave the connection where the next request expects it."""
    user_id = await make_user(shop, "kept")
    port = int(shop.url.split(":")[2].split("/")[0])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"HTTP/1.1\r\nHost: x\r\nAuthorization: Token {shop.token}\r\n"
    for method, target in (("HEAD", "users/"), ("DELETE", f"users/{user_id}/"), ("GET", f"users/{user_id}/")):
        writer.write(f"{method} /api/public/{target} {head}\r\n".encode())
    expected = [b"200", b"204", b"404"]
    for status in expected:
        told = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
        assert told.split()[1] == status
    writer.close()


async def test_only_what_stands_below_the_base_address_is_the_api(shop: Shop) -> None:
    for target in ("/api/publicusers/", "/api/public", "/api/Public/users/", "/api/", "/api"):
        answer = await send(shop, "GET", target)
        assert (answer.status, answer.json()) == (404, {"detail": "Not found."}), target
    assert whole(await send(shop, "GET", "/api/public//users/"), 200)["count"] >= 0


async def test_the_address_of_the_server_leads_to_its_pages(shop: Shop) -> None:
    answer = await send(shop, "GET", "/", token=False)
    assert (answer.status, answer.header("Location")) == (303, "/sign-in/")
    page = await send(shop, "GET", str(answer.header("Location")), token=False)
    assert (page.status, str(page.header("Content-Type")).partition(";")[0]) == (200, "text/html")
