"""The segments of an RFM: one for each group. They are segments like others, and may be changed or deleted alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from dealt.accounts import Actor
from dealt.freshness import Derived
from dealt.kernel.db import Connection
from dealt.kernel.errors import NotFound
from dealt.rfm.groups import GROUPS
from dealt.rfm.model import Rfm
from dealt.segments import Keeper as SegmentKeeper
from dealt.segments import create_segment, delete_segment, read_segment, update_segment


class Keeping(Protocol):
    """Who changes something, when, and by which definitions."""

    @property
    def derived(self) -> Derived: ...
    @property
    def actor(self) -> Actor: ...
    @property
    def now(self) -> datetime: ...


async def create_segments(connection: Connection, keeping: Keeping, rfm: Rfm) -> list[int]:
    """Their ids, in the order of ``GROUPS``. Raises InvalidInput for a name that is taken, Conflict without room."""
    field, made = rfm.attribute("group"), list[int]()
    for group in GROUPS:
        written = {"field": field, "op": "equals", "value": group.name}
        segment = await create_segment(
            connection, _keeper(keeping), name=_called(rfm.name, group.name), subject="contact", written=written,
            description=group.description, tried=True,
        )  # fmt: skip
        made.append(segment.id)
    return made


async def rename_segments(connection: Connection, keeping: Keeping, before: Rfm, name: str) -> None:
    """Call those by the RFM's new name that are still called by the old one."""
    for segment_id, group in zip(before.segment_ids, GROUPS, strict=True):
        try:
            found = await read_segment(connection, keeping.actor.workspace_id, segment_id)
        except NotFound:
            continue
        if found.name == _called(before.name, group.name):
            await update_segment(connection, _keeper(keeping), segment_id, name=_called(name, group.name))


async def delete_segments(connection: Connection, keeping: Keeping, segment_ids: Sequence[int]) -> None:
    """Those that are still there. Raises Conflict for one that others name."""
    for segment_id in segment_ids:
        try:
            await delete_segment(connection, _keeper(keeping), segment_id, final=True)
        except NotFound:
            continue


def _called(rfm: str, group: str) -> str:
    return f"{rfm}: {group}"


def _keeper(keeping: Keeping) -> SegmentKeeper:
    return SegmentKeeper(keeping.derived, keeping.actor.workspace_id, keeping.now, keeping.actor.name)
