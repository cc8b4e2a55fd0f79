"""One request of the API as data: what is sent, and how its answer is read. Nothing here knows a connection."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeAlias, TypedDict, TypeVar
from urllib.parse import quote, urlencode
from uuid import UUID

import httpx

from .errors import UnreadableAnswer

T = TypeVar("T")
Id: TypeAlias = int | str
"""A number is Dealt's id of an object, a text is your own ``custom_id`` of it."""
Fields: TypeAlias = Iterable[str] | None
"""The keys that an answer shall have, as texts or one text with commas; None means all."""
Value: TypeAlias = str | int | float | bool | Decimal | date | datetime | None
"""What an argument of a list may be."""
Where: TypeAlias = Value | Iterable[Value]
Body: TypeAlias = Mapping[str, Any]
"""What is sent of an object: its fields and custom attributes. Decimals, dates, times and UUIDs may stand in it."""


class Keyed(TypedDict, total=False):
    """What every write takes besides: an Idempotency-Key of your own instead of one that is made for each call."""

    idempotency_key: str | None


@dataclass(frozen=True, slots=True)
class Asked(Generic[T]):
    """``path`` is what follows ``/api/public``; ``root`` says that it is a whole path instead.

    ``repeats`` says that a second one has no effect even without a key.
    """

    method: str
    path: str
    query: Mapping[str, Where] = field(default_factory=dict)
    body: bytes | None = None
    key: str | None = None
    read: Callable[[httpx.Response], T] = field(default=lambda response: read_json(response))
    media: str = "application/json"
    takes_key: bool = True
    repeats: bool = False
    root: bool = False

    @property
    def writes(self) -> bool:
        return self.method not in ("GET", "HEAD")

    @property
    def target(self) -> str:
        """Path and query as they stand in the request."""
        told = {name: written(value) for name, value in self.query.items() if value is not None}
        return f"{self.path}?{urlencode(told)}" if told else self.path

    def narrowed(self, fields: Fields) -> Asked[T]:
        """The same, for these keys only."""
        if fields is None:
            return self
        return replace(self, query={**self.query, "fields": fields if isinstance(fields, str) else ",".join(fields)})


def get(path: str, query: Mapping[str, Where] | None = None, fields: Fields = None) -> Asked[Any]:
    """A read."""
    asked: Asked[Any] = Asked("GET", path, query or {})
    return asked.narrowed(fields)


def write(
    method: str,
    path: str,
    body: Any = None,
    how: Keyed | None = None,
    query: Mapping[str, Where] | None = None,
) -> Asked[Any]:
    """A write, with its body where it has one."""
    content = None if body is None else dumps(body)
    return Asked(method, path, query or {}, content, (how or {}).get("idempotency_key"))


def at(resource: str, which: Id, *rest: object) -> str:
    """The path of one object, by Dealt's id or your own, and of what lies under it. Raises ValueError for no id."""
    if isinstance(which, bool) or which == "":
        raise ValueError(f"This names no object: {which!r}.")
    root = f"/{resource}/" if isinstance(which, int) else f"/{resource}-by-id/"
    return root + "".join(f"{segment(part)}/" for part in (which, *rest))


def segment(part: object) -> str:
    """Any text as one segment of a path. Dots alone would be taken for a way up, so they are encoded too."""
    text = quote(str(part), safe="@", errors="surrogatepass")
    return text.replace(".", "%2E") if not text.strip(".") else text


def dumps(value: Any) -> bytes:
    """JSON, on one line. Raises TypeError or ValueError for what JSON cannot say."""
    return json.dumps(value, default=_plain, separators=(",", ":"), allow_nan=False).encode()


def written(value: Where) -> str:
    """A query argument's value as text; several with commas."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float | Decimal | date):
        return value.isoformat() if isinstance(value, date) else str(value)
    return "" if value is None else ",".join(written(one) for one in value)


def read_json(response: httpx.Response) -> Any:
    """The answer's JSON; None where it has no body. Raises UnreadableAnswer."""
    if not response.content:
        return None
    try:
        return json.loads(response.content)
    except ValueError as error:
        raise UnreadableAnswer("The answer is not JSON; is this the address of a Dealt server?", response) from error


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    raise TypeError(f"JSON has no {type(value).__name__}.")
