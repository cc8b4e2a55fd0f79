"""The client knows every route of the API and every key of its answers."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any, get_type_hints

import pytest

from dealt.client import shapes
from dealt.client.asked import Asked
from dealt.client.describing import Resource, streams
from dealt.client.resources import Surface
from dealt.kernel.http import Router
from dealt.publicapi.described import CHAPTERS
from dealt.publicapi.openapi import build
from dealt.publicapi.routes import ROUTES

# A method's argument by its name, where it is not an id.
SAMPLES: dict[str, Any] = {
    "body": {}, "values": {}, "rates": [], "tags": [], "tag": "vip", "attribute": "size", "value": 1, "rate": 1,
    "of": "users", "name_std": "size", "currency": "EUR", "valid_from": "2025-01-01", "since": "2025-01-01", "ids": [1],
    "others": [2], "content": b"",
}  # fmt: skip
# Other ways to do what a method does.
ALIASES = {
    "/deals-by-id/": "an older way to create a deal",
    "/products/<int:id>/details/": "the same as the product itself",
    "/products-by-id/<custom_id>/details/": "the same as the product itself",
}


class Recorder:
    """Stands for a sender, and notes what it is given."""

    def __init__(self) -> None:
        self.asked: list[Asked[Any]] = []

    def send(self, asked: Asked[Any]) -> None:
        self.asked.append(asked)


def described(resource: Resource[Any]) -> Iterator[tuple[str, Callable[..., Asked[Any]]]]:
    """The methods of a resource and what they are built by."""
    for name, member in inspect.getmembers_static(type(resource)):
        if hasattr(member, "_build"):
            yield name, member._build


def everything() -> set[tuple[str, str]]:
    """Method and path of everything that the client can ask, with ids of both kinds."""
    surface: Surface[Any] = Surface(Recorder())
    asked = set()
    for resource in [surface, *(value for value in vars(surface).values() if isinstance(value, Resource))]:
        for _, build_one in described(resource):
            for own in (False, True):
                asked |= {(one.method, one.path) for one in made(resource, build_one, own=own)}
        for _, member in inspect.getmembers_static(type(resource)):
            if isinstance(member, streams):
                asked.add(("POST", member._stream.path))
    return asked


def made(resource: Resource[Any], build_one: Callable[..., Asked[Any]], *, own: bool) -> Iterator[Asked[Any]]:
    parameters = [p for p in inspect.signature(build_one).parameters.values() if p.name != "self"]
    needed = [p.name for p in parameters if p.default is p.empty and p.kind is not p.VAR_KEYWORD]
    arguments = {name: ("mine" if own else 1) if name in ("which", "user") else SAMPLES.get(name, 1) for name in needed}
    if "of" in needed:
        yield build_one(resource, **arguments | {"of": "companies"})
    if "custom" in [p.name for p in parameters]:
        arguments["ids"] = ["mine"] if own else [1]
        yield build_one(resource, **arguments, custom=True)
    yield build_one(resource, **arguments)


def test_every_route_has_its_method_in_the_client() -> None:
    router = Router(ROUTES)
    reached = set()
    for method, path in everything():
        routes, _ = router.find(path)
        if method in routes:
            reached.add(id(routes[method]))
    missing = [route.path for route in ROUTES if id(route) not in reached and route.path not in ALIASES]
    assert missing == []


def test_what_the_client_asks_is_there() -> None:
    """By Dealt's id at least: not everything has an id of the shop's own."""
    router = Router(ROUTES)
    unknown = [
        (method, path)
        for method, path in everything()
        if "-by-id/" not in path and path != "/api/schema/" and method not in router.find(path)[0]
    ]
    assert unknown == []


NAMES = sorted(set(shapes.__all__) & set(build(ROUTES, CHAPTERS, 2, release="0")["components"]["schemas"]))


@pytest.mark.parametrize("name", NAMES)
def test_a_shape_has_the_keys_that_the_document_names(name: str) -> None:
    document = build(ROUTES, CHAPTERS, 2, release="0")["components"]["schemas"][name]
    typed = get_type_hints(getattr(shapes, name), include_extras=True)
    assert set(typed) == set(document["properties"])


def test_most_shapes_are_compared() -> None:
    assert len(NAMES) >= 25
