"""Writing a part of the orders: what one process of the import does, set by set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import asyncpg
import msgspec

from dealt.accounts import Actor
from dealt.contacts import ContactPatch, ensure_contacts, find_contacts, parse_contact
from dealt.deals import DealWriter, DealWritten
from dealt.importing.composing import Composer
from dealt.importing.drafting import Draft, draft
from dealt.importing.errors import ImportStopped
from dealt.importing.grouping import Group
from dealt.kernel.clock import Clock
from dealt.kernel.db import AWAY, Connection, Pool, in_transaction
from dealt.kernel.errors import DealtError

MOST_KNOWN = 200_000
# What says something about the order; every other error of the database says something about the database.
ITS_OWN_FAULT = (asyncpg.DataError, asyncpg.ProgramLimitExceededError)


class Written(msgspec.Struct):
    """What became of some orders. ``refused`` tells by their place among them why."""

    refused: dict[int, str]
    created: int = 0
    updated: int = 0
    older: int = 0
    lines: int = 0
    contacts: int = 0


class OrderWriter:
    """Composes orders of their rows and writes them through the door that everybody uses."""

    def __init__(
        self, pool: Pool, writer: DealWriter, clock: Clock, actor: Actor, composer: Composer, *, create_contacts: bool
    ) -> None:
        self._pool = pool
        self._writer = writer
        self._clock = clock
        self._actor = actor
        self._composer = composer
        self._creates = create_contacts
        self._known: set[str] = set()

    async def write(self, groups: Sequence[Group]) -> Written:
        """Write orders in their order. Raises ImportStopped where the database was lost."""
        drafts, refused = draft(groups, self._composer, self._actor)
        written = Written(refused)
        try:
            if self._creates:
                await self._create_contacts(drafts, written)
            works = [order.work for order in drafts.values()]
            outcomes = await self._writer.write_many(self._actor.workspace_id, works)
        except (*AWAY, asyncpg.PostgresError) as error:
            raise stopped(error) from None
        for (place, order), outcome in zip(drafts.items(), outcomes, strict=True):
            _count(written, place, order, outcome)
        return written

    async def _create_contacts(self, drafts: dict[int, Draft], written: Written) -> None:
        """Contacts that do not exist are created; an order whose new contact cannot be is refused."""
        named = {place: name for place, order in drafts.items() if (name := order.contact)}
        strange = set(named.values()) - self._known
        if not strange:
            return
        async with self._pool.acquire() as connection:
            found = await find_contacts(connection, self._actor.workspace_id, custom_ids=strange)
        patches: dict[str, ContactPatch] = {}
        for place, custom_id in named.items():
            if custom_id in strange and custom_id not in found.by_custom_id and custom_id not in patches:
                try:
                    patches[custom_id] = parse_contact(drafts[place].composed.contact)
                except DealtError as error:
                    written.refused[place] = f"contact: {error.detail}"
                    del drafts[place]
        written.contacts = await self._ensure(patches)
        if len(self._known) > MOST_KNOWN:
            self._known.clear()
        self._known |= found.by_custom_id.keys() | patches.keys()

    async def _ensure(self, patches: Mapping[str, ContactPatch]) -> int:
        if not patches:
            return 0

        async def work(connection: Connection) -> int:
            return await ensure_contacts(connection, self._actor, patches, now=self._clock.now())

        return await in_transaction(self._pool, work)


def _count(written: Written, place: int, order: Draft, outcome: DealWritten | Exception) -> None:
    if isinstance(outcome, DealtError):
        written.refused[place] = outcome.detail
    elif isinstance(outcome, ITS_OWN_FAULT):
        written.refused[place] = f"The database cannot store this order: {outcome}."
    elif isinstance(outcome, (*AWAY, asyncpg.PostgresError)):
        raise stopped(outcome)
    elif isinstance(outcome, Exception):
        raise outcome
    elif outcome.ignored:
        written.older += 1
    else:
        written.created += outcome.created
        written.updated += not outcome.created
        written.lines += order.lines


def stopped(error: Exception) -> ImportStopped:
    """What to raise where the database failed the import, not a row the database."""
    return ImportStopped(f"The database could not go on: {error or type(error).__name__}")
