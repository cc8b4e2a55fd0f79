"""Creating and updating many products at once: the door of imports, feeds and bulk requests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from dealt.accounts import Actor, Snapshot
from dealt.attributes import merge_values, type_sets
from dealt.freshness import fan_out
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput
from dealt.kernel.journal import SETTINGS, Entry, difference, encode, record
from dealt.products import queries
from dealt.products.errors import FormerCustomId
from dealt.products.model import Product, product_of, told
from dealt.products.reserving import reserve_products
from dealt.products.schemas import ProductPatch
from dealt.tags import TAGS, ensure_tags


class UpsertedProduct(msgspec.Struct, frozen=True):
    """What became of one patch. ``changed`` is False where the product was so already."""

    id: int
    created: bool = False
    changed: bool = False


class UpsertedProducts(msgspec.Struct, frozen=True):
    """The outcome of each patch, in their order. ``defined``: attributes or tags may have been made."""

    outcomes: list[UpsertedProduct | InvalidInput]
    defined: bool


async def upsert_products(
    connection: Connection,
    actor: Actor,
    patches: Sequence[ProductPatch],
    *,
    snapshot: Snapshot,
    now: datetime,
    add_tags: Sequence[str] = (),
) -> UpsertedProducts:
    """Create or update the product of each patch's custom id, in a handful of statements for any number.

    A patch that is refused is an InvalidInput among the outcomes and stops no other: without a custom id, with one that
    its product no longer has, or with an attribute that refuses its value. Patches of one product are applied in
    their order and are one change of it, told once in its history. ``add_tags`` are names that every product gets on
    top of its own. At most some thousands at once: their products stay locked until the transaction ends.
    Raises InvalidInput for tags that cannot be made.
    """
    upsert = _Upsert(connection, actor, patches, now, add_tags)
    await upsert.define(snapshot)
    await upsert.write()
    return UpsertedProducts(upsert.outcomes(), upsert.defined)


class _Upsert:
    """One set on its way: ``refused`` by place, ``wanted`` places by product id."""

    def __init__(
        self,
        connection: Connection,
        actor: Actor,
        patches: Sequence[ProductPatch],
        now: datetime,
        add_tags: Sequence[str],
    ) -> None:
        self._connection = connection
        self._actor = actor
        self._patches = patches
        self._now = now
        self._add_tags = add_tags
        self._refused: dict[int, InvalidInput] = {}
        self._attributes: Mapping[int, Mapping[str, Any]] = {}
        self._tags: Mapping[str, int] = {}
        self._ids: dict[str, int] = {}
        self._created: set[int] = set()
        self._changed: set[int] = set()
        self.defined = False

    async def define(self, snapshot: Snapshot) -> None:
        """What the patches need, before any product is locked: all writers lock in this order."""
        for place, patch in enumerate(self._patches):
            if patch.fields.get("custom_id") is None:
                self._refused[place] = InvalidInput.of("custom_id", "This field is required.")
        raws = {place: patch.attributes for place, patch in self._left()}
        typed = await type_sets(
            self._connection, snapshot, "product", raws, actor=self._actor.name, now=self._now
        )  # fmt: skip
        self._refused |= typed.refused
        self._attributes = typed.values
        names = dict.fromkeys([*self._add_tags, *(name for _, patch in self._left() for name in patch.tags or ())])
        if names:
            self._tags = await ensure_tags(
                self._connection, self._actor.workspace_id, names, self._now, actor=self._actor.name
            )
        known = snapshot.part(TAGS)
        self.defined = typed.defined or any(tag_id not in known for tag_id in self._tags.values())

    async def write(self) -> None:
        """Lock what is there, then store what is new and what changes."""
        custom_ids = {patch.fields["custom_id"] for _, patch in self._left()}
        self._ids = await reserve_products(self._connection, self._actor.workspace_id, custom_ids)
        wanted: dict[int, list[int]] = defaultdict(list)
        for place, patch in self._left():
            wanted[self._ids[patch.fields["custom_id"]]].append(place)
        while wanted:
            # What somebody else creates between the look and the insert is looked at again.
            wanted = await self._write(wanted)

    def outcomes(self) -> list[UpsertedProduct | InvalidInput]:
        """What became of each patch; of several that created one product, the first did."""
        created = set(self._created)
        found: list[UpsertedProduct | InvalidInput] = []
        for place, patch in enumerate(self._patches):
            if place in self._refused:
                found.append(self._refused[place])
                continue
            product_id = self._ids[patch.fields["custom_id"]]
            found.append(UpsertedProduct(product_id, product_id in created, product_id in self._changed))
            created.discard(product_id)
        return found

    def _left(self) -> Iterable[tuple[int, ProductPatch]]:
        return [(place, patch) for place, patch in enumerate(self._patches) if place not in self._refused]

    async def _write(self, wanted: Mapping[int, list[int]]) -> dict[int, list[int]]:
        """Store these products; those that appeared meanwhile, to be tried again."""
        workspace_id = self._actor.workspace_id
        rows = await self._connection.fetch(queries.LOCK_MANY, workspace_id, sorted(wanted))
        before = {row["id"]: product_of(row) for row in rows}
        updated: dict[int, tuple[Product, Product]] = {}
        new: dict[int, Product] = {}
        for product_id, places in wanted.items():
            present = before.get(product_id)
            if present is None:
                blank = Product(id=product_id, created_at=self._now, updated_at=self._now)
                new[product_id] = self._applied(blank, places)
            else:
                after = self._applied(present, self._unrefused(present, places))
                after = msgspec.structs.replace(after, version=present.version + 1, updated_at=self._now)
                updated[product_id] = (present, after)
        made = await self._insert(new)
        await self._update(updated)
        return {product_id: wanted[product_id] for product_id in new.keys() - made}

    def _unrefused(self, present: Product, places: list[int]) -> list[int]:
        """The places that name the product as it is called now; a former custom id is refused."""
        kept = []
        for place in places:
            custom_id = self._patches[place].fields["custom_id"]
            if custom_id == present.custom_id:
                kept.append(place)
            else:
                self._refused[place] = FormerCustomId(custom_id, present.id)
        return kept

    def _applied(self, product: Product, places: Iterable[int]) -> Product:
        for place in places:
            patch = self._patches[place]
            kept = product.tag_ids if patch.tags is None else [self._tags[name] for name in patch.tags]
            tag_ids = list(dict.fromkeys([*kept, *(self._tags[name] for name in self._add_tags)]))
            attributes = merge_values(product.attributes, self._attributes[place])
            product = msgspec.structs.replace(product, **patch.fields, attributes=attributes, tag_ids=tag_ids)
        return product

    async def _insert(self, new: Mapping[int, Product]) -> set[int]:
        if not new:
            return set()
        rows = await self._connection.fetch(
            queries.INSERT_MANY, self._actor.workspace_id, encode(list(new.values()))
        )  # fmt: skip
        made = {row["id"] for row in rows}
        self._created |= made
        self._changed |= made
        changes = {product_id: difference({}, told(new[product_id])) for product_id in sorted(made)}
        await self._record("product.created", changes)
        return made

    async def _update(self, updated: Mapping[int, tuple[Product, Product]]) -> None:
        changes = {
            product_id: difference(told(before), told(after)) for product_id, (before, after) in updated.items()
        }  # fmt: skip
        changes = {product_id: change for product_id, change in changes.items() if change}
        if not changes:
            return
        self._changed |= changes.keys()
        stored = [updated[product_id][1] for product_id in changes]
        await self._connection.execute(queries.UPDATE_MANY, self._actor.workspace_id, encode(stored))
        await self._record("product.updated", changes)

    async def _record(self, kind: str, changes: Mapping[int, Mapping[str, Any]]) -> None:
        actor = self._actor
        entries = [
            Entry(SETTINGS, kind, "product", product_id, actor.name, change, int(actor.cause), actor.hop)
            for product_id, change in changes.items()
        ]
        await record(self._connection, actor.workspace_id, entries, self._now)
        changed = {key: None if kind == "product.created" else change for key, change in changes.items()}
        await fan_out(
            self._connection, actor.workspace_id, "product", changed, self._now, cause=actor.cause, hop=actor.hop
        )
