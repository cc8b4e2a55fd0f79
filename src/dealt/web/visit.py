"""One visit of a page: who comes, with what, and the ways to answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

import msgspec

from dealt.accounts import Actor, Member, Snapshot, may
from dealt.kernel.bodies import parse_object
from dealt.kernel.db import Connection, transaction
from dealt.kernel.errors import DealtError, InvalidInput, NotFound
from dealt.kernel.http import Request, Response
from dealt.web import flash
from dealt.web.cookies import cookies_of, set_cookie
from dealt.web.flash import Said, Undo
from dealt.web.house import House

T = TypeVar("T")
_HTML = b"text/html; charset=utf-8"
_UNTOLD = ("password", "secret", "code")
_encoder = msgspec.json.Encoder(decimal_format="string")


@dataclass(slots=True)
class Visit:
    """``member`` is who is signed in; pages of an area have one. ``params`` are the parameters of the path.

    ``failed`` is what was wrong with the form that is shown again.
    """

    house: House
    request: Request
    params: Mapping[str, str]
    now: datetime
    signed_in: Member | None = None
    failed: DealtError | None = None
    cookies: list[str] = field(default_factory=list)
    said: Said | None = None

    @property
    def member(self) -> Member:
        """Who is signed in."""
        if self.signed_in is None:
            raise AssertionError("this page is for anybody")
        return self.signed_in

    @property
    def workspace_id(self) -> int:
        return self.member.workspace_id

    @property
    def actor(self) -> Actor:
        """Who the journal says has done it."""
        return Actor(self.member.workspace_id, f"member:{self.member.id}")

    @property
    def form(self) -> dict[str, Any]:
        """The fields that were sent, by a form or as JSON; none where nothing was. Raises InvalidInput."""
        return parse_object(self.request.body, self.request.header("content-type"))

    @property
    def query(self) -> dict[str, str]:
        """The query's arguments, the last of each name. Raises InvalidInput for what no page of ours sends."""
        try:
            text = self.request.query_string.decode("latin-1")
            found = dict(parse_qsl(text, keep_blank_values=True, encoding="utf-8", errors="strict"))
        except ValueError:
            raise InvalidInput.of("query", "The address cannot be read.") from None
        if any("\x00" in name or "\x00" in value for name, value in found.items()):
            raise InvalidInput.of("query", "The address holds a character that cannot be searched for.")
        return found

    @property
    def by_htmx(self) -> bool:
        """Whether htmx asks for a part of a page."""
        return self.request.header("hx-request") == "true"

    @property
    def by_module(self) -> bool:
        """Whether one of our modules asks, which takes JSON and no page."""
        return self.request.header("accept").startswith("application/json")

    def cookie(self, name: str) -> str:
        """A cookie's value; empty where there is none."""
        return cookies_of(self.request.header("cookie")).get(name, "")

    def of(self, kind: type[T]) -> T:
        """What the composition root has provided of that type: ``visit.of(DealWriter)``."""
        return self.house.of(kind)

    def may(self, area: str, act: str = "read") -> bool:
        """Whether the member's role allows it: for what a page shows; the route itself is guarded already."""
        return may(self.member, area, "write" if act == "write" else "read")

    def id(self, name: str = "id") -> int:
        """A whole-number parameter of the path."""
        return int(self.params[name])

    def text(self, name: str) -> str:
        """A field of the form as a text without the blanks around it; empty where it is not there."""
        value = self.form.get(name, "")
        if not isinstance(value, str):
            raise InvalidInput.of(name, "A text is needed.")
        return value.strip()

    def secret(self, name: str) -> str:
        """A field of the form as it was typed, blanks and all: a password."""
        value = self.form.get(name, "")
        return value if isinstance(value, str) else ""

    def came_from(self, otherwise: str) -> str:
        """The path of the page that this was posted from."""
        parts = urlsplit(self.request.header("referer"))
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        return path if parts.netloc == self.request.header("host") and flash.is_local(path) else otherwise

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """A connection for reads."""
        async with self.house.pool.acquire() as connection:
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Connection]:
        """A connection in the one transaction of this visit, committed when the block ends well."""
        async with transaction(self.house.pool) as connection:
            yield connection

    @asynccontextmanager
    async def changing(self) -> AsyncIterator[Connection]:
        """As ``writing``, for a change of definitions, which this process then sees at once."""
        async with self.writing() as connection:
            yield connection
        self.house.definitions.forget(self.workspace_id)

    async def snapshot(self) -> Snapshot:
        """The workspace's definitions, at most a second old."""
        recent = self.house.definitions.recent(self.workspace_id)
        if recent is not None:
            return recent
        async with self.reading() as connection:
            return await self.house.definitions.for_reading(connection, self.workspace_id)

    async def page(self, template: str, /, status: int = 200, **values: Any) -> Response:
        """A whole page, or a part of one: the template says which. It knows ``visit`` and ``values``."""
        zone = (await self.snapshot()).time_zone if self.signed_in else None
        return self.html(template, status, zone=zone, **values)

    def html(self, template: str, /, status: int = 200, **values: Any) -> Response:
        """As ``page``, where no time zone is needed."""
        headers = {"Cache-Control": "no-store"}
        if self.failed is not None:
            status = self.failed.status
            headers |= self.failed.headers
        self.said = self._taken_flash()
        body = self.house.templates.render(template, visit=self, **values)
        return Response(status, body.encode("utf-8", "replace"), _HTML, headers)

    def json(self, value: Any, status: int = 200) -> Response:
        """An answer for a module; decimals become strings, times ISO 8601."""
        return Response(status, _encoder.encode(value), headers={"Cache-Control": "no-store"})

    def go(self, path: str, said: str = "", undo: Undo | None = None) -> Response:
        """On to another page, which says in a toast what was done; the way after every form."""
        if said:
            self._say(Said(said, undo))
        if self.by_htmx:
            return Response(204, headers={"HX-Redirect": path})
        return Response(303, headers={"Location": path})

    def toast(self, response: Response, said: str, undo: Undo | None = None) -> Response:
        """The same answer to htmx or a module, with a toast."""
        response.headers["HX-Trigger"] = ascii_json({"toast": Said(said, undo)})
        return response

    def not_found(self, what: str) -> NotFound:
        """What to raise where there is no such object in this workspace."""
        return NotFound(f"There is no such {what} here. It may have been deleted or merged.")

    @property
    def errors(self) -> Mapping[str, list[str]]:
        """What is wrong with the form, by field; for templates."""
        return self.failed.fields if isinstance(self.failed, InvalidInput) else {}

    @property
    def refused(self) -> dict[str, Any]:
        """The form that is shown again: where it went, what was typed but for secrets, and what is wrong with it."""
        try:
            typed = self.form
        except InvalidInput:
            typed = {}
        fields = {name: value for name, value in typed.items() if not any(word in name for word in _UNTOLD)}
        return {"path": self.request.path, "fields": fields, "errors": self.errors}

    def _say(self, said: Said) -> None:
        self.cookies.append(set_cookie(self.request, flash.COOKIE, flash.written(said), flash.LIVES_S))

    def _taken_flash(self) -> Said | None:
        value = self.cookie(flash.COOKIE)
        if not value or self.by_htmx:
            return None
        self.cookies.append(set_cookie(self.request, flash.COOKIE, "", 0))
        return flash.read(value)


def ascii_json(value: Any) -> str:
    """JSON for a header, which holds no other characters."""
    text = msgspec.json.encode(value).decode()
    return "".join(c if c.isascii() else "".join(f"\\u{u:04x}" for u in _utf16(c)) for c in text)


def _utf16(character: str) -> list[int]:
    data = character.encode("utf-16-be", "surrogatepass")
    return [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)]
