"""Making, changing and removing segments."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from msgspec import UNSET, UnsetType

from dealt.accounts import settings_changed
from dealt.deletions import Deletion, begin, keep, put_back
from dealt.freshness import Definition, Derived, Plan, check_acyclic, definitions_changed
from dealt.kernel.db import Connection
from dealt.kernel.errors import Conflict, InvalidInput, NotFound
from dealt.kernel.ids import next_settings_id
from dealt.kernel.journal import SETTINGS, Entry, difference, encode, record
from dealt.kernel.shown import shown
from dealt.predicates import Checked, by_ids, references
from dealt.segments import queries
from dealt.segments.filtering import PLACE, read_filter
from dealt.segments.looking import check_time
from dealt.segments.model import DYNAMIC, KIND, MOST_SEGMENTS, STATIC, TABLES, Content, Segment


@dataclass(frozen=True, slots=True)
class Keeper:
    """Who changes segments, when, and by which definitions."""

    derived: Derived
    workspace_id: int
    now: datetime
    actor: str = "system"


async def create_segment(
    connection: Connection, keeper: Keeper, *, name: str, subject: str, written: Any, description: str = "",
    tried: bool = False,
) -> Segment:  # fmt: skip
    """A new segment, whose members are found in the background. Names are unique among those of a subject.

    Everybody is looked at once before that, unless the filter is ``tried`` or known to be quick.

    Raises InvalidInput naming the place in the filter; Conflict where there are ``MOST_SEGMENTS``.
    """
    if not tried:
        await check_time(connection, keeper.derived, keeper.workspace_id, subject, written, keeper.now)
    version = await definitions_changed(connection, keeper.workspace_id, keeper.now)
    await _check_room(connection, keeper, subject, name)
    plan = await keeper.derived.uncommitted(connection, keeper.workspace_id)
    node = read_filter(written, subject, plan.vocabulary)
    made = Segment(0, name, description, subject, DYNAMIC, by_ids(written, node), version)
    return await _insert(connection, keeper, made)


async def snapshot_segment(
    connection: Connection, keeper: Keeper, segment_id: int, *, name: str, description: str = ""
) -> Segment:
    """A static segment with the members that a segment has now. Raises NotFound, InvalidInput, Conflict."""
    await settings_changed(connection, keeper.workspace_id)
    of = await read_segment(connection, keeper.workspace_id, segment_id)
    await _check_room(connection, keeper, of.subject, name)
    made = await _insert(connection, keeper, replace(of, name=name, description=description, kind=STATIC, version=0))
    await connection.execute(queries.copy(TABLES[of.subject]), keeper.workspace_id, of.id, made.id, keeper.now)
    return made


async def update_segment(
    connection: Connection,
    keeper: Keeper,
    segment_id: int,
    *,
    name: str | None = None,
    description: str | None = None,
    written: Any | UnsetType = UNSET,
) -> Segment:
    """Change what is given; ``written`` is the filter.

    Raises NotFound, and InvalidInput naming the place in the filter, or the members of a circle.
    """
    given = not isinstance(written, UnsetType)
    if given:
        before = await read_segment(connection, keeper.workspace_id, segment_id)
        await check_time(connection, keeper.derived, keeper.workspace_id, before.subject, written, keeper.now)
    # Either holds the workspace's row; only another filter has everybody looked at again.
    if given:
        version = await definitions_changed(connection, keeper.workspace_id, keeper.now)
    else:
        await settings_changed(connection, keeper.workspace_id)
    before = await read_segment(connection, keeper.workspace_id, segment_id)
    values = (name or before.name, before.description if description is None else description)
    if values[0] != before.name:
        await _check_name(connection, keeper, before.subject, values[0])
    if given:
        _refuse_static(before)
        plan = await keeper.derived.uncommitted(connection, keeper.workspace_id)
        node = check_change(plan, replace(before, name=values[0]), written)
        stored = encode(by_ids(written, node))
        arguments = (keeper.workspace_id, segment_id, *values, keeper.now, stored, version)
        await connection.execute(queries.REFILTER, *arguments)
    else:
        await connection.execute(queries.RENAME, keeper.workspace_id, segment_id, *values, keeper.now)
    after = await read_segment(connection, keeper.workspace_id, segment_id)
    if changes := difference(before.told, after.told):
        await _record(connection, keeper, after, "updated", changes)
    return after


async def delete_segment(connection: Connection, keeper: Keeper, segment_id: int, *, final: bool = False) -> int | None:
    """Remove a segment; its members go in the background. By which deletion it comes back, unless that is ``final``.

    Raises NotFound, and Conflict naming what refers to it.
    """
    version = await definitions_changed(connection, keeper.workspace_id, keeper.now)
    before = await read_segment(connection, keeper.workspace_id, segment_id)
    plan = await keeper.derived.uncommitted(connection, keeper.workspace_id)
    using = [one for one in plan.definitions if f"{KIND}:{segment_id}" in one.follows]
    if using:
        named = ", ".join(f'{one.kind} "{one.name}"' for one in using[:10])
        raise Conflict(f"This segment is named by others: {named}. Change those first.")
    kept = None if final else await _keep(connection, keeper, before)
    await connection.execute(queries.DELETE, keeper.workspace_id, segment_id, keeper.now, version)
    await _record(connection, keeper, before, "deleted", difference(before.told, {}))
    return kept


async def restore_segment(connection: Connection, keeper: Keeper, deletion: Deletion) -> None:
    """Bring a segment back: its members are found anew, and those who belong still do so since they did.

    Raises Conflict where its name is taken, its filter makes no sense any more, or there is no room.
    """
    workspace_id, segment_id = keeper.workspace_id, deletion.object_id
    version = await definitions_changed(connection, workspace_id, keeper.now)
    # Its row may wait to be removed still.
    await connection.execute(queries.FORGET_ONE, workspace_id, segment_id)
    # Nobody is looked at for a static one.
    version_is = f"CASE WHEN r.image ->> 'kind' = '{STATIC}' THEN 0 ELSE $3::bigint END"
    changes = f"jsonb_build_object('version', {version_is}, 'computed_version', 0)"
    if (await put_back(connection, workspace_id, deletion, "segments", version, changes=changes))[0] == 0:
        raise Conflict(f"There is another segment {shown(deletion.name)} now. Rename that first.")
    back = await read_segment(connection, workspace_id, segment_id)
    if await connection.fetchval(queries.COUNT, workspace_id) > MOST_SEGMENTS:
        raise Conflict(f"A workspace has at most {MOST_SEGMENTS} segments. Delete one first.")
    if back.kind == DYNAMIC:
        try:
            check_change(await keeper.derived.uncommitted(connection, workspace_id), back, back.filter)
        except InvalidInput as error:
            raise Conflict(f"Its filter makes no sense any more: {error.detail}") from None
    of = TABLES[back.subject]
    await put_back(connection, workspace_id, deletion, of.members, place=of.place, condition=of.there)
    await _record(connection, keeper, back, "created", difference({}, back.told | {"restored": True}))


async def _keep(connection: Connection, keeper: Keeper, segment: Segment) -> int | None:
    """Its row and its members as they are."""
    tables, workspace_id = TABLES[segment.subject], keeper.workspace_id
    kept = await begin(connection, workspace_id, keeper.actor, KIND, segment.id, segment.name, keeper.now)
    await keep(connection, workspace_id, kept, "segments", "t.id = $3", segment.id)
    whose = f"t.{tables.place}" if tables.place else "0"
    await keep(connection, workspace_id, kept, tables.members, "t.segment_id = $3", segment.id, whose=whose)
    return kept


async def read_segment(connection: Connection, workspace_id: int, segment_id: int) -> Segment:
    """One segment. Raises NotFound."""
    row = await connection.fetchrow(queries.READ, workspace_id, segment_id)
    if row is None:
        raise NotFound
    return Segment.of(row)


def check_change(plan: Plan, segment: Segment, written: Any) -> Checked:
    """The filter that ``segment`` would have. Raises InvalidInput naming the place, or the members of a circle."""
    node = read_filter(written, segment.subject, plan.vocabulary)
    follows = frozenset(references(node))
    changed = Definition(KIND, segment.id, segment.name, plan.version, Content(segment, node), follows)
    others = [one for one in plan.definitions if one.reference != changed.reference]
    check_acyclic([*others, changed], PLACE)
    return node


def _refuse_static(segment: Segment) -> None:
    if segment.kind == STATIC:
        raise InvalidInput.of(PLACE, "This segment is static: its members are a copy that no filter changes.")


async def _check_room(connection: Connection, keeper: Keeper, subject: str, name: str) -> None:
    if await connection.fetchval(queries.COUNT, keeper.workspace_id) >= MOST_SEGMENTS:
        raise Conflict(f"A workspace has at most {MOST_SEGMENTS} segments. Delete one first.")
    await _check_name(connection, keeper, subject, name)


async def _check_name(connection: Connection, keeper: Keeper, subject: str, name: str) -> None:
    if await connection.fetchval(queries.NAMED, keeper.workspace_id, subject, name) is not None:
        raise InvalidInput.of("name", f"There is a segment {shown(name)} of this subject already.")


async def _insert(connection: Connection, keeper: Keeper, made: Segment) -> Segment:
    segment_id = await next_settings_id(connection, keeper.workspace_id, KIND)
    values = (made.name, made.description, made.subject, made.kind, encode(made.filter), made.version, keeper.now)
    await connection.execute(queries.INSERT, keeper.workspace_id, segment_id, *values)
    stored = await read_segment(connection, keeper.workspace_id, segment_id)
    await _record(connection, keeper, stored, "created", difference({}, stored.told))
    return stored


async def _record(
    connection: Connection, keeper: Keeper, segment: Segment, verb: str, changes: dict[str, tuple[Any, Any]]
) -> None:
    entry = Entry(SETTINGS, f"segment.{verb}", KIND, segment.id, keeper.actor, changes)
    await record(connection, keeper.workspace_id, [entry], keeper.now)
