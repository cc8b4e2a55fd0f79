"""Whose deal is it: claiming custom ids and locking deals, the first step of every write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from dealt.deals import queries
from dealt.deals.errors import CustomIdTaken
from dealt.deals.works import DealWork
from dealt.kernel.db import Connection, Record
from dealt.kernel.errors import DealtError, NotFound
from dealt.kernel.ids import IdPool


@dataclass(slots=True)
class Claim:
    """The deal that a piece of work is about; ``contact_id`` says where it lives, None where it is new."""

    deal_id: int
    contact_id: int | None = None
    custom_id: str | None = None
    """The deal's custom id before the work."""
    buried_at: datetime | None = None
    """Set where the work is an older message about a deal that was deleted since."""


@dataclass(slots=True)
class Claims:
    """A claim or an error for each piece of work, and what becomes of its custom id; pairs of custom id and deal."""

    of: dict[int, Claim | DealtError] = field(default_factory=dict)
    fresh_keys: dict[int, tuple[str, int]] = field(default_factory=dict)
    """Claimed just now: to be let go where the work changes nothing."""
    buried_keys: dict[int, tuple[str, int]] = field(default_factory=dict)
    """Of deleted deals: to be revived where the work is stored, else to stay tombstones."""


async def claim(
    connection: Connection, workspace_id: int, works: Mapping[int, DealWork], ids: IdPool, now: datetime
) -> Claims:
    """Lock what ``works`` (by their place in the set) are about: custom ids first, then deals, each in key order.

    No two pieces of work of a set may share a key; the caller has seen to that.
    """
    claims = Claims()
    await _bury_unknown(connection, workspace_id, works, now)
    await _find_named(connection, workspace_id, works, claims)
    await _lock_former_keys(connection, workspace_id, works, claims)
    await _claim_keys(connection, workspace_id, works, claims, ids)
    await _lock_deals(connection, workspace_id, works, claims)
    return claims


async def _bury_unknown(
    connection: Connection, workspace_id: int, works: Mapping[int, DealWork], now: datetime
) -> None:
    """A delete may overtake the message that creates its deal: what its source said is kept, by the latest of them."""
    early = sorted(
        (work.custom_id, work.source_updated_at)
        for work in works.values()
        if work.is_delete and work.custom_id is not None and work.source_updated_at is not None
    )
    if early:
        keys, sources = [key for key, _ in early], [source for _, source in early]
        await connection.execute(queries.BURY_UNKNOWN, workspace_id, keys, sources, now)


async def _find_named(connection: Connection, workspace_id: int, works: Mapping[int, DealWork], claims: Claims) -> None:
    """Updates and deletes name a deal that must exist."""
    by_key = {place: work.custom_id for place, work in works.items() if not work.may_create and work.deal_id is None}
    found: dict[str, int] = {}
    if by_key:
        rows = await connection.fetch(queries.FIND_BY_CUSTOM_ID, workspace_id, list(by_key.values()))
        found = {row["custom_id"]: row["deal_id"] for row in rows}
    for place, work in works.items():
        if work.may_create:
            continue
        deal_id = work.deal_id if work.deal_id is not None else found.get(work.custom_id or "")
        claims.of[place] = NotFound() if deal_id is None else Claim(deal_id)


async def _lock_former_keys(
    connection: Connection, workspace_id: int, works: Mapping[int, DealWork], claims: Claims
) -> None:
    """A delete or a new custom id changes the row of the old one: hold it before the deal, as upserts do."""
    leaving = [
        claimed.deal_id
        for place, claimed in claims.of.items()
        if isinstance(claimed, Claim) and (works[place].is_delete or works[place].new_custom_id)
    ]
    if leaving:
        rows = await connection.fetch(queries.FIND_BY_ID, workspace_id, leaving)
        keys = [row["custom_id"] for row in rows if row["custom_id"] is not None]
        await connection.fetch(queries.LOCK_CUSTOM_IDS, workspace_id, keys)


async def _claim_keys(
    connection: Connection, workspace_id: int, works: Mapping[int, DealWork], claims: Claims, ids: IdPool
) -> None:
    creating = [place for place, work in works.items() if work.may_create]
    for place, deal_id in zip(creating, await ids.take(connection, len(creating)), strict=True):
        claims.of[place] = Claim(deal_id)
    wanted: list[tuple[str, int, int]] = []
    for place, work in works.items():
        claimed = claims.of[place]
        if work.new_custom_id and isinstance(claimed, Claim):
            wanted.append((work.new_custom_id, claimed.deal_id, place))
    if not wanted:
        return
    wanted.sort()
    rows = await connection.fetch(
        queries.CLAIM_CUSTOM_IDS, workspace_id, [key for key, _, _ in wanted], [deal_id for _, deal_id, _ in wanted]
    )
    held = {row["custom_id"]: row for row in rows}
    for key, deal_id, place in wanted:
        row, judged = held[key], _judge(works[place], held[key], deal_id)
        claims.of[place] = judged
        if row["deleted_at"] is not None:
            if isinstance(judged, Claim) and judged.buried_at is None:
                claims.buried_keys[place] = (key, deal_id)
        elif row["deal_id"] == deal_id:
            claims.fresh_keys[place] = (key, deal_id)


def _judge(work: DealWork, row: Record, deal_id: int) -> Claim | DealtError:
    """What a claimed key means: ours, free again, another deal's, or buried under a newer message."""
    if row["deleted_at"] is not None and row["deal_id"] != deal_id:
        source = work.patch.source_updated_at if work.patch else None
        if source and row["source_updated_at"] and source <= row["source_updated_at"]:
            return Claim(row["deal_id"], buried_at=row["deleted_at"])
        return Claim(deal_id)
    if row["deal_id"] == deal_id:
        return Claim(deal_id)
    if work.is_upsert:
        return Claim(row["deal_id"], contact_id=0)
    return CustomIdTaken(work.new_custom_id or "")


async def _lock_deals(connection: Connection, workspace_id: int, works: Mapping[int, DealWork], claims: Claims) -> None:
    existing = {
        place: claimed
        for place, claimed in claims.of.items()
        if isinstance(claimed, Claim)
        and claimed.buried_at is None
        and (not works[place].may_create or claimed.contact_id is not None)
    }
    if not existing:
        return
    deal_ids = sorted({claimed.deal_id for claimed in existing.values()})
    rows = await connection.fetch(queries.LOCK_IDS, workspace_id, deal_ids)
    held = {row["deal_id"]: row for row in rows}
    for place, claimed in existing.items():
        row, work = held.get(claimed.deal_id), works[place]
        if row is not None and place in claims.fresh_keys and row["custom_id"] == work.new_custom_id:
            del claims.fresh_keys[place]  # the deal has this custom id already
        if row is None or (work.deal_id is None and row["custom_id"] != work.custom_id):
            claims.of[place] = NotFound()
        else:
            claimed.contact_id, claimed.custom_id = row["contact_id"], row["custom_id"]


def shared_deals(claims: Claims) -> set[int]:
    """The places of works whose deal an earlier work of the set has claimed under another name."""
    seen: set[int] = set()
    repeated: set[int] = set()
    for place in sorted(claims.of):
        claimed = claims.of[place]
        if isinstance(claimed, Claim):
            (repeated if claimed.deal_id in seen else seen).add(place if claimed.deal_id in seen else claimed.deal_id)
    return repeated
