"""Creating, changing and deleting products, each change with its history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from dealt.accounts import Actor, Snapshot
from dealt.attributes import merge_values, type_values
from dealt.deletions import Deletion, begin, keep, put_back
from dealt.freshness import fan_out
from dealt.kernel.db import Connection
from dealt.kernel.errors import Conflict, InvalidInput, NotFound
from dealt.kernel.journal import SETTINGS, Entry, difference, encode, record
from dealt.products import queries
from dealt.products.errors import CustomIdReserved, CustomIdTaken, FormerCustomId
from dealt.products.model import Product, product_of, told
from dealt.products.reserving import reserve_products
from dealt.products.schemas import ProductPatch
from dealt.tags import TagChange, change_tags


class WrittenProduct(msgspec.Struct, frozen=True):
    """The product after a write. ``defined``: attributes or tags were made, so that snapshots are to be forgotten."""

    product: Product
    defined: bool


async def create_product(
    connection: Connection, actor: Actor, patch: ProductPatch, *, snapshot: Snapshot, now: datetime
) -> WrittenProduct:
    """A new product, under the id that its custom id has had since anybody first named it.

    Raises InvalidInput for a custom id in use, a former one of another product, and bad attributes.
    """
    custom_id = patch.fields.get("custom_id")
    if custom_id is None and not patch.fields.get("name"):
        raise InvalidInput.of("name", "A product needs a name or a custom_id.")
    draft = await _Draft.make(connection, actor, patch, snapshot, now)
    if custom_id is None:
        product_id = await connection.fetchval(queries.NEXT_ID)
    else:
        product_id = (await reserve_products(connection, actor.workspace_id, [custom_id]))[custom_id]
    product = draft.applied_to(Product(id=product_id, created_at=now, updated_at=now))
    if await connection.fetchval(queries.INSERT, actor.workspace_id, *_row(product)) is None:
        raise await _taken(connection, actor.workspace_id, product_id, str(custom_id))
    await _record(connection, actor, "created", product_id, difference({}, told(product)), now)
    return WrittenProduct(product, draft.defined)


async def update_product(
    connection: Connection, actor: Actor, product_id: int, patch: ProductPatch, *, snapshot: Snapshot, now: datetime
) -> WrittenProduct:
    """The product with what ``patch`` names; nothing is written where nothing changes.

    A new custom id leaves the old one as another name of the same product.
    Raises NotFound, and InvalidInput for a custom id that stands for another product and for bad attributes.
    """
    draft = await _Draft.make(connection, actor, patch, snapshot, now)
    row = await connection.fetchrow(queries.LOCK, actor.workspace_id, product_id)
    if row is None:
        raise NotFound
    before = product_of(row)
    after = draft.applied_to(before)
    changes = difference(told(before), told(after))
    if not changes:
        return WrittenProduct(before, draft.defined)
    if "custom_id" in changes and after.custom_id is not None:
        await _claim(connection, actor.workspace_id, product_id, after.custom_id)
    after = msgspec.structs.replace(after, version=before.version + 1, updated_at=now)
    await connection.execute(queries.UPDATE, actor.workspace_id, *_row(after))
    await _record(connection, actor, "updated", product_id, changes, now)
    return WrittenProduct(after, draft.defined)


async def delete_product(connection: Connection, actor: Actor, product_id: int, *, now: datetime) -> int | None:
    """Remove a product; its custom ids keep its id, and no order changes. By which deletion it comes back.

    Raises NotFound.
    """
    workspace_id = actor.workspace_id
    row = await connection.fetchrow(queries.LOCK, workspace_id, product_id)
    if row is None:
        raise NotFound
    product = product_of(row)
    kept = await begin(connection, workspace_id, actor.name, "product", product_id, _called(product), now)
    await keep(connection, workspace_id, kept, "products", "t.id = $3", product_id)
    await connection.fetchrow(queries.DELETE, workspace_id, product_id)
    await _record(connection, actor, "deleted", product_id, difference(told(product), {}), now)
    return kept


async def restore_product(connection: Connection, actor: Actor, deletion: Deletion, *, now: datetime) -> None:
    """Bring a product back under its number. Raises Conflict where somebody made it anew, or its own id is taken."""
    workspace_id, product_id = actor.workspace_id, deletion.object_id
    changes = "jsonb_build_object('version', (r.image ->> 'version')::bigint + 1, 'updated_at', $3::timestamptz)"
    came, _ = await put_back(connection, workspace_id, deletion, "products", now, changes=changes)
    if not came:
        raise Conflict(f"{deletion.name} was made anew since, with the number {product_id}.")
    product = product_of(await connection.fetchrow(queries.LOCK, workspace_id, product_id))
    if product.custom_id is not None:
        await _claim(connection, workspace_id, product_id, product.custom_id)
    await _record(connection, actor, "created", product_id, difference({}, told(product) | {"restored": True}), now)


class _Draft(msgspec.Struct, frozen=True):
    """A patch with its attributes typed and its tags found."""

    fields: Mapping[str, Any]
    attributes: Mapping[str, Any]
    tags: TagChange
    defined: bool

    @classmethod
    async def make(
        cls, connection: Connection, actor: Actor, patch: ProductPatch, snapshot: Snapshot, now: datetime
    ) -> _Draft:
        """Defines what the patch needs before any product is locked: all writers lock in this order."""
        typed = await type_values(connection, snapshot, "product", patch.attributes, actor=actor.name, now=now)
        names = (patch.tags, patch.add_tags, patch.remove_tags)
        tags = await change_tags(connection, snapshot, *names, actor=actor.name, now=now)
        return cls(patch.fields, typed.values, tags, typed.defined or tags.defined)

    def applied_to(self, product: Product) -> Product:
        """The product as the draft wants it."""
        attributes = merge_values(product.attributes, self.attributes)
        tag_ids = self.tags.applied_to(product.tag_ids)
        return msgspec.structs.replace(product, **self.fields, attributes=attributes, tag_ids=tag_ids)


def _called(product: Product) -> str:
    return product.name or product.custom_id or f"Product {product.id}"


async def _claim(connection: Connection, workspace_id: int, product_id: int, custom_id: str) -> None:
    await connection.execute(queries.RESERVE_FOR, workspace_id, custom_id, product_id)
    holder = (await reserve_products(connection, workspace_id, [custom_id]))[custom_id]
    if holder != product_id:
        raise await _taken(connection, workspace_id, holder, custom_id)


async def _taken(connection: Connection, workspace_id: int, holder_id: int, custom_id: str) -> InvalidInput:
    row = await connection.fetchrow(queries.READ, workspace_id, holder_id)
    if row is None:
        return CustomIdReserved(custom_id)
    if row["custom_id"] == custom_id:
        return CustomIdTaken(custom_id, holder_id)
    return FormerCustomId(custom_id, holder_id)


async def _record(
    connection: Connection, actor: Actor, done: str, product_id: int, changes: Mapping[str, Any], now: datetime
) -> None:
    kind = f"product.{done}"
    entry = Entry(SETTINGS, kind, "product", product_id, actor.name, changes, int(actor.cause), actor.hop)
    await record(connection, actor.workspace_id, [entry], now)
    changed = {product_id: changes if done == "updated" else None}
    await fan_out(connection, actor.workspace_id, "product", changed, now, cause=actor.cause, hop=actor.hop)


def _row(product: Product) -> tuple[Any, ...]:
    """The values of ``queries.COLUMNS``."""
    return msgspec.structs.astuple(msgspec.structs.replace(product, attributes=encode(product.attributes)))
