"""Joining contacts: everything of some goes to one, in one transaction, beside which no other write runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec

from dealt.accounts import Actor, await_writes
from dealt.freshness import hold_contacts
from dealt.kernel.db import Connection, Record
from dealt.kernel.errors import InvalidInput
from dealt.kernel.journal import Cause, Entry, encode, mark_stale, record
from dealt.people import queries
from dealt.people.errors import NoSuchContact
from dealt.people.folding import Image, Taken, changed, take
from dealt.people.model import Move
from dealt.people.movers import Mover

MOST_AT_ONCE = 500
"""Contacts in one merge: each holds a lock while it lasts."""
_SHOWN_AS = {"tag_ids": "tags"}


async def merge(
    connection: Connection,
    movers: Sequence[Mover],
    actor: Actor,
    parent_id: int,
    users: Iterable[int],
    *,
    now: datetime,
) -> list[int]:
    """Merge ``users`` (contacts or guests) into a contact; the ids of those that were not merged into it before.

    Raises InvalidInput, and NoSuchContact for the parent or one of the others.
    """
    wanted = sorted(set(users))
    if parent_id in wanted:
        raise InvalidInput.of("users_list", "A contact cannot be merged into itself.")
    if not 0 < len(wanted) <= MOST_AT_ONCE:
        raise InvalidInput.of("users_list", f"Name 1 to {MOST_AT_ONCE} contacts to merge.")
    actor = replace(actor, cause=Cause.MERGE)
    rows = await _hold(connection, actor.workspace_id, [parent_id, *wanted])
    parent, sources = _checked(rows, parent_id, wanted)
    if not sources:
        return []
    ids = [row["id"] for row in sources]
    hidden = frozenset(row["id"] for row in sources if row["placeholder"])
    move = Move(connection, actor, ids, parent_id, hidden, now)
    await _join_names(move)
    for mover in movers:
        await mover.merge(move)
    await _remember(move, parent, sources)
    await mark_stale(
        connection, actor.workspace_id, [parent_id, *ids], now, lane=actor.lane, cause=actor.cause, hop=actor.hop
    )
    return ids


async def _hold(connection: Connection, workspace_id: int, ids: Sequence[int]) -> dict[int, Record]:
    """The contacts, when every write that knows one of them has ended, and no other can begin."""
    await await_writes(connection, workspace_id)
    await hold_contacts(connection, ids)
    rows = await connection.fetch(queries.HOLD, workspace_id, ids)
    return {row["id"]: row for row in rows}


def _checked(rows: dict[int, Record], parent_id: int, wanted: Sequence[int]) -> tuple[Record, list[Record]]:
    """The parent, and those that are to be merged; who is merged into it already is passed over."""
    parent = rows.get(parent_id)
    if parent is None or parent["placeholder"]:
        raise NoSuchContact(parent_id)
    sources = []
    for contact_id in wanted:
        row = rows.get(contact_id)
        if row is None or row["deleted_at"] is not None:
            raise NoSuchContact(contact_id)
        if not row["merged_into"]:
            sources.append(row)
        elif row["merged_into"] != [parent_id]:
            raise NoSuchContact(contact_id)
    return parent, sources


async def _join_names(move: Move) -> None:
    """From now on every name of the sources means the target, and they are seen no more."""
    for table in queries.NAME_TABLES:
        await move.connection.execute(
            queries.TAKE_NAMES.format(table=table), move.workspace_id, list(move.sources), move.target
        )


async def _remember(move: Move, parent: Record, sources: Sequence[Record]) -> None:
    """Give the parent what it lacks, and write down what the merge did."""
    connection, workspace_id = move.connection, move.workspace_id
    carried = await _carried(move)
    moved = await _counts(move)
    before: Image = msgspec.json.decode(parent["image"])
    after = dict(before)
    merges: list[dict[str, Any]] = []
    for row in sources:
        taken: Taken = take(after, msgspec.json.decode(row["image"]))
        merges.append({
            "former_id": row["id"],
            "was_placeholder": row["placeholder"],
            "carried": carried[row["id"]],
            "taken": taken,
            "moved": moved[row["id"]],
        })  # fmt: skip
    everybody = [*move.sources, *(contact_id for ids in carried.values() for contact_id in ids)]
    await connection.execute(queries.JOIN, workspace_id, everybody, move.target)
    await connection.execute(queries.TOUCH, workspace_id, list(move.sources), move.now)
    await store_image(move, move.target, before, after)
    await connection.execute(
        queries.REMEMBER_MERGE, workspace_id, move.target, encode(merges), move.now, move.actor.name
    )
    changes = told(before, after) | {"merged": (None, list(move.sources))}
    await record(connection, workspace_id, [entry(move, "contact.merged", move.target, changes)], move.now)


async def _carried(move: Move) -> dict[int, list[int]]:
    """The contacts whose names lead through each source."""
    carried: dict[int, list[int]] = defaultdict(list)
    rows = await move.connection.fetch(queries.MERGES_IN_FORCE, move.workspace_id, list(move.sources))
    for row in rows:
        carried[row["contact_id"]] += [row["former_id"], *row["carried"]]
    return carried


async def _counts(move: Move) -> dict[int, dict[str, int]]:
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    rows = await move.connection.fetch(queries.COUNT_REMEMBERED, move.workspace_id, move.target, list(move.sources))
    for row in rows:
        counts[row["former_id"]][row["kind"]] = row["rows"]
    return counts


async def store_image(move: Move, contact_id: int, before: Image, after: Image) -> None:
    """Write what differs of a contact, and that it was touched."""
    names = changed(before, after)
    await move.connection.execute(
        queries.set_fields(names),
        move.workspace_id,
        contact_id,
        encode({name: after[name] for name in names}),
        move.now,
    )


def told(before: Image, after: Image) -> dict[str, tuple[Any, Any]]:
    """What the journal tells of a contact's change: fields, and attributes by name."""
    found: dict[str, tuple[Any, Any]] = {}
    for name in changed(before, after):
        if name == "attributes":
            was, now_is = before[name], after[name]
            found |= {
                key: (was.get(key), now_is.get(key)) for key in {**was, **now_is} if was.get(key) != now_is.get(key)
            }
        else:
            found[_SHOWN_AS.get(name, name)] = (before[name], after[name])
    return found


def entry(move: Move, kind: str, contact_id: int, changes: dict[str, tuple[Any, Any]]) -> Entry:
    """A journal entry about a contact of this move."""
    actor = move.actor
    return Entry(contact_id, kind, "contact", contact_id, actor.name, changes, int(actor.cause), actor.hop)
