"""``/api/schema/``: the document of an API version, to anybody; it holds nothing of any workspace."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from dealt.kernel.errors import DealtError, InvalidInput
from dealt.kernel.http import Request, Response, Route
from dealt.publicapi.call import Call, answer
from dealt.publicapi.failures import describe
from dealt.publicapi.openapi.document import build
from dealt.publicapi.openapi.fragments import Json
from dealt.publicapi.openapi.operation import Chapter

SCHEMA = "/api/schema"
VERSIONS = (1, 2)
_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "public, max-age=300",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class _Kept:
    """A document as it is sent, and the tag by which a client may ask whether it has changed."""

    body: bytes
    tag: str


class Documents:
    """Answers for the schema; each version is written once, when it is first asked for."""

    def __init__(self, routes: Iterable[Route[Call]], chapters: Sequence[Chapter], release: str) -> None:
        self._routes, self._chapters, self._release = list(routes), chapters, release
        self._kept: dict[int, _Kept] = {}

    def document(self, version: int) -> Json:
        """The document as plain values."""
        return build(self._routes, self._chapters, version, release=self._release)

    def respond(self, request: Request) -> Response:
        """The answer to a request under ``/api/schema``: ``?version=1`` or 2, the newer unless said."""
        if request.path.rstrip("/") != SCHEMA:
            return answer({"detail": "Not found."}, 404)
        if request.method == "OPTIONS":
            return Response(200, b"{}", headers={"Allow": "GET, HEAD, OPTIONS", **_HEADERS})
        if request.method not in ("GET", "HEAD"):
            detail = {"detail": f'Method "{request.method}" not allowed.'}
            return answer(detail, 405, {"Allow": "GET, HEAD, OPTIONS"})
        try:
            kept = self._keep(asked_version(request))
        except DealtError as error:
            told = describe(error)
            return answer(told.body, told.status, told.headers)
        headers = {"ETag": kept.tag, **_HEADERS}
        if request.header("if-none-match") == kept.tag:
            return Response(304, headers=headers)
        return Response(200, kept.body, headers=headers)

    def _keep(self, version: int) -> _Kept:
        kept = self._kept.get(version)
        if kept is None:
            body = msgspec.json.encode(self.document(version))
            kept = _Kept(body, f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"')
            self._kept[version] = kept
        return kept


def asked_version(request: Request) -> int:
    """The version that ``?version=`` names, the newer one unless it is given. Raises InvalidInput."""
    text = request.query.get("version", "2")
    if text not in map(str, VERSIONS):
        raise InvalidInput.of("version", "There are versions 1 and 2.")
    return int(text)
