"""Imports: a file is described, sent in parts, started, watched, and asked what it could not take."""

from __future__ import annotations

from typing import Any

import msgspec

from dealt.kernel.clock import iso
from dealt.kernel.db import Connection, Record, in_transaction
from dealt.kernel.http import Response, Route
from dealt.kernel.lookups import BOUNDS, Column
from dealt.kernel.schema import refuse_unknown
from dealt.publicapi.call import Call, answer, paged
from dealt.publicapi.listing import Listing, plain
from dealt.uploads import (
    FIELDS,
    Import,
    add_part,
    create_import,
    delete_import,
    import_of,
    page_of_imports,
    page_of_rejects,
    read_import,
    start_import,
)


async def list_imports(call: Call) -> Response:
    """Imports by number, oldest first."""
    async with call.reading() as connection:
        page = await page_of_imports(connection, call.workspace_id, call.page_request)
    return paged(call, page, lambda row: shape_import(import_of(row)))


async def add_import(call: Call) -> Response:
    """Describe a file: what it holds, its name, and a mapping (TOML) unless one is to be guessed."""
    refuse_unknown(call.body, FIELDS)

    async def work(connection: Connection) -> Import:
        return await create_import(connection, call.actor, call.body, now=call.now)

    return answer(shape_import(await in_transaction(call.services.pool, work)), 201)


async def get_import(call: Call) -> Response:
    """How far an import is, and what it did."""
    async with call.reading() as connection:
        return answer(shape_import(await read_import(connection, call.workspace_id, call.id())))


async def put_part(call: Call) -> Response:
    """Send one part of the file as it is, at most 1 MB; parts are numbered from 1, and may be sent again."""

    async def work(connection: Connection) -> None:
        await add_part(connection, call.workspace_id, call.id(), call.id("part"), call.request.body)

    await in_transaction(call.services.pool, work)
    return Response(204)


async def start(call: Call) -> Response:
    """All parts are here: a worker imports the file when it is free."""
    refuse_unknown(call.body, ())

    async def work(connection: Connection) -> Import:
        return await start_import(connection, call.actor, call.id(), now=call.now)

    return answer(shape_import(await in_transaction(call.services.pool, work)), 202)


async def rejected(call: Call) -> Response:
    """The rows that were refused, the first 10,000 of them, each with the reason."""
    async with call.reading() as connection:
        page = await page_of_rejects(connection, call.workspace_id, call.id(), call.page_request)
    return paged(call, page, _shape_reject)


async def remove_import(call: Call) -> Response:
    """Forget an import and its file; what it wrote stays, and one that runs ends soon."""

    async def work(connection: Connection) -> None:
        await delete_import(connection, call.actor, call.id(), now=call.now)

    await in_transaction(call.services.pool, work)
    return Response(204)


def shape_import(found: Import) -> dict[str, Any]:
    """An import as it is answered; ``progress`` is between 0 and 1."""
    progress = 1.0 if found.state == "done" else min(found.done / found.total, 1.0) if found.total else 0.0
    return {
        "id": found.id,
        "kind": found.kind,
        "file_name": found.file_name,
        "mapping": found.mapping,
        "silent": found.silent,
        "state": found.state,
        "progress": round(progress, 4),
        "created": found.counts.created,
        "updated": found.counts.updated,
        "older": found.counts.older,
        "refused": found.counts.refused,
        "error": found.error,
        "created_at": iso(found.created_at),
        "started_at": found.started_at and iso(found.started_at),
        "finished_at": found.finished_at and iso(found.finished_at),
    }


def _shape_reject(row: Record) -> dict[str, Any]:
    return {"row": row["id"], "reason": row["reason"], "cells": msgspec.json.decode(row["cells"])}


_LISTING = Listing(
    plain(
        id="integer", kind="string", file_name="string", silent="boolean", state="string", error="string",
        created_at="datetime", started_at="datetime", finished_at="datetime",
    ),
    sorts=("id", "created_at"), small=True,
)  # fmt: skip
_REJECTED = Listing(
    {"row": Column("id", "integer", served=BOUNDS), **plain(id="integer", reason="string")}, sorts=("row",)
)
ROUTES: list[Route[Call]] = [
    Route(("GET",), "/imports/", list_imports, "read", listing=_LISTING),
    Route(("POST",), "/imports/", add_import, "write"),
    Route(("GET",), "/imports/<int:id>/", get_import, "read"),
    Route(("DELETE",), "/imports/<int:id>/", remove_import, "write"),
    Route(("PUT",), "/imports/<int:id>/parts/<int:part>/", put_part, "write"),
    Route(("POST",), "/imports/<int:id>/start/", start, "write"),
    Route(("GET",), "/imports/<int:id>/rejected/", rejected, "read", listing=_REJECTED),
]
