"""What a patch refers to, looked up or made inside the transaction that needs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dealt.accounts import MEMBERS, Actor, Snapshot
from dealt.attributes import ATTRIBUTES, name_std, type_values
from dealt.companies import find_company_ids
from dealt.contacts.errors import CompanyNotFound
from dealt.contacts.model import ContactPatch
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput
from dealt.tags import TagChange, change_tags


@dataclass(frozen=True, slots=True)
class Resolved:
    """A patch's typed attributes (None clears), what becomes of the tags, and companies to join."""

    attributes: dict[str, Any]
    tags: TagChange
    company_ids: set[int]
    defined: bool


async def resolve(
    connection: Connection, actor: Actor, patch: ContactPatch, snapshot: Snapshot, now: datetime
) -> Resolved:
    """Look up what ``patch`` names; unknown attributes and tags are made.

    Comes after the directory row and before the contact's own, so that all writers wait in one order.
    Raises InvalidInput, CompanyNotFound.
    """
    check_member(patch, snapshot.part(MEMBERS))
    company_ids = await _companies(connection, actor.workspace_id, patch)
    raw = asked_attributes(patch, snapshot)
    typed = await type_values(connection, snapshot, "contact", raw, actor=actor.name, now=now)
    tags = await change_tags(
        connection, snapshot, None, patch.tags, patch.remove_tags, actor=actor.name, now=now
    )  # fmt: skip
    return Resolved(typed.values, tags, company_ids, typed.defined or tags.defined)


def check_member(patch: ContactPatch, members: Mapping[int, str]) -> None:
    """Raise InvalidInput for a member that the workspace does not have."""
    member = patch.fields.get("assigned_to")
    if member is not None and member not in members:
        raise InvalidInput.of("assigned_to", f"There is no member {member}.")


def asked_attributes(patch: ContactPatch, snapshot: Snapshot) -> Mapping[str, Any]:
    """The raw attributes that a patch asks for: of an answer that is sent back, without those that are computed."""
    if not patch.is_answer:
        return patch.attributes
    known = snapshot.part(ATTRIBUTES).of("contact")
    computed = {name for name, attribute in known.items() if attribute.aggregator_id is not None}
    return {name: value for name, value in patch.attributes.items() if name_std(name) not in computed}


async def _companies(connection: Connection, workspace_id: int, patch: ContactPatch) -> set[int]:
    ids = [] if patch.company_id is None else [patch.company_id]
    custom_ids = [] if patch.company_custom_id is None else [patch.company_custom_id]
    if not ids and not custom_ids:
        return set()
    found = await find_company_ids(connection, workspace_id, ids=ids, custom_ids=custom_ids)
    for company_id in ids:
        if company_id not in found.by_id:
            raise CompanyNotFound(f"the id {company_id}")
    for custom_id in custom_ids:
        if custom_id not in found.by_custom_id:
            raise CompanyNotFound(f"the custom_id {custom_id}")
    return {*ids, *(found.by_custom_id[custom_id].id for custom_id in custom_ids)}
