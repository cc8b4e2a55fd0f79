"""The first minutes: an empty workspace says what to do, with commands that work as they stand."""

from __future__ import annotations

import html
import json
import re

from tests.web.visiting import Site


async def test_the_commands_of_an_empty_workspace_work_as_they_are_copied(site: Site) -> None:
    async with site.visitor(await site.session()) as admin, site.visitor() as anybody:
        assert (await admin.get("/")).headers["location"] == "/start/"
        assert "YOUR_TOKEN" in (await admin.get("/start/")).text
        page = (await admin.post("/start/token/")).text
        assert "YOUR_TOKEN" not in page
        for command in map(html.unescape, re.findall(r'data-copies="(curl [^"]+)"', page)):
            url, body = re.search(r"curl (\S+)", command), re.search(r"-d '(.+)'", command, re.DOTALL)
            token = re.search(r"Authorization: (Token \w+)", command)
            assert url and body and token
            answer = await anybody.post(url[1], json=json.loads(body[1]), headers={"Authorization": token[1]})
            assert answer.status_code == 201, answer.text
        arrived = (await admin.get("/start/arrived/")).text
        assert "Anna" in arrived and "Order 1" in arrived and "Waiting" not in arrived
        assert (await admin.get("/")).headers["location"] != "/start/"


async def test_who_may_not_make_tokens_is_not_sent_there(site: Site) -> None:
    async with site.visitor(await site.session("read-only")) as reader:
        assert (await reader.get("/")).headers["location"] != "/start/"
        assert (await reader.get("/start/")).status_code == 403


async def test_the_demo_shop_is_not_mixed_with_what_is_there(site: Site) -> None:
    await site.shop.client.post("users/", json={"custom_id": "somebody"})
    async with site.visitor(await site.session()) as admin:
        assert "Load the demo shop" not in (await admin.get("/start/")).text
        answer = await admin.post("/start/demo/")
        assert (answer.status_code, "data of its own" in answer.text) == (409, True)
