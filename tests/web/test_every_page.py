"""Every page and every form, as outsiders try them: the table of routes is walked, so that none is forgotten."""

from __future__ import annotations

import re

import httpx
import pytest

from dealt.accounts import AREAS
from dealt.pages import ROUTES
from dealt.web import ANYBODY, SIGNED_IN, PageRoute
from tests.publicapi.conftest import open_shop
from tests.publicapi.world import make_all
from tests.web.visiting import Site

GUARDED = [route for route in ROUTES if route.area != ANYBODY]
OF_AREAS = [route for route in GUARDED if route.area != SIGNED_IN]
NAMED = [route for route in OF_AREAS if "<" in route.path]


def named(route: PageRoute) -> str:
    return f"{route.methods[0]} {route.path}"


def path_of(route: PageRoute) -> str:
    """The route's path with names that some object may have."""
    return re.sub(r"<(?:int:)?\w+>", "1", route.path)


async def send(client: httpx.AsyncClient, route: PageRoute) -> httpx.Response:
    """The answer; of one that goes on for ever, only how it begins."""
    async with client.stream(route.methods[0], path_of(route)) as answer:
        if not answer.headers.get("content-type", "").startswith("text/event-stream"):
            await answer.aread()
        return answer


async def test_who_is_not_signed_in_is_asked_to(site: Site) -> None:
    async with site.visitor() as nobody, site.visitor("x" * 64) as pretender:
        for client in (nobody, pretender):
            for route in GUARDED:
                answer = await send(client, route)
                assert answer.status_code == 303, named(route)
                assert answer.headers["location"].startswith("/sign-in/"), named(route)


async def test_a_role_without_an_area_is_kept_out(site: Site) -> None:
    async with site.visitor(await site.session("custom", areas={})) as client:
        for route in OF_AREAS:
            assert (await send(client, route)).status_code == 403, named(route)


async def test_who_may_only_read_changes_nothing(site: Site) -> None:
    everything = dict.fromkeys(AREAS, "read")
    async with site.visitor(await site.session("custom", areas=everything)) as client:
        for route in OF_AREAS:
            if route.act == "write":
                assert (await send(client, route)).status_code == 403, named(route)


async def test_another_sites_page_can_post_nothing(site: Site) -> None:
    secret = await site.session()
    foreign = [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "", "Origin": "https://elsewhere.example"}]
    async with site.visitor(secret) as client:
        for route in ROUTES:
            if "POST" in route.methods:
                for headers in foreign:
                    answer = await client.post(path_of(route), headers=headers)
                    assert answer.status_code == 403, named(route)


async def test_a_stranger_finds_nothing_of_another_workspace(site: Site) -> None:
    """Whatever an address can name exists in the first workspace, under ids that the stranger's own does not have."""
    names = await make_all(site.shop)
    stranger = await open_shop(site.app, site.shop.url)
    secret = await site.session(workspace_id=stranger.workspace_id)
    async with site.visitor(secret) as client:
        for route in NAMED:
            path = OBJECTS.sub(lambda found: found[1] + names[NAMES[found[1]], "id"], route.path)
            path = re.sub(r"<(?:int:)?\w+>", "987654", path)
            answer = await (client.get(path) if route.methods == ("GET",) else client.post(path, data=FORM))
            assert answer.status_code == 404, named(route)
    await stranger.client.aclose()
    await stranger.v1.aclose()


# What any form takes, so that the object is looked for before the form can be refused.
FORM = {
    "name": "Another", "role": "member", "position": "1", "url": "https://receiver.example/", "kinds": "deal.*",
    "value_type": "string", "part": "1",
}  # fmt: skip


# What stands before an id, and which of the objects of tests/publicapi/world.py it then is of. Other ids name nothing.
NAMES = {
    f"/settings/{place}/": place
    for place in ("tags", "lists", "pipelines", "stages", "loss-reasons", "attributes", "webhooks")
} | {
    "/imports/": "imports",
    "/deals/": "deals",
    "/contacts/": "users",
    "/companies/": "companies",
    "/products/": "products",
    "/tasks/": "activities",
    "/segments/": "segments",
    "/aggregators/": "aggregators",
}
OBJECTS = re.compile(rf"({'|'.join(NAMES)})<int:id>")


async def test_every_page_that_names_nothing_is_there(site: Site) -> None:
    async with site.visitor(await site.session()) as client:
        for route in ROUTES:
            if route.methods == ("GET",) and "<" not in route.path:
                answer = await send(client, route)
                assert answer.status_code in (200, 303), named(route)


async def test_every_page_forbids_what_it_does_not_need(site: Site) -> None:
    async with site.visitor(await site.session()) as client:
        for route in ROUTES:
            if route.methods == ("GET",):
                headers = (await send(client, route)).headers
                policy = headers["content-security-policy"]
                assert "default-src 'none'" in policy, named(route)
                assert "unsafe" not in policy, named(route)
                assert headers["x-content-type-options"] == "nosniff", named(route)


@pytest.mark.parametrize("path", ["/nothing/", "/me/nothing/", "/%00/", "/me/%ff/", "/static/nothing", "/static/"])
async def test_an_address_of_nothing_says_so(site: Site, path: str) -> None:
    async with site.visitor(await site.session()) as client:
        assert (await client.get(path)).status_code == 404


async def test_a_missing_slash_is_added(site: Site) -> None:
    async with site.visitor(await site.session()) as client:
        answer = await client.get("/me")
        assert (answer.status_code, answer.headers["location"]) == (308, "/me/")
