"""Pages of imports: a file comes in, its columns are mapped, and its progress is looked at."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import msgspec

from dealt.importing import KINDS, FileMapping, UnreadableFile, read_mapping, toml_of
from dealt.kernel.db import Connection, in_transaction
from dealt.kernel.errors import InvalidInput, NotFound
from dealt.kernel.http import Response
from dealt.kernel.paging import PageRequest
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
from dealt.uploads.looking import LOOKED_AT, look, sketch_of, told
from dealt.uploads.model import MOST_REJECTS, Import, import_of
from dealt.uploads.refused import refused_file
from dealt.uploads.sketching import Sketch, mapped, targets
from dealt.web import PageRoute, Visit, action, page

_HERE, _ONE = "/imports/", "/imports/<int:id>/"
CALLED = {
    "orders": "Orders", "contacts": "Contacts", "companies": "Companies", "products": "Products", "events": "Events",
}  # fmt: skip
_MOST_SHOWN = 50


async def show(visit: Visit) -> Response:
    """The newest imports, and a form for another file, ``like`` an earlier one where that is named."""
    named = visit.query.get("like", "")
    async with visit.reading() as connection:
        like = await read_import(connection, visit.workspace_id, _number(named)) if named else None
        count = (await page_of_imports(connection, visit.workspace_id, PageRequest(size=1))).count
        last = max(1, -(-count // _MOST_SHOWN))
        found = await page_of_imports(connection, visit.workspace_id, PageRequest(size=_MOST_SHOWN, number=last))
    imports = [import_of(row) for row in reversed(found.rows)]
    return await visit.page("uploads/list.html", imports=imports, called=CALLED, parts=_progress, like=like)


async def begin(visit: Visit) -> Response:
    """An import that waits for its file, which the page then sends part by part."""
    body: dict[str, Any] = {
        "kind": visit.text("kind"),
        "file_name": visit.text("file_name"),
        "silent": bool(visit.text("silent")),
    }

    async def work(connection: Connection) -> Import:
        if like := visit.text("like"):
            body["mapping"] = (await read_import(connection, visit.workspace_id, _number(like))).mapping
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
    shown = [dict(row) | {"cells": _cells(row["cells"])} for row in rejects.rows]
    template = "uploads/_progress.html" if visit.by_htmx else "uploads/one.html"
    return await visit.page(
        template, found=found, called=CALLED, progress=_progress(found), rejects=shown, refused=rejects.count,
        most=MOST_REJECTS,
    )  # fmt: skip


async def give_refused(visit: Visit) -> Response:
    """The rows that were refused as a file, each with the reason."""
    async with visit.reading() as connection:
        found = await read_import(connection, visit.workspace_id, visit.id())
        name, content = await refused_file(connection, visit.workspace_id, found)
    kind = b"application/x-ndjson" if name.endswith(".ndjson") else b"text/csv; charset=utf-8"
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}", "Cache-Control": "no-store"}
    return Response(200, content, kind, headers)


async def look_first(visit: Visit) -> Response:
    """A part of the page: what an import of the first rows by the chosen mapping would do."""
    async with visit.reading() as connection:
        found = await read_import(connection, visit.workspace_id, visit.id())
    looked, more, problem = None, False, ""
    try:
        mapping = await _chosen(visit, found)
        if mapping is not None:
            looked, more = await look(visit.house.pool, visit.actor, found, mapping)
    except (InvalidInput, UnreadableFile) as error:
        problem = (
            " ".join(" ".join(texts) for texts in error.fields.values())
            if isinstance(error, InvalidInput)
            else error.detail
        )
    shown = [told(body) for body in looked.shown] if looked else []
    return await visit.page(
        "uploads/_looked.html", found=found, looked=looked, problem=problem, shown=shown, most=LOOKED_AT, more=more,
        one=KINDS[found.kind].one,
    )  # fmt: skip


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
        looked = await sketch_of(visit.house.pool, visit.workspace_id, found)
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
        looked = await sketch_of(visit.house.pool, visit.workspace_id, found)
    except UnreadableFile as error:
        raise InvalidInput.of("file", error.detail) from None
    if not looked.columns:
        return None
    chosen = {column.heading: visit.text(f"column-{place}") for place, column in enumerate(looked.columns)}
    made = mapped(looked.mapping, kind, chosen, visit.text("group_by"))
    return msgspec.structs.replace(made, create_contacts=bool(visit.text("create_contacts")))


def _progress(found: Import) -> float:
    return 1.0 if found.state == "done" else min(found.done / found.total, 1.0) if found.total else 0.0


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise NotFound
    return int(text)


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
    page(f"{_ONE}refused/", give_refused, "transfer"),
    action(f"{_ONE}look/", look_first, "transfer"),
    action(f"{_ONE}start/", start, "transfer", again=show_one),
    action(f"{_ONE}delete/", delete, "transfer"),
]
