"""Separating contacts again: what was the merged contact's goes back to it, as it is now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

import msgspec

from dealt.accounts import Actor, await_writes
from dealt.freshness import hold_contacts
from dealt.kernel.db import Connection, Record
from dealt.kernel.errors import InvalidInput
from dealt.kernel.journal import Cause, encode, mark_stale, record
from dealt.people import queries
from dealt.people.errors import MergedFurther, NotMerged
from dealt.people.folding import Image, Taken, give_back
from dealt.people.merging import entry, store_image, told
from dealt.people.model import Move
from dealt.people.movers import Mover

_taken = msgspec.json.Decoder(Taken)


async def unmerge(
    connection: Connection,
    movers: Sequence[Mover],
    actor: Actor,
    contact_id: int,
    users: Collection[int] | None = None,
    *,
    now: datetime,
) -> list[int]:
    """Undo the merge of a merged contact; or, of those that were merged into a contact, the merges of ``users``.

    Gives the ids of the contacts that are there again. Raises NotMerged, InvalidInput where it must be said whom, and
    MergedFurther where the parent has been merged into another contact since.
    """
    workspace_id = actor.workspace_id
    actor = replace(actor, cause=Cause.MERGE)
    await await_writes(connection, workspace_id)
    merges = await _wanted(connection, workspace_id, contact_id, users)
    parent_id = merges[0]["contact_id"]
    formers = [merge["former_id"] for merge in merges]
    await hold_contacts(connection, [parent_id, *formers])
    rows = {row["id"]: row for row in await connection.fetch(queries.HOLD, workspace_id, [parent_id, *formers])}
    if rows[parent_id]["merged_into"]:
        raise MergedFurther(parent_id, rows[parent_id]["merged_into"][-1])
    for merge in merges:
        await _undo(connection, movers, actor, merge, now)
    await mark_stale(
        connection, workspace_id, [parent_id, *formers], now, lane=actor.lane, cause=actor.cause, hop=actor.hop
    )
    return sorted(formers)


async def _wanted(
    connection: Connection, workspace_id: int, contact_id: int, users: Collection[int] | None
) -> list[Record]:
    """The merges to undo, the latest first."""
    if users is None:
        own = await connection.fetchrow(queries.MERGE_OF, workspace_id, contact_id)
        if own is not None:
            return [own]
    into = await connection.fetch(queries.MERGES_IN_FORCE, workspace_id, [contact_id])
    if not into:
        raise NotMerged(contact_id)
    if users is None:
        if len(into) > 1:
            raise InvalidInput.of(
                "users_list", f"{len(into)} contacts are merged into this one; name those to separate."
            )
        return list(into)
    found = {row["former_id"]: row for row in into}
    for user in users:
        if user not in found:
            raise NotMerged(user)
    return sorted((found[user] for user in set(users)), key=lambda row: int(row["id"]), reverse=True)


async def _undo(connection: Connection, movers: Sequence[Mover], actor: Actor, merge: Record, now: datetime) -> None:
    workspace_id, parent_id, former_id = actor.workspace_id, merge["contact_id"], merge["former_id"]
    rest = [
        row
        for row in await connection.fetch(queries.MERGES_IN_FORCE, workspace_id, [parent_id])
        if row["id"] != merge["id"]
    ]
    hidden = frozenset([former_id] if merge["was_placeholder"] else [])
    move = Move(connection, actor, [parent_id], former_id, hidden, now, True, [row["former_id"] for row in rest])
    for table in queries.NAME_TABLES:
        await connection.execute(queries.GIVE_NAMES_BACK.format(table=table), workspace_id, parent_id, former_id)
    for mover in movers:
        await mover.unmerge(move)
    everybody = [former_id, *merge["carried"]]
    await connection.execute(queries.SEPARATE, workspace_id, everybody, former_id, merge["was_placeholder"])
    await connection.execute(queries.TOUCH, workspace_id, [former_id], now)
    await connection.execute(queries.END_MERGE, workspace_id, parent_id, merge["id"], now, actor.name)
    await _restore(move, merge, rest)


async def _restore(move: Move, merge: Record, rest: Sequence[Record]) -> None:
    """Take from the parent what it had of the merged contact, as far as nobody edited it since."""
    connection, workspace_id, [parent_id] = move.connection, move.workspace_id, move.sources
    wanted = [parent_id, *(row["former_id"] for row in rest)]
    rows = await connection.fetch(queries.IMAGES, workspace_id, wanted)
    images: dict[int, Image] = {row["id"]: msgspec.json.decode(row["image"]) for row in rows}
    # By id: of those who could fill a gap, the lowest does.
    others = sorted(rest, key=lambda row: int(row["former_id"]))
    taken = {row["id"]: _taken.decode(row["taken"]) for row in others}
    before, after = images[parent_id], dict(images[parent_id])
    own = _taken.decode(merge["taken"])
    give_back(after, own, [(images[row["former_id"]], taken[row["id"]]) for row in others])
    await store_image(move, parent_id, before, after)
    # Views that came by a name of the merged contact went back with it, whenever they came.
    await connection.execute(queries.COUNT_VIEWS, workspace_id, [parent_id, move.target])
    if taken:
        values = [{"id": number, "taken": value} for number, value in taken.items()]
        await connection.execute(queries.SET_TAKEN, workspace_id, parent_id, encode(values))
    changes = told(before, after) | {"merged": ([move.target], None)}
    entries = [
        entry(move, "contact.unmerged", parent_id, changes),
        entry(move, "contact.unmerged", move.target, {"merged_into": (parent_id, None)}),
    ]
    await record(connection, workspace_id, entries, move.now)
