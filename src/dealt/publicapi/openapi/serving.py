"""``/api/schema/`` and ``/api/docs/``: the document and its page, to anybody; they hold nothing of any workspace."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files

import msgspec

from dealt.kernel.errors import DealtError, InvalidInput, NotFound
from dealt.kernel.failures import describe
from dealt.kernel.http import Request, Response, Route
from dealt.publicapi.call import Call, answer
from dealt.publicapi.openapi.document import build
from dealt.publicapi.openapi.fragments import Json
from dealt.publicapi.openapi.operation import Chapter
from dealt.publicapi.openapi.page import page

SCHEMA, DOCS = "/api/schema", "/api/docs"
VERSIONS = (1, 2)
_ASSETS = {"docs.css": b"text/css; charset=utf-8", "docs.js": b"text/javascript; charset=utf-8"}
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_COMMON = {"X-Content-Type-Options": "nosniff", "Vary": "Accept-Encoding"}
_SCHEMA_HEADERS = {**_COMMON, "Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"}
_PAGE_HEADERS = {
    **_COMMON, "Cache-Control": "public, max-age=300", "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
}  # fmt: skip
_ASSET_HEADERS = {**_COMMON, "Cache-Control": "public, max-age=31536000, immutable"}


@dataclass(frozen=True, slots=True)
class _Kept:
    """A body as it is sent, plain and packed, and the tag by which a client may ask whether it has changed."""

    body: bytes
    packed: bytes
    tag: str
    content_type: bytes
    headers: dict[str, str]

    @classmethod
    def of(cls, body: bytes, content_type: bytes, headers: dict[str, str]) -> _Kept:
        return cls(body, gzip.compress(body, mtime=0), f'W/"{_digest(body)}"', content_type, headers)

    def answer(self, request: Request) -> Response:
        headers = {"ETag": self.tag, **self.headers}
        if request.header("if-none-match") == self.tag:
            return Response(304, headers=headers, content_type=self.content_type)
        if "gzip" in request.header("accept-encoding"):
            return Response(200, self.packed, self.content_type, {**headers, "Content-Encoding": "gzip"})
        return Response(200, self.body, self.content_type, headers)


class Documents:
    """Answers for the schema and its page; each version is written once, when it is first asked for."""

    def __init__(self, routes: Iterable[Route[Call]], chapters: Sequence[Chapter], release: str) -> None:
        self._routes, self._chapters, self._release = list(routes), chapters, release
        self._kept: dict[tuple[str, int], _Kept] = {}
        self._assets: dict[str, _Kept] = {}
        self._addresses: dict[str, str] = {}
        for name, content_type in _ASSETS.items():
            body = files(__package__).joinpath("static", name).read_bytes()
            stem, _, suffix = name.rpartition(".")
            self._addresses[name] = f"{DOCS}/{stem}.{_digest(body)}.{suffix}"
            self._assets[self._addresses[name]] = _Kept.of(body, content_type, _ASSET_HEADERS)

    def document(self, version: int) -> Json:
        """The document as plain values."""
        return build(self._routes, self._chapters, version, release=self._release)

    def respond(self, request: Request) -> Response:
        """The answer to a request under either address: ``?version=1`` or 2, the newer unless said."""
        try:
            kept = self._find(request)
        except DealtError as error:
            told = describe(error)
            return answer(told.body, told.status, told.headers)
        if request.method == "OPTIONS":
            return Response(200, b"{}", headers={"Allow": "GET, HEAD, OPTIONS", **kept.headers})
        if request.method not in ("GET", "HEAD"):
            detail = {"detail": f'Method "{request.method}" not allowed.'}
            return answer(detail, 405, {"Allow": "GET, HEAD, OPTIONS"})
        return kept.answer(request)

    def _find(self, request: Request) -> _Kept:
        place = request.path.rstrip("/")
        if place in self._assets:
            return self._assets[place]
        if place not in (SCHEMA, DOCS):
            raise NotFound
        key = place, _asked_version(request)
        if key not in self._kept:
            self._kept[key] = self._write(*key)
        return self._kept[key]

    def _write(self, place: str, version: int) -> _Kept:
        document = self.document(version)
        if place == SCHEMA:
            return _Kept.of(msgspec.json.encode(document), b"application/json", _SCHEMA_HEADERS)
        body = page(document, version, self._addresses).encode()
        return _Kept.of(body, b"text/html; charset=utf-8", _PAGE_HEADERS)


def _asked_version(request: Request) -> int:
    text = request.query.get("version", "2")
    if text not in map(str, VERSIONS):
        raise InvalidInput.of("version", "There are versions 1 and 2.")
    return int(text)


def _digest(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=12).hexdigest()
