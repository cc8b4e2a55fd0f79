"""What an operation tells of itself beside its handler: a chapter holds the operations of one resource."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from dealt.kernel.http import Response
from dealt.publicapi.call import Call
from dealt.publicapi.openapi.fragments import Json, Schema, Shape, page_of, text, whole

Handler: TypeAlias = Callable[[Call], Awaitable[Response]]
JSON = "application/json"
NDJSON = "application/x-ndjson"
SERVER = "/api/public"
"""Where the paths of a chapter are unless it says otherwise."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the path, the query or a header. ``example`` is one that works in the examples.

    ``lookups`` may stand behind the name of a field that a list is narrowed by.
    """

    name: str
    schema: Json
    description: str
    example: Any = None
    required: bool = False
    lookups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Body:
    """What a request carries. ``example_v1`` is needed only where version 1 wants other words."""

    schema: Schema
    example: Any
    example_v1: Any = None
    media: str = JSON
    required: bool = True

    def sample(self, version: int) -> Any:
        """The example in an API version."""
        return self.example_v1 if version == 1 and self.example_v1 is not None else self.example


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is a success. Without ``example``, the one of its Shape is shown; without a schema, no body."""

    description: str
    schema: Schema | None = None
    example: Any = None
    media: str = JSON
    headers: Mapping[str, Json] = field(default_factory=dict)

    def sample(self, version: int) -> Any:
        """The example in an API version; None where there is none."""
        if self.example is not None or self.schema is None:
            return self.example
        return sample_of(self.schema, version)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation; its description is the handler's docstring unless said here.

    ``refusals`` are the statuses beyond those that every operation of its kind can have. ``makes`` and ``lists`` name
    the paths of the objects that the answer gives ids for: links lead from it to every operation under them. ``hands``
    names the headers whose value the answer has, each with its key: links lead to every operation that takes one.
    """

    id: str
    summary: str
    answers: Mapping[int, Answer]
    description: str = ""
    query: tuple[Parameter, ...] = ()
    path: Mapping[str, Parameter] = field(default_factory=dict)
    headers: tuple[Parameter, ...] = ()
    body: Body | None = None
    refusals: tuple[int, ...] = ()
    makes: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    hands: Mapping[str, str] = field(default_factory=dict)
    deprecated: bool = False


@dataclass(frozen=True, slots=True)
class Chapter:
    """A resource: its operations by handler, and by path where handlers are made for it or serve differing ones.

    ``server`` is what their paths begin with. A token may also come in the header ``token_header``.
    """

    name: str
    description: str
    operations: Mapping[Handler, Operation]
    by_path: Mapping[str, Operation] = field(default_factory=dict)
    server: str = SERVER
    token_header: str = ""


def sample_of(schema: Schema, version: int) -> Any:
    """The example of a Shape, of a list of one, or of the first choice among several."""
    if isinstance(schema, Shape):
        return schema.sample(version)
    if "results" in (properties := schema.get("properties", {})):
        found = sample_of(properties["results"]["items"], version)
        return None if found is None else {"count": 1, "next": None, "previous": None, "results": [found]}
    if schema.get("type") == "array":
        found = sample_of(schema["items"], version)
        return None if found is None else [found]
    choices = schema.get("anyOf") or schema.get("allOf") or [None]
    return None if choices[0] is None else sample_of(choices[0], version)


def argument(name: str, schema: Json, description: str, example: Any = None, *, required: bool = False) -> Parameter:
    """A query argument."""
    return Parameter(name, schema, description, example, required)


def said(schema: Schema, description: str = "As it is now.", *, example: Any = None) -> dict[int, Answer]:
    """The answers of an operation that always says 200."""
    return {200: Answer(description, schema, example)}


def made(schema: Schema, description: str = "It was made.", *, example: Any = None) -> dict[int, Answer]:
    """The answers of an operation that makes something."""
    return {201: Answer(description, schema, example)}


def pages(item: Schema) -> dict[int, Answer]:
    """The answers of a list."""
    counted = {"Dealt-Count": text("`estimate` where `count` is one.")}
    return {200: Answer("One page.", page_of(item), headers=counted)}


deleted: Mapping[int, Answer] = {204: Answer("It is gone. There is no body.")}
PAGING = (
    argument("page", whole(least=1), "The page by its number; pages by number end at 100,000 rows.", 1),
    argument("page_size", whole(least=1, most=100), "How many on a page; 100 unless given.", 50),
    argument("limit", whole(least=1, most=100), "Another word for `page_size`."),
    argument("cursor", text(), "Where to go on, as `next` of the page before says; it wins over `page`."),
)
CUSTOM_ID = Parameter("custom_id", text(), "Your own id of it.")
