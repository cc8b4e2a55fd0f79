"""Every object that a route can name, in one workspace; the same server seen by strangers; and the routes as calls."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import pytest_asyncio

from dealt.accounts import create_token
from dealt.app import Application
from dealt.kernel.db import transaction
from dealt.kernel.http import Route
from dealt.publicapi import sdk
from dealt.publicapi.call import Call
from dealt.publicapi.routes import ROUTES
from tests.conftest import Dsn, fresh_database
from tests.publicapi.conftest import Shop, open_shop, serving

MARK = "Fernhill"
"""Stands in every object of the first workspace, and in nothing that another workspace may be shown."""
RATE = "987.654321"
"""Stands for the mark where an object has only numbers."""

# What is made, in this order: the address that makes it, the body, and which names the answer gives to which routes.
# A name is (first part of a route's path, parameter) -> key of the answer, or a value in itself after "=".
_Made = tuple[str, dict[str, Any], dict[tuple[str, str], str]]
MADE: list[_Made] = [
    (
        "attributes/",
        {"name": f"{MARK} size", "value_type": "string", "content_type": "deal"},
        {("attributes", "id"): "id"},
    ),
    *(
        (
            "attributes/",
            {"name": f"{MARK} taste", "value_type": "string", "content_type": content_type},
            {("attribute-type", "name_std"): "name_std"},
        )
        for content_type in ("clientuser", "company")
    ),
    ("lists/", {"name": f"{MARK} list"}, {("lists", "id"): "id"}),
    ("tags/", {"name": f"{MARK} label"}, {("tags", "id"): "id"}),
    ("pipelines/", {"name": f"{MARK} pipeline", "stages": [f"{MARK} first"]}, {("pipelines", "id"): "id"}),
    ("stages/", {"name": f"{MARK} stage", "pipeline": 2}, {("stages", "id"): "id"}),
    ("loss-reasons/", {"name": f"{MARK} reason"}, {("loss-reasons", "id"): "id"}),
    (
        "exchange-rates/",
        {"currency": "ISK", "valid_from": "2025-01-01", "rate": RATE},
        {("exchange-rates", "currency"): "currency", ("exchange-rates", "valid_from"): "valid_from"},
    ),
    (
        "users/",
        {"custom_id": f"{MARK}-user", "email": f"{MARK}@example.com", "tags": [f"{MARK} tag"]},
        {("users", "id"): "id", ("users-by-id", "custom_id"): "custom_id"},
    ),
    (
        "companies/",
        {"custom_id": f"{MARK}-company", "name": f"{MARK} works", "tags": [f"{MARK} tag"]},
        {("companies", "id"): "id", ("companies-by-id", "custom_id"): "custom_id"},
    ),
    (
        "products/",
        {"custom_id": f"{MARK}-product", "name": f"{MARK} mug", "tags": [f"{MARK} tag"]},
        {("products", "id"): "id", ("products-by-id", "custom_id"): "custom_id"},
    ),
    ("aggregators/", {"name": f"{MARK} orders", "function": "count", "source": "deals"}, {("aggregators", "id"): "id"}),
    ("rfm/", {"name": f"{MARK} scores"}, {("rfm", "id"): "id"}),
    (
        "imports/",
        {"kind": "contacts", "file_name": f"{MARK}.csv"},
        {("imports", "id"): "id", ("imports", "part"): "=1"},
    ),
    (
        "segments/",
        {"name": f"{MARK} people", "filter": {"field": "custom_id", "op": "is_set"}},
        {("segments", "id"): "id"},
    ),
    (
        "product-feeds/",
        {"name": f"{MARK} feed", "url": "https://feeds.example/products.xml"},
        {("product-feeds", "id"): "id"},
    ),
    (
        "webhooks/",
        # Nobody is there, and no worker runs: what happens is only queued.
        {"url": f"http://192.0.2.1/{MARK}", "kinds": ["deal.created"], "description": MARK},
        {("webhooks", "id"): "id"},
    ),
    ("webhooks/1/test/", {}, {("webhooks", "delivery_id"): "id"}),
    (
        "deals/",
        {
            "custom_id": f"{MARK}-deal", "name": f"{MARK} order", "user_custom_id": f"{MARK}-user", "value": 10,
            "currency": "EUR", "order_products": [{"product_custom_id": f"{MARK}-product", "value": 5, "quantity": 2}],
            "products_custom_id": [f"{MARK}-product"], "tags": [f"{MARK} tag"], f"{MARK}_size": "large",
        },
        {
            ("deals", "id"): "id", ("deals", "line_id"): "=1",
            ("deals-by-id", "custom_id"): "custom_id", ("deals-by-id", "line_id"): "=1",
        },
    ),
    ("events/", {"user_custom_id": f"{MARK}-user", "name": f"{MARK} event"}, {("events", "id"): "=1"}),
    (
        "activities/",
        {
            "custom_id": f"{MARK}-activity", "name": f"Call {MARK}", "due_date": "2025-06-24",
            "user_custom_id": f"{MARK}-user",
        },
        {("activities", "id"): "id", ("activities-by-id", "custom_id"): "custom_id"},
    ),
]  # fmt: skip

# Where a read must be told what it looks for.
ARGUMENTS = {
    "/search/": {"q": MARK},
    "/users/search/": {"custom_id": f"{MARK}-user"},
    "/aggregators/<int:id>/values/": {"user_id": "1"},
    "/segments/<int:id>/explain/": {"user_custom_id": f"{MARK}-user"},
}
# Addresses under an object that change one thing of it.
CHANGES: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "add_member", {"user_id": 1}),
    ("POST", "remove_member", {"user_id": 1}),
    ("DELETE", "remove_member", {"user_id": 1}),
    ("POST", "add_tag", {"name": f"{MARK} tag"}),
    ("POST", "remove_tag", {"name": f"{MARK} tag"}),
    ("DELETE", "remove_tag", {"name": f"{MARK} tag"}),
    ("POST", "set_attribute", {"attribute": "size", "value": "large"}),
    ("POST", "remove_attribute", {"attribute": "size"}),
    ("DELETE", "remove_attribute", {"attribute": "size"}),
    ("POST", "add_many_tags", {"tag_names": [f"{MARK} tag"]}),
    ("POST", "add_to_list", {"list": 1}),
    ("POST", "remove_from_list", {"list": 1}),
    ("DELETE", "remove_from_list", {"list": 1}),
]
# A body that a writing route takes where the empty object would be refused before the object is looked for.
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "/aggregators/preview/"): {"source": "deals", "function": "count"},
    ("POST", "/webhooks/<int:id>/resend_failed/"): {"since": "2025-01-01"},
    ("POST", "/pipelines/<int:id>/stages/"): {"name": "Another"},
    ("POST", "/segments/<int:id>/changes/"): {"filter": {}},
    ("POST", "/segments/<int:id>/snapshot/"): {"name": "Another"},
    ("PUT", "/exchange-rates/<currency>/<valid_from>/"): {"rate": 2},
    **{
        (method, f"{base}{part}/"): body
        for kind in ("companies", "deals", "products", "users")
        for base in (f"/{kind}/<int:id>/", f"/{kind}-by-id/<custom_id>/")
        for method, part, body in CHANGES
    },
    ("POST", "/users/<int:id>/events/"): {"name": "Another"},
    ("POST", "/users-by-id/<custom_id>/events/"): {"name": "Another"},
    ("POST", "/event/"): {"event": "Another"},
    ("POST", "/screen_event/"): {"event": "ScreenEvent", "data": {"event": "opened", "screen_name": "Another"}},
    ("POST", "/product_event/"): {"event": "product", "event_type": "view", "data": {"custom_id": "Another"}},
    ("POST", "/push-notification/<delivery_id>/<action>/"): {"url": "https://shop.example"},
    ("POST", "/in-app-message/<delivery_id>/<action>/"): {"url": "https://shop.example"},
    ("POST", "/delete-fcm-token/"): {"fcm_key": f"{MARK}-fcm"},
    ("DELETE", "/delete-fcm-token/"): {"fcm_key": f"{MARK}-fcm"},
    ("POST", "/products/<int:id>/product_event/"): {"event_type": "view", "user_custom_id": f"{MARK}-user"},
    ("POST", "/products-by-id/<custom_id>/product_event/"): {"event_type": "view", "user_custom_id": f"{MARK}-user"},
}


@dataclass(frozen=True)
class Wire:
    """One method of one route."""

    method: str
    route: Route[Call]

    @property
    def of_app(self) -> bool:
        """Whether apps call it, under an address of their own."""
        return self.route.needs == "sdk"

    @property
    def named(self) -> bool:
        """Whether the path names an object."""
        return "<" in self.route.path

    @property
    def body(self) -> dict[str, Any]:
        return BODIES.get((self.method, self.route.path), {})

    def __str__(self) -> str:
        return f"{self.method} {self.route.path}"


WIRES = [Wire(method, route) for route in ROUTES for method in route.methods]
OF_APPS = [Wire(method, route) for route in sdk.SDK_ROUTES for method in route.methods]
READING = [wire for wire in WIRES if wire.route.needs == "read" and wire.method == "GET"]
WRITING = [wire for wire in WIRES if wire.route.needs == "write"]
LISTS = [wire for wire in READING if wire.method == "GET" and not wire.named]


@dataclass(repr=False)
class World:
    """``shop`` owns the objects of ``names``; ``stranger`` and ``newcomer`` are other workspaces of the same server."""

    app: Application
    shop: Shop
    stranger: Shop
    newcomer: Shop
    anyone: httpx.AsyncClient
    """Sends no token of its own."""
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    key: str = ""
    """Names the first workspace's user to the addresses of apps."""
    _tokens: dict[tuple[int, str], str] = field(default_factory=dict)

    def path(self, wire: Wire) -> str:
        """The route's path with the names of the first workspace's objects, relative to the API's address."""
        if wire.of_app:
            path = wire.route.path.replace("<delivery_id>", "1").replace("<action>", "clicked")
            return f"{self.shop.url.removesuffix('/api/public/')}{sdk.PREFIX}{path}"
        first, *rest = wire.route.path.strip("/").split("/")
        parts = [self._name(first, part) if part.startswith("<") else part for part in rest]
        return "/".join([first, *parts, ""])

    def _name(self, first: str, part: str) -> str:
        parameter = part.strip("<>").split(":")[-1]
        if (first, parameter) not in self.names:
            pytest.fail(f"no object stands for {parameter} of /{first}/: add one to MADE in {__name__}")
        return self.names[first, parameter]

    async def token(self, shop: Shop, **options: Any) -> str:
        """A token of a workspace, the same one for the same options."""
        assert self.app.services
        known = (shop.workspace_id, repr(options))
        if known not in self._tokens:
            async with transaction(self.app.services.pool) as connection:
                now = self.app.services.clock.now()
                made = await create_token(connection, shop.workspace_id, "Test", now=now, **options)
            self._tokens[known] = made.secret
        return self._tokens[known]


async def make_all(shop: Shop) -> dict[tuple[str, str], str]:
    """Make everything in ``MADE``; the names."""
    names = {}
    for path, body, given in MADE:
        answer = await shop.client.post(path, json=body)
        assert answer.status_code == 201, f"{path}: {answer.text}"
        for name, key in given.items():
            names[name] = key[1:] if key.startswith("=") else str(answer.json()[key])
    return names


async def _make_device(world: World) -> str:
    """Let the first workspace's user open an app; the key by which the app names the user."""
    body = {"customer": {"user_id": f"{MARK}-user"}, "device": {"fcm_key": f"{MARK}-fcm"}}
    url = world.path(next(wire for wire in OF_APPS if wire.route.path == "/ping/"))
    answer = await world.shop.client.post(url, json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["key"])


@pytest_asyncio.fixture(scope="module")
async def world(postgres: Dsn, template_database: str) -> AsyncIterator[World]:
    """One for a module: its tests leave the first workspace as they found it."""
    with fresh_database(postgres, template_database) as url:
        async with serving(url) as (app, address):
            shop, stranger, newcomer = [await open_shop(app, address) for _ in range(3)]
            async with httpx.AsyncClient(base_url=address, timeout=30) as anyone:
                world = World(app, shop, stranger, newcomer, anyone, await make_all(shop))
                world.key = await _make_device(world)
                yield world
            for closing in (shop, stranger, newcomer):
                await closing.client.aclose()
                await closing.v1.aclose()


def lasting(told: Any) -> Any:
    """An answer without what another minute changes by itself, at any depth."""
    if isinstance(told, list):
        return [lasting(one) for one in told]
    if isinstance(told, dict):
        return {name: lasting(value) for name, value in told.items() if name not in ("last_counted", "as_of")}
    return told
