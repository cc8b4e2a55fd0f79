"""A set of occurrences, written in one transaction: look, type, claim, define, store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from dealt.accounts import Definitions
from dealt.events.claiming import Claims, claim, release
from dealt.events.errors import RepetitionVanished
from dealt.events.looking import Seen, look, refused
from dealt.events.moving import TABLES
from dealt.events.naming import NamedEvents
from dealt.events.storing import Occurrence, store
from dealt.events.works import AnyWork, EventWork, Occurred, PageViewWork, ProductEventWork
from dealt.kernel.db import Connection
from dealt.kernel.errors import DealtError, InvalidInput
from dealt.kernel.gather import without_repeats
from dealt.kernel.ids import IdPool
from dealt.people import remember_named
from dealt.products import Refresh, create_product, find_product_id, read_product, refresh_products

Outcome = Occurred | DealtError


@dataclass
class Supplies:
    """What one process keeps between sets: definitions, and ids given out ahead."""

    definitions: Definitions
    ids: IdPool = field(default_factory=lambda: IdPool("journal_id_seq"))


@dataclass
class SetResult:
    """An outcome for each work in order. ``definitions_changed`` by this set, so that snapshots are to be forgotten."""

    outcomes: list[Outcome]
    definitions_changed: bool = False


@dataclass
class _Round:
    """Works, by place, of which no two carry the same custom id."""

    connection: Connection
    works: Mapping[int, AnyWork]
    seen: Seen
    events: NamedEvents
    now: datetime
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    ids: dict[int, int] = field(default_factory=dict)
    definitions_changed: bool = False

    @property
    def workspace_id(self) -> int:
        return self.events.snapshot.workspace_id

    @property
    def sound(self) -> dict[int, AnyWork]:
        """The works that have no outcome yet."""
        return {place: work for place, work in self.works.items() if place not in self.outcomes}


async def write_set(
    connection: Connection, supplies: Supplies, workspace_id: int, works: Sequence[AnyWork], now: datetime
) -> SetResult:
    """Write ``works`` in the caller's transaction, which has begun with ``accounts.trusting``.

    Each work has its own outcome: a refusal of one stores nothing of it and touches no other. An exception that is
    not a DealtError means that the whole transaction must be rolled back.
    """
    definitions, snapshot = supplies.definitions, None
    result = SetResult([])
    outcomes: dict[int, Outcome] = {}
    left, keys = dict(enumerate(works)), [work.keys for work in works]
    while left:
        first, _ = without_repeats(keys, list(left))
        works_now = {place: left[place] for place in first}
        seen = await look(connection, workspace_id, list(works_now.values()))
        if snapshot is None:
            snapshot = await definitions.at_version(connection, workspace_id, seen.version)
        done = _Round(connection, works_now, seen, NamedEvents(snapshot), now)
        await _run(done, supplies)
        if done.definitions_changed:
            result.definitions_changed = True
            snapshot = await definitions.uncommitted(connection, workspace_id)
        outcomes |= done.outcomes
        left = {place: work for place, work in left.items() if place not in works_now}
    result.outcomes = [outcomes[place] for place in range(len(works))]
    return result


async def _run(this: _Round, supplies: Supplies) -> None:
    _check(this)
    await _make_products(this)
    claims = await _claim(this, supplies)
    await _define(this)
    await _refresh_products(this)
    stored = this.sound
    taken = {(work.kind, work.custom_id) for work in stored.values() if work.custom_id is not None}
    await release(this.connection, this.workspace_id, claims.fresh - taken)
    if stored:
        occurrences = [_occurrence(this, place, work) for place, work in stored.items()]
        await store(this.connection, this.events.snapshot, occurrences, this.now)
        await _remember(this, stored)
        for place, one in zip(stored, occurrences, strict=True):
            this.outcomes[place] = Occurred(id=one.id, contact_id=one.contact_id, first=place in this.events.first)


async def _remember(this: _Round, stored: Mapping[int, AnyWork]) -> None:
    """Whose it is what a name of a merged contact brought: given back when the contacts are separated again."""
    for kind, table in TABLES.items():
        paths = [(this.ids[place], this.seen.contact_of(w).path) for place, w in stored.items() if w.kind is kind]
        await remember_named(this.connection, this.workspace_id, table, [(n, path) for n, path in paths if path])


def _check(this: _Round) -> None:
    for place, work in this.works.items():
        error = refused(this.seen, work)
        if error is not None:
            this.outcomes[place] = error
        elif isinstance(work, EventWork):
            try:
                this.events.type(place, work)
            except InvalidInput as bad:
                this.outcomes[place] = bad


async def _make_products(this: _Round) -> None:
    """Make the products that apps name for the first time; one at a time, because each is one only once."""
    for place, work in this.sound.items():
        if not isinstance(work, ProductEventWork) or this.seen.product_of(work) is not None:
            continue
        custom_id = str(work.product[1])
        patch = msgspec.structs.replace(work.patch, fields={**work.patch.fields, "custom_id": custom_id})
        try:
            made = await create_product(this.connection, work.actor, patch, snapshot=this.events.snapshot, now=this.now)
            this.definitions_changed |= made.defined
            this.seen.products.by_custom_id[custom_id] = made.product.id
        except InvalidInput as error:
            await _take_known(this, place, custom_id, error)


async def _take_known(this: _Round, place: int, custom_id: str, error: InvalidInput) -> None:
    """Somebody else may have made the product just now."""
    try:
        product_id = await find_product_id(this.connection, this.workspace_id, custom_id)
        await read_product(this.connection, this.workspace_id, product_id)
        this.seen.products.by_custom_id[custom_id] = product_id
    except DealtError:
        this.outcomes[place] = error


async def _claim(this: _Round, supplies: Supplies) -> Claims:
    """Give every sound work its id; one whose custom id is stored already has its outcome with that."""
    sound = this.sound
    if sound:
        this.ids.update(zip(sound, await supplies.ids.take(this.connection, len(sound)), strict=True))
    wanted = {
        (work.kind, work.custom_id): (this.seen.contact_of(work).id, this.ids[place])
        for place, work in sound.items()
        if work.custom_id is not None
    }
    claims = await claim(this.connection, this.workspace_id, wanted)
    for place, work in sound.items():
        if work.custom_id is None or (work.kind, work.custom_id) in claims.fresh:
            continue
        known = claims.known.get((work.kind, work.custom_id))
        if known is None:
            this.outcomes[place] = RepetitionVanished()
        else:
            this.outcomes[place] = Occurred(contact_id=known[0], id=known[1], repeated=True)
    return claims


async def _define(this: _Round) -> None:
    events = {place: work for place, work in this.sound.items() if isinstance(work, EventWork)}
    if this.events.lacking & events.keys():
        this.definitions_changed = True
        this.outcomes |= await this.events.define(this.connection, events, this.now)


async def _refresh_products(this: _Round) -> None:
    """What product events say of their products."""
    places, refreshes = [], []
    for place, work in this.sound.items():
        if isinstance(work, ProductEventWork) and (work.patch.fields or work.patch.attributes):
            places.append(place)
            refreshes.append(Refresh(_product_id(this, work), work.patch, work.actor))
    if refreshes:
        done = await refresh_products(this.connection, refreshes, snapshot=this.events.snapshot, now=this.now)
        this.definitions_changed |= done.defined
        this.outcomes |= {places[number]: error for number, error in done.errors.items()}


def _occurrence(this: _Round, place: int, work: AnyWork) -> Occurrence:
    values: dict[str, object]
    match work:
        case EventWork():
            values = {"definition_id": this.events.definition_ids[place], "data": this.events.data[place]}
        case ProductEventWork():
            product_id = _product_id(this, work)
            values = {"product_id": product_id, "event_type": work.event_type, "custom_data": work.custom_data}
        case PageViewWork():
            values = dict(work.page)
    return Occurrence(
        work.kind, this.seen.contact_of(work).id, this.ids[place], work.happened_at or this.now, work.custom_id,
        work.actor, values,
    )  # fmt: skip


def _product_id(this: _Round, work: ProductEventWork) -> int:
    found = this.seen.product_of(work)
    assert found is not None, "products that were missing have been made"
    return found
