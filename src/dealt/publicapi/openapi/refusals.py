"""The answers that refuse, shared by all operations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dealt.publicapi.openapi.fragments import Json, Shape, array, obj, text

INVALID = Shape(
    "Errors",
    obj({"errors": {"type": "object", "additionalProperties": array(text()), "description": "Sentences by field."}}),
    {"errors": {"stage": ["There is no stage 99."]}},
)
DETAIL = Shape("Detail", obj({"detail": text("A sentence.")}), {"detail": "Not found."})


@dataclass(frozen=True, slots=True)
class Refusal:
    """One status: its name among the components, what it means, its example and the headers it always has."""

    name: str
    description: str
    shape: Shape
    example: Any
    headers: tuple[str, ...] = ()

    def response(self) -> Json:
        """The response object, a Shape inside."""
        return {
            "description": self.description,
            "headers": {name: {"schema": {"type": "string"}} for name in self.headers},
            "content": {"application/json": {"schema": self.shape, "example": self.example}},
        }


def _detail(name: str, description: str, example: str, *headers: str) -> Refusal:
    return Refusal(name, description, DETAIL, {"detail": example}, headers)


REFUSALS: dict[int, Refusal] = {
    400: Refusal(
        "Invalid", "One or more fields cannot be taken; all of them are named and nothing was stored.", INVALID,
        INVALID.example,
    ),
    401: _detail("NotAuthenticated", "There is no token, or it is not known.", "Invalid token.", "WWW-Authenticate"),
    403: _detail(
        "Forbidden", "The token may not do this, or not from this address.", "This token may only read."
    ),
    404: _detail("NotFound", "There is no such object in this workspace.", "Not found."),
    405: _detail("NotAllowed", "The path has no such method; `Allow` lists those it has.", 'Method "PUT" not allowed.',
                 "Allow"),
    409: _detail("Conflict", "The request is well formed and cannot hold now.",
                 "This idempotency key was used for another request."),
    413: _detail("TooLarge", "The body is longer than 1 MiB.",
                 "The body is longer than 1048576 bytes. Send less at a time, or use a bulk endpoint."),
    429: _detail("Throttled", "Too many requests; `Retry-After` says in how many seconds to go on.",
                 "Too many requests.", "Retry-After"),
    503: _detail("Unavailable", "The server cannot answer just now.",
                 "The database cannot be reached; try again.", "Retry-After"),
}  # fmt: skip


def refused(method: str, *, named: bool, others: Iterable[int]) -> list[int]:
    """The statuses that an operation may refuse with.

    ``named`` is whether its path names an object.
    """
    found = {400, 401, 403, 429, 503, *others}
    if named:
        found.add(404)
    if method in ("POST", "PUT", "PATCH"):
        found.add(413)
    return sorted(found)
