"""Writing the products of a feed, set by set, and telling which ones it no longer has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from dealt.accounts import Actor, Definitions
from dealt.attributes import ATTRIBUTES
from dealt.feeds import queries
from dealt.feeds.errors import BadFeed
from dealt.feeds.mapping import product_of
from dealt.feeds.model import MOST_REASONS, SyncResult
from dealt.feeds.parsing import FeedParser, Item
from dealt.kernel.clock import Clock
from dealt.kernel.db import Connection, Pool, in_transaction
from dealt.kernel.errors import DealtError, InvalidInput
from dealt.products import ProductPatch, UpsertedProduct, parse_product, upsert_products
from dealt.tags import TAGS

PRODUCTS_A_SET = 500
OUT_OF_STOCK = {"availability": "out_of_stock"}


def feed_definitions() -> Definitions:
    """What is known of definitions where only products are written."""
    return Definitions([ATTRIBUTES, TAGS])


@dataclass
class Sync:
    """One reading of a feed. ``feed_id`` is None for one that is not stored, of which nothing can vanish."""

    pool: Pool
    clock: Clock
    actor: Actor
    feed_id: int | None = None
    started: datetime | None = None
    definitions: Definitions = field(default_factory=feed_definitions)
    result: SyncResult = field(default_factory=SyncResult)

    async def run(
        self, pieces: Iterable[bytes], report: Callable[[SyncResult], None] = lambda _result: None
    ) -> SyncResult:
        """Write the products of all pieces. Raises BadFeed where the feed breaks off; what came before stays."""
        items = items_of(pieces)
        while batch := list(islice(items, PRODUCTS_A_SET)):
            await self._write(batch)
            report(self.result)
        if not self.result.products:
            raise BadFeed("The feed has no products: no <item>, and no <entry>.")
        return self.result

    async def note_vanished(self, *, mark: bool) -> None:
        """Count the products that earlier readings of the feed brought and this one did not, and mark them if told to.

        Only after ``run`` has come to the end of the feed.
        """
        while await in_transaction(self.pool, lambda connection: self._take_vanished(connection, mark=mark)):
            pass

    async def _write(self, batch: list[Item]) -> None:
        patches: list[ProductPatch] = []
        for item in batch:
            try:
                patches.append(parse_product(product_of(item)))
            except DealtError as error:
                self.result.refuse(f"product {item.number}", error.detail)
        self.result.products += len(batch)

        async def work(connection: Connection) -> list[UpsertedProduct | InvalidInput]:
            snapshot = await self.definitions.for_writing(connection, self.actor.workspace_id)
            done = await upsert_products(connection, self.actor, patches, snapshot=snapshot, now=self.clock.now())
            if done.defined:
                self.definitions.forget(self.actor.workspace_id)
            await self._see(connection, [one.id for one in done.outcomes if isinstance(one, UpsertedProduct)])
            return done.outcomes

        self._count(patches, await in_transaction(self.pool, work))

    def _count(self, patches: list[ProductPatch], outcomes: list[UpsertedProduct | InvalidInput]) -> None:
        for patch, outcome in zip(patches, outcomes, strict=True):
            if isinstance(outcome, InvalidInput):
                self.result.refuse(str(patch.fields["custom_id"]), outcome.detail)
            else:
                self.result.created += outcome.created
                self.result.updated += outcome.changed and not outcome.created
                self.result.unchanged += not outcome.changed

    async def _see(self, connection: Connection, product_ids: list[int]) -> None:
        if self.feed_id is not None:
            await connection.execute(
                queries.SEEN, self.actor.workspace_id, self.feed_id, product_ids, self.started
            )  # fmt: skip

    async def _take_vanished(self, connection: Connection, *, mark: bool) -> bool:
        workspace_id = self.actor.workspace_id
        rows = await connection.fetch(
            queries.VANISHED, workspace_id, self.feed_id, self.started, PRODUCTS_A_SET
        )  # fmt: skip
        custom_ids = [row["custom_id"] for row in rows]
        if mark and custom_ids:
            snapshot = await self.definitions.for_writing(connection, workspace_id)
            patches = [parse_product({"custom_id": custom_id, **OUT_OF_STOCK}) for custom_id in custom_ids]
            await upsert_products(connection, self.actor, patches, snapshot=snapshot, now=self.clock.now())
            self.definitions.forget(workspace_id)
            self.result.marked += len(custom_ids)
        self.result.vanished += len(custom_ids)
        self.result.vanished_ids += custom_ids[: MOST_REASONS - len(self.result.vanished_ids)]
        left: bool = await connection.fetchval(queries.LEFT_BEHIND, workspace_id, self.feed_id, self.started)
        return left


def items_of(pieces: Iterable[bytes]) -> Iterator[Item]:
    """The items of a feed, as soon as each is whole. Raises BadFeed."""
    parser = FeedParser()
    for piece in pieces:
        yield from parser.feed(piece)
    yield from parser.close()
