"""What routes of one object share: which one the path names, and a write of it with the definitions around it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Protocol, TypeVar

import msgspec

from dealt.accounts import Actor, Snapshot
from dealt.kernel.db import Connection, in_transaction
from dealt.publicapi.call import Call
from dealt.publicapi.single_changes import Apply, Asked, Known


class Written(Protocol):
    """What a write did. ``defined``: attributes or tags were made, so that snapshots are to be forgotten."""

    @property
    def defined(self) -> bool: ...


W = TypeVar("W", bound=Written)
W_co = TypeVar("W_co", bound=Written, covariant=True)
P = TypeVar("P", bound=msgspec.Struct)
P_contra = TypeVar("P_contra", bound=msgspec.Struct, contravariant=True)
Find = Callable[[Connection, int, str], Awaitable[int]]
"""From a workspace and a custom id to the id of the object that has it. Raises NotFound."""


class Update(Protocol[P_contra, W_co]):
    """Changes the object of an id by a patch."""

    async def __call__(
        self,
        connection: Connection,
        actor: Actor,
        object_id: int,
        patch: P_contra,
        /,
        *,
        snapshot: Snapshot,
        now: datetime,
    ) -> W_co: ...


async def named(call: Call, connection: Connection, find: Find) -> int:
    """The id in the path, or the id of the object with the custom id in it. Raises NotFound."""
    if "id" in call.params:
        return call.id()
    return await find(connection, call.workspace_id, call.text())


async def written(call: Call, work: Callable[[Connection, Snapshot], Awaitable[W]]) -> tuple[W, Known]:
    """What ``work`` wrote in the one transaction of this request, and the definitions around it."""
    definitions, workspace_id = call.services.definitions, call.workspace_id

    async def attempt(connection: Connection) -> tuple[W, Known]:
        before = await definitions.for_writing(connection, workspace_id)
        done = await work(connection, before)
        after = await definitions.uncommitted(connection, workspace_id) if done.defined else before
        return done, Known(before, after)

    done, known = await in_transaction(call.services.pool, attempt)
    if done.defined:
        definitions.forget(workspace_id)
    return done, known


def updating(parse: Callable[[Mapping[str, Any]], P], find: Find, update: Update[P, Written]) -> Apply:
    """How the addresses that change one thing of an object change the object that the path names.

    Patches have ``add_tags`` and ``remove_tags``.
    """

    async def apply(call: Call, asked: Asked) -> Known:
        tags = {"add_tags": asked.add_tags, "remove_tags": asked.remove_tags}
        patch = msgspec.structs.replace(parse(asked.body), **tags)

        async def work(connection: Connection, snapshot: Snapshot) -> Written:
            object_id = await named(call, connection, find)
            return await update(connection, call.actor, object_id, patch, snapshot=snapshot, now=call.now)

        _, known = await written(call, work)
        return known

    return apply
