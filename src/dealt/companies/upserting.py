"""Creating and updating many companies at once: the door of upserts, imports and bulk requests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from dealt.accounts import Actor, Snapshot
from dealt.attributes import ATTRIBUTES, merge_values, type_sets
from dealt.companies import queries
from dealt.companies.finding import find_company_ids
from dealt.companies.model import Company, company_of, told
from dealt.companies.schemas import CompanyPatch, asked_attributes
from dealt.companies.writing import WrittenCompany
from dealt.freshness import facets, fan_out, mark_objects
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput
from dealt.kernel.journal import SETTINGS, Entry, difference, encode, mark_stale, record
from dealt.tags import TAGS, ensure_tags


class UpsertedCompanies(msgspec.Struct, frozen=True):
    """The outcome of each patch, in their order. ``defined``: attributes or tags may have been made."""

    outcomes: list[WrittenCompany | InvalidInput]
    defined: bool


async def upsert_companies(
    connection: Connection, actor: Actor, patches: Sequence[CompanyPatch], *, snapshot: Snapshot, now: datetime
) -> UpsertedCompanies:
    """Create or update the company of each patch's custom id, in a handful of statements for any number.

    A patch that is refused is an InvalidInput among the outcomes and stops no other: without a custom id, of a new
    company without a name, or with an attribute that refuses its value. Patches of one company are applied in their
    order and are one change of it, told once in its history; each outcome shows the company after all of them. At most
    some thousands at once: their companies stay locked until the transaction ends.
    Raises InvalidInput for tags that cannot be made.
    """
    upsert = _Upsert(connection, actor, patches, now)
    await upsert.define(snapshot)
    await upsert.write()
    return UpsertedCompanies(upsert.outcomes(), upsert.defined)


async def upsert_company(
    connection: Connection, actor: Actor, patch: CompanyPatch, *, snapshot: Snapshot, now: datetime
) -> WrittenCompany:
    """The company with the patch's custom id, made or updated; two at once make one company. A set of one.

    Raises InvalidInput without a custom id, for a new company without a name and for bad attributes.
    """
    done = await upsert_companies(connection, actor, [patch], snapshot=snapshot, now=now)
    [outcome] = done.outcomes
    if isinstance(outcome, InvalidInput):
        raise outcome
    return outcome


class _Upsert:
    """One set on its way: ``refused`` by place, companies by custom id."""

    def __init__(self, connection: Connection, actor: Actor, patches: Sequence[CompanyPatch], now: datetime) -> None:
        self._connection = connection
        self._actor = actor
        self._patches = patches
        self._now = now
        self._refused: dict[int, InvalidInput] = {}
        self._attributes: Mapping[int, Mapping[str, Any]] = {}
        self._tags: Mapping[str, int] = {}
        self._done: dict[str, Company] = {}
        self._made_by: set[int] = set()
        """The places of the patches that made their company."""
        self.defined = False

    async def define(self, snapshot: Snapshot) -> None:
        """What the patches need, before any company is locked: all writers lock in this order."""
        for place, patch in enumerate(self._patches):
            if patch.fields.get("custom_id") is None:
                self._refused[place] = InvalidInput.of(patch.custom_id_name, "This field is required.")
        # What is refused for its name defines nothing.
        named = {self._named(place) for place in self._left()}
        found = await find_company_ids(self._connection, self._actor.workspace_id, custom_ids=named)
        self._refuse_nameless(self._left(), {*found.by_custom_id})
        attributes = snapshot.part(ATTRIBUTES).of("company")
        raws = {place: asked_attributes(self._patches[place], attributes) for place in self._left()}
        actor = self._actor.name
        typed = await type_sets(self._connection, snapshot, "company", raws, actor=actor, now=self._now)
        self._refused |= typed.refused
        self._attributes = typed.values
        patches = [self._patches[place] for place in self._left()]
        names = dict.fromkeys(name for patch in patches for name in patch.tags or ())
        if names:
            self._tags = await ensure_tags(self._connection, self._actor.workspace_id, names, self._now, actor=actor)
        known = snapshot.part(TAGS)
        self.defined = typed.defined or any(tag_id not in known for tag_id in self._tags.values())

    async def write(self) -> None:
        """Lock what is there, then store what is new and what changes; what appears meanwhile is looked at again."""
        wanted: dict[str, list[int]] = defaultdict(list)
        for place in self._left():
            wanted[self._named(place)].append(place)
        while wanted:
            rows = await self._connection.fetch(queries.LOCK_NAMED, self._actor.workspace_id, list(wanted))
            present = {row["custom_id"]: company_of(row) for row in rows}
            await self._update([(present[custom_id], wanted[custom_id]) for custom_id in present])
            new = {custom_id: places for custom_id, places in wanted.items() if custom_id not in present}
            made = await self._insert(new)
            wanted = defaultdict(list, {name: places for name, places in new.items() if name not in made})

    def outcomes(self) -> list[WrittenCompany | InvalidInput]:
        """What became of each patch; of several that made one company, the first did."""
        return [
            self._refused[place]
            if place in self._refused
            else WrittenCompany(self._done[self._named(place)], place in self._made_by, self.defined)
            for place in range(len(self._patches))
        ]

    def _left(self) -> list[int]:
        return [place for place in range(len(self._patches)) if place not in self._refused]

    def _named(self, place: int) -> str:
        custom_id: str = self._patches[place].fields["custom_id"]
        return custom_id

    def _refuse_nameless(self, places: Sequence[int], present: set[str]) -> list[int]:
        """Refuse what would make a company without a name; the places of the others."""
        kept = []
        for place in places:
            if self._named(place) not in present and "name" not in self._patches[place].fields:
                self._refused[place] = InvalidInput.of("name", "This field is required.")
                continue
            present.add(self._named(place))
            kept.append(place)
        return kept

    def _applied(self, company: Company, places: Sequence[int]) -> Company:
        for place in places:
            patch = self._patches[place]
            kept = company.tag_ids if patch.tags is None else [self._tags[name] for name in patch.tags]
            tag_ids = list(dict.fromkeys(kept))
            attributes = merge_values(company.attributes, self._attributes[place])
            company = msgspec.structs.replace(company, **patch.fields, attributes=attributes, tag_ids=tag_ids)
        return company

    async def _insert(self, new: Mapping[str, Sequence[int]]) -> set[str]:
        """Make these companies; the custom ids of those that were made or have nothing left to make them."""
        sound = {name: kept for name, places in new.items() if (kept := self._refuse_nameless(places, set()))}
        if not sound:
            return {*new}
        rows = await self._connection.fetch(queries.NEXT_IDS, len(sound))
        ids = [row["id"] for row in rows]
        companies = [
            self._applied(Company(id=company_id, created_at=self._now, updated_at=self._now), places)
            for company_id, places in zip(ids, sound.values(), strict=True)
        ]
        stored = await self._connection.fetch(queries.INSERT_MANY, self._actor.workspace_id, encode(companies))
        made_ids = {row["id"] for row in stored}
        made = {str(company.custom_id): company for company in companies if company.id in made_ids}
        self._done |= made
        self._made_by |= {sound[name][0] for name in made}
        await self._record("company.created", {one.id: difference({}, told(one)) for one in made.values()})
        actor = self._actor
        await mark_objects(
            self._connection, actor.workspace_id, "company", made_ids, self._now, cause=actor.cause, hop=actor.hop
        )  # fmt: skip
        return {*made, *(new.keys() - sound.keys())}

    async def _update(self, wanted: Sequence[tuple[Company, Sequence[int]]]) -> None:
        changes: dict[int, Mapping[str, Any]] = {}
        changed: list[Company] = []
        for before, places in wanted:
            after = self._applied(before, places)
            if change := difference(told(before), told(after)):
                after = msgspec.structs.replace(after, version=before.version + 1, updated_at=self._now)
                changes[before.id] = change
                changed.append(after)
            self._done[str(before.custom_id)] = after
        if not changed:
            return
        actor, workspace_id = self._actor, self._actor.workspace_id
        await self._connection.execute(queries.UPDATE_MANY, workspace_id, encode(changed))
        await self._record("company.updated", changes)
        rows = await self._connection.fetch(queries.MEMBERS_OF_MANY, workspace_id, list(changes))
        await mark_stale(
            self._connection, workspace_id, [row["contact_id"] for row in rows], self._now,
            lane=actor.lane, cause=actor.cause, hop=actor.hop, facets=facets.COMPANIES,
        )  # fmt: skip
        # This reaches those who only have an order that names one of them.
        await fan_out(self._connection, workspace_id, "company", changes, self._now, cause=actor.cause, hop=actor.hop)

    async def _record(self, kind: str, changes: Mapping[int, Mapping[str, Any]]) -> None:
        actor = self._actor
        entries = [
            Entry(SETTINGS, kind, "company", company_id, actor.name, change, int(actor.cause), actor.hop)
            for company_id, change in changes.items()
        ]
        await record(self._connection, actor.workspace_id, entries, self._now)
