"""Sessions: how they begin, how they end, and what a sign-in tells to whom."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest_asyncio

from dealt.accounts import create_member
from dealt.kernel.clock import FixedClock
from dealt.kernel.db import transaction
from dealt.web.pages import SESSION
from tests.conftest import Dsn, fresh_database
from tests.publicapi.conftest import open_shop, serving
from tests.web.visiting import BY_PAGE, PASSWORD, Site

BEGAN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DAY_S = 86_400.0
EMAIL = "Ann@example.com"


@pytest_asyncio.fixture(scope="module")
async def timed(postgres: Dsn, template_database: str) -> AsyncIterator[tuple[Site, FixedClock]]:
    """A site whose time is in our hands, with one member."""
    clock = FixedClock(BEGAN)
    with fresh_database(postgres, template_database) as url:
        async with serving(url, clock) as (app, address):
            shop = await open_shop(app, address)
            site = Site(app, shop, address.removesuffix("/api/public/"))
            async with transaction(site.pool) as connection:
                await create_member(connection, shop.workspace_id, email=EMAIL, password=PASSWORD, now=BEGAN)
            yield site, clock
            await shop.client.aclose()
            await shop.v1.aclose()


async def sign_in(client: httpx.AsyncClient, password: str = PASSWORD, email: str = EMAIL) -> httpx.Response:
    return await client.post("/sign-in/", data={"email": email, "password": password})


async def test_a_sign_in_gives_a_cookie_that_scripts_cannot_read(timed: tuple[Site, FixedClock]) -> None:
    site, _ = timed
    async with site.visitor() as client:
        answer = await client.post(
            "/sign-in/?next=/me/",
            data={"email": EMAIL.upper(), "password": PASSWORD},
            headers={"X-Forwarded-Proto": "https"},
        )
        assert (answer.status_code, answer.headers["location"]) == (303, "/me/")
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith(f"{SESSION}=")
        assert all(part in cookie for part in ("HttpOnly", "SameSite=Lax", "Secure", "Path=/"))
        stored = await site.pool.fetchval("SELECT count(*) FROM sessions WHERE digest = $1", cookie[:76].encode())
        assert stored == 0


async def test_a_sign_in_leads_only_to_pages_of_ours(timed: tuple[Site, FixedClock]) -> None:
    site, _ = timed
    async with site.visitor() as client:
        for path in ("//elsewhere.example/", "https://elsewhere.example/", "/\\elsewhere.example"):
            answer = await client.post("/sign-in/", params={"next": path}, data={"email": EMAIL, "password": PASSWORD})
            assert answer.headers["location"] == "/"
            client.cookies.clear()


async def test_a_wrong_password_and_an_unknown_member_are_told_alike(timed: tuple[Site, FixedClock]) -> None:
    site, _ = timed
    async with site.visitor() as client:
        wrong, unknown = await sign_in(client, "something else"), await sign_in(client, email="bob@example.com")
        assert wrong.status_code == unknown.status_code == 400
        assert wrong.text.replace(EMAIL, "") == unknown.text.replace("bob@example.com", "")
        assert SESSION not in wrong.headers.get("set-cookie", "")


async def test_a_session_ends_when_it_is_not_used_and_when_it_is_old(timed: tuple[Site, FixedClock]) -> None:
    site, clock = timed
    async with site.visitor() as idle, site.visitor() as busy:
        await sign_in(idle)
        await sign_in(busy)
        for _ in range(10):
            assert (await busy.get("/me/")).status_code == 200
            clock.advance(3 * DAY_S - 1)
        assert (await idle.get("/me/")).status_code == 303
        assert (await busy.get("/me/")).status_code == 200
        clock.advance(60)
        assert (await busy.get("/me/")).status_code == 303


async def test_another_password_ends_the_other_sessions(timed: tuple[Site, FixedClock]) -> None:
    site, _ = timed
    async with site.visitor() as here, site.visitor() as there:
        await sign_in(here)
        await sign_in(there)
        refused = await here.post("/me/password/", data={"present": "not it", "new": "another long sentence"})
        assert refused.status_code == 400
        assert "not your present password" in refused.text
        changed = await here.post("/me/password/", data={"present": PASSWORD, "new": "another long sentence"})
        assert changed.status_code == 303
        assert (await here.get("/me/")).status_code == 200
        assert (await there.get("/me/")).status_code == 303
        await here.post("/me/password/", data={"present": "another long sentence", "new": PASSWORD})


async def test_a_disabled_member_is_out_at_once(timed: tuple[Site, FixedClock]) -> None:
    site, _ = timed
    set_disabled = "UPDATE members SET disabled_at = $1 WHERE email = $2"
    async with site.visitor() as client:
        await sign_in(client)
        await site.pool.execute(set_disabled, BEGAN, EMAIL)
        assert (await client.get("/me/")).status_code == 303
        assert (await sign_in(client)).status_code == 400
        await site.pool.execute(set_disabled, None, EMAIL)


async def test_a_session_can_be_ended_by_its_member_and_nobody_else(timed: tuple[Site, FixedClock]) -> None:
    site, _ = timed
    async with site.visitor() as ann, site.visitor(await site.session()) as other:
        await sign_in(ann)
        number = await site.pool.fetchval("SELECT max(id) FROM sessions")
        assert (await other.post(f"/me/sessions/{number}/end/")).status_code == 404
        assert (await ann.post(f"/me/sessions/{number}/end/")).status_code == 303
        assert (await ann.get("/me/")).status_code == 303


async def test_failed_tries_are_counted_by_account_in_all_processes_together(timed: tuple[Site, FixedClock]) -> None:
    site, clock = timed
    clock.advance(DAY_S)
    async with site.visitor() as client:
        answers = [(await sign_in(client, "a guess at it")).status_code for _ in range(11)]
        assert answers == [400] * 10 + [429]
        assert (await sign_in(client)).status_code == 429
        clock.advance(901)
        assert (await sign_in(client)).status_code == 303


async def test_failed_tries_are_counted_by_address(timed: tuple[Site, FixedClock]) -> None:
    site, clock = timed
    clock.advance(DAY_S)
    await site.pool.execute(
        "INSERT INTO sign_in_failures (workspace_id, key, failures, since) VALUES (0, 'address:127.0.0.1', 40, $1) "
        "ON CONFLICT (workspace_id, key) DO UPDATE SET failures = 40, since = $1",
        clock.now(),
    )
    async with site.visitor() as client:
        answer = await sign_in(client)
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) <= 900


async def test_a_module_is_told_in_json_and_htmx_is_sent_away(site: Site) -> None:
    async with httpx.AsyncClient(base_url=site.origin, headers=BY_PAGE) as client:
        told = await client.get("/me/", headers={"Accept": "application/json"})
        assert (told.status_code, list(told.json())) == (401, ["detail"])
        sent = await client.get("/me/", headers={"HX-Request": "true"})
        assert sent.headers["hx-redirect"] == "/sign-in/"


async def test_a_member_of_several_workspaces_chooses_and_switches(timed: tuple[Site, FixedClock]) -> None:
    site, clock = timed
    clock.advance(DAY_S)
    both, now = "both@example.com", clock.now()
    other = await open_shop(site.app, site.shop.url)
    third = await open_shop(site.app, site.shop.url)
    async with transaction(site.pool) as connection:
        for shop, password in ((site.shop, PASSWORD), (other, PASSWORD), (third, "another sentence")):
            await create_member(connection, shop.workspace_id, email=both, password=password, now=now)
        await connection.execute("UPDATE workspaces SET name = 'Second shop' WHERE id = $1", other.workspace_id)
        await connection.execute("UPDATE workspaces SET name = 'Third shop' WHERE id = $1", third.workspace_id)
    async with site.visitor() as client:
        asked = await client.post("/sign-in/?next=/me/", data={"email": both, "password": PASSWORD})
        assert asked.headers["location"] == "/sign-in/workspace/?next=/me/"
        assert SESSION not in client.cookies, "nobody is signed in before the choice"
        page = (await client.get(asked.headers["location"])).text
        assert "Second shop" in page
        assert "Third shop" not in page, "its password is another one"
        wrong = await client.post(asked.headers["location"], data={"workspace": str(third.workspace_id)})
        assert wrong.status_code == 400
        entered = await client.post(asked.headers["location"], data={"workspace": str(other.workspace_id)})
        assert (entered.status_code, entered.headers["location"]) == (303, "/me/")
        menu = (await client.get("/me/")).text
        assert "Second shop" in menu
        assert "Switch workspace" in menu
        before = client.cookies[SESSION]
        first = {"workspace": str(site.shop.workspace_id)}
        unknown = await client.post("/sign-in/workspace/", data={"workspace": str(third.workspace_id)})
        assert unknown.status_code == 400
        assert (await client.post("/sign-in/workspace/", data=first)).status_code == 303
        assert "Second shop" not in (await client.get("/me/")).text
        async with site.visitor(before) as old:
            assert (await old.get("/me/")).status_code == 303, "the session of the other workspace has ended"
        async with transaction(site.pool) as connection:
            await connection.execute(
                "UPDATE members SET password_hash = 'x' WHERE workspace_id = $1 AND email = $2",
                other.workspace_id,
                both,
            )
        back = {"workspace": str(other.workspace_id)}
        closed = await client.post("/sign-in/workspace/", data=back)
        assert closed.headers["location"] == "/", "another password closes the door"
    async with site.visitor() as client:
        straight = await client.post("/sign-in/", data={"email": both, "password": "another sentence"})
        assert straight.headers["location"] == "/"
        assert "Switch workspace" not in (await client.get("/me/")).text
    for shop in (other, third):
        await shop.client.aclose()
        await shop.v1.aclose()
