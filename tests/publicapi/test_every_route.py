"""What holds for every route there is: who may use it, and how it answers what it was not made for."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
import pytest_asyncio

from dealt.accounts import revoke_token
from dealt.kernel.db import transaction
from tests.digest import changed, digest
from tests.publicapi.world import ARGUMENTS, LISTS, MARK, OF_APPS, RATE, READING, WIRES, WRITING, Wire, World, lasting
from tests.publicapi.world import world as world

EVERY = [*WIRES, *OF_APPS]
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
VERSIONS = ("*/*; version=2", "*/*;version=2", "application/json; version=2")
SPELLINGS = [
    ("AUTHORIZATION", "ACCEPT", "Token"),
    ("authorization", "accept", "token"),
    ("aUtHoRiZaTiOn", "aCcEpT", "TOKEN"),
]
# What has no mark: settings, and lists that are empty for everybody.
WITHOUT_MARK = {"/workspace/", "/lifetime/", "/audit/", "/emails/"}
# PUT at an address that a client makes up: another workspace has its own object there.
MADE_BY_NAME = {"PUT /exchange-rates/<currency>/<valid_from>/"}


def each(wires: list[Wire]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("wire", wires, ids=str)


async def send(world: World, wire: Wire, token: str | None, **options: Any) -> httpx.Response:
    """One request of ``wire`` about the first workspace's objects, by ``token``."""
    headers = {"X-User-Key": world.key} if wire.of_app else {}
    headers |= ({"Authorization": f"Token {token}"} if token else {}) | options.pop("headers", {})
    arguments = ARGUMENTS.get(wire.route.path)
    body = None if wire.method == "GET" or (wire.method == "DELETE" and not wire.body) else wire.body
    url = world.path(wire)
    return await world.anyone.request(wire.method, url, params=arguments, json=body, headers=headers, **options)


@pytest_asyncio.fixture(scope="module")
async def revoked(world: World) -> str:
    """A token that worked and was then revoked, used until the server knew."""
    token = await world.token(world.shop, actor="revoked")
    assert world.app.services
    headers = {"Authorization": f"Token {token}"}
    assert (await world.anyone.get("deals/", headers=headers)).status_code == 200
    now, workspace_id = world.app.services.clock.now(), world.shop.workspace_id
    [row] = await world.shop.fetch("SELECT max(id) AS id FROM api_tokens WHERE workspace_id = $1", workspace_id)
    async with transaction(world.app.services.pool) as connection:
        await revoke_token(connection, workspace_id, int(str(row["id"])), now=now)
    for _ in range(100):
        if (await world.anyone.get("deals/", headers=headers)).status_code == 401:
            return token
        await asyncio.sleep(0.1)
    pytest.fail("the token is still accepted")


@each(EVERY)
async def test_nobody_enters_without_a_token_that_is_known(world: World, wire: Wire, revoked: str) -> None:
    unknown = ("", "Token", "Token 0123456789abcdef", "Token \xff", "Bearer x", "Basic eDp5", f"Token {revoked}")
    for header in (None, *unknown):
        headers = {} if header is None else {"Authorization": header.encode("latin-1")}
        answer = await send(world, wire, None, headers=headers)
        assert (answer.status_code, list(answer.json())) == (401, ["detail"]), header
        assert answer.headers["WWW-Authenticate"] == "Token"


@each(EVERY)
async def test_a_token_does_what_its_scope_says_and_no_more(world: World, wire: Wire) -> None:
    for scope in ("read", "write", "full", "sdk"):
        answer = await send(world, wire, await world.token(world.newcomer, scope=scope))
        assert answer.status_code not in (401, 405, 500), answer.text
        assert (answer.status_code == 403) == (scope not in (wire.route.needs, "full")), answer.text
        if answer.status_code == 403:
            assert list(answer.json()) == ["detail"]


@each(EVERY)
async def test_a_token_works_only_from_the_addresses_on_its_list(world: World, wire: Wire) -> None:
    outside = await world.token(world.newcomer, networks=["192.0.2.0/24", "2001:db8::/32"])
    inside = await world.token(world.newcomer, networks=["192.0.2.7", "127.0.0.0/8"])
    assert (await send(world, wire, outside)).status_code == 403
    assert (await send(world, wire, inside)).status_code not in (401, 403)


@each([wire for wire in WIRES if wire.named])
async def test_an_object_of_another_workspace_is_not_found_and_stays_as_it_is(world: World, wire: Wire) -> None:
    assert world.app.services
    pool = world.app.services.pool
    before = await digest(pool, world.shop.workspace_id)
    if str(wire) in MADE_BY_NAME:
        answer = await send(world, wire, world.newcomer.token)
        assert answer.status_code in (200, 201), answer.text
    else:
        elsewhere = await digest(pool, world.stranger.workspace_id)
        answer = await send(world, wire, world.stranger.token)
        assert answer.status_code == 404, answer.text
        assert list(answer.json()) == ["detail"]
        assert changed(elsewhere, await digest(pool, world.stranger.workspace_id)) == []
    assert changed(before, await digest(pool, world.shop.workspace_id)) == []


@each(OF_APPS)
async def test_an_app_of_another_workspace_reaches_nobody_here(world: World, wire: Wire) -> None:
    assert world.app.services
    pool = world.app.services.pool
    before = await digest(pool, world.shop.workspace_id)
    answer = await send(world, wire, await world.token(world.newcomer, scope="sdk"))
    assert changed(before, await digest(pool, world.shop.workspace_id)) == []
    if wire.route.path == "/ping/":
        assert answer.json()["key"] != world.key
    elif wire.route.path == "/delete-fcm-token/":
        assert (answer.status_code, answer.json()) == (200, {"deleted": False})
    else:
        assert (answer.status_code, list(answer.json())) == (404, ["detail"])


@each(LISTS)
async def test_a_list_shows_nothing_of_another_workspace(world: World, wire: Wire) -> None:
    for shop in (world.stranger, world.newcomer):
        answer = await send(world, wire, shop.token)
        assert MARK not in answer.text and RATE not in answer.text
    own = await send(world, wire, world.shop.token)
    assert own.status_code == 200
    assert MARK in own.text or RATE in own.text or wire.route.path in WITHOUT_MARK


@each(READING)
async def test_an_object_is_read_by_its_own_workspace_in_every_spelling_of_the_version(
    world: World, wire: Wire
) -> None:
    first, *others = [await send(world, wire, world.shop.token, headers={"Accept": accept}) for accept in VERSIONS]
    assert first.status_code == 200, first.text
    assert first.headers["Content-Type"] == "application/json"
    assert [lasting(other.json()) for other in others] == [lasting(first.json())] * len(others)
    plain = await send(world, wire, world.shop.token, headers={"Accept": "application/json"})
    assert plain.status_code == 200, plain.text


@each(READING)
async def test_head_answers_as_get_does_without_a_body(world: World, wire: Wire) -> None:
    told = await send(world, wire, world.shop.token)
    head = await send(world, Wire("HEAD", wire.route), world.shop.token)
    assert (head.status_code, head.content) == (told.status_code, b"")
    for name in ("Content-Type", "Content-Length"):
        assert head.headers[name] == told.headers[name]


@each(EVERY)
async def test_options_tells_which_methods_there_are(world: World, wire: Wire) -> None:
    answer = await send(world, Wire("OPTIONS", wire.route), None)
    assert answer.status_code == 200
    assert {"OPTIONS", wire.method} <= set(answer.headers["Allow"].split(", "))


@each(EVERY)
async def test_a_method_that_a_route_has_not_is_refused_with_those_it_has(world: World, wire: Wire) -> None:
    has = {other.method for other in EVERY if other.route.path == wire.route.path}
    for method in sorted(METHODS - has | {"TRACE", "PROPFIND"}):
        answer = await send(world, Wire(method, wire.route), world.shop.token)
        assert answer.status_code == 405, f"{method}: {answer.text}"
        assert list(answer.json()) == ["detail"]
        assert has <= set(answer.headers["Allow"].split(", "))


@each(EVERY)
async def test_the_last_slash_of_a_path_may_be_missing(world: World, wire: Wire) -> None:
    path = world.path(wire)
    token = await world.token(world.shop, scope="write" if wire.route.needs == "read" else "read")
    for shown in (path, path.removesuffix("/")):
        # Refused for its scope: the route was found, and nothing is written.
        answer = await world.anyone.request(wire.method, shown, headers={"Authorization": f"Token {token}"})
        assert answer.status_code == 403


@each(READING)
async def test_a_query_may_end_in_a_slash(world: World, wire: Wire) -> None:
    arguments = ARGUMENTS.get(wire.route.path, {"page_size": "2"})
    query = "&".join(f"{name}={value}" for name, value in arguments.items())
    url = f"{world.path(wire)}?{query}"
    plain, slashed = await world.shop.client.get(url), await world.shop.client.get(f"{url}/")
    assert (plain.status_code, slashed.status_code) == (200, 200)
    assert lasting(plain.json()) == lasting(slashed.json())


@each(READING)
async def test_the_case_of_header_names_and_of_the_word_token_does_not_matter(world: World, wire: Wire) -> None:
    usual = await send(world, wire, world.shop.token, headers={"Accept": VERSIONS[0]})
    for authorization, accept, word in SPELLINGS:
        headers = {authorization: f"{word} {world.shop.token}", accept: VERSIONS[0]}
        answer = await send(world, wire, None, headers=headers)
        assert (answer.status_code, lasting(answer.json())) == (200, lasting(usual.json()))


@each([*WRITING, *OF_APPS])
async def test_a_write_refused_for_its_scope_stores_nothing(world: World, wire: Wire) -> None:
    assert world.app.services
    token = await world.token(world.shop, scope="read")
    before = await digest(world.app.services.pool, world.shop.workspace_id)
    assert (await send(world, wire, token)).status_code == 403
    assert changed(before, await digest(world.app.services.pool, world.shop.workspace_id)) == []


@pytest.mark.parametrize("path", ["nothing/", "deals/1/nothing/", "deals/1/lines/", "deals/x/", "", "users/1/2/3/4/"])
async def test_an_address_that_no_route_has_is_not_found_and_needs_a_token_too(world: World, path: str) -> None:
    assert (await world.anyone.get(path)).status_code == 401
    answer = await world.shop.client.get(path)
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})


async def test_a_body_may_not_name_what_another_workspace_has(world: World) -> None:
    contact, product = int(world.names["users", "id"]), int(world.names["products", "id"])
    custom_id = world.names["users-by-id", "custom_id"]
    [row] = await world.shop.fetch("SELECT key FROM contacts WHERE id = $1", contact)
    for reference in (
        {"user_id": contact}, {"person": contact}, {"user_custom_id": custom_id}, {"user_key": row["key"]},
        {"participants": [contact]},
    ):  # fmt: skip
        answer = await world.stranger.client.post("deals/", json={"name": "Order"} | reference)
        assert answer.status_code == 404, answer.text
    # An order may name any product; it is linked to those of its own workspace only.
    lines = [{"product_id": product, "value": 1}]
    answer = await world.stranger.client.post("deals/", json={"name": "Order", "order_products": lines})
    assert (answer.status_code, MARK in answer.text) == (201, False)
    assert (
        await world.stranger.fetch("SELECT FROM deal_products WHERE workspace_id = $1", world.stranger.workspace_id)
        == []
    )
