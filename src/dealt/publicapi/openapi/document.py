"""The OpenAPI document of one version of the API, made from the route table and the chapters that describe it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dealt.kernel.http import Route
from dealt.publicapi.call import Call
from dealt.publicapi.openapi.fragments import Json, Shape, any_of, identifier, text
from dealt.publicapi.openapi.narrowing import ATTRIBUTES, narrowing
from dealt.publicapi.openapi.operation import JSON, SERVER, Answer, Body, Chapter, Handler, Operation, Parameter
from dealt.publicapi.openapi.refusals import REFUSALS, refused
from dealt.publicapi.openapi.whole import DRY_RUN, FIELDS, IDEMPOTENCY, REHEARSAL, REPLAYED

JSON_2 = "application/json; version=2"
_PARAMETER = re.compile(r"<(?:(int|str):)?(\w+)>")
_VERBS = re.compile(r"^[`A-Z/, and]*(?:GET|POST|PUT|PATCH|DELETE)[^:]*:\s*")
_USUAL = ("GET", "PATCH", "POST", "PUT", "DELETE")
"""Where a route has several methods that do the same, the first of these gives it its name."""
_NAMED = {
    "id": "The number that Dealt gave it.",
    "custom_id": "Your own id of it.",
}


@dataclass(frozen=True, slots=True)
class Wire:
    """One method of one route and what describes it."""

    method: str
    route: Route[Call]
    chapter: Chapter
    operation: Operation

    @property
    def path(self) -> str:
        """The path as OpenAPI writes it."""
        return _PARAMETER.sub(r"{\2}", self.route.path)

    @property
    def id(self) -> str:
        """A name that no other operation has: for clients that make methods of operations."""
        by_custom_id = "ByCustomId" if "-by-id/<" in self.route.path else ""
        usual = next(method for method in _USUAL if method in self.route.methods)
        otherwise = "" if self.method == usual else f"With{self.method.title()}"
        return f"{self.operation.id}{by_custom_id}{otherwise}"

    @property
    def parameters(self) -> list[tuple[str, Parameter]]:
        """The path's, the query's and the headers' parameters, each with its place."""
        found = [("path", _path_parameter(self.operation, *match)) for match in _PARAMETER.findall(self.route.path)]
        found += [("query", parameter) for parameter in self.operation.query]
        found += [("header", parameter) for parameter in self.operation.headers]
        if self.route.listing is not None:
            described = {parameter.name for parameter in self.operation.query}
            found += [("query", parameter) for parameter in narrowing(self.route.listing, described)]
        if self.route.needs != "read" and (self.route.rehearses or not self.route.streams):
            found.append(("query", DRY_RUN))
        if self.kept:
            found.append(("header", IDEMPOTENCY))
        if self.method == "GET":
            found.append(("query", FIELDS))
        return found

    @property
    def description(self) -> str:
        """What it does."""
        said = self.operation.description or docstring(self.route.handler)
        by_attributes = self.route.listing is not None and self.route.listing.domain is not None
        return f"{said} {ATTRIBUTES}".strip() if by_attributes else said

    @property
    def kept(self) -> bool:
        """Whether the answer is kept for an Idempotency-Key, and a rehearsal is one JSON answer."""
        return self.route.needs != "read" and not self.route.streams

    @property
    def answers(self) -> Mapping[int, Answer]:
        """The successes by status, a rehearsal among them."""
        if not self.kept:
            return self.operation.answers
        found = dict(self.operation.answers)
        good = found.get(200)
        if good is None:
            found[200] = Answer("What would happen, with `dry_run=true`.", REHEARSAL)
        elif good.schema is not None:
            found[200] = replace(good, schema=any_of(good.schema, REHEARSAL))
        return {status: replace(told, headers={**told.headers, **REPLAYED}) for status, told in found.items()}


@dataclass(slots=True)
class _Writer:
    version: int
    wires: Sequence[Wire]
    shapes: dict[str, Shape] = field(default_factory=dict)
    schemes: dict[str, Json] = field(default_factory=dict)

    def operation(self, wire: Wire) -> Json:
        told, body = wire.operation, wire.operation.body
        others = (*told.refusals, 409) if wire.kept else told.refusals
        statuses = refused(wire.method, named="<" in wire.route.path, others=others)
        responses = {str(status): self.answer(wire, answer) for status, answer in sorted(wire.answers.items())}
        responses |= {str(status): {"$ref": f"#/components/responses/{REFUSALS[status].name}"} for status in statuses}
        parameters = [self.parameter(place, parameter) for place, parameter in wire.parameters]
        return {
            "operationId": wire.id,
            "tags": [wire.chapter.name],
            "summary": told.summary,
            "description": wire.description,
            **({"deprecated": True} if told.deprecated else {}),
            **({"parameters": parameters} if parameters else {}),
            **({} if body is None else {"requestBody": self.body(body)}),
            "responses": responses,
            **self.elsewhere(wire.chapter),
            "x-scope": wire.route.needs,
            "x-group": told.id,
        }

    def elsewhere(self, chapter: Chapter) -> Json:
        """Where the paths of a chapter are, and what else may carry the token, where it is not as usual."""
        if chapter.server == SERVER:
            return {}
        if not chapter.token_header:
            return {"servers": [{"url": chapter.server}]}
        name = chapter.token_header
        self.schemes[name] = {
            "type": "apiKey", "in": "header", "name": chapter.token_header, "description": "The token alone.",
        }  # fmt: skip
        return {"servers": [{"url": chapter.server}], "security": [{"token": []}, {name: []}]}

    def parameter(self, place: str, parameter: Parameter) -> Json:
        shown: Json = {"name": parameter.name, "in": place, "description": parameter.description}
        if place == "path" or parameter.required:
            shown["required"] = True
        shown["schema"] = self.plain(parameter.schema)
        if parameter.lookups:
            shown["x-lookups"] = list(parameter.lookups)
        return shown if parameter.example is None else shown | {"example": parameter.example}

    def body(self, body: Body) -> Json:
        content = {"schema": self.plain(body.schema), "example": body.sample(self.version)}
        return {"required": body.required, "content": {body.media: content}}

    def answer(self, wire: Wire, answer: Answer) -> Json:
        shown: Json = {"description": answer.description}
        if answer.headers:
            shown["headers"] = {name: {"schema": schema} for name, schema in answer.headers.items()}
        if answer.schema is not None:
            content = {"schema": self.plain(answer.schema)}
            sample = answer.sample(self.version)
            media = JSON_2 if answer.media == JSON and self.version == 2 else answer.media
            shown["content"] = {media: content if sample is None else content | {"example": sample}}
        if links := self.links(wire.operation, answer.sample(self.version)):
            shown["links"] = links
        return shown

    def links(self, told: Operation, sample: Any) -> Json:
        """From an answer that gives the id of an object to every operation on it."""
        found: Json = {}
        for base, place in [(b, "") for b in told.makes] + [(b, "results/0/") for b in told.lists]:
            *others, name = (name for _, name in _PARAMETER.findall(base))
            shown = (sample["results"][0] if place and sample else sample) or {}
            key = "id" if others else name
            if key not in shown:
                continue
            parameters = {other: f"$request.path.{other}" for other in others}
            parameters[name] = f"$response.body#/{place}{key}"
            for wire in self.wires:
                if wire.route.path.startswith(base) and len(_PARAMETER.findall(wire.route.path)) == len(parameters):
                    found[wire.id] = {"operationId": wire.id, "parameters": parameters}
        for header, key in told.hands.items():
            for wire in self.wires:
                if any(parameter.name == header for parameter in wire.operation.headers):
                    handed = {f"header.{header}": f"$response.body#/{key}"}
                    found[wire.id] = {"operationId": wire.id, "parameters": handed}
        return found

    def plain(self, schema: Any) -> Any:
        """The schema with each Shape, wherever it stands, put among the components and referred to."""
        if isinstance(schema, Shape):
            if self.shapes.setdefault(schema.name, schema) is not schema:
                raise AssertionError(f"two shapes are called {schema.name}")
            return {"$ref": f"#/components/schemas/{schema.name}"}
        if isinstance(schema, Mapping):
            return {name: self.plain(inner) for name, inner in schema.items()}
        if isinstance(schema, list | tuple):
            return [self.plain(inner) for inner in schema]
        return schema

    def components(self) -> Json:
        """Everything that operations referred to, and what those refer to."""
        responses = {refusal.name: self.plain(refusal.response()) for refusal in REFUSALS.values()}
        schemas: dict[str, Json] = {}
        while missing := [shape for name, shape in self.shapes.items() if name not in schemas]:
            for shape in missing:
                schemas[shape.name] = self.plain(shape.schema(self.version)) | {
                    "examples": [shape.sample(self.version)]
                }
        return {
            "schemas": dict(sorted(schemas.items())),
            "responses": responses,
            "securitySchemes": {
                "token": {
                    "type": "apiKey", "in": "header", "name": "Authorization",
                    "description": "`Token ` and the token: `Authorization: Token 0123abcd...`.",
                },
                **self.schemes,
            },
        }  # fmt: skip


def wires_of(routes: Iterable[Route[Call]], chapters: Iterable[Chapter]) -> Iterator[Wire]:
    """Every method of every route that is described, in the order of the chapters."""
    known = list(routes)
    for chapter in chapters:
        for route in known:
            told = chapter.by_path.get(route.path) or chapter.operations.get(route.handler)
            if told is not None:
                yield from (Wire(method, route, chapter, told) for method in route.methods)


def build(routes: Iterable[Route[Call]], chapters: Sequence[Chapter], version: int, *, release: str) -> Json:
    """The document of an API version, as plain JSON values."""
    wires = list(wires_of(routes, chapters))
    writer = _Writer(version, wires)
    paths: dict[str, Json] = {}
    for wire in wires:
        paths.setdefault(wire.path, {})[wire.method.lower()] = writer.operation(wire)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Dealt API, version {version}",
            "version": release,
            "description": INTRODUCTION[version],
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": SERVER}],
        "security": [{"token": []}],
        "tags": [{"name": chapter.name, "description": chapter.description} for chapter in chapters],
        "paths": paths,
        "components": writer.components(),
    }


def docstring(handler: Handler) -> str:
    """What a handler says of itself, without the method and path that it begins with."""
    said = _VERBS.sub("", inspect.getdoc(handler) or "").replace("``", "`")
    return said[:1].upper() + said[1:]


def _path_parameter(told: Operation, kind: str, name: str) -> Parameter:
    if name in told.path:
        return told.path[name]
    schema = identifier() if kind == "int" else text(minLength=1)
    if name not in _NAMED:
        raise AssertionError(f"{told.id} does not describe {name}")
    return Parameter(name, schema, _NAMED[name], 1 if kind == "int" else None)


_COMMON = (
    "Every order is an editable deal. Bodies are JSON or form-encoded; paths end in a slash, which may be missing; "
    "lists come in pages of at most 100. A refused request has stored nothing."
)
INTRODUCTION = {
    1: f"{_COMMON} This is version 1, which is answered unless `Accept` asks for version 2.",
    2: f"{_COMMON} This is version 2: ask for it by the header `Accept: application/json; version=2`.",
}
