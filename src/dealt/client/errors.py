"""What can go wrong, by kind. Each carries the request; those that the server told carry its status and sentence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx


class DealtError(Exception):
    """Base of everything that this package raises of itself. ``detail`` is a sentence."""

    def __init__(self, detail: str, request: httpx.Request | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.request = request

    @property
    def idempotency_key(self) -> str | None:
        """The key of the write, with which the same request may be sent again at any time within 24 hours."""
        return self.request.headers.get("Idempotency-Key") if self.request else None

    def __str__(self) -> str:
        place = f"{self.request.method} {self.request.url.path}: " if self.request else ""
        return place + self.detail


class Unreachable(DealtError):  # noqa: N818 - errors here are named for what happened
    """No answer came, after all attempts; whether a write took place is not known. ``__cause__`` says why."""


class BulkStopped(DealtError):  # noqa: N818
    """A bulk ended early: what became of its lines ``first`` to ``last`` is not known; later ones were not sent."""

    def __init__(self, first: int, last: int, cause: DealtError) -> None:
        super().__init__(f"No answer about lines {first} to {last}. {cause.detail}", cause.request)
        self.first = first
        self.last = last


class ApiError(DealtError):
    """The server answered, and not with what was asked for. ``status`` is the HTTP status."""

    def __init__(self, detail: str, response: httpx.Response) -> None:
        super().__init__(detail, response.request)
        self.response = response
        self.status = response.status_code


class UnreadableAnswer(ApiError):  # noqa: N818
    """A 2xx whose body is not what the API answers."""


class InvalidInput(ApiError):  # noqa: N818
    """400: ``fields`` maps the name of each field that cannot be taken to its sentences. Nothing was stored."""

    def __init__(self, detail: str, response: httpx.Response, fields: Mapping[str, list[str]]) -> None:
        super().__init__(detail, response)
        self.fields = dict(fields)


class NotAuthenticated(ApiError):  # noqa: N818
    """401: no token, or one that is not known."""


class Forbidden(ApiError):  # noqa: N818
    """403: the token may not do this, or not from this address."""


class NotFound(ApiError):  # noqa: N818
    """404: there is no such object in this workspace."""


class Conflict(ApiError):  # noqa: N818
    """409: it cannot hold now, or the Idempotency-Key was used for another request."""


class TooLarge(ApiError):  # noqa: N818
    """413: the body is longer than the server takes."""


class RateLimited(ApiError):  # noqa: N818
    """429: too many requests, after all attempts. ``retry_after`` is in seconds, None if the server said nothing."""

    @property
    def retry_after(self) -> float | None:
        return retry_after(self.response)


class ServerError(ApiError):
    """5xx: the server, or something in front of it, is in trouble."""


_KINDS: Mapping[int, type[ApiError]] = {
    401: NotAuthenticated,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    413: TooLarge,
    429: RateLimited,
}


def error_of(response: httpx.Response) -> ApiError:
    """The error that an answer other than 2xx tells."""
    told = _told(response)
    if response.status_code == 400:
        fields = {str(name): _sentences(value) for name, value in _object(told.get("errors")).items()}
        detail = "; ".join(f"{name}: {' '.join(texts)}" for name, texts in fields.items())
        return InvalidInput(detail or _detail(told, response), response, fields)
    kind = ServerError if response.status_code >= 500 else _KINDS.get(response.status_code, ApiError)
    return kind(_detail(told, response), response)


def retry_after(response: httpx.Response) -> float | None:
    """The seconds that ``Retry-After`` asks to wait; it may name a moment instead."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def _told(response: httpx.Response) -> dict[str, Any]:
    try:
        return _object(json.loads(response.content))
    except ValueError:
        return {}


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _sentences(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _detail(told: Mapping[str, Any], response: httpx.Response) -> str:
    if isinstance(told.get("detail"), str):
        return str(told["detail"])
    if response.is_redirect:
        return f"The server points to {response.headers.get('Location', 'another address')}; use that one."
    return f"{response.status_code} {response.reason_phrase}".strip()
