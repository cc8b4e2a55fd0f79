"""The last step of a set: everything that changed, written in one statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from dealt.accounts import Actor, Snapshot
from dealt.deals import queries
from dealt.deals.editing import product_links
from dealt.deals.images import told
from dealt.deals.model import Deal, DealImage
from dealt.freshness import facets
from dealt.kernel.db import Connection
from dealt.kernel.journal import ANYTHING, Entry, Mark, difference, encode, marks_for
from dealt.segments import move_deal_members
from dealt.tasks import move_tasks, release_tasks


@dataclass(slots=True)
class Change:
    """One deal's images around a change; ``before`` is None for a new deal, ``after`` for one that is deleted."""

    before: DealImage | None
    after: DealImage | None
    actor: Actor
    restored: bool = False
    """Whether the new deal is one that was deleted."""

    @property
    def moved(self) -> bool:
        return bool(self.before and self.after and self.before.deal.contact_id != self.after.deal.contact_id)


class _Stood(msgspec.Struct, frozen=True):
    """What a deal was to its stage's totals before a change."""

    stage_id: int
    status: int
    currency: str | None
    value: Decimal | None
    base_value: Decimal | None


async def store(connection: Connection, snapshot: Snapshot, changes: Sequence[Change], now: datetime) -> None:
    """Write ``changes`` with their journal, followers and stale marks; the images get their base values.

    A change whose images tell the same is not journalled; the caller leaves out what did not change at all.
    """
    await _remove_replaced(connection, changes)
    await _move(connection, snapshot.workspace_id, changes)
    await _release_tasks(connection, changes, now)
    deals, lines, links = [], [], []
    for change in changes:
        if change.after is not None:
            deals.append(change.after.deal)
            lines += _new_lines(change)
            links += _new_links(change)
    marks = marks_for((mark for change in changes for mark in _marks(change)), snapshot.reads)
    entries = [entry for change in changes if (entry := _entry(change)) is not None]
    rows = await connection.fetch(
        queries.STORE, encode(deals), encode(lines), [deal_id for deal_id, _ in links], encode(entries), now,
        snapshot.workspace_id, snapshot.followers, snapshot.base_currency, encode(marks), snapshot.time_zone.key,
        [product_id for _, product_id in links], encode([_stood(c.before.deal) for c in changes if c.before]),
        sorted(_products(changes)),
    )  # fmt: skip
    stored = {row["id"]: row for row in rows}
    for deal in deals:
        deal.base_rate, deal.base_value = stored[deal.id]["base_rate"], stored[deal.id]["base_value"]


def _marks(change: Change) -> Iterator[Mark]:
    """Whose orders these are, and were; a deal that comes with an invisible contact of its own, moves or goes takes
    more along than itself.
    """
    actor, before, after = change.actor, change.before, change.after
    stays = after is not None and not change.moved and not (before is None and after.guest)
    for image in (before, after):
        if image is not None:
            reads = facets.DEALS if stays else ANYTHING
            yield Mark(image.deal.contact_id, int(actor.lane), int(actor.cause), actor.hop, reads)


def _stood(deal: Deal) -> _Stood:
    return _Stood(deal.stage_id, deal.status, deal.currency, deal.value, deal.base_value)


async def _remove_replaced(connection: Connection, changes: Sequence[Change]) -> None:
    for query, is_gone in (
        (queries.DELETE_LINES, _lines_change),
        (queries.DELETE_LINKS, _links_change),
        (queries.DELETE_DEALS, lambda change: change.after is None or change.moved),
    ):
        gone = [change.before.deal for change in changes if change.before is not None and is_gone(change)]
        if gone:
            await connection.execute(query, [deal.contact_id for deal in gone], [deal.id for deal in gone])


async def _move(connection: Connection, workspace_id: int, changes: Sequence[Change]) -> None:
    for change in changes:
        if change.moved and change.before and change.after:
            source, target, deal_id = change.before.deal.contact_id, change.after.deal.contact_id, change.after.deal.id
            await connection.execute(queries.MOVE_HISTORY, target, source, deal_id)
            await move_deal_members(connection, workspace_id, deal_id, source, target)
            await move_tasks(connection, workspace_id, deal_id, source, target)


async def _release_tasks(connection: Connection, changes: Sequence[Change], now: datetime) -> None:
    for change in changes:
        if change.after is None and change.before is not None:
            gone = change.before.deal
            await release_tasks(connection, change.actor, gone.id, gone.contact_id, now=now)


def _lines_change(change: Change) -> bool:
    return change.before is not None and (
        change.after is None or change.moved or change.before.lines is not change.after.lines
    )


def _links_change(change: Change) -> bool:
    before, after = change.before, change.after
    if before is None or after is None or change.moved or before.deal.ordered_at != after.deal.ordered_at:
        return before is not None
    return product_links(before.deal, before.lines) != product_links(after.deal, after.lines)


def _new_lines(change: Change) -> list[Any]:
    image = change.after
    if image is None or not (change.before is None or _lines_change(change)):
        return []
    for line in image.lines:
        line.contact_id = image.deal.contact_id
    return list(image.lines)


def _new_links(change: Change) -> list[tuple[int, int]]:
    """Pairs of deal and product."""
    image = change.after
    if image is None or not (change.before is None or _links_change(change)):
        return []
    return [(image.deal.id, product_id) for product_id in product_links(image.deal, image.lines)]


def _products(changes: Sequence[Change]) -> set[int]:
    """What these orders are about, and were: the segments of such products may look at them."""
    images = [image for change in changes for image in (change.before, change.after) if image is not None]
    return {product_id for image in images for product_id in product_links(image.deal, image.lines)}


def _entry(change: Change) -> Entry | None:
    image = change.after or change.before
    assert image is not None, "a change has an image on at least one side"
    changes = difference(told(change.before), told(change.after))
    if not changes:
        return None
    if change.restored:
        changes["restored"] = (None, True)
    kind = "deal.created" if change.before is None else "deal.deleted" if change.after is None else "deal.updated"
    actor = change.actor
    return Entry(image.deal.contact_id, kind, "deal", image.deal.id, actor.name, changes, int(actor.cause), actor.hop)
