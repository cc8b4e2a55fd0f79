"""Reading an export into an empty workspace, all of it or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import asyncpg

from dealt.accounts import await_writes
from dealt.deals import check_stages
from dealt.exporting import queries
from dealt.exporting.errors import BadExport, NotEmpty
from dealt.exporting.manifest import Manifest, TableFile, check_files, read_manifest
from dealt.exporting.tables import EXPORTED, FILLED, SEQUENCES, WITHOUT
from dealt.exporting.writing import Progress, Report
from dealt.feeds import plan_nights
from dealt.kernel.db import Connection, Record
from dealt.kernel.ids import next_settings_id
from dealt.kernel.journal import SETTINGS, Cause, Entry, Lane, record
from dealt.lifetime import plan_lifetime
from dealt.rfm import plan_rfm

ROWS_A_SET = 1_000
BYTES_A_SET = 8_000_000
LONGEST_LINE = 64_000_000
# The workspace's own: its number, its age, and the versions that processes compare.
_KEPT = frozenset({"id", "created_at", "settings_version", "definitions_version", "reads"})


async def load_workspace(
    connection: Connection,
    workspace_id: int,
    folder: Path,
    *,
    now: datetime,
    report: Report = lambda _progress: None,
) -> Manifest:
    """Fill an empty workspace with what an export holds: every object with its id, its times and its history.

    ``connection`` is in no transaction, and its statements have no limit of time. Settings that a new workspace is
    born with are replaced; its tokens, and members whom the export does not have, stay. Ids stay as they are, so the
    database must not hold them in another workspace. Raises BadExport, NotEmpty; nothing is stored then.
    """
    manifest = read_manifest(folder)
    check_files(folder, manifest)
    columns = await _columns(connection)
    _check(manifest, columns)
    try:
        await _fill(connection, workspace_id, folder, manifest, now, report)
    except asyncpg.UniqueViolationError as error:
        raise await _taken(connection, error) from None
    await connection.execute("ANALYZE")
    return manifest


async def _fill(
    connection: Connection, workspace_id: int, folder: Path, manifest: Manifest, now: datetime, report: Report
) -> None:
    async with connection.transaction():
        await await_writes(connection, workspace_id)
        await connection.execute(queries.HOLD, workspace_id)
        await _require_empty(connection, workspace_id)
        members = await connection.fetch(queries.MEMBERS, workspace_id)
        counters = await connection.fetch(queries.COUNTERS, workspace_id)
        for table in reversed(EXPORTED):
            if table != "workspaces":
                await connection.execute(queries.clear(table), workspace_id)
        await _load(connection, workspace_id, folder, manifest, report)
        await _keep(connection, workspace_id, members, counters)
        for sequence, places in SEQUENCES.items():
            await connection.execute(queries.advance(sequence, places), workspace_id)
        entry = Entry(
            SETTINGS, "workspace.imported", "workspace", workspace_id, "import", {"name": (None, manifest.workspace)}
        )
        await record(connection, workspace_id, [entry], now)
        await check_stages(connection, workspace_id)
        await plan_nights(connection, workspace_id, now=now)
        await plan_lifetime(connection, workspace_id, now=now)
        await plan_rfm(connection, workspace_id, now=now)
        await connection.execute(queries.MARK_ALL, workspace_id, int(Lane.BULK), int(Cause.BACKFILL), now)


async def _taken(connection: Connection, error: asyncpg.UniqueViolationError) -> NotEmpty:
    """Whose number it is that the export wanted. Contacts are numbered in one row for all workspaces."""
    told = f"Another workspace of this database has an object of the same number ({error.table_name})."
    number = re.search(r"=\((\d+)\)", error.detail or "")
    if error.table_name == "contacts" and number is not None:
        holder = await connection.fetchrow(queries.WHOSE_CONTACT, int(number[1]))
        if holder is not None:
            told = f"Contact {number[1]} of the export is one of workspace {holder['id']}, {holder['name']}, here."
    return NotEmpty(
        f"{told} An export keeps its numbers, because shops know them: import it into a database of its own. "
        "Nothing was changed."
    )


async def _columns(connection: Connection) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in await connection.fetch(queries.COLUMNS, list(EXPORTED)):
        found.setdefault(row["table"], set()).add(row["column"])
    return found


def _check(manifest: Manifest, columns: dict[str, set[str]]) -> None:
    """Raise BadExport for what this version does not know: it was written by a later one."""
    for told in manifest.files:
        unknown = set(told.columns) - columns.get(told.table, set())
        if told.table not in columns or unknown:
            raise BadExport(
                f"It holds {told.table} with {', '.join(sorted(unknown)) or 'all of it'}, which this version of Dealt "
                f"does not know; it was written by {manifest.dealt}. Import it with that version or a later one."
            )


async def _require_empty(connection: Connection, workspace_id: int) -> None:
    for table in FILLED:
        if found := await connection.fetchval(queries.count(table), workspace_id):
            raise NotEmpty(f"The workspace holds {found:,} {table}. An export is read into an empty workspace only.")


async def _load(connection: Connection, workspace_id: int, folder: Path, manifest: Manifest, report: Report) -> None:
    told = {file.table: file for file in manifest.files}
    done, total = 0, sum(file.rows for file in manifest.files)
    for table in EXPORTED:
        if table not in told:
            continue
        query = _query(told[table])
        count = 0
        for lines in _sets(_lines(folder / told[table].file, told[table])):
            await connection.execute(query, workspace_id, (b"[" + b",".join(lines) + b"]").decode())
            count += len(lines)
            report(Progress(table, done + count, total))
        if count != told[table].rows:
            raise BadExport(f"{told[table].file} has {count:,} rows, and should have {told[table].rows:,}.")
        done += count


def _query(told: TableFile) -> str:
    if told.table == "workspaces":
        return queries.settle([name for name in told.columns if name not in _KEPT])
    return queries.load(told.table, told.columns, WITHOUT.get(told.table, {}))


def _lines(path: Path, told: TableFile) -> Iterator[bytes]:
    if path.suffix == ".parquet":
        from dealt.exporting.parquet import parquet_rows

        yield from parquet_rows(path, told.columns)
        return
    with path.open("rb") as file:
        while line := file.readline(LONGEST_LINE):
            yield line


def _sets(lines: Iterator[bytes]) -> Iterator[list[bytes]]:
    held: list[bytes] = []
    size = 0
    for line in lines:
        held.append(line)
        size += len(line)
        if len(held) == ROWS_A_SET or size > BYTES_A_SET:
            yield held
            held, size = [], 0
    if held:
        yield held


async def _keep(
    connection: Connection, workspace_id: int, members: Sequence[Record], counters: Sequence[Record]
) -> None:
    """Who could sign in before can afterwards, and no number of a token is given out again."""
    kinds, lasts = [row["kind"] for row in counters], [row["last"] for row in counters]
    await connection.execute(queries.RAISE_COUNTERS, workspace_id, kinds, lasts)
    for member in members:
        if await connection.fetchval(
            queries.KEEP_PASSWORD, workspace_id, member["email"], member["password_hash"]
        ) is None:  # fmt: skip
            number = await next_settings_id(connection, workspace_id, "member")
            values = [member[name] for name in ("email", "name", "role", "password_hash", "created_at", "disabled_at")]
            await connection.execute(queries.KEEP_MEMBER, workspace_id, number, *values)
