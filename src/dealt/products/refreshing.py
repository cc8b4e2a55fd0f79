"""Many products changed at once by what messages say of them, each change with its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from dealt.accounts import Actor, Snapshot
from dealt.attributes import merge_values, type_sets
from dealt.freshness import fan_out
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput
from dealt.kernel.journal import SETTINGS, Cause, Entry, difference, encode, record
from dealt.products import queries
from dealt.products.model import Product, product_of, told
from dealt.products.schemas import ProductPatch


@dataclass(frozen=True, slots=True)
class Refresh:
    """What a message says of a product. ``patch`` names no tags."""

    product_id: int
    patch: ProductPatch
    actor: Actor


@dataclass(frozen=True, slots=True)
class Refreshed:
    """The error of each refresh that was refused, by its place. ``defined``: attributes were made or widened."""

    errors: Mapping[int, InvalidInput]
    defined: bool


async def refresh_products(
    connection: Connection, refreshes: Sequence[Refresh], *, snapshot: Snapshot, now: datetime
) -> Refreshed:
    """Apply ``refreshes`` in order; one that says nothing new writes nothing. Two statements where none does.

    A refused one changes nothing and hinders no other. A product that is gone meanwhile is passed over.
    """
    raws = {place: refresh.patch.attributes for place, refresh in enumerate(refreshes)}
    actor = refreshes[0].actor.name if refreshes else ""
    sets = await type_sets(connection, snapshot, "product", raws, actor=actor, now=now)
    typed, refreshed = sets.values, Refreshed(sets.refused, sets.defined)
    if not typed:
        return refreshed
    ids = sorted({refreshes[place].product_id for place in typed})
    held = _products(await connection.fetch(queries.READ_MANY, snapshot.workspace_id, ids))
    changed, _ = _apply(held, refreshes, typed, now)
    if changed:
        # Whoever was here between the look and the lock has won; what is still new is applied to that.
        held = _products(await connection.fetch(queries.LOCK_MANY, snapshot.workspace_id, sorted(changed)))
        changed, entries = _apply(held, refreshes, typed, now)
        rows = [msgspec.structs.replace(product, updated_at=now) for product in changed.values()]
        await connection.execute(queries.UPDATE_MANY, snapshot.workspace_id, encode(rows))
        await record(connection, snapshot.workspace_id, entries, now)
        fields = {entry.object_id: entry.changes for entry in entries}
        first = entries[0]
        cause, workspace_id = Cause(first.cause), snapshot.workspace_id
        await fan_out(connection, workspace_id, "product", fields, now, cause=cause, hop=first.hop)
    return refreshed


def _apply(
    held: Mapping[int, Product], refreshes: Sequence[Refresh], typed: Mapping[int, Mapping[str, Any]], now: datetime
) -> tuple[dict[int, Product], list[Entry]]:
    """The products that differ afterwards, and an entry for each refresh that made a difference."""
    changed: dict[int, Product] = {}
    entries: list[Entry] = []
    for place, values in typed.items():
        refresh = refreshes[place]
        before = changed.get(refresh.product_id) or held.get(refresh.product_id)
        if before is None:
            continue
        attributes = merge_values(before.attributes, values)
        after = msgspec.structs.replace(before, **refresh.patch.fields, attributes=attributes)
        if changes := difference(told(before), told(after)):
            changed[after.id] = msgspec.structs.replace(after, version=before.version + 1, updated_at=now)
            actor = refresh.actor
            entries.append(
                Entry(
                    SETTINGS, "product.updated", "product", after.id, actor.name, changes, int(actor.cause), actor.hop
                )
            )
    return changed, entries


def _products(rows: Sequence[Any]) -> dict[int, Product]:
    return {row["id"]: product_of(row) for row in rows}
