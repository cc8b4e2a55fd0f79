"""A kind of definition for tests: SQL expressions over a contact, whose values stand under the definition's name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from dealt.freshness import (
    Definition,
    Derived,
    Provided,
    Run,
    Stored,
    Unit,
    Vocabulary,
    Work,
    definitions_changed,
)
from dealt.kernel.db import Connection, Pool, transaction
from dealt.kernel.journal import ANYTHING
from dealt.predicates import FilterCatalogue

_STORE = """
INSERT INTO contact_derived AS d (contact_id, workspace_id, aggregates, computed_at, definitions_version)
SELECT c.id, $1, jsonb_build_object({pairs}), $3, 0
FROM contacts AS c LEFT JOIN contact_derived AS o ON o.contact_id = c.id WHERE c.id = ANY($2::bigint[])
ON CONFLICT (contact_id) DO UPDATE SET aggregates = d.aggregates || excluded.aggregates"""


@dataclass
class Expressions:
    """``known`` are the definitions by id; ``runs`` tells which were computed, how often and for whom."""

    kind: str = "expression"
    known: dict[int, Definition] = field(default_factory=dict)
    runs: list[tuple[tuple[int, ...], list[int]]] = field(default_factory=list)
    wakes: dict[int, datetime] = field(default_factory=dict)
    forgotten: list[int] = field(default_factory=list)

    async def provide(self, connection: Connection, workspace_id: int) -> Provided:
        """Nothing."""
        return Provided()

    async def load(self, connection: Connection, vocabulary: Vocabulary) -> list[Definition]:
        """See the class."""
        return list(self.known.values())

    def compile(self, vocabulary: Vocabulary, definitions: Sequence[Definition]) -> Run:
        """One statement for all."""
        pairs = ", ".join(f"'{one.name}', {'NULL' if one.error else one.content}" for one in definitions)

        async def run(connection: Connection, work: Work) -> Mapping[int, datetime]:
            self.runs.append((tuple(one.id for one in definitions), list(work.contact_ids)))
            await connection.execute(_STORE.format(pairs=pairs), work.workspace_id, work.contact_ids, work.now)
            return {key: at for key, at in self.wakes.items() if key in work.contact_ids}

        return run

    async def quarantine(
        self, connection: Connection, workspace_id: int, definition_id: int, error: str, now: datetime
    ) -> None:
        """Keep the error."""
        version = await connection.fetchval(
            "SELECT definitions_version + 1 FROM workspaces WHERE id = $1", workspace_id
        )
        self.known[definition_id] = replace(self.known[definition_id], error=error, version=version)

    async def forget(self, connection: Connection, workspace_id: int, version: int) -> None:
        """Note that it may be forgotten."""
        self.forgotten.append(version)

    async def stored(self, connection: Connection, workspace_id: int, contact_ids: Sequence[int]) -> Stored:
        """Nothing that anybody audits."""
        return {}

    async def drop(self, connection: Connection, workspace_id: int, units: Sequence[Unit]) -> None:
        """Nothing."""


async def no_words(connection: Connection, workspace_id: int, provided: Sequence[Provided]) -> Vocabulary:
    """A vocabulary of which nothing is used."""
    return Vocabulary(workspace_id, FilterCatalogue({}), ZoneInfo("UTC"), "EUR")


async def define(
    pool: Pool,
    kind: Expressions,
    definition_id: int,
    content: str,
    now: datetime,
    follows: Sequence[int] = (),
    facets: int = ANYTHING,
) -> int:
    """Save a definition of workspace 1; the new version."""
    async with transaction(pool) as connection:
        version = await definitions_changed(connection, 1, now)
        kind.known[definition_id] = expression(definition_id, content, follows, version, facets)
    return version


def expression(
    definition_id: int, content: str = "", follows: Sequence[int] = (), version: int = 1, facets: int = ANYTHING
) -> Definition:
    """A definition called ``e<id>``."""
    references = frozenset(f"expression:{one}" for one in follows)
    return Definition("expression", definition_id, f"e{definition_id}", version, content, references, facets=facets)


def derived_by(kind: Expressions) -> Derived:
    """The settler of this kind alone."""
    return Derived([kind], no_words)
