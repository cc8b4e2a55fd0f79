"""Whom and what a task is about, where a request names it by another name than its id."""

from __future__ import annotations

from dealt.companies import find_company_ids
from dealt.contacts import ContactRef, find_contacts
from dealt.kernel.db import Connection
from dealt.people import remember_named
from dealt.tasks import queries
from dealt.tasks.model import ReferenceNotFound, TaskPatch

NAMES = {
    "contact_id": ("user_custom_id", "user_key"),
    "company_id": ("company_custom_id",),
    "deal_id": ("deal_custom_id",),
}
"""The other names of each reference, the first that is given wins."""


async def resolve_names(connection: Connection, workspace_id: int, patch: TaskPatch) -> TaskPatch:
    """The patch with ids in place of names; an id that is given too counts, and null clears. Raises ReferenceNotFound.

    A name of something that does not exist, or not any more, is an error as an unknown id is.
    """
    fields = dict(patch.fields)
    for column, names in NAMES.items():
        given = [(name, patch.named[name]) for name in names if name in patch.named]
        if fields.get(column) is not None or not given:
            continue
        name, wanted = next(((name, value) for name, value in given if value is not None), (None, None))
        fields[column] = None if name is None else await _id(connection, workspace_id, name, wanted or "", own=True)
    return TaskPatch(fields, patch.attributes)


async def remember_owner(
    connection: Connection, workspace_id: int, task_id: int, wanted: int | None, contact_id: int
) -> None:
    """Whose a task is, where a name of a contact that was merged into its contact brought it."""
    if wanted is not None and wanted != contact_id:
        found = (await find_contacts(connection, workspace_id, ids=[wanted])).by_id.get(wanted)
        if found is not None and found.id == contact_id:
            await remember_named(connection, workspace_id, "tasks", [(task_id, found.path)])


async def id_named(connection: Connection, workspace_id: int, name: str, wanted: str) -> int:
    """The id of what ``name``, one of those in ``NAMES``, stands for. Raises ReferenceNotFound."""
    return await _id(connection, workspace_id, name, wanted)


async def _id(connection: Connection, workspace_id: int, name: str, wanted: str, *, own: bool = False) -> int:
    """The same; with ``own`` the id of a merged contact itself, by which it is known whose name was used."""
    found: int | None = None
    if name == "user_custom_id":
        ref = (await find_contacts(connection, workspace_id, custom_ids=[wanted])).by_custom_id.get(wanted)
        found = _own(ref, own)
    elif name == "user_key":
        ref = (await find_contacts(connection, workspace_id, keys=[wanted])).by_key.get(wanted)
        found = _own(ref, own)
    elif name == "company_custom_id":
        company = (await find_company_ids(connection, workspace_id, custom_ids=[wanted])).by_custom_id.get(wanted)
        found = company.id if company else None
    else:
        found = await connection.fetchval(queries.WHICH_DEAL_IS, workspace_id, wanted)
    if found is None:
        what, _, called = name.partition("_")
        raise ReferenceNotFound("contact" if what == "user" else what, wanted, called)
    return found


def _own(ref: ContactRef | None, own: bool) -> int | None:
    if ref is None:
        return None
    return ref.path[0] if own and ref.path else ref.id
