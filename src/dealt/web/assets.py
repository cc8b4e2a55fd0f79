"""Files that pages load: served from the package, under one address for each content, compressed once."""

from __future__ import annotations

import base64
import gzip
import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import msgspec

from dealt.kernel.http import Request, Response
from dealt.web.modules import needed

PREFIX = "/static/"
EVERYWHERE = "web/page.js"
"""The module that every page runs."""
_TYPES = {
    ".js": b"text/javascript; charset=utf-8",
    ".css": b"text/css; charset=utf-8",
    ".svg": b"image/svg+xml",
    ".woff2": b"font/woff2",
    ".txt": b"text/plain; charset=utf-8",
}
_COMPRESSED = {".js", ".css", ".svg", ".txt"}
_FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Folder:
    """The files under ``path``, served under ``name``; ``name`` is also what modules are imported by."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class _File:
    content_type: bytes
    plain: bytes
    packed: bytes | None


class Assets:
    """All folders of files, read once. One hash of everything stands in every address, so modules may name each
    other by relative paths, and what a browser has kept is right for ever.
    """

    def __init__(self, *folders: Folder) -> None:
        self._folders = folders
        self._needed: dict[str, tuple[str, ...]] = {}

    def url(self, name: str) -> str:
        """The address of a file such as ``web/look.css``. Raises KeyError for one that is not there."""
        self._files[name]
        return f"{PREFIX}{self._hash}/{name}"

    def respond(self, request: Request) -> Response:
        """The file at a path under ``PREFIX``; 404 for another hash, too: what is kept must not be wrong."""
        digest, _, name = request.path.removeprefix(PREFIX).partition("/")
        file = self._files.get(name)
        if file is None or digest != self._hash:
            return Response(404, b"Not found.", b"text/plain; charset=utf-8")
        headers = {"Cache-Control": _FOR_EVER, "X-Content-Type-Options": "nosniff", "Vary": "Accept-Encoding"}
        if file.packed is not None and "gzip" in request.header("accept-encoding"):
            return Response(200, file.packed, file.content_type, headers | {"Content-Encoding": "gzip"})
        return Response(200, file.plain, file.content_type, headers)

    def needed(self, name: str) -> tuple[str, ...]:
        """The addresses of the modules that a module needs, nearest first, but for those that every page has anyway."""
        if name not in self._needed:
            have = {} if name == EVERYWHERE else dict.fromkeys((EVERYWHERE, *self._imports(EVERYWHERE)))
            self._needed[name] = tuple(self.url(one) for one in self._imports(name) if one not in have)
        return self._needed[name]

    def _imports(self, name: str) -> tuple[str, ...]:
        files = self._files
        return needed(name, self._names, lambda one: files[one].plain.decode() if one in files else None)

    @cached_property
    def import_map(self) -> str:
        """What modules may import by name: every folder's, and the libraries of others."""
        base = f"{PREFIX}{self._hash}/"
        return msgspec.json.encode({"imports": {name: base + path for name, path in self._names.items()}}).decode()

    @cached_property
    def _names(self) -> dict[str, str]:
        vendor = "web/vendor/"
        return {f"{folder.name}/": f"{folder.name}/" for folder in self._folders} | {
            "lit": f"{vendor}lit/index.js",
            "lit/directives/": f"{vendor}lit/directives/",
            "lit-html": f"{vendor}lit/lit-html.js",
            "lit-html/is-server.js": f"{vendor}lit/is-server.js",
            "lit-element/lit-element.js": f"{vendor}lit/lit-element.js",
            "@lit/reactive-element": f"{vendor}lit/reactive-element.js",
            "sortablejs": f"{vendor}sortable.esm.js",
        }

    @cached_property
    def import_map_hash(self) -> str:
        """The hash of the import map as a content security policy names it."""
        digest = hashlib.sha256(self.import_map.encode()).digest()
        return f"sha256-{base64.b64encode(digest).decode()}"

    @cached_property
    def _files(self) -> dict[str, _File]:
        found = {}
        for folder in self._folders:
            for path in sorted(folder.path.rglob("*")):
                if path.suffix in _TYPES and path.is_file():
                    found[f"{folder.name}/{path.relative_to(folder.path).as_posix()}"] = _read(path)
        return found | {"web/look.css": self._look(found)}

    def _look(self, found: dict[str, _File]) -> _File:
        """One style sheet of all: the tokens first, then as the names go, then what domains add."""
        names = sorted((name for name in found if name.endswith(".css")), key=lambda name: (name[:4] != "web/", name))
        return _packed(".css", b"\n".join(found[name].plain for name in names))

    @cached_property
    def _hash(self) -> str:
        digest = hashlib.sha256()
        for name, file in self._files.items():
            digest.update(f"{name}\0{len(file.plain)}\0".encode() + file.plain)
        return digest.hexdigest()[:16]


def _read(path: Path) -> _File:
    return _packed(path.suffix, path.read_bytes())


def _packed(suffix: str, plain: bytes) -> _File:
    packed = gzip.compress(plain, 9, mtime=0) if suffix in _COMPRESSED else None
    return _File(_TYPES[suffix], plain, packed)
