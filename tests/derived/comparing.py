"""What a shop holds against what is worked out anew: every value and every membership."""

from __future__ import annotations

import json
from decimal import Decimal
from random import Random
from typing import Any

import asyncpg

from dealt.freshness import BACKFILL
from dealt.kernel.clock import FixedClock
from tests.derived.adding import reckoner, stored, unconverted, worth
from tests.derived.facts import Facts, read_facts
from tests.derived.reckoning import Reckoner
from tests.derived.scoring import fixed
from tests.derived.speaking import speaks_of

_MEMBERS = """
SELECT segment_id, contact_id AS id FROM segment_members WHERE contact_id = ANY($1::bigint[])
UNION ALL
SELECT segment_id, deal_id FROM deal_segment_members WHERE contact_id = ANY($1::bigint[])"""


class Comparing:
    """The part of a shop that looks; see ``shop.Shop``."""

    pool: asyncpg.Pool
    clock: FixedClock
    workspace_id: int
    facts: Facts
    aggregators: dict[str, dict[str, Any]]
    segments: dict[str, dict[str, Any]]
    ids: dict[str, int]
    told: list[str]
    compared: int

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """An answer."""
        raise NotImplementedError

    async def settle(self) -> None:
        """Do what workers do, where nobody else does."""

    async def read_one(self, rng: Random) -> None:
        """Whoever reads a contact before workers have come to it sees what is true.

        Companies and products follow seconds later, and so does what looks at what is derived for them.
        """
        derived = [*self.aggregators.values(), *self.segments.values()]
        if any(one.get("subject") in ("company", "product") for one in derived):
            return
        self.facts = await read_facts(self.pool, self.workspace_id, self.clock.now())
        if not self.facts.contacts or await self.pool.fetchval("SELECT count(*) FROM jobs WHERE kind <> $1", BACKFILL):
            return
        contact = rng.choice(self.facts.contacts)
        await self.ask("GET", f"users/{contact['id']}/")
        await self._compare_contacts(self._reckoner(), [contact["id"]])

    async def compare(self) -> None:
        """Every value and every membership is what it should be."""
        self.facts = await read_facts(self.pool, self.workspace_id, self.clock.now())
        if wanted := fixed(self.facts):
            assert self.facts.rfm is not None and self.facts.rfm["edges"] is not None, self.story()
            edges = {
                name: found if name == "recency" else [Decimal(str(edge)) for edge in found]
                for name, found in self.facts.rfm["edges"].items()
            }
            self._same("edges", edges, wanted)
        reckoner = self._reckoner()
        await self._compare_contacts(reckoner, [row["id"] for row in self.facts.tables["contacts"]])
        rows = await self.pool.fetch(
            "SELECT segment_id, object_id FROM object_segment_members WHERE workspace_id = $1", self.workspace_id
        )
        found = {(row["segment_id"], row["object_id"]) for row in rows}
        for name, one in self.segments.items():
            if one["subject"] in ("product", "company"):
                table = self.facts.tables["products" if one["subject"] == "product" else "companies"]
                wanted = {row["id"] for row in table if reckoner.is_member(name, row)}
                self._same(name, {key for segment, key in found if segment == self.ids[name]}, wanted)
        await self._compare_companies(reckoner)

    async def _compare_companies(self, reckoner: Reckoner) -> None:
        rows = await self.pool.fetch(
            "SELECT company_id, aggregates FROM company_derived WHERE workspace_id = $1", self.workspace_id
        )
        values = {row["company_id"]: json.loads(row["aggregates"], parse_float=Decimal) for row in rows}
        for company in self.facts.tables["companies"]:
            wanted = self._values(reckoner, company, "company")
            self._same(f"company {company['id']}", values.pop(company["id"], {}), wanted)
        assert not any(values.values()), f"values of companies that are gone: {values}\n{self.story()}"

    async def _compare_contacts(self, reckoner: Reckoner, ids: list[int]) -> None:
        contacts = {row["id"]: row for row in self.facts.contacts if row["id"] in set(ids)}
        rows = await self.pool.fetch(
            "SELECT contact_id, aggregates FROM contact_derived WHERE contact_id = ANY($1::bigint[])", ids
        )
        values = {row["contact_id"]: json.loads(row["aggregates"], parse_float=Decimal) for row in rows}
        for contact_id in ids:
            wanted = self._values(reckoner, contacts[contact_id], "contact") if contact_id in contacts else {}
            self._same(f"contact {contact_id}", values.get(contact_id, {}), wanted)
        members = await self.pool.fetch(_MEMBERS, ids)
        found = {(row["segment_id"], row["id"]) for row in members}
        deals = [row for row in self.facts.tables["deals"] if row["contact_id"] in set(ids)]
        for name, one in self.segments.items():
            table = {"contact": list(contacts.values()), "deal": deals}.get(one["subject"])
            if table is not None:
                wanted_ids = {row["id"] for row in table if reckoner.is_member(name, row)}
                self._same(name, {key for segment, key in found if segment == self.ids[name]}, wanted_ids)

    def _values(self, reckoner: Reckoner, owner: dict[str, Any], subject: str) -> dict[str, Any]:
        wanted = {}
        for target, body in self.aggregators.items():
            if body.get("subject", "contact") != subject or target in reckoner.broken:
                continue
            value = stored(worth(reckoner, target, owner))
            if value is not None:
                wanted[target] = value
            if number := unconverted(reckoner, target, owner):
                wanted[f"{target}#unconverted"] = number
        return wanted

    def _reckoner(self) -> Reckoner:
        known = self.aggregators | self.segments
        kinds = {name: "aggregator" if name in self.aggregators else "segment" for name in known}
        aside = self.facts.aside
        broken = frozenset(
            name for name, one in known.items() if speaks_of(one, self.facts) or (kinds[name], self.ids[name]) in aside
        )
        return reckoner(self.facts, self.aggregators, self.segments, broken)

    def _same(self, what: str, found: Any, wanted: Any) -> None:
        self.compared += max(len(wanted), 1)
        assert found == wanted, f"{what}: found {found}, wanted {wanted}\n{self.story()}"

    def story(self) -> str:
        """What has happened, the definitions, and what the time is."""
        definitions = [json.dumps(one) for one in (self.aggregators | self.segments).values()]
        return "\n".join([*self.told[-40:], *definitions, f"{self.clock.now()} {self.facts.zone}"])
