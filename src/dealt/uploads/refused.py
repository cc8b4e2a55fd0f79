"""The refused rows of an import as a file, to be put right and imported again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from dealt.importing import KINDS, REASON, FileMapping, read_mapping
from dealt.kernel.db import Connection, Record
from dealt.uploads import queries
from dealt.uploads.model import Import


async def refused_file(connection: Connection, workspace_id: int, found: Import) -> tuple[str, bytes]:
    """The name and content: CSV as the file was, or NDJSON; each row with the reason, which an import ignores."""
    rows = await connection.fetch(queries.ALL_REJECTS, workspace_id, found.id)
    mapping = read_mapping(found.mapping, KINDS[found.kind]) if found.mapping else FileMapping()
    stem = Path(found.file_name).stem or "import"
    if Path(found.file_name).suffix.lower() in (".ndjson", ".jsonl") or mapping.format == "ndjson":
        return f"{stem}.refused.ndjson", b"".join(_lines(rows))
    text = _table(rows, mapping.delimiter or ",")
    mark = "utf-8-sig" if mapping.encoding == "utf-8" else mapping.encoding
    return f"{stem}.refused.csv", text.encode(mark, "replace")


def _objects(rows: Sequence[Record]) -> Iterator[tuple[Any, str]]:
    """What stood in each row of the file, with why it was refused: an order may have had several rows."""
    for row in rows:
        cells = msgspec.json.decode(row["cells"])
        for one in cells if isinstance(cells, list) else [cells]:
            yield one, row["reason"]


def _lines(rows: Sequence[Record]) -> Iterator[bytes]:
    for one, reason in _objects(rows):
        value = one if isinstance(one, dict) else {"row": one}
        yield msgspec.json.encode({**value, REASON: reason}) + b"\n"


def _table(rows: Sequence[Record], delimiter: str) -> str:
    found = [(one if isinstance(one, dict) else {"row": one}, reason) for one, reason in _objects(rows)]
    headings = list(dict.fromkeys(name for one, _ in found for name in one))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow([*headings, REASON])
    writer.writerows([*(one.get(name, "") for name in headings), reason] for one, reason in found)
    return text.getvalue()
