"""Pages of imports: a file comes in, its columns are mapped, and its progress is looked at."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from dealt.importing import KINDS, FileMapping, UnreadableFile, read_mapping, toml_of
from dealt.kernel.db import Connection, in_transaction
from dealt.kernel.errors import InvalidInput
from dealt.kernel.http import Response
from dealt.kernel.paging import PageRequest
from dealt.uploads import queries
from dealt.uploads.keeping import (
    add_part,
    create_import,
    delete_import,
    keep_mapping,
    page_of_imports,
    page_of_rejects,
    read_import,
    start_import,
)
from dealt.uploads.model import Import, import_of
from dealt.uploads.sketching import Sketch, mapped, sketch, targets
from dealt.web import PageRoute, Visit, action, page

_HERE, _ONE = "/imports/", "/imports/<int:id>/"
CALLED = {
    "orders": "Orders", "contacts": "Contacts", "companies": "Companies", "products": "Products", "events": "Events",
}  # fmt: skip
_MOST_SHOWN = 50


async def show(visit: Visit) -> Response:
    """The newest imports, and a form for another file."""
    async with visit.reading() as connection:
        count = (await page_of_imports(connection, visit.workspace_id, PageRequest(size=1))).count
        last = max(1, -(-count // _MOST_SHOWN))
        found = await page_of_imports(connection, visit.workspace_id, PageRequest(size=_MOST_SHOWN, number=last))
    imports = [import_of(row) for row in reversed(found.rows)]
    return await visit.page("uploads/list.html", imports=imports, called=CALLED, parts=_progress)


async def begin(visit: Visit) -> Response:
    """An import that waits for its file, which the page then sends part by part."""
    body = {"kind": visit.text("kind"), "file_name": visit.text("file_name"), "silent": bool(visit.text("silent"))}

    async def work(connection: Connection) -> Import:
        return await create_import(connection, visit.actor, body, now=visit.now)

    made = await in_transaction(visit.house.pool, work)
    return visit.json({"id": made.id, "path": f"{_HERE}{made.id}/"}, 201)


async def take_part(visit: Visit) -> Response:
    """One part of the file as it is, at most 1 MB."""
    async with visit.writing() as connection:
        await add_part(connection, visit.workspace_id, visit.id(), visit.id("part"), visit.request.body)
    return Response(204)


async def show_one(visit: Visit) -> Response:
    """What is to be decided about a file that waits; else how far it is, and what was refused."""
    async with visit.reading() as connection:
        found = await read_import(connection, visit.workspace_id, visit.id())
        rejects = await page_of_rejects(connection, visit.workspace_id, found.id, PageRequest(size=_MOST_SHOWN))
    if found.state == "waiting":
        return await _show_mapping(visit, found)
    told = [dict(row) | {"cells": _cells(row["cells"])} for row in rejects.rows]
    template = "uploads/_progress.html" if visit.by_htmx else "uploads/one.html"
    return await visit.page(
        template, found=found, called=CALLED, progress=_progress(found), rejects=told, refused=rejects.count
    )


async def start(visit: Visit) -> Response:
    """Import the file by the mapping that was chosen."""
    async with visit.reading() as connection:
        found = await read_import(connection, visit.workspace_id, visit.id())
    mapping = await _chosen(visit, found)

    async def work(connection: Connection) -> None:
        if mapping is not None:
            await keep_mapping(connection, visit.workspace_id, found.id, toml_of(mapping))
        await start_import(connection, visit.actor, found.id, now=visit.now)

    await in_transaction(visit.house.pool, work)
    return visit.go(f"{_HERE}{found.id}/", "The import is under way.")


async def delete(visit: Visit) -> Response:
    """Forget an import and its file; what it wrote stays."""

    async def work(connection: Connection) -> None:
        await delete_import(connection, visit.actor, visit.id(), now=visit.now)

    await in_transaction(visit.house.pool, work)
    return visit.go(_HERE, "The import is forgotten; what it wrote stays.")


async def _show_mapping(visit: Visit, found: Import) -> Response:
    looked: Sketch | None = None
    unreadable = ""
    try:
        looked = await _look(visit, found)
    except UnreadableFile as error:
        unreadable = error.detail
    headings = [column.heading for column in looked.columns] if looked else []
    return await visit.page(
        "uploads/mapping.html", found=found, called=CALLED, sketch=looked, unreadable=unreadable, headings=headings,
        targets=targets(KINDS[found.kind]), toml=toml_of(looked.mapping) if looked else "",
    )  # fmt: skip


async def _chosen(visit: Visit, found: Import) -> FileMapping | None:
    """What the form says; None where rows have the shape of the API. Raises BadMapping, which names the place."""
    kind = KINDS[found.kind]
    if text := visit.secret("toml").strip():
        return read_mapping(text, kind)
    try:
        looked = await _look(visit, found)
    except UnreadableFile as error:
        raise InvalidInput.of("file", error.detail) from None
    if not looked.columns:
        return None
    chosen = {column.heading: visit.text(f"column-{place}") for place, column in enumerate(looked.columns)}
    made = mapped(looked.mapping, kind, chosen, visit.text("group_by"))
    return msgspec.structs.replace(made, create_contacts=bool(visit.text("create_contacts")))


async def _look(visit: Visit, found: Import) -> Sketch:
    with _folder() as folder:
        path = folder / f"file{Path(found.file_name).suffix.lower()}"
        await _fetch(visit, found, path)
        given = read_mapping(found.mapping, KINDS[found.kind]) if found.mapping else None
        return await asyncio.to_thread(sketch, path, KINDS[found.kind], given)


async def _fetch(visit: Visit, found: Import, path: Path) -> None:
    with path.open("wb") as file:
        part = 1
        while (
            content := await visit.house.pool.fetchval(queries.PART, visit.workspace_id, found.id, part)
        ) is not None:
            file.write(content)
            part += 1
    if part == 1:
        raise UnreadableFile("Nothing of the file has arrived. Delete this import and choose the file again.")


@contextmanager
def _folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="dealt-look-") as name:
        yield Path(name)


def _progress(found: Import) -> float:
    return 1.0 if found.state == "done" else min(found.done / found.total, 1.0) if found.total else 0.0


def _cells(text: str) -> str:
    """What stands in a refused row, or in the rows of a refused order."""
    cells: Any = msgspec.json.decode(text)
    rows = cells if isinstance(cells, list) else [cells]
    told = (
        " · ".join(f"{name}: {cell}" for name, cell in row.items()) if isinstance(row, dict) else row for row in rows
    )
    return ", ".join(map(str, told))[:300]


ROUTES: list[PageRoute] = [
    page(_HERE, show, "transfer"),
    action(_HERE, begin, "transfer"),
    page(_ONE, show_one, "transfer"),
    action(f"{_ONE}parts/<int:part>/", take_part, "transfer"),
    action(f"{_ONE}start/", start, "transfer", again=show_one),
    action(f"{_ONE}delete/", delete, "transfer"),
]
