"""What the works of a set refer to: looked up for all of them in one statement, then told to each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from dealt.accounts import MEMBERS, Snapshot, version_question
from dealt.companies import CompanyIds, companies_question
from dealt.contacts import Contacts, contacts_question
from dealt.deals.editing import Resolved
from dealt.deals.errors import CompanyNotFound, ContactNotFound
from dealt.deals.schemas import DealPatch, Ref
from dealt.kernel.db import Connection
from dealt.kernel.errors import DealtError, InvalidInput
from dealt.kernel.questions import Question, ask
from dealt.pipelines import PIPELINES, Pipelines
from dealt.products import (
    ProductFacts,
    ProductIds,
    facts_question,
    product_facts,
    release_products,
    reserve_products,
)

Sound = Sequence[tuple[DealPatch, Resolved]]


@dataclass(slots=True)
class Seen:
    """What one look at the database found for a set, and the version at which its definitions stand."""

    version: int
    contacts: Contacts
    companies: CompanyIds | None
    product_ids: dict[str, int]
    facts: dict[int, ProductFacts] = field(default_factory=dict)


async def look(
    connection: Connection, workspace_id: int, patches: Sequence[DealPatch | None], known: ProductIds
) -> Seen:
    """Look up everything that ``patches`` name, in one statement. Products that nothing ever named are left out."""
    wanted = [patch for patch in patches if patch is not None]
    named_ids, custom_ids = _products(wanted)
    product_ids = known.find(workspace_id, custom_ids)
    questions: list[Question[Any]] = [version_question(workspace_id)]
    questions.append(
        contacts_question(
            workspace_id,
            ids=[*_named(wanted, "contact", "id"), *(p for patch in wanted for p in patch.participants or ())],
            custom_ids=_named(wanted, "contact", "custom_id"),
            keys=_named(wanted, "contact", "key"),
        )
    )
    questions.append(facts_question(workspace_id, {*named_ids, *product_ids.values()}))
    if any(patch.company for patch in wanted):
        ids, keys = _named(wanted, "company", "id"), _named(wanted, "company", "custom_id")
        questions.append(companies_question(workspace_id, ids=ids, custom_ids=keys))
    version, contacts, facts, *companies = await ask(connection, *questions)
    return Seen(version, contacts, companies[0] if companies else None, product_ids, facts)


def resolve(seen: Seen, snapshot: Snapshot, patches: Sequence[DealPatch | None]) -> list[Resolved | DealtError]:
    """Tell each patch what it refers to; one that names something unknown gets its error instead.

    Tags and products are told by ``tell_tags`` and ``resolve_products``, to those that are sound otherwise.
    """
    pipelines, members = snapshot.part(PIPELINES), snapshot.part(MEMBERS)
    resolved: list[Resolved | DealtError] = []
    for patch in patches:
        to = Resolved(snapshot.workspace_id, pipelines, snapshot.time_zone, {}, {})
        try:
            if patch is not None:
                _resolve_contact(to, patch, seen.contacts)
                _resolve_company(to, patch, seen.companies)
                _check_ids(patch, pipelines, members)
            resolved.append(to)
        except DealtError as error:
            resolved.append(error)
    return resolved


async def resolve_products(
    connection: Connection, workspace_id: int, sound: Sound, seen: Seen, made: set[str]
) -> dict[str, int]:
    """Tell each patch its products; what nothing ever named is reserved, and told in ``made``.

    Returns the reservations, to be remembered once they are committed.
    """
    _, custom_ids = _products([patch for patch, _ in sound])
    missing = custom_ids - seen.product_ids.keys()
    reserved: dict[str, int] = {}
    if missing:
        reserved = await reserve_products(connection, workspace_id, missing, made=made)
        seen.product_ids |= reserved
        seen.facts |= await product_facts(connection, workspace_id, reserved.values())
    for _, to in sound:
        to.product_ids, to.facts = seen.product_ids, seen.facts
    return reserved


async def release_idle(
    connection: Connection, workspace_id: int, made: set[str], stored: Iterable[DealPatch]
) -> set[str]:
    """Take back the reservations of ``made`` that only refused patches named; a refusal leaves no trace. Which."""
    idle = made - _products(stored)[1] if made else made
    if idle:
        await release_products(connection, workspace_id, idle)
    return idle


def tell_tags(patch: DealPatch, to: Resolved, ids: Mapping[str, int]) -> bool:
    """Tell a patch the ids of its tags. Whether one is named for the first time: below zero is what stands in for it.

    Tags are made for works that are known to be sound, when the set holds its deals: that locks the workspace's
    definitions until the commit.
    """
    if patch.remove_tags:
        to.removed_tag_ids |= {ids[name] for name in patch.remove_tags if name in ids}
    to.added_tag_ids = [ids.get(name, -place) for place, name in enumerate(patch.add_tags, 1)]
    if patch.tags is msgspec.UNSET:
        return min(to.added_tag_ids, default=0) < 0
    found = [tag if isinstance(tag, int) else ids.get(tag, -place) for place, tag in enumerate(patch.tags, 1)]
    to.tag_ids = list(dict.fromkeys(found))
    return min([*found, *to.added_tag_ids], default=0) < 0


def check_tags(patch: DealPatch | None, tags: Mapping[int, str]) -> None:
    """Raise InvalidInput for a tag id that the workspace does not have."""
    unknown = [tag for tag in (patch.tags or () if patch else ()) if isinstance(tag, int) and tag not in tags]
    if unknown:
        raise InvalidInput.of("tags", f"There is no tag {unknown[0]}.")


def _named(patches: Iterable[DealPatch], target: str, by: str) -> list[Any]:
    references: Iterable[Ref | None] = (getattr(patch, target) for patch in patches)
    return [reference[1] for reference in references if reference and reference[0] == by]


def _products(patches: Iterable[DealPatch]) -> tuple[set[int], set[str]]:
    """The product ids and custom ids that lines and links name."""
    ids: set[int] = set()
    custom_ids: set[str] = set()
    for patch in patches:
        lines = [*(patch.lines or ()), *(edit for edit in patch.line_edits.values() if edit is not None)]
        for line in lines:
            if line.product_custom_id is not None:
                custom_ids.add(line.product_custom_id)
            elif line.product_id is not None:
                ids.add(line.product_id)
        if patch.links:
            ids.update(patch.links[0])
            custom_ids.update(patch.links[1])
    return ids, custom_ids


def _resolve_contact(to: Resolved, patch: DealPatch, contacts: Contacts) -> None:
    for participant in patch.participants or ():
        if participant not in contacts.by_id:
            raise ContactNotFound(f"the id {participant}")
    if not patch.contact:
        to.guest = patch.contact is None
        return
    by, value = patch.contact
    if by == "id":
        found = contacts.by_id.get(value)
    else:
        found = (contacts.by_custom_id if by == "custom_id" else contacts.by_key).get(value)
    if found is None:
        raise ContactNotFound(f"the {by} {value}")
    to.contact_id, to.user_custom_id, to.path = found.id, found.custom_id, found.path


def _resolve_company(to: Resolved, patch: DealPatch, companies: CompanyIds | None) -> None:
    if not patch.company or companies is None:
        return
    by, value = patch.company
    found = companies.by_id.get(value) if by == "id" else companies.by_custom_id.get(value)
    if found is None:
        raise CompanyNotFound(f"the {by} {value}")
    to.company_id, to.company_custom_id = found.id, found.custom_id


def _check_ids(patch: DealPatch, pipelines: Pipelines, members: Mapping[int, str]) -> None:
    fields, errors = patch.fields, {}
    stage_id, pipeline_id = fields.get("stage_id"), fields.get("pipeline_id")
    if stage_id is not None and stage_id not in pipelines.stages:
        errors["stage"] = [f"There is no stage {stage_id}."]
    if pipeline_id is not None and pipeline_id not in pipelines.pipelines:
        errors["pipeline"] = [f"There is no pipeline {pipeline_id}."]
    if not errors and stage_id and pipeline_id and pipelines.stages[stage_id].pipeline_id != pipeline_id:
        errors["stage"] = [f"Stage {stage_id} belongs to another pipeline than {pipeline_id}."]
    for name in ("assigned_to", "created_by"):
        if fields.get(name) is not None and fields[name] not in members:
            errors[name] = [f"There is no member {fields[name]}."]
    if fields.get("loss_reason_id") is not None and fields["loss_reason_id"] not in pipelines.loss_reasons:
        errors["loss_reason"] = [f"There is no loss reason {fields['loss_reason_id']}."]
    if errors:
        raise InvalidInput(errors)
