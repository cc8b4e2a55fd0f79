"""Every example of the OpenAPI document is sent to a server, and answered as the document says.

``DEALT_RECORD=1`` writes the answers down as the document's own examples.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest
import pytest_asyncio

import dealt.publicapi.described
from dealt.kernel.clock import FixedClock
from dealt.publicapi.described import CHAPTERS
from dealt.publicapi.openapi import Answer, Shape, build
from dealt.publicapi.openapi.document import Wire, wires_of
from dealt.publicapi.routes import DESCRIBED
from tests.conftest import Dsn, fresh_database
from tests.publicapi.conftest import Shop, open_shop, serving

RECORD = os.environ.get("DEALT_RECORD")
ANSWERS = Path(dealt.publicapi.described.__file__).parent / "answers.json"
NOW = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
FIRST = ("createUser", "createProduct")
"""What examples of others name."""
WIRES = list(wires_of(DESCRIBED, CHAPTERS))


def rank(wire: Wire) -> tuple[int, int]:
    """Things are made, changed, read, undone and deleted, in this order."""
    if wire.id in FIRST:
        return 0, 0
    if 201 in wire.operation.answers:
        return 1, 0
    if wire.id.startswith("erase"):
        return 6, 0
    if wire.method == "DELETE":
        return 5, -wire.path.count("/")
    if wire.id.startswith("remove"):
        return 4, 0
    return (3, 0) if wire.route.needs == "read" else (2, 0)


@dataclass
class Examples:
    """One workspace in one version, and what the examples made in it."""

    shop: Shop
    version: int
    ids: dict[str, int] = field(default_factory=dict)
    """The id of what was made, by the path that its routes begin with."""
    handed: dict[str, str] = field(default_factory=dict)
    """What a header has, by its name, as an answer told."""
    seen: dict[str, Any] = field(default_factory=dict)
    """The first answer of each shape."""

    @property
    def client(self) -> httpx.AsyncClient:
        return self.shop.client if self.version == 2 else self.shop.v1

    async def send(self, wire: Wire) -> httpx.Response:
        """The example request of an operation."""
        path = wire.path.lstrip("/")
        query: dict[str, Any] = {}
        headers: dict[str, str] = {}
        for place, parameter in wire.parameters:
            if place == "path":
                base = f"{wire.route.path.partition(f'{parameter.name}>')[0]}{parameter.name}>/"
                value = self.ids.get(base, parameter.example)
                path = path.replace(f"{{{parameter.name}}}", str(value))
            elif place == "query" and parameter.example is not None:
                query[parameter.name] = parameter.example
            elif place == "header" and parameter.example is not None:
                headers[parameter.name] = self.handed[parameter.name]
        body = wire.operation.body
        content = None if body is None else body.sample(self.version)
        text = content if isinstance(content, str) else json.dumps(content)
        if body is not None:
            headers["Content-Type"] = body.media
        url = self.shop.url.replace("/api/public/", f"{wire.chapter.server}/")
        return await self.client.request(
            wire.method, f"{url}{path}", params=query, headers=headers, content=None if body is None else text
        )

    async def make_again(self, wire: Wire) -> None:
        """What an earlier example deleted is there again, whole, for the next."""
        base = wire.route.path.split(">/")[0] + ">/"
        for other in WIRES:
            if (other.method, other.route.path) == ("DELETE", base):
                await self.send(other)
                self.ids.pop(base, None)
        for maker in WIRES:
            if base in maker.operation.makes:
                answer = await self.send(maker)
                if answer.status_code in (200, 201):
                    self.note(maker, answer)
                    return

    def note(self, wire: Wire, answer: httpx.Response) -> None:
        """Remember what was made and how it was told."""
        told = wire.answers[answer.status_code]
        body = answer.json() if answer.content and told.media == "application/json" else None
        for base in wire.operation.makes:
            if isinstance(body, dict) and "id" in body and "<int:" in base:
                self.ids.setdefault(base, body["id"])
        for header, key in wire.operation.hands.items():
            assert body is not None, wire.id
            self.handed[header] = body[key]
        if body is not None:
            for shape, value in shown(told, body):
                self.seen.setdefault(shape.name, value)


def shown(answer: Answer, body: Any) -> Iterator[tuple[Shape, Any]]:
    """The shape that the body of an answer has, and its value; of a list, its first."""
    schema: Any = answer.schema
    while isinstance(schema, dict) and "anyOf" in schema:
        schema = schema["anyOf"][0]
    if isinstance(schema, dict) and "results" in schema.get("properties", {}) and body.get("results"):
        schema, body = schema["properties"]["results"]["items"], body["results"][0]
    if isinstance(schema, Shape):
        yield schema, body


@pytest_asyncio.fixture(scope="module", params=(1, 2))
async def examples(request: pytest.FixtureRequest, postgres: Dsn, template_database: str) -> AsyncIterator[Examples]:
    with fresh_database(postgres, template_database) as url:
        async with serving(url, FixedClock(NOW)) as (app, address):
            shop = await open_shop(app, address)
            yield Examples(shop, request.param)
            await shop.client.aclose()
            await shop.v1.aclose()


def validator(document: dict[str, Any], wire: Wire, status: int) -> jsonschema_rs.Validator | None:
    """What checks the body of an answer; None where there is no body or no JSON."""
    told = document["paths"][wire.path][wire.method.lower()]["responses"][str(status)]
    if "content" not in told:
        return None
    [(media, content)] = told["content"].items()
    if not media.startswith("application/json"):
        return None
    schema = {"allOf": [content["schema"]], "components": document["components"]}
    return jsonschema_rs.validator_for(schema, validate_formats=True)


async def test_every_example_is_answered_as_the_document_says(examples: Examples) -> None:
    document = build(DESCRIBED, CHAPTERS, examples.version, release="0")
    wrong = []
    for wire in sorted(WIRES, key=rank):
        answer = await examples.send(wire)
        if answer.status_code == 404 and wire.id.startswith("unmerge"):
            for merging in (other for other in WIRES if other.id == "mergeUsers"):
                await examples.send(merging)
            answer = await examples.send(wire)
        if answer.status_code == 404 and rank(wire) > (4, 0):
            await examples.make_again(wire)
            answer = await examples.send(wire)
        if answer.status_code not in wire.operation.answers:
            wrong.append(f"{wire.id}: {answer.status_code} {answer.text}")
            continue
        examples.note(wire, answer)
        check = validator(document, wire, answer.status_code)
        if check is not None:
            wrong += [f"{wire.id}: {e.message} at {e.instance_path}" for e in check.iter_errors(answer.json())]
    if RECORD:
        record(examples)
    assert wrong == [], "\n".join(wrong)
    if not RECORD:
        kept = json.loads(ANSWERS.read_text())
        version = str(examples.version)
        stale = [n for n, value in examples.seen.items() if keys(kept.get(n, {}).get(version)) != keys(value)]
        assert stale == [], "record the examples anew: DEALT_RECORD=1 bin/test tests/publicapi/test_examples.py -n 0"


@pytest.mark.parametrize("version", [1, 2])
def test_every_example_of_the_document_holds_its_own_schema(version: int) -> None:
    document = build(DESCRIBED, CHAPTERS, version, release="0")
    for wire in WIRES:
        operation = document["paths"][wire.path][wire.method.lower()]
        contents = [operation.get("requestBody", {}).get("content", {})]
        contents += [told.get("content", {}) for told in operation["responses"].values()]
        for content in (inner for media in contents for inner in media.values()):
            schema = {"allOf": [content["schema"]], "components": document["components"]}
            errors = list(jsonschema_rs.validator_for(schema).iter_errors(content["example"]))
            assert [f"{error.message} at {error.instance_path}" for error in errors] == [], wire.id


def keys(value: Any) -> Any:
    """What names an answer is made of, on its first two floors."""
    if not isinstance(value, dict):
        return None
    return {name: sorted(inner) if isinstance(inner, dict) else None for name, inner in value.items()}


def record(examples: Examples) -> None:
    """Write the answers into the document, the random parts of them made the same."""
    kept: dict[str, dict[str, Any]] = json.loads(ANSWERS.read_text())
    for name, value in examples.seen.items():
        text = re.sub(r'("(?:user_)?key": )"[0-9a-z]{12}"', r'\1"f0cnvzvn23wl"', json.dumps(value))
        text = text.replace(examples.shop.url.removesuffix("/api/public/"), "https://shop.example")
        kept.setdefault(name, {})[str(examples.version)] = json.loads(text)
    ANSWERS.write_text(json.dumps(dict(sorted(kept.items())), indent=1, ensure_ascii=False) + "\n")
