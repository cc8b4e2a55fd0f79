"""A shop that is asked over the public API, and what is known of its definitions."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx

from tests.derived.facts import Facts, read_facts
from tests.derived.governing import MADE, TYPES, Governing
from tests.derived.inventing import EVENTS, LISTS, TAGS, Inventor
from tests.derived.reckoning import TARGETS

FIRST_DEFINITIONS, MOST_DEFINITIONS = 5, 14


@dataclass(kw_only=True)
class Kept(Governing):
    """``operations`` counts requests that were taken, definitions and jumps of the clock; ``compared`` values."""

    client: httpx.AsyncClient
    facts: Facts = field(init=False)
    aggregators: dict[str, dict[str, Any]] = field(default_factory=dict)
    segments: dict[str, dict[str, Any]] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    operations: int = 0
    refused: int = 0
    compared: int = 0
    named: int = 0

    async def prepare(self) -> None:
        """Declare attributes, tags and events, and make stages."""
        for content_type, name, value_type in TYPES:
            await self.ask(
                "POST", "attributes/", {"content_type": content_type, "name": name, "value_type": value_type}
            )
        for name in LISTS:
            await self.ask("POST", "lists/", {"name": name})
        for tag in TAGS:
            await self.ask("POST", "tags/", {"name": tag})
        for name in EVENTS:
            declared = await self.ask("POST", "events/definitions/", {"name": name})
            amount = {"content_type": "event", "event": declared["id"], "name": "amount", "value_type": "float"}
            await self.ask("POST", "attributes/", amount)
        pipelines = (await self.ask("GET", "pipelines/"))["results"]
        for number in range(4):
            await self.ask("POST", "stages/", {"name": f"Stage {number}", "pipeline": pipelines[0]["id"]})
        for number in range(1, 6):
            await self.ask("POST", "users/", {"custom_id": f"c{number}", "user_key": f"key{number}"})
        for number in range(1, 4):
            await self.ask("POST", "companies/", {"custom_id": f"f{number}", "name": "Firm", "country": "PL"})
        self.facts = await read_facts(self.pool, self.workspace_id, self.clock.now())

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """An answer; None where the request was refused. No request fails."""
        if isinstance(body, str):
            answer = await self.client.request(method, path, content=body)
        else:
            answer = await self.client.request(method, path, json=body)
        self.told.append(f"{method} {path} {json.dumps(body)} -> {answer.status_code} {answer.text[:200]}")
        assert answer.status_code < 500, self.story()
        if answer.status_code >= 400:
            self.refused += 1
            return None
        is_json = answer.headers.get("content-type", "").startswith("application/json")
        return answer.json() if answer.content and is_json else {}

    async def send_file(self, kind: str, lines: str) -> None:
        """Import a file of one part."""
        made = await self.ask("POST", "imports/", {"kind": kind, "file_name": "file.ndjson", "silent": True})
        if made is not None:
            await self.ask("PUT", f"imports/{made['id']}/parts/1/", lines)
            await self.ask("POST", f"imports/{made['id']}/start/")
            self.operations += 1

    async def define(self, rng: Random) -> None:
        """A definition is made or, where there are many, another one changed or deleted."""
        inventor = Inventor(rng, self.clock.now().year, self.aggregators, self.segments)
        number = len(self.ids) - (MADE if self.facts.rfm else 0)
        if number >= MOST_DEFINITIONS or (number and rng.random() < 0.3):
            await self._redefine(rng, inventor)
            return
        self.named += 1
        is_segment = rng.random() < 0.5
        name = f"{'seg' if is_segment else 'agg'}_{self.named}"
        body = inventor.segment(name) if is_segment else inventor.aggregator(name)
        answer = await self.ask("POST", "segments/" if is_segment else "aggregators/", body)
        if answer is not None:
            self.operations += 1
            await self.look_again()
            (self.segments if is_segment else self.aggregators)[name] = self.resolved(body)
            self.ids[name] = answer["id"]

    async def _redefine(self, rng: Random, inventor: Inventor) -> None:
        name = rng.choice(sorted({*self.ids} - {*self.of_rfm()}))
        known, kind = (self.segments, "segments") if name in self.segments else (self.aggregators, "aggregators")
        path = f"{kind}/{self.ids[name]}/"
        if rng.random() < 0.5:
            if await self.ask("DELETE", path) is not None:
                self.operations += 1
                del known[name], self.ids[name]
            return
        if "static" in known[name]:
            return
        subject = TARGETS[known[name]["source"]] if kind == "aggregators" else known[name]["subject"]
        change: dict[str, Any] = {"filter": inventor.filter(subject, 2)}
        if kind == "aggregators" and known[name].get("by") != "due":
            change["window"] = inventor.window()
        if await self.ask("PATCH", path, change) is not None:
            self.operations += 1
            await self.look_again()
            known[name] = known[name] | self.resolved(change)
