"""Imports: files that a worker reads in."""

from __future__ import annotations

from dataclasses import replace
from typing import Unpack

from ..asked import Asked, Body, Fields, Keyed, Where, at, write
from ..describing import S, lists, writes
from ..pages import Page, listing
from ..shapes import Import, ImportReject
from .stored import Listed


class Imports(Listed[S, Import]):
    """``client.imports``: describe a file, send its parts, start; then look how far it is."""

    name = "imports"

    @writes
    def create(self, body: Body, **how: Unpack[Keyed]) -> Asked[Import]:
        """Describe a file: ``kind``, ``file_name``, and a ``mapping`` unless one is to be guessed."""
        return write("POST", "/imports/", body, how)

    @writes
    def put_part(self, which: int, part: int, content: bytes, **how: Unpack[Keyed]) -> Asked[None]:
        """Send a part of the file as it is, at most 1 MB; parts are numbered from 1, and may be sent again."""
        asked: Asked[None] = write("PUT", at("imports", which, "parts", part), None, how)
        return replace(asked, body=content, media="application/octet-stream")

    @writes
    def start(self, which: int, **how: Unpack[Keyed]) -> Asked[Import]:
        """All parts are there: have a worker read them when it is free."""
        return write("POST", at("imports", which, "start"), None, how)

    @lists
    def rejected(self, /, which: int, *, fields: Fields = None, **where: Where) -> Asked[Page[ImportReject]]:
        """The rows that were refused, the first 10,000 of them, each with the reason."""
        return listing(at("imports", which, "rejected"), where, fields)

    @writes
    def delete(self, which: int, **how: Unpack[Keyed]) -> Asked[None]:
        """Forget an import and its file; what it wrote stays."""
        return write("DELETE", at("imports", which), None, how)
