"""Errors that are sentences with a status; one handler turns them into answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class DealtError(Exception):
    """Base of everything a client or operator may be told.

    ``status`` is the HTTP status of the answer, ``detail`` the sentence.
    """

    status = 500

    def __init__(self, detail: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = dict(headers or {})


class InvalidInput(DealtError):  # noqa: N818 - errors here are named for the sentence that failed
    """400: one or more fields are not acceptable; nothing was stored.

    ``fields`` maps the name of the field to its sentences.
    """

    status = 400

    def __init__(self, fields: Mapping[str, Sequence[str]]) -> None:
        super().__init__("; ".join(f"{name}: {' '.join(texts)}" for name, texts in fields.items()))
        self.fields = {name: list(texts) for name, texts in fields.items()}

    @classmethod
    def of(cls, field: str, sentence: str) -> InvalidInput:
        """The usual case: one sentence about one field."""
        return cls({field: [sentence]})


class NotAuthenticated(DealtError):  # noqa: N818
    """401: no token, or one that is not known."""

    status = 401

    def __init__(self, detail: str = "Invalid token.") -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Token"})


class Forbidden(DealtError):  # noqa: N818
    """403: the token is known and may not do this."""

    status = 403


class NotFound(DealtError):  # noqa: N818
    """404: there is no such object in this workspace."""

    status = 404

    def __init__(self, detail: str = "Not found.") -> None:
        super().__init__(detail)


class Conflict(DealtError):  # noqa: N818
    """409: the request is well formed and cannot hold now."""

    status = 409


class TooLarge(DealtError):  # noqa: N818
    """413: the body is longer than the limit that the sentence names."""

    status = 413


class Throttled(DealtError):  # noqa: N818
    """429: too many requests; ``retry_after`` is in whole seconds."""

    status = 429

    def __init__(self, detail: str, retry_after: int, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after), **(headers or {})})


class Unavailable(DealtError):  # noqa: N818
    """503: the server cannot answer just now; the sentence says why."""

    status = 503
