"""What the writes of a set refer to, looked up for all of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from dealt.accounts import MEMBERS, Snapshot
from dealt.companies import find_company_ids
from dealt.contacts import find_contacts
from dealt.deals.editing import Resolved
from dealt.deals.errors import CompanyNotFound, ContactNotFound
from dealt.deals.schemas import DealPatch, Ref
from dealt.kernel.db import Connection
from dealt.kernel.errors import DealtError, InvalidInput
from dealt.pipelines import PIPELINES, Pipelines
from dealt.products import ProductIds, product_facts, reserve_products
from dealt.tags import TAGS, ensure_tags


@dataclass(slots=True)
class References:
    """The answers to a set's questions: a Resolved or an error for each patch, and what was reserved."""

    resolved: list[Resolved | DealtError]
    reserved: dict[str, int]


async def resolve(
    connection: Connection, snapshot: Snapshot, patches: Sequence[DealPatch | None], known: ProductIds
) -> References:
    """Resolve every patch of a set, in a number of statements that does not grow with the set.

    A patch that names an unknown contact, company, stage, member, tag or loss reason gets its error; nothing is
    reserved or created for it.
    """
    workspace_id = snapshot.workspace_id
    wanted = [patch for patch in patches if patch is not None]
    contacts = await find_contacts(
        connection,
        workspace_id,
        ids=[*_named(wanted, "contact", "id"), *(p for patch in wanted for p in patch.participants or ())],
        custom_ids=_named(wanted, "contact", "custom_id"),
        keys=_named(wanted, "contact", "key"),
    )
    company_ids = _named(wanted, "company", "id")
    company_keys = _named(wanted, "company", "custom_id")
    companies = None
    if company_ids or company_keys:
        companies = await find_company_ids(connection, workspace_id, ids=company_ids, custom_ids=company_keys)
    pipelines, tags = snapshot.part(PIPELINES), snapshot.part(TAGS)
    resolved: list[Resolved | DealtError] = []
    for patch in patches:
        to = Resolved(workspace_id, pipelines, snapshot.time_zone, {}, {})
        try:
            if patch is not None:
                _resolve_contact(to, patch, contacts)
                _resolve_company(to, patch, companies)
                _check_ids(patch, pipelines, snapshot.part(MEMBERS), tags)
            resolved.append(to)
        except DealtError as error:
            resolved.append(error)
    sound = [(patch, to) for patch, to in zip(patches, resolved, strict=True) if patch and isinstance(to, Resolved)]
    reserved = await _resolve_products(connection, workspace_id, sound, known)
    return References(resolved, reserved)


def _named(patches: Iterable[DealPatch], target: str, by: str) -> list:  # type: ignore[type-arg]
    references: Iterable[Ref | None] = (getattr(patch, target) for patch in patches)
    return [reference[1] for reference in references if reference and reference[0] == by]


def _resolve_contact(to: Resolved, patch: DealPatch, contacts) -> None:  # type: ignore[no-untyped-def]
    for participant in patch.participants or ():
        if participant not in contacts.by_id:
            raise ContactNotFound(f"the id {participant}")
    if not patch.contact:
        to.guest = patch.contact is None
        return
    by, value = patch.contact
    found = {"id": contacts.by_id, "custom_id": contacts.by_custom_id, "key": contacts.by_key}[by].get(value)
    if found is None:
        raise ContactNotFound(f"the {by} {value}")
    to.contact_id, to.user_custom_id = found.id, found.custom_id


def _resolve_company(to: Resolved, patch: DealPatch, companies) -> None:  # type: ignore[no-untyped-def]
    if not patch.company:
        return
    by, value = patch.company
    found = (companies.by_id if by == "id" else companies.by_custom_id).get(value)
    if found is None:
        raise CompanyNotFound(f"the {by} {value}")
    to.company_id, to.company_custom_id = found.id, found.custom_id


def _check_ids(patch: DealPatch, pipelines: Pipelines, members: dict[int, str], tags: dict[int, str]) -> None:
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
    for tag in patch.tags or ():
        if isinstance(tag, int) and tag not in tags:
            errors["tags"] = [f"There is no tag {tag}."]
    if errors:
        raise InvalidInput(errors)


async def resolve_tags(
    connection: Connection,
    workspace_id: int,
    sound: Sequence[tuple[DealPatch, Resolved]],
    tags: Mapping[int, str],
    now: datetime,
) -> bool:
    """Give each patch's tags their ids; tags named for the first time are made. Whether any was.

    Called when the set holds its deals: making a tag locks the workspace's definitions until the commit.
    """
    tagged = [(patch.tags, to) for patch, to in sound if patch.tags is not msgspec.UNSET]
    if not tagged:
        return False
    ids = {name: tag_id for tag_id, name in tags.items()}
    names = {tag for wanted, _ in tagged for tag in wanted if isinstance(tag, str)}
    missing = names - ids.keys()
    if missing:
        ids |= await ensure_tags(connection, workspace_id, sorted(missing), now)
    for wanted, to in tagged:
        to.tag_ids = list(dict.fromkeys(tag if isinstance(tag, int) else ids[tag] for tag in wanted))
    return bool(missing)


async def _resolve_products(
    connection: Connection, workspace_id: int, sound: Sequence[tuple[DealPatch, Resolved]], known: ProductIds
) -> dict[str, int]:
    ids: set[int] = set()
    custom_ids: set[str] = set()
    for patch, _ in sound:
        lines = [*(patch.lines or ()), *(edit for edit in patch.line_edits.values() if edit is not None)]
        for line in lines:
            if line.product_custom_id is not None:
                custom_ids.add(line.product_custom_id)
            elif line.product_id is not None:
                ids.add(line.product_id)
        if patch.links:
            ids.update(patch.links[0])
            custom_ids.update(patch.links[1])
    if not ids and not custom_ids:
        return {}
    reserved = await reserve_products(connection, workspace_id, custom_ids, known)
    facts = await product_facts(connection, workspace_id, {*ids, *reserved.values()})
    for _, to in sound:
        to.product_ids, to.facts = reserved, facts
    return reserved
