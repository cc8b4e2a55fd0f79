"""Making imports, taking their files in parts, starting and removing them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from dealt.accounts import Actor
from dealt.importing import KINDS, FileMapping, UnreadableFile, check_mapping, format_of, read_mapping, toml_of
from dealt.kernel.db import Connection
from dealt.kernel.errors import Conflict, InvalidInput, NotFound
from dealt.kernel.ids import next_settings_id
from dealt.kernel.jobs import enqueue
from dealt.kernel.journal import SETTINGS, Entry, record
from dealt.kernel.paging import Order, Page, PageRequest, fetch_page
from dealt.kernel.schema import flag, list_of, read_fields, text
from dealt.kernel.sql import sql
from dealt.uploads import queries
from dealt.uploads.model import LONGEST_MAPPING, MOST_OPEN, MOST_PARTS, Import, import_of

RUN = "imports.run"


def _kind(value: Any) -> str:
    if not isinstance(value, str) or value not in KINDS:
        raise ValueError(f"One of {', '.join(KINDS)} is needed.")
    return value


FIELDS = {
    "kind": _kind,
    "file_name": text(),
    "mapping": text(LONGEST_MAPPING, blank=True),
    "tags": list_of(text(), 100),
    "list": text(),
    "silent": flag,
}


async def create_import(connection: Connection, actor: Actor, body: Mapping[str, Any], *, now: datetime) -> Import:
    """An import that waits for its file. Raises InvalidInput (BadMapping among them) and Conflict."""
    fields = read_fields(body, FIELDS, required=("kind", "file_name"))
    mapping = _mapping(fields)
    import_id = await next_settings_id(connection, actor.workspace_id, "import")
    if await connection.fetchval(queries.OPEN, actor.workspace_id) >= MOST_OPEN:
        raise Conflict(f"{MOST_OPEN} imports wait or run already. Let one of them end, or delete it.")
    values = (fields["kind"], fields["file_name"], mapping, fields.get("silent", False))
    await connection.execute(queries.INSERT, actor.workspace_id, import_id, *values, actor.name, now)
    changes = {"kind": (None, fields["kind"]), "file_name": (None, fields["file_name"])}
    await _record(connection, actor, "created", import_id, changes, now)
    return await read_import(connection, actor.workspace_id, import_id)


async def add_part(connection: Connection, workspace_id: int, import_id: int, part: int, content: bytes) -> None:
    """Keep one part of the file, the first being 1; sent again, it replaces the earlier. Raises NotFound, Conflict."""
    found = await _lock(connection, workspace_id, import_id)
    if found.state != "waiting":
        raise Conflict("This import has been started; its file can no longer be changed.")
    if not 1 <= part <= MOST_PARTS:
        raise InvalidInput.of("part", f"Parts are numbered from 1 to {MOST_PARTS}.")
    await connection.execute(queries.ADD_PART, workspace_id, import_id, part, content)


async def keep_mapping(connection: Connection, workspace_id: int, import_id: int, mapping: str) -> None:
    """Import by another mapping than was sent with it. Raises NotFound, Conflict, InvalidInput where it is too long."""
    found = await _lock(connection, workspace_id, import_id)
    if found.state != "waiting":
        raise Conflict("This import has been started already.")
    if len(mapping) > LONGEST_MAPPING:
        raise InvalidInput.of("mapping", f"A mapping has at most {LONGEST_MAPPING} characters.")
    await connection.execute(queries.KEEP_MAPPING, workspace_id, import_id, mapping)


async def start_import(connection: Connection, actor: Actor, import_id: int, *, now: datetime) -> Import:
    """Have a worker import the file. Raises NotFound, InvalidInput where a part is missing, and Conflict."""
    found = await _lock(connection, actor.workspace_id, import_id)
    if found.state != "waiting":
        raise Conflict("This import has been started already.")
    parts = await connection.fetchrow(queries.PARTS, actor.workspace_id, import_id)
    if parts["parts"] == 0 or parts["parts"] != parts["last"]:
        told = f"{parts['parts']} of its {parts['last']} parts are" if parts["last"] else "nothing of it is"
        raise InvalidInput.of("file", f"The file is not complete: {told} here.")
    await connection.execute(queries.QUEUE, actor.workspace_id, import_id)
    await enqueue(connection, actor.workspace_id, RUN, {"import": import_id}, now=now)
    await _record(connection, actor, "started", import_id, {"state": ("waiting", "queued")}, now)
    return await read_import(connection, actor.workspace_id, import_id)


async def read_import(connection: Connection, workspace_id: int, import_id: int) -> Import:
    """One import. Raises NotFound."""
    row = await connection.fetchrow(queries.READ, workspace_id, import_id)
    if row is None:
        raise NotFound
    return import_of(row)


async def page_of_imports(connection: Connection, workspace_id: int, request: PageRequest) -> Page:
    """A page of imports, rows of ``queries.COLUMNS``, by id."""
    where = [sql("workspace_id = {}", workspace_id)]
    return await fetch_page(connection, queries.COLUMNS, "imports", where, Order("id"), request)


async def page_of_rejects(connection: Connection, workspace_id: int, import_id: int, request: PageRequest) -> Page:
    """A page of refused rows: ``id`` (the row's number), ``cells`` as JSON text, ``reason``. Raises NotFound."""
    await read_import(connection, workspace_id, import_id)
    where = [sql("workspace_id = {} AND import_id = {}", workspace_id, import_id)]
    return await fetch_page(connection, "id, cells, reason", "import_rejects", where, Order("id"), request)


async def delete_import(connection: Connection, actor: Actor, import_id: int, *, now: datetime) -> None:
    """Forget an import and its file; what it wrote stays, and one that runs ends at its next set. Raises NotFound."""
    if await connection.fetchval(queries.DELETE, actor.workspace_id, import_id) is None:
        raise NotFound
    await connection.execute(queries.FORGET_PARTS, actor.workspace_id, import_id)
    await connection.execute(queries.FORGET_REJECTS, actor.workspace_id, import_id)
    await _record(connection, actor, "deleted", import_id, {}, now)


def _mapping(fields: Mapping[str, Any]) -> str:
    """The mapping as it is kept; tags and a list are part of it, also where the rest is to be guessed."""
    kind = KINDS[fields["kind"]]
    given = fields.get("mapping", "")
    mapping = read_mapping(given, kind) if given else FileMapping()
    adding = msgspec.structs.replace(
        mapping,
        tags=list(dict.fromkeys([*mapping.tags, *fields.get("tags", [])])),
        put_on_list=fields.get("list") or mapping.put_on_list,
    )
    check_mapping(adding, kind)
    try:
        format_of(Path(fields["file_name"]), adding)
    except UnreadableFile as error:
        raise InvalidInput.of("file_name", error.detail) from None
    return "" if adding == FileMapping() else toml_of(adding)


async def _lock(connection: Connection, workspace_id: int, import_id: int) -> Import:
    row = await connection.fetchrow(queries.LOCK, workspace_id, import_id)
    if row is None:
        raise NotFound
    return import_of(row)


async def _record(
    connection: Connection, actor: Actor, done: str, import_id: int, changes: Mapping[str, Any], now: datetime
) -> None:
    entry = Entry(SETTINGS, f"import.{done}", "import", import_id, actor.name, changes, int(actor.cause), actor.hop)
    await record(connection, actor.workspace_id, [entry], now)
