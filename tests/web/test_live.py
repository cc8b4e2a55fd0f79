"""What changes elsewhere is heard on pages, by who may read it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import httpx

from dealt.kernel import relay
from tests.web.visiting import Site


async def events(client: httpx.AsyncClient, of: str) -> AsyncIterator[str]:
    """The events of the stream as they come; the first says that it is open."""
    async with client.stream("GET", "/live/", params={"of": of}) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        async for line in answer.aiter_lines():
            if line.startswith("data:"):
                yield line.removeprefix("data:").strip()


async def test_a_change_is_heard_by_who_may_read_it(site: Site) -> None:
    reader, outsider = await site.session("read-only"), await site.session("custom", areas={"tasks": "read"})
    async with site.visitor(reader) as one, site.visitor(outsider) as other:
        heard, unheard = events(one, "deal"), events(other, "")
        async with asyncio.timeout(20):
            assert await anext(heard) == await anext(unheard) == ""
            made = await site.shop.client.post("deals/", json={"custom_id": "heard-1", "name": "Heard"})
            await relay.Relay(site.pool).round()
            [[kind, _, number, _]] = json.loads(await anext(heard))
            assert (kind, number) == ("deal.created", made.json()["id"])
            # The outsider hears the task that comes after, and nothing of the deal.
            task = {"name": "Call", "due_date": "2026-01-01"}
            assert (await site.shop.client.post("activities/", json=task)).status_code == 201
            await relay.Relay(site.pool).round()
            [[kind, *_]] = json.loads(await anext(unheard))
            assert kind == "task.created"
        await heard.aclose()  # type: ignore[attr-defined]
        await unheard.aclose()  # type: ignore[attr-defined]


async def test_streams_end_before_the_process_does(site: Site) -> None:
    async with site.visitor(await site.session()) as client:
        stream = events(client, "deal")
        async with asyncio.timeout(20):
            assert await anext(stream) == ""
            site.app.about_to_stop()
            assert [event async for event in stream] == []
