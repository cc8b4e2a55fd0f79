"""Making, changing and removing RFMs, each with its aggregators, attributes and segments, all at once or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from dealt.accounts import Actor, settings_changed
from dealt.aggregators import (
    Aggregator,
    create_aggregator,
    delete_aggregator,
    read_aggregator,
    update_aggregator,
    watch,
)
from dealt.attributes import define_computed, delete_computed
from dealt.freshness import Derived, definitions_changed
from dealt.kernel.db import Connection
from dealt.kernel.errors import Conflict, InvalidInput, NotFound
from dealt.kernel.ids import next_settings_id
from dealt.kernel.jobs import enqueue
from dealt.kernel.journal import SETTINGS, Entry, difference, encode, record
from dealt.rfm import queries
from dealt.rfm.deriving import LABELS
from dealt.rfm.figures import aggregators_of, check_words
from dealt.rfm.grouping import create_segments, delete_segments, rename_segments
from dealt.rfm.indexing import DROP_RFM
from dealt.rfm.model import KIND, MOST_SETUPS, SCORED, Rfm
from dealt.rfm.refreshing import plan_night, refresh_now
from dealt.rfm.schemas import read_changes


@dataclass(frozen=True, slots=True)
class Keeper:
    """Who changes RFMs, when, and by which definitions."""

    derived: Derived
    actor: Actor
    now: datetime

    @property
    def workspace_id(self) -> int:
        return self.actor.workspace_id


async def read_rfm(connection: Connection, workspace_id: int, rfm_id: int) -> Rfm:
    """One, with the edges in force. Raises NotFound."""
    row = await connection.fetchrow(queries.READ, workspace_id, rfm_id)
    if row is None:
        raise NotFound
    return Rfm.of(row)


async def create_rfm(connection: Connection, keeper: Keeper, wanted: Rfm) -> Rfm:
    """Three aggregators, four attributes and a segment for each group; edges follow in the background.

    Raises InvalidInput for what makes no sense and for attributes and segments that are there already, Conflict without
    room.
    """
    workspace_id = keeper.workspace_id
    version = await definitions_changed(connection, workspace_id, keeper.now)
    if await connection.fetchval(queries.COUNT, workspace_id) >= MOST_SETUPS:
        raise Conflict(f"A workspace has at most {MOST_SETUPS} RFMs. Delete one first.")
    check_words((await keeper.derived.uncommitted(connection, workspace_id)).vocabulary, wanted)
    try:
        aggregator_ids = [
            (await create_aggregator(connection, keeper.derived, keeper.actor, one, now=keeper.now)).id
            for one in aggregators_of(wanted)
        ]
        attribute_ids = [await _define(connection, keeper, wanted, name) for name in SCORED]
    except InvalidInput as error:
        raise _renamed(error) from None
    rfm_id = await next_settings_id(connection, workspace_id, KIND)
    key = (workspace_id, rfm_id, version, keeper.now, wanted.name, wanted.description, wanted.key)
    await connection.execute(queries.INSERT, *key, *_values(wanted), aggregator_ids, attribute_ids)
    await watch(connection, workspace_id, aggregator_ids, rfm_id)
    segment_ids = await create_segments(connection, keeper, wanted)
    await connection.execute(queries.GROUPED, workspace_id, rfm_id, segment_ids)
    await _record(connection, keeper, "created", rfm_id, {}, wanted.told)
    return await _begin(connection, keeper, rfm_id)


async def update_rfm(connection: Connection, keeper: Keeper, rfm_id: int, body: Mapping[str, Any]) -> Rfm:
    """Change what ``body`` names, and the aggregators with it; other edges follow.

    Raises NotFound, and InvalidInput for what makes no sense, for a circle and for names of segments that are taken.
    """
    workspace_id = keeper.workspace_id
    # Holds the workspace's row, so that two changes never overlook each other.
    await settings_changed(connection, workspace_id)
    before = await read_rfm(connection, workspace_id, rfm_id)
    wanted = read_changes(body, before)
    check_words((await keeper.derived.uncommitted(connection, workspace_id)).vocabulary, wanted)
    for aggregator_id, one in zip(before.aggregator_ids, aggregators_of(wanted), strict=True):
        found = await read_aggregator(connection, workspace_id, aggregator_id)
        # One that was put aside is tried again.
        if found.error or replace(one, value_type=found.value_type).told != found.told:
            await update_aggregator(connection, keeper.derived, keeper.actor, found, one, now=keeper.now)
    values = (wanted.name, wanted.description, *_values(wanted))
    await connection.execute(queries.UPDATE, workspace_id, before.id, keeper.now, *values)
    if wanted.name != before.name:
        await rename_segments(connection, keeper, before, wanted.name)
    await _record(connection, keeper, "updated", before.id, before.told, wanted.told)
    return await _begin(connection, keeper, before.id)


async def delete_rfm(connection: Connection, keeper: Keeper, rfm_id: int) -> None:
    """Remove one with all that was made for it. Raises NotFound, Conflict where something else speaks of it."""
    workspace_id = keeper.workspace_id
    await definitions_changed(connection, workspace_id, keeper.now)
    before = await read_rfm(connection, workspace_id, rfm_id)
    await delete_segments(connection, keeper, before.segment_ids)
    await _refuse_used(connection, keeper, rfm_id)
    for forget in (queries.DELETE_CUTS, queries.FORGET_CELLS, queries.FORGET_COUNT, queries.FORGET_CHANGES):
        await connection.execute(forget, workspace_id, rfm_id)
    await enqueue(connection, workspace_id, DROP_RFM, {"rfm": rfm_id}, now=keeper.now)
    await connection.execute(queries.DELETE, workspace_id, rfm_id)
    for attribute_id in before.attribute_ids:
        await delete_computed(connection, workspace_id, attribute_id)
    for aggregator_id in before.aggregator_ids:
        await delete_aggregator(connection, keeper.derived, keeper.actor, aggregator_id, now=keeper.now, final=True)
    await _record(connection, keeper, "deleted", rfm_id, before.told, {})


async def keep_figures(connection: Connection, workspace_id: int, before: Aggregator, wanted: Aggregator) -> None:
    """Raise Conflict where an aggregator that an RFM made would compute something else: scores would be of that."""
    named = {"name", "description"}
    if not difference(before.told, wanted.told).keys() - named:
        return
    owner = await connection.fetchrow(queries.OWNER, workspace_id, before.id)
    if owner is not None:
        raise Conflict(f'The RFM "{owner["name"]}" computes its scores by this; change what counts there.')


async def _begin(connection: Connection, keeper: Keeper, rfm_id: int) -> Rfm:
    """Have the edges found, and every night from now on."""
    rfm = await read_rfm(connection, keeper.workspace_id, rfm_id)
    await refresh_now(connection, keeper.workspace_id, rfm, keeper.now)
    if rfm.next_refresh_at is None:
        await plan_night(connection, keeper.workspace_id, rfm, keeper.now)
    return await read_rfm(connection, keeper.workspace_id, rfm_id)


async def _define(connection: Connection, keeper: Keeper, wanted: Rfm, name: str) -> int:
    """The attribute of a score, with a number as aggregators have them, so that it is theirs to no one."""
    number = await next_settings_id(connection, keeper.workspace_id, "aggregator")
    described = f"The {LABELS[name]} of the RFM {wanted.name}."
    await define_computed(
        connection, keeper.workspace_id, number, "contact", name=wanted.attribute(name),
        value_type="string" if name == "group" else "integer", description=described, now=keeper.now,
    )  # fmt: skip
    return number


async def _refuse_used(connection: Connection, keeper: Keeper, rfm_id: int) -> None:
    plan = await keeper.derived.uncommitted(connection, keeper.workspace_id)
    users = [f'{one.kind} "{one.name}"' for one in plan.definitions if f"{KIND}:{rfm_id}" in one.follows]
    if users:
        raise Conflict(f"This is used by {', '.join(users[:5])}; change or delete that first.")


def _renamed(error: InvalidInput) -> InvalidInput:
    """What aggregators call their target is the key here."""
    fields = {"key" if name == "target" else name: said for name, said in error.fields.items()}
    return InvalidInput(fields)


def _values(one: Rfm) -> Sequence[object]:
    thresholds = None if one.thresholds is None else encode(one.told["thresholds"])
    return encode(one.filter), encode(one.window), one.net_of_returns, thresholds


async def _record(
    connection: Connection, keeper: Keeper, done: str, rfm_id: int, before: dict[str, object], after: dict[str, object]
) -> None:
    if changes := difference(before, after):
        entry = Entry(SETTINGS, f"rfm.{done}", KIND, rfm_id, keeper.actor.name, changes)
        await record(connection, keeper.workspace_id, [entry], keeper.now)
