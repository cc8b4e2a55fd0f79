"""Everything that is derived for the contacts of a workspace: its definitions, in order, ready to run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import or_

import asyncpg

from dealt.freshness import queries
from dealt.freshness.derivers import Definition, Deriver, LoadVocabulary, Run, Stored, Unit, Vocabulary, Work
from dealt.freshness.quarantine import Failed, is_to_blame, put_aside
from dealt.freshness.strata import dependents, strata
from dealt.kernel.db import Connection, Record
from dealt.kernel.journal import ANYTHING, Cause, keep_followers

MOST_SETS = 32
"""Sets of definitions that a process keeps statements for: each is prepared on every connection that settles."""
MOST_MASKS = 1000


@dataclass(frozen=True)
class Step:
    """What one statement computes: definitions of one kind and one stratum."""

    deriver: Deriver
    definitions: Sequence[Definition]
    run: Run


@dataclass(frozen=True)
class Plan:
    """The definitions of a workspace at ``version``, in steps."""

    version: int
    vocabulary: Vocabulary
    definitions: Sequence[Definition]
    derivers: Sequence[Deriver]
    whole_version: int = 0
    """Contacts of an older version lack everything."""
    _steps: dict[frozenset[str], list[Step]] = field(default_factory=dict)
    _in_part: dict[int, list[Step]] = field(default_factory=dict)

    def changed_since(self, version: int) -> list[Definition]:
        """What a contact lacks whose values are of an older version."""
        if version < self.whole_version:
            return list(self.definitions)
        return dependents(self.definitions, [one for one in self.definitions if one.version > version])

    def steps(self, some: Iterable[Definition] | None = None) -> list[Step]:
        """The statements, in order, for all definitions or for some."""
        wanted = list(self.definitions if some is None else some)
        key = frozenset(one.reference for one in wanted)
        if key not in self._steps:
            self._steps[key] = [step for level in strata(wanted) for step in self._of_level(level)]
        return self._steps[key]

    @property
    def reads(self) -> int:
        """The facets that any of the definitions reads."""
        return reduce(or_, (one.facets for one in self.definitions), 0)

    def steps_for(self, facets: int) -> list[Step]:
        """The statements for what reads one of these facets, and for all that follows from it.

        No more than a few dozen different sets are compiled; any other gets the smallest of them that holds it.
        """
        asked = facets & self.reads
        if asked not in self._in_part:
            if len(self._in_part) >= MOST_MASKS:
                self._in_part.clear()
            self._in_part[asked] = self._steps_for(asked)
        return self._in_part[asked]

    def _steps_for(self, facets: int) -> list[Step]:
        touched = dependents(self.definitions, [one for one in self.definitions if one.facets & facets])
        wanted = frozenset(one.reference for one in touched)
        if len(self._steps) >= MOST_SETS and wanted not in self._steps:
            everything = frozenset(one.reference for one in self.definitions)
            wanted = min((known for known in [*self._steps, everything] if wanted <= known), key=len)
        return self.steps([one for one in self.definitions if one.reference in wanted])

    def _of_level(self, level: Sequence[Definition]) -> Iterable[Step]:
        for deriver in self.derivers:
            if of_kind := [one for one in level if one.kind == deriver.kind]:
                yield Step(deriver, of_kind, deriver.compile(self.vocabulary, of_kind))


class Derived:
    """The settler of all kinds of definitions, for one process. Plans are kept by the versions of a workspace."""

    def __init__(self, derivers: Sequence[Deriver], vocabulary: LoadVocabulary) -> None:
        self._derivers = tuple(derivers)
        self._vocabulary = vocabulary
        self._plans: dict[int, tuple[tuple[int, ...], Plan]] = {}

    def apart(self) -> Derived:
        """The same for work that may be undone: what is learnt there is not kept here."""
        return Derived(self._derivers, self._vocabulary)

    async def plan(self, connection: Connection, workspace_id: int) -> Plan:
        """The plan at the versions that this transaction sees."""
        return await self._at(connection, workspace_id, await connection.fetchrow(queries.VERSIONS, workspace_id))

    async def uncommitted(self, connection: Connection, workspace_id: int) -> Plan:
        """The plan with this transaction's own changes; never kept."""
        row = await connection.fetchrow(queries.VERSIONS, workspace_id)
        return await self._load(connection, workspace_id, row)

    async def idle(self, connection: Connection, workspace_id: int) -> bool:
        """Whether the workspace has no definitions, or is gone."""
        row = await connection.fetchrow(queries.VERSIONS, workspace_id)
        return row is None or not (await self._at(connection, workspace_id, row)).definitions

    async def settle(
        self,
        connection: Connection,
        workspace_id: int,
        contact_ids: Sequence[int],
        now: datetime,
        cause: Cause,
        hops: Mapping[int, int],
        facets: Mapping[int, int],
    ) -> Mapping[int, datetime]:
        """As ``Settler`` says: stratum by stratum, one statement for each kind. Raises Failed.

        Contacts of which only something has changed are looked at together, for all that has changed of any of them.
        """
        plan = await self.plan(connection, workspace_id)
        whole = [one for one in contact_ids if facets.get(one, ANYTHING) == ANYTHING]
        in_part = [one for one in contact_ids if facets.get(one, ANYTHING) != ANYTHING]
        steps = plan.steps_for(reduce(or_, (facets[one] for one in in_part), 0))
        if steps is plan.steps():
            whole, in_part = list(contact_ids), []
        wakes = await run_steps(connection, plan, plan.steps(), Work(workspace_id, whole, now, cause, hops))
        return wakes | await run_steps(connection, plan, steps, Work(workspace_id, in_part, now, cause, hops))

    async def recover(self, connection: Connection, error: Exception) -> bool:
        """Put definitions that failed into quarantine; False where none is to blame alone."""
        return isinstance(error, Failed) and await put_aside(connection, error)

    async def narrow(self, connection: Connection, workspace_id: int) -> None:
        """Let changes that no definition looks at mark nobody, until definitions change again.

        To be called in a transaction of its own, when the change of the definitions is committed.
        """
        row = await connection.fetchrow(queries.VERSIONS, workspace_id)
        if row is not None:
            plan = await self._at(connection, workspace_id, row)
            await connection.execute(queries.NARROW, workspace_id, plan.version, plan.reads)

    async def forget(self, connection: Connection, workspace_id: int, version: int) -> None:
        """Remove what was deleted at ``version`` or before, once no contact has values of it."""
        for deriver in self._derivers:
            await deriver.forget(connection, workspace_id, version)

    async def stored(self, connection: Connection, workspace_id: int, contact_ids: Sequence[int]) -> Stored:
        """All that is stored for these contacts, of every kind."""
        found: Stored = {}
        for deriver in self._derivers:
            found |= await deriver.stored(connection, workspace_id, contact_ids)
        return found

    async def drop(self, connection: Connection, workspace_id: int, units: Sequence[Unit]) -> None:
        """Remove units that should not be there."""
        for deriver in self._derivers:
            ours = [one for one in units if one.definition.startswith(f"{deriver.kind}:")]
            if ours:
                await deriver.drop(connection, workspace_id, ours)

    async def _at(self, connection: Connection, workspace_id: int, row: Record) -> Plan:
        """The plan at the versions of ``row``, which the caller has just read in its transaction."""
        held, versions = self._plans.get(workspace_id), tuple(row)
        if held is None or held[0] != versions:
            held = self._plans[workspace_id] = (versions, await self._load(connection, workspace_id, row))
        return held[1]

    async def _load(self, connection: Connection, workspace_id: int, row: Record) -> Plan:
        provided = [await deriver.provide(connection, workspace_id) for deriver in self._derivers]
        vocabulary = await self._vocabulary(connection, workspace_id, provided)
        definitions = [
            one for deriver in self._derivers for one in await deriver.load(connection, vocabulary)
        ]  # fmt: skip
        version, whole_version = row["definitions_version"], row["recompute_version"]
        return Plan(version, vocabulary, definitions, self._derivers, whole_version)


async def run_steps(connection: Connection, plan: Plan, steps: Sequence[Step], work: Work) -> dict[int, datetime]:
    """Run statements in order; the least of the next instants, by contact. Raises Failed."""
    wakes: dict[int, datetime] = {}
    if not steps or not work.contact_ids:
        return wakes
    await keep_followers(connection, work.workspace_id)
    for step in steps:
        try:
            found = await step.run(connection, work)
        except asyncpg.PostgresError as error:
            if not is_to_blame(error):
                raise
            raise Failed(step.deriver, plan.vocabulary, step.definitions, work) from error
        for contact_id, at in found.items():
            wakes[contact_id] = min(at, wakes.get(contact_id, at))
    return wakes
