"""The page on which a whole workspace is taken along as one file."""

from __future__ import annotations

import asyncio
import re
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg

from dealt.exporting.writing import export_workspace
from dealt.kernel.errors import InvalidInput
from dealt.kernel.http import Response
from dealt.kernel.journal import SETTINGS, Entry, record
from dealt.settings import Settings
from dealt.web import PageRoute, Visit, action, page

_HERE = "/settings/export/"
_CHUNK = 1 << 18
_MARK = re.compile("[0-9a-f]{8,32}")


async def show(visit: Visit) -> Response:
    return await visit.page("exporting/export.html")


async def download(visit: Visit) -> Response:
    """The folder that ``dealt export`` writes, in one file; it is written to this machine's disk first."""
    form = visit.text("format") or "ndjson"
    if form not in ("ndjson", "parquet"):
        raise InvalidInput.of("format", "One of ndjson and parquet is needed.")
    async with visit.writing() as connection:
        number = visit.workspace_id
        entry = Entry(SETTINGS, "workspace.exported", "workspace", number, visit.actor.name, {"format": (None, form)})
        await record(connection, number, [entry], visit.now)
    folder = TemporaryDirectory(prefix="dealt-export-")
    try:
        # A connection of its own: those of pages end statements that take long, and this one may.
        connection = await asyncpg.connect(visit.of(Settings).database_url, server_settings={"timezone": "UTC"})
        try:
            target = Path(folder.name) / "export"
            await export_workspace(
                connection, number, target, now=visit.now, form="parquet" if form == "parquet" else "ndjson"
            )
        finally:
            await connection.close()
        file = await asyncio.to_thread(_packed, target)
    except BaseException:
        folder.cleanup()
        raise
    name = f"dealt-{visit.now:%Y-%m-%d}.zip"
    size = await asyncio.to_thread(lambda: file.stat().st_size)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Length": str(size),
        "Cache-Control": "no-store",
    }
    if _MARK.fullmatch(mark := visit.text("mark")):
        # Read by the page, which has no other way to see that the download begins.
        visit.cookies.append(f"dealt_download={mark}; Path=/; Max-Age=60; SameSite=Lax")
    return Response(200, _stream(file, folder), b"application/zip", headers)


def _packed(folder: Path) -> Path:
    file = folder.with_suffix(".zip")
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, path.name)
            path.unlink()
    return file


async def _stream(file: Path, folder: TemporaryDirectory[str]) -> AsyncIterator[bytes]:
    try:
        with file.open("rb") as opened:
            while chunk := await asyncio.to_thread(opened.read, _CHUNK):
                yield chunk
    finally:
        folder.cleanup()


ROUTES: list[PageRoute] = [
    page(_HERE, show, "settings"),
    action(_HERE, download, "settings", again=show),
]
