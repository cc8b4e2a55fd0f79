"""Addresses under an object that change one thing of it: put a tag on, take one off, set or remove an attribute."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dealt.accounts import Snapshot
from dealt.attributes import name_std
from dealt.kernel.errors import InvalidInput
from dealt.kernel.http import Response, Route
from dealt.kernel.schema import read_fields, text
from dealt.publicapi.call import Call, answer
from dealt.tags import TAGS


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to change: fields and attributes as a body names them, and tags by name."""

    body: Mapping[str, Any] = field(default_factory=dict)
    add_tags: list[str] = field(default_factory=list)
    remove_tags: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Known:
    """The definitions before a change and after it."""

    before: Snapshot
    after: Snapshot


Apply = Callable[[Call, Asked], Awaitable[Known]]
"""Changes the object that the path names. Raises NotFound and InvalidInput."""
_name = text()


@dataclass(frozen=True)
class SingleChanges:
    """The handlers of one kind of object, which ``apply`` changes."""

    apply: Apply

    def tag_routes(self, base: str) -> list[Route[Call]]:
        """The addresses of the objects at ``base`` that put tags on and take them off."""
        return [
            Route(("POST",), f"{base}add_tag/", self.add_tag, "write"),
            Route(("POST", "DELETE"), f"{base}remove_tag/", self.remove_tag, "write"),
        ]

    def attribute_routes(self, base: str) -> list[Route[Call]]:
        """The addresses of the objects at ``base`` that set and remove attributes."""
        return [
            Route(("POST",), f"{base}set_attribute/", self.set_attribute, "write"),
            Route(("POST",), f"{base}set_multiple_attributes/", self.set_many_attributes, "write"),
            Route(("POST", "DELETE"), f"{base}remove_attribute/", self.remove_attribute, "write"),
        ]

    async def add_tag(self, call: Call) -> Response:
        """Put the tag of this name on. ``created`` says whether the tag itself is new in the workspace."""
        name = _named(call, "name")
        known = await self.apply(call, Asked(add_tags=[name]))
        return answer({"created": _tag(known.before, name)["id"] is None, "tag": _tag(known.after, name)})

    async def remove_tag(self, call: Call) -> Response:
        """Take the tag of this name off. One that is not worn is off already."""
        name = _named(call, "name")
        known = await self.apply(call, Asked(remove_tags=[name]))
        return answer({"tag": _tag(known.after, name)})

    async def set_attribute(self, call: Call) -> Response:
        """Set one attribute, or one standard field. The answer repeats its standard name and the value sent."""
        body = call.body
        name = _named(call, "attribute")
        if "value" not in body:
            raise InvalidInput.of("value", "This field is required.")
        await self.apply(call, Asked({name: body["value"]}))
        return answer({"attribute": name_std(name), "value": body["value"]})

    async def set_many_attributes(self, call: Call) -> Response:
        """Set attributes and standard fields: an object of names and values. The answer is empty."""
        await self.apply(call, Asked(call.body))
        return Response(200)

    async def remove_attribute(self, call: Call) -> Response:
        """Clear one attribute, or one standard field. The definition of the attribute stays."""
        name = _named(call, "attribute")
        await self.apply(call, Asked({name: None}))
        return answer({"attribute": name_std(name)})


def _named(call: Call, key: str) -> str:
    """The name that the body says under ``key``; a DELETE whose body was lost on the way may say it in the query."""
    query = call.request.query if call.request.method == "DELETE" else {}
    body = call.body or {name: value for name, value in query.items() if name == key}
    found: str = read_fields(body, {key: _name}, required=(key,))[key]
    return found


def _tag(snapshot: Snapshot, name: str) -> dict[str, Any]:
    ids = [tag_id for tag_id, known in snapshot.part(TAGS).items() if known == name]
    return {"id": ids[0] if ids else None, "name": name}
