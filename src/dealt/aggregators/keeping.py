"""Making, changing and removing aggregators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from dealt.accounts import Actor
from dealt.aggregators import queries
from dealt.aggregators.figures import read_figure
from dealt.aggregators.model import KIND, MOST_AGGREGATORS, Aggregator
from dealt.attributes import define_computed, delete_computed, retype_computed
from dealt.deletions import Deletion, begin, keep, put_back
from dealt.freshness import Definition, Derived, check_acyclic, definitions_changed
from dealt.kernel.db import Connection
from dealt.kernel.errors import Conflict, InvalidInput, NotFound
from dealt.kernel.ids import next_settings_id
from dealt.kernel.journal import SETTINGS, Entry, difference, encode, record
from dealt.kernel.paging import Order, Page, PageRequest, fetch_page
from dealt.kernel.sql import sql
from dealt.predicates import by_ids


async def page_of_aggregators(connection: Connection, workspace_id: int, request: PageRequest) -> Page:
    """One page of the aggregators, by id."""
    where = [sql("workspace_id = {}", workspace_id), sql("deleted_at IS NULL")]
    return await fetch_page(connection, queries.COLUMNS, "aggregators", where, Order("id"), request)


async def read_aggregator(connection: Connection, workspace_id: int, aggregator_id: int) -> Aggregator:
    """One aggregator. Raises NotFound."""
    row = await connection.fetchrow(queries.READ, workspace_id, aggregator_id)
    if row is None:
        raise NotFound
    return Aggregator.of(row)


async def create_aggregator(
    connection: Connection, derived: Derived, actor: Actor, wanted: Aggregator, *, now: datetime
) -> Aggregator:
    """Save a new aggregator and have every value computed.

    Raises InvalidInput for what makes no sense and for an attribute that is there already, Conflict without room.
    """
    workspace_id = actor.workspace_id
    version = await definitions_changed(connection, workspace_id, now)
    if await connection.fetchval(queries.COUNT, workspace_id) >= MOST_AGGREGATORS:
        raise Conflict(f"A workspace has at most {MOST_AGGREGATORS} aggregators. Delete one first.")
    checked = await _checked(connection, derived, workspace_id, wanted)
    aggregator_id = await next_settings_id(connection, workspace_id, KIND)
    await define_computed(
        connection, workspace_id, aggregator_id, checked.subject, name=checked.target, value_type=checked.value_type,
        description=checked.description, now=now,
    )  # fmt: skip
    await connection.execute(queries.INSERT, workspace_id, aggregator_id, version, now, *_values(checked))
    await _check_circles(connection, derived, workspace_id)
    made = await read_aggregator(connection, workspace_id, aggregator_id)
    await _record(connection, actor, "created", made, {}, now)
    return made


async def update_aggregator(
    connection: Connection, derived: Derived, actor: Actor, before: Aggregator, wanted: Aggregator, *, now: datetime
) -> Aggregator:
    """Change an aggregator, and try it again if it was put aside. Raises InvalidInput, also for a circle."""
    workspace_id = actor.workspace_id
    version = await definitions_changed(connection, workspace_id, now)
    checked = await _checked(connection, derived, workspace_id, wanted)
    await connection.execute(queries.UPDATE, workspace_id, before.id, version, now, *_values(checked))
    await retype_computed(connection, workspace_id, before.id, checked.value_type, checked.description)
    await _check_circles(connection, derived, workspace_id)
    changed = await read_aggregator(connection, workspace_id, before.id)
    await _record(connection, actor, "updated", changed, before.told, now)
    return changed


async def delete_aggregator(
    connection: Connection, derived: Derived, actor: Actor, aggregator_id: int, *, now: datetime, final: bool = False
) -> int | None:
    """Remove an aggregator, its attribute and every value; by which deletion it comes back, unless that is ``final``.

    Raises NotFound, Conflict where it is used.
    """
    workspace_id = actor.workspace_id
    version = await definitions_changed(connection, workspace_id, now)
    before = await read_aggregator(connection, workspace_id, aggregator_id)
    plan = await derived.uncommitted(connection, workspace_id)
    _refuse_used(plan.definitions, f"{KIND}:{aggregator_id}")
    by = "" if final else actor.name
    kept = await begin(connection, workspace_id, by, KIND, aggregator_id, before.name, now)
    await keep(connection, workspace_id, kept, "aggregators", "t.id = $3", aggregator_id)
    await keep(connection, workspace_id, kept, "attributes", "t.aggregator_id = $3", aggregator_id)
    await connection.execute(queries.DELETE, workspace_id, aggregator_id, now, version)
    await delete_computed(connection, workspace_id, aggregator_id)
    entry = Entry(SETTINGS, "aggregator.deleted", KIND, aggregator_id, actor.name, difference(before.told, {}))
    await record(connection, workspace_id, [entry], now)
    return kept


async def restore_aggregator(
    connection: Connection, derived: Derived, actor: Actor, deletion: Deletion, *, now: datetime
) -> None:
    """Bring an aggregator back with its attribute, and have every value computed.

    Raises Conflict where the attribute's name is taken, it makes no sense any more, or there is no room.
    """
    workspace_id, aggregator_id = actor.workspace_id, deletion.object_id
    version = await definitions_changed(connection, workspace_id, now)
    if await connection.fetchval(queries.COUNT, workspace_id) >= MOST_AGGREGATORS:
        raise Conflict(f"A workspace has at most {MOST_AGGREGATORS} aggregators. Delete one first.")
    # Its row may wait to be removed still.
    await connection.execute(queries.FORGET_ONE, workspace_id, aggregator_id)
    changes = "jsonb_build_object('version', $3::bigint)"
    await put_back(connection, workspace_id, deletion, "aggregators", version, changes=changes)
    back = await read_aggregator(connection, workspace_id, aggregator_id)
    came, kept = await put_back(connection, workspace_id, deletion, "attributes")
    if came < kept:
        raise Conflict(f'There is another attribute "{back.target}" now. Rename or delete that first.')
    try:
        await _checked(connection, derived, workspace_id, back)
        await _check_circles(connection, derived, workspace_id)
    except InvalidInput as error:
        raise Conflict(f"It makes no sense any more: {error.detail}") from None
    told = difference({}, back.told | {"restored": True})
    entry = Entry(SETTINGS, "aggregator.created", KIND, aggregator_id, actor.name, told)
    await record(connection, workspace_id, [entry], now)


async def _checked(connection: Connection, derived: Derived, workspace_id: int, wanted: Aggregator) -> Aggregator:
    plan = await derived.uncommitted(connection, workspace_id)
    figure = read_figure(wanted, plan.vocabulary)
    return replace(wanted, value_type=figure.value_type, filter=by_ids(wanted.filter, figure.filtered))


async def _check_circles(connection: Connection, derived: Derived, workspace_id: int) -> None:
    """As the definitions now stand in this transaction."""
    check_acyclic((await derived.uncommitted(connection, workspace_id)).definitions)


def _refuse_used(definitions: Sequence[Definition], reference: str) -> None:
    users = [f'{one.kind} "{one.name}"' for one in definitions if reference in one.follows]
    if users:
        raise Conflict(f"This is used by {', '.join(users[:5])}; change or delete that first.")


def _values(one: Aggregator) -> tuple[object, ...]:
    return (
        one.name, one.description, one.source, one.function, one.field, one.by, one.last_n, one.net_of_returns,
        encode(one.filter), encode(one.window), one.target, one.value_type, one.subject,
    )  # fmt: skip


async def _record(
    connection: Connection, actor: Actor, done: str, one: Aggregator, before: dict[str, object], now: datetime
) -> None:
    changes = difference(before, one.told)
    if changes:
        entry = Entry(SETTINGS, f"aggregator.{done}", KIND, one.id, actor.name, changes)
        await record(connection, actor.workspace_id, [entry], now)
