"""The filter builder of a list: what stands in the address, and what its panel shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dealt.accounts import Snapshot
from dealt.browsing.asking import Asked, address, from_start, kept, quick
from dealt.browsing.model import Kind
from dealt.builders import Filtered, Panel, filtered, joined, read_written, spelled
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput
from dealt.segments import SUBJECTS
from dealt.web import Visit


async def filter_of(
    visit: Visit, connection: Connection, snapshot: Snapshot, kind: Kind, asked: Asked
) -> Filtered | None:
    """The filter that is asked for; None for none. Raises InvalidInput, by place."""
    written = read_written(asked.filter)
    return await filtered(visit, connection, kind.name, written, kind.alias) if written else None


def spelled_out(asked: Asked) -> Asked | None:
    """The same list with its filter spelled shorter, where a form has sent it as JSON; else None.

    Raises InvalidInput.
    """
    if not asked.filter.startswith("{"):
        return None
    return replace(from_start(asked), filter=spelled(read_written(asked.filter)))


def panel_of(
    visit: Visit, kind: Kind, asked: Asked, found: Filtered | None, wrong: Mapping[str, list[str]]
) -> Panel:  # fmt: skip
    """What the panel shows; ``wrong`` are the sentences about the filter, by place."""
    return Panel(
        kind.name, kind.path, address(kind, replace(from_start(asked), filter="")),
        found.written if found else _readable(asked.filter), found.sentence if found else "", kept(kind, asked),
        {place: told for place, told in wrong.items() if place.partition(".")[0] == "filter"},
        joined(*quick(kind, asked)), kind.name in SUBJECTS and visit.may("segments", "write"),
    )  # fmt: skip


def _readable(text: str) -> Any:
    try:
        return read_written(text)
    except InvalidInput:
        return {}
