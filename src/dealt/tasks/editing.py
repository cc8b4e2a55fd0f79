"""Creating, updating and deleting tasks, each in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dealt.accounts import MEMBERS, Actor, Definitions, Snapshot
from dealt.attributes import merge_values, type_values
from dealt.companies import find_company_ids
from dealt.contacts import find_contacts
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput
from dealt.kernel.journal import difference, encode
from dealt.people import forget_named
from dealt.tasks import queries
from dealt.tasks.following import count_open, follow
from dealt.tasks.holding import hold_deal, hold_task
from dealt.tasks.model import BLANK, NOBODY, CustomIdTaken, ReferenceNotFound, TaskPatch, Written
from dealt.tasks.naming import remember_owner, resolve_names

_BY_CLIENT = frozenset(BLANK) - {"created_by", "done_at", "attributes"}


async def create_task(
    connection: Connection, actor: Actor, patch: TaskPatch, definitions: Definitions, *, now: datetime
) -> Written:
    """A new task, with its deal's contact where it has a deal.

    Raises InvalidInput (without a name or due date, and CustomIdTaken) and ReferenceNotFound.
    """
    missing = [name for name, column in (("name", "name"), ("due_date", "due_at")) if not patch.fields.get(column)]
    if missing:
        raise InvalidInput({name: ["This field is required."] for name in missing})
    workspace_id = actor.workspace_id
    snapshot = await definitions.for_writing(connection, workspace_id)
    patch = await resolve_names(connection, workspace_id, patch)
    deal_id = patch.fields.get("deal_id")
    deals = {} if deal_id is None else {deal_id: await hold_deal(connection, workspace_id, deal_id)}
    task_id = int(await connection.fetchval(queries.NEXT_ID))
    if patch.fields.get("custom_id"):
        await claim(connection, workspace_id, patch.fields["custom_id"], task_id)
    before = BLANK | {"contact_id": NOBODY, "created_by": _member(actor)}
    after, defined = await _after(connection, actor, before, patch, deals, snapshot, now)
    await connection.execute(queries.INSERT_ID, workspace_id, task_id, after["contact_id"])
    await connection.execute(queries.INSERT, workspace_id, after["contact_id"], task_id, 1, now, now, *_values(after))
    await remember_owner(connection, workspace_id, task_id, patch.fields.get("contact_id"), after["contact_id"])
    await count_open(connection, deals)
    await follow(connection, actor, task_id, "task.created", None, after, now)
    return Written(task_id, changed=True, defined=defined)


async def update_task(
    connection: Connection, actor: Actor, task_id: int, patch: TaskPatch, definitions: Definitions, *, now: datetime
) -> Written:
    """Change what ``patch`` names and nothing else; where that changes nothing, nothing is written.

    Raises NotFound, InvalidInput (CustomIdTaken among them), ReferenceNotFound and TaskMoved.
    """
    workspace_id = actor.workspace_id
    snapshot = await definitions.for_writing(connection, workspace_id)
    patch = await resolve_names(connection, workspace_id, patch)
    held = await hold_task(connection, workspace_id, task_id, patch.fields.get("deal_id"))
    before = held.row
    after, defined = await _after(connection, actor, before, patch, held.deals, snapshot, now)
    if not difference({name: before[name] for name in after}, after):
        return Written(task_id, changed=False, defined=defined)
    await rename(connection, workspace_id, task_id, before["custom_id"], after["custom_id"])
    source, target = before["contact_id"], after["contact_id"]
    values = (target, task_id, before["version"] + 1, before["created_at"], now, *_values(after))
    if source == target:
        await connection.execute(queries.UPDATE, workspace_id, *values)
    else:
        await connection.execute(queries.DELETE, workspace_id, source, task_id)
        await connection.execute(queries.INSERT, workspace_id, *values)
        await connection.execute(queries.MOVE_IDS, workspace_id, [task_id], target)
        await connection.execute(queries.MOVE_HISTORY, target, source, [task_id])
        await forget_named(connection, workspace_id, "tasks", [(source, task_id)])
    await remember_owner(connection, workspace_id, task_id, patch.fields.get("contact_id"), target)
    await count_open(connection, held.deals)
    kind = "task.completed" if after["done"] and not before["done"] else "task.updated"
    await follow(connection, actor, task_id, kind, before, after, now)
    return Written(task_id, changed=True, defined=defined)


async def complete_task(
    connection: Connection, actor: Actor, task_id: int, definitions: Definitions, *, now: datetime
) -> Written:
    """Mark a task as done; one that is done stays as it is. Raises NotFound, TaskMoved."""
    return await update_task(connection, actor, task_id, TaskPatch({"done": True}), definitions, now=now)


async def reopen_task(
    connection: Connection, actor: Actor, task_id: int, definitions: Definitions, *, now: datetime
) -> Written:
    """Mark a task as not done. Raises NotFound, TaskMoved."""
    return await update_task(connection, actor, task_id, TaskPatch({"done": False}), definitions, now=now)


async def _after(
    connection: Connection,
    actor: Actor,
    before: Mapping[str, Any],
    patch: TaskPatch,
    deals: Mapping[int, int],
    snapshot: Snapshot,
    now: datetime,
) -> tuple[dict[str, Any], bool]:
    """Every column that a write decides as it is to be, with the contact; and whether definitions changed."""
    _check(patch, snapshot)
    await _check_company(connection, actor.workspace_id, patch)
    after = {name: before[name] for name in (*BLANK, "contact_id")}
    after |= {name: value for name, value in patch.fields.items() if name in _BY_CLIENT}
    after["contact_id"] = await _contact(connection, actor.workspace_id, before, after["deal_id"], patch, deals)
    if after["done"] != before["done"]:
        after["done_at"] = now if after["done"] else None
    typed = await type_values(connection, snapshot, "task", patch.attributes, actor=actor.name, now=now)
    after["attributes"] = merge_values(before["attributes"], typed.values)
    return after, typed.defined


async def _contact(
    connection: Connection,
    workspace_id: int,
    before: Mapping[str, Any],
    deal_id: int | None,
    patch: TaskPatch,
    deals: Mapping[int, int],
) -> int:
    """With whom the task is to live: its deal's contact, else the one it names, else where it was."""
    wanted = patch.fields.get("contact_id")
    if wanted is not None:
        found = await find_contacts(connection, workspace_id, ids=[wanted])
        if wanted not in found.by_id:
            raise ReferenceNotFound("contact", wanted)
        wanted = found.by_id[wanted].id
    if deal_id is not None and deal_id in deals:
        if wanted not in (None, deals[deal_id]):
            raise InvalidInput.of("user_id", "The deal belongs to another contact; a task lives with its deal's.")
        return deals[deal_id]
    if "contact_id" in patch.fields:
        return wanted or NOBODY
    return int(before["contact_id"])


async def _check_company(connection: Connection, workspace_id: int, patch: TaskPatch) -> None:
    company_id = patch.fields.get("company_id")
    if company_id is not None:
        found = await find_company_ids(connection, workspace_id, ids=[company_id])
        if company_id not in found.by_id:
            raise ReferenceNotFound("company", company_id)


def _check(patch: TaskPatch, snapshot: Snapshot) -> None:
    member = patch.fields.get("assigned_to")
    if member is not None and member not in snapshot.part(MEMBERS):
        raise InvalidInput.of("assigned_to", f"There is no member {member}.")
    if "due_at" in patch.fields and patch.fields["due_at"] is None:
        raise InvalidInput.of("due_date", "A task needs its due date.")


async def rename(connection: Connection, workspace_id: int, task_id: int, old: str | None, new: str | None) -> None:
    if old == new:
        return
    if new is not None:
        await claim(connection, workspace_id, new, task_id)
    if old is not None:
        await connection.execute(queries.RELEASE_CUSTOM_ID, workspace_id, old, task_id)


async def claim(connection: Connection, workspace_id: int, custom_id: str, task_id: int) -> None:
    if await connection.fetchval(queries.CLAIM_CUSTOM_ID, workspace_id, custom_id, task_id) is None:
        raise CustomIdTaken(custom_id)


def _member(actor: Actor) -> int | None:
    kind, _, number = actor.name.partition(":")
    return int(number) if kind == "member" else None


def _values(after: Mapping[str, Any]) -> list[Any]:
    return [encode(after[name]) if name == "attributes" else after[name] for name in BLANK]
