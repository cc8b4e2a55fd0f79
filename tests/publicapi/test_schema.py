"""The OpenAPI document: every route is in it, whole; and it is served to anybody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from dealt.publicapi.described import CHAPTERS
from dealt.publicapi.listing import Listing
from dealt.publicapi.openapi import build
from dealt.publicapi.openapi.document import wires_of
from dealt.publicapi.routes import DESCRIBED
from dealt.publicapi.sdk import PREFIX, SDK_ROUTES, TOKEN_HEADER
from tests.publicapi.conftest import Shop

DOCUMENTS = {version: build(DESCRIBED, CHAPTERS, version, release="0") for version in (1, 2)}
each = pytest.mark.parametrize("version", DOCUMENTS)


def operations(version: int) -> Iterator[dict[str, Any]]:
    for methods in DOCUMENTS[version]["paths"].values():
        yield from methods.values()


def resolved(version: int, value: dict[str, Any]) -> dict[str, Any]:
    """What a value is, or refers to."""
    found: Any = value
    while "$ref" in found:
        found = DOCUMENTS[version]
        for part in value["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        value = found
    return dict(found)


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_every_route_is_described() -> None:
    described = {(wire.method, wire.route.path) for wire in wires_of(DESCRIBED, CHAPTERS)}
    routes = {(method, route.path) for route in DESCRIBED for method in route.methods}
    assert routes - described == set(), "describe these in a module of dealt.publicapi.described"


@each
def test_an_operation_says_what_it_is_and_what_everything_it_takes_means(version: int) -> None:
    for operation in operations(version):
        summary, name = operation["summary"], operation["operationId"]
        assert summary and summary[0].isupper() and not summary.endswith("."), name
        for parameter in operation.get("parameters", ()):
            assert parameter["description"].endswith("."), (name, parameter["name"])
            assert parameter["schema"], (name, parameter["name"])
            if parameter["in"] == "path":
                assert parameter["required"] and parameter["example"], (name, parameter["name"])
        for content in operation.get("requestBody", {}).get("content", {}).values():
            assert content["schema"] and content["example"], name


@each
def test_an_operation_has_an_answer_with_an_example_and_all_its_refusals(version: int) -> None:
    for operation in operations(version):
        name = operation["operationId"]
        answers = {int(status): resolved(version, told) for status, told in operation["responses"].items()}
        good = [told for status, told in answers.items() if status < 300]
        assert good and all(told["description"] for told in answers.values()), name
        assert {400, 401, 403, 429, 503} < answers.keys(), name
        for told in good:
            for content in told.get("content", {}).values():
                assert content["schema"] and content["example"] is not None, name
        assert any("content" in told or "no body" in told["description"] for told in good), name


@each
def test_every_list_says_what_it_can_be_narrowed_and_ordered_by(version: int) -> None:
    for wire in wires_of(DESCRIBED, CHAPTERS):
        if isinstance(listing := wire.route.listing, Listing):
            told = DOCUMENTS[version]["paths"][wire.path][wire.method.lower()]["parameters"]
            named = {parameter["name"]: parameter.get("x-lookups") for parameter in told}
            assert "ordering" in named, wire.id
            assert {*listing.columns} - {*listing.specials} <= named.keys(), wire.id


@pytest.mark.parametrize("version", DOCUMENTS)
def test_names_are_unique_and_lead_somewhere(version: int) -> None:
    document = DOCUMENTS[version]
    ids = [op["operationId"] for methods in document["paths"].values() for op in methods.values()]
    assert sorted(ids) == sorted(set(ids))
    assert len(ids) == len(list(wires_of(DESCRIBED, CHAPTERS))), "two addresses have one path"
    for reference in set(references(document)):
        assert resolved(version, {"$ref": reference})
    linked = {
        link["operationId"]
        for methods in document["paths"].values()
        for operation in methods.values()
        for answer in operation["responses"].values()
        for link in answer.get("links", {}).values()
    }
    assert linked and linked <= set(ids)
    known = {tag["name"] for tag in document["tags"]}
    assert {tag for methods in document["paths"].values() for op in methods.values() for tag in op["tags"]} == known


async def test_anybody_is_given_the_document_of_either_version(shop: Shop) -> None:
    root = shop.url.removesuffix("public/")
    async with httpx.AsyncClient(base_url=root) as anyone:
        for address in ("schema/", "schema", "schema/?version=2"):
            answer = await anyone.get(address)
            assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
            assert answer.json()["info"]["title"] == "Dealt API, version 2"
        first = await anyone.get("schema/?version=1")
        assert first.json()["openapi"] == "3.1.0"
        assert "person" in first.json()["components"]["schemas"]["Deal"]["properties"]
        same = await anyone.get("schema/?version=1", headers={"If-None-Match": first.headers["ETag"]})
        assert (same.status_code, same.content) == (304, b"")
        assert (await anyone.get("schema/?version=3")).json() == {
            "errors": {"version": ["There are versions 1 and 2."]}
        }
        assert (await anyone.post("schema/")).status_code == 405
        assert (await anyone.get("schema/nothing/")).status_code == 404
        head = await anyone.head("schema/?version=1")
        assert (head.content, head.headers["Content-Length"]) == (b"", first.headers["Content-Length"])


@each
def test_the_addresses_of_apps_say_where_they_are_and_what_opens_them(version: int) -> None:
    document = DOCUMENTS[version]
    assert document["servers"] == [{"url": "/api/public"}]
    for route in SDK_ROUTES:
        for method in route.methods:
            wire = next(w for w in wires_of(SDK_ROUTES, CHAPTERS) if (w.method, w.route) == (method, route))
            told = document["paths"][wire.path][method.lower()]
            assert told["servers"] == [{"url": PREFIX}]
            assert told["x-scope"] == "sdk"
            schemes = [document["components"]["securitySchemes"][name] for one in told["security"] for name in one]
            assert [scheme["name"].lower() for scheme in schemes] == ["authorization", TOKEN_HEADER]
    needing = {
        wire.path
        for wire in wires_of(SDK_ROUTES, CHAPTERS)
        for place, one in wire.parameters
        if place == "header" and one.required
    }
    assert needing == {wire.path for wire in wires_of(SDK_ROUTES, CHAPTERS)} - {"/ping/", "/delete-fcm-token/"}
