"""Many contacts created or changed at once, each with its own outcome: a few statements for any number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from dealt.accounts import MEMBERS, Actor, Snapshot
from dealt.attributes import type_sets
from dealt.companies import CompanyIds, find_company_ids
from dealt.contacts import claiming, queries
from dealt.contacts.editing import applied, told, without_custom_id
from dealt.contacts.errors import CompanyNotFound
from dealt.contacts.model import BLANK, ContactPatch, WrittenContact
from dealt.contacts.resolving import Resolved, asked_attributes, check_member
from dealt.contacts.works import ContactWork, upsert_work
from dealt.freshness import facets
from dealt.kernel.db import Connection
from dealt.kernel.errors import DealtError, InvalidInput
from dealt.kernel.gather import without_repeats
from dealt.kernel.journal import ANYTHING, Entry, Mark, difference, encode, marks_for
from dealt.tags import TAGS, TagChange, ensure_tags

Changes = dict[str, tuple[Any, Any]]


@dataclass
class UpsertedContacts:
    """An outcome for each work in order. ``defined``: attributes or tags were made; snapshots are to be forgotten."""

    outcomes: list[WrittenContact | DealtError]
    defined: bool = False


@dataclass
class _Set:
    """Works of which no two name the same contact."""

    connection: Connection
    snapshot: Snapshot
    works: Sequence[ContactWork]
    now: datetime
    refused: dict[int, DealtError] = field(default_factory=dict)
    ids: dict[int, int] = field(default_factory=dict)
    fresh: set[int] = field(default_factory=set)
    waiting: set[int] = field(default_factory=set)
    """The places of works whose contact an earlier one has named by another name."""
    defined: bool = False

    @property
    def left(self) -> list[int]:
        """The places of the works that are not refused and need not wait."""
        return [place for place in range(len(self.works)) if place not in {*self.refused, *self.waiting}]

    def patch(self, place: int) -> ContactPatch:
        return self.works[place].patch


async def upsert_contacts(
    connection: Connection, snapshot: Snapshot, works: Sequence[ContactWork], now: datetime
) -> UpsertedContacts:
    """Create or change the contact of each work, in the caller's transaction, which has begun with ``trusting``.

    Works that name the same contact are done in their order. A refusal of one stores nothing of it and touches no
    other.
    """
    outcomes: dict[int, WrittenContact | DealtError] = {}
    left, defined, keys = list(range(len(works))), False, [work.keys for work in works]
    while left:
        places, left = without_repeats(keys, left)
        done = _Set(connection, snapshot, [works[place] for place in places], now)
        outcomes |= {places[place]: outcome for place, outcome in (await _write(done)).items()}
        left = sorted([*left, *(places[place] for place in done.waiting)])
        defined = defined or done.defined
    return UpsertedContacts([outcomes[place] for place in range(len(works))], defined)


async def _write(this: _Set) -> dict[int, WrittenContact | DealtError]:
    """The outcomes of the works, by their places; those that must wait have none."""
    companies = await _look(this)
    await _hold(this)
    resolved = await _resolve(this, companies)
    await _release_refused(this)
    await _store(this, resolved)
    return {
        place: this.refused[place]
        if place in this.refused
        else WrittenContact(this.ids[place], created=place in this.fresh, defined=this.defined)
        for place in range(len(this.works))
        if place not in this.waiting
    }


async def _look(this: _Set) -> dict[int, set[int]]:
    """Refuse works that name unknown members and companies; the companies that each of the others names."""
    patches = [work.patch for work in this.works]
    named = [patch for patch in patches if patch.company_id is not None or patch.company_custom_id is not None]
    known = CompanyIds()
    if named:
        ids = [patch.company_id for patch in named if patch.company_id is not None]
        custom_ids = [patch.company_custom_id for patch in named if patch.company_custom_id is not None]
        known = await find_company_ids(this.connection, this.snapshot.workspace_id, ids=ids, custom_ids=custom_ids)
    companies: dict[int, set[int]] = {}
    for place, patch in enumerate(patches):
        try:
            check_member(patch, this.snapshot.part(MEMBERS))
            companies[place] = _companies(patch, known)
        except DealtError as error:
            this.refused[place] = error
    return companies


def _companies(patch: ContactPatch, known: CompanyIds) -> set[int]:
    found = set()
    if patch.company_id is not None:
        if patch.company_id not in known.by_id:
            raise CompanyNotFound(f"the id {patch.company_id}")
        found.add(patch.company_id)
    if patch.company_custom_id is not None:
        if patch.company_custom_id not in known.by_custom_id:
            raise CompanyNotFound(f"the custom_id {patch.company_custom_id}")
        found.add(known.by_custom_id[patch.company_custom_id].id)
    return found


async def _hold(this: _Set) -> None:
    """Hold the directory rows of all works, or claim them: from here the contacts are ours."""
    workspace_id = this.snapshot.workspace_id
    places = {custom_id: place for place in this.left if (custom_id := this.patch(place).custom_id) is not None}
    held, fresh = await claiming.hold_or_claim_many(this.connection, workspace_id, places)
    this.ids = {place: held[custom_id] for custom_id, place in places.items()}
    this.fresh = {places[custom_id] for custom_id in fresh}
    # Contacts that were merged have several custom ids, and one contact is written once in a set.
    first = {contact_id: place for place, contact_id in sorted(this.ids.items(), reverse=True)}
    this.waiting = {place for place, contact_id in this.ids.items() if first[contact_id] != place}
    nameless = [place for place in this.left if place not in this.ids]
    if nameless:
        rows = await this.connection.fetch(queries.NEXT_IDS, len(nameless))
        this.ids |= {place: row["id"] for place, row in zip(nameless, rows, strict=True)}
        this.fresh |= set(nameless)


async def _resolve(this: _Set, companies: Mapping[int, set[int]]) -> dict[int, Resolved]:
    """Type the attributes and find the tags of all works; unknown ones are made."""
    snapshot, actor = this.snapshot, this.works[0].actor.name
    raws = {place: asked_attributes(this.patch(place), snapshot) for place in this.left}
    typed = await type_sets(this.connection, snapshot, "contact", raws, actor=actor, now=this.now)
    this.refused |= typed.refused
    tags = await _tags(this, actor)
    this.defined = this.defined or typed.defined
    return {
        place: Resolved(typed.values[place], tags[place], companies[place], this.defined) for place in this.left
    }  # fmt: skip


async def _tags(this: _Set, actor: str) -> dict[int, TagChange]:
    """What becomes of the tags of each work; tags that are named for the first time are made."""
    known = {name: tag_id for tag_id, name in this.snapshot.part(TAGS).items()}
    missing = dict.fromkeys(
        name for place in this.left for name in this.patch(place).tags if name.strip() not in known
    )  # fmt: skip
    if missing:
        known |= await _make_tags(this, missing, actor)
    changes = {}
    for place in this.left:
        patch = this.patch(place)
        added = [known[name if name in known else name.strip()] for name in patch.tags]
        removed = frozenset(known[name.strip()] for name in patch.remove_tags if name.strip() in known)
        changes[place] = TagChange(None, list(dict.fromkeys(added)), removed, this.defined)
    return changes


async def _make_tags(this: _Set, names: Iterable[str], actor: str) -> dict[str, int]:
    """The ids of new tags. A name that is refused refuses the works that bring it."""
    this.defined = True
    wanted, workspace_id = list(names), this.snapshot.workspace_id
    try:
        return await ensure_tags(this.connection, workspace_id, wanted, this.now, actor=actor)
    except InvalidInput as error:
        if len(wanted) == 1:
            this.refused |= {place: error for place in this.left if wanted[0] in this.patch(place).tags}
            return {}
    middle = len(wanted) // 2
    halves = (wanted[:middle], wanted[middle:])
    return {name: tag_id for half in halves for name, tag_id in (await _make_tags(this, half, actor)).items()}


async def _release_refused(this: _Set) -> None:
    """What was claimed for a work that is then refused is nobody's again."""
    given_up = {
        custom_id: this.ids[place]
        for place in this.refused
        if place in this.fresh and (custom_id := this.patch(place).custom_id) is not None
    }
    if given_up:
        names, ids = list(given_up), list(given_up.values())
        await this.connection.execute(queries.RELEASE_CLAIMED, this.snapshot.workspace_id, names, ids)


async def _store(this: _Set, resolved: Mapping[int, Resolved]) -> None:
    """Write what changes, with journal, followers and marks. Who was changed by others meanwhile is read anew."""
    workspace_id = this.snapshot.workspace_id
    by_id = {this.ids[place]: place for place in this.left}
    fresh = sorted(this.ids[place] for place in this.fresh if place not in this.refused)
    keys = await claiming.claim_keys(this.connection, workspace_id, fresh)
    joined = await _join(this, {contact_id: resolved[place].company_ids for contact_id, place in by_id.items()})
    left = dict(by_id)
    while left:
        images, entries, marks = await _images(this, left, resolved, keys, joined)
        if not images:
            return
        rows = await this.connection.fetch(
            queries.STORE,
            encode(images),
            this.now,
            workspace_id,
            encode(entries),
            this.snapshot.followers,
            encode(marks),
        )
        stored = {row["id"] for row in rows}
        left = {image["id"]: by_id[image["id"]] for image in images if image["id"] not in stored}


async def _images(
    this: _Set,
    left: Mapping[int, int],
    resolved: Mapping[int, Resolved],
    keys: Mapping[int, str],
    joined: Mapping[int, Changes],
) -> tuple[list[dict[str, Any]], list[Entry], list[Mark]]:
    """The rows to write, their journal entries and their marks; a contact that stays as it is has none."""
    known = [contact_id for contact_id in left if contact_id not in keys]
    rows = await this.connection.fetch(queries.READ_VERSIONS, this.snapshot.workspace_id, known) if known else []
    before = {row["id"]: dict(row, attributes=msgspec.json.decode(row["attributes"])) for row in rows}
    images, entries, marks = [], [], []
    for contact_id, place in left.items():
        work, old = this.works[place], before.get(contact_id, BLANK)
        patch, key = work.patch, keys.get(contact_id)
        if key is None and old["custom_id"] != patch.custom_id:
            # It is the custom id of a contact that was merged into this one, which keeps its own.
            patch = without_custom_id(patch)
        after = applied(old, patch, resolved[place])
        changes = difference(told(old), told(after)) | joined.get(contact_id, {})
        if key is not None:
            changes["key"] = (None, key)
        elif not changes:
            continue
        actor, kind = work.actor, "contact.updated" if key is None else "contact.created"
        version = old["version"] + 1 if key is None else 1
        images.append({**after, "id": contact_id, "key": key or old["key"], "version": version})
        cause = int(actor.cause)
        entries.append(Entry(contact_id, kind, "contact", contact_id, actor.name, changes, cause, actor.hop))
        changed = ANYTHING if key is not None else facets.of_change(old, after)
        if contact_id in joined:
            changed |= facets.COMPANIES
        marks.append(Mark(contact_id, int(actor.lane), cause, actor.hop, changed))
    return images, entries, marks_for(marks, this.snapshot.reads)


async def _join(this: _Set, wanted: Mapping[int, set[int]]) -> dict[int, Changes]:
    """Join companies; the change of each contact that was not a member yet, for the journal."""
    pairs = sorted((contact_id, company_id) for contact_id, ids in wanted.items() for company_id in ids)
    if not pairs:
        return {}
    workspace_id, contact_ids = this.snapshot.workspace_id, sorted({contact_id for contact_id, _ in pairs})
    before: dict[int, list[int]] = {contact_id: [] for contact_id in contact_ids}
    for row in await this.connection.fetch(queries.COMPANY_IDS_OF_MANY, workspace_id, contact_ids):
        before[row["contact_id"]].append(row["company_id"])
    people, companies = zip(*pairs, strict=True)
    joined: dict[int, set[int]] = {}
    for row in await this.connection.fetch(
        queries.JOIN_PAIRS, workspace_id, list(people), list(companies), this.now
    ):  # fmt: skip
        joined.setdefault(row["contact_id"], set()).add(row["company_id"])
    return {
        contact_id: {"companies": (before[contact_id], sorted({*before[contact_id], *ids}))}
        for contact_id, ids in joined.items()
    }


async def upsert_contact(
    connection: Connection, actor: Actor, patch: ContactPatch, *, snapshot: Snapshot, now: datetime
) -> WrittenContact:
    """Create the contact with the patch's custom id, or update it: a set of one.

    Raises InvalidInput (without a custom id, too) and CompanyNotFound.
    """
    done = await upsert_contacts(connection, snapshot, [upsert_work(actor, patch)], now)
    (outcome,) = done.outcomes
    if isinstance(outcome, DealtError):
        raise outcome
    return outcome
