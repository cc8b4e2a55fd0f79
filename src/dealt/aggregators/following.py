"""Which version companies' values must be of, and what becomes of the notes of contacts that go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dealt.aggregators import queries_of_companies as queries
from dealt.freshness import Definition
from dealt.people import Forgetting, Move, Mover


def needed_version(definitions: Sequence[Definition], whole_version: int) -> int:
    """The version that a company's values must be of: the newest of its aggregators and of all that they follow from.

    ``definitions`` are all of a workspace. 0 where no company has any.
    """
    known = {one.reference: one for one in definitions}
    found = {one.reference for one in definitions if is_of_companies(one)}
    if not found:
        return 0
    while more := {name for one in found for name in known[one].follows if name in known} - found:
        found |= more
    return max(whole_version, *(known[one].version for one in found))


def is_of_companies(one: Definition) -> bool:
    """Whether a definition is an aggregator of companies."""
    return one.kind == "aggregator" and one.content.aggregator.subject == "company"


@dataclass(frozen=True, slots=True)
class Noted(Mover):
    """For which companies a contact counted: the companies of one that goes are looked at again."""

    @property
    def tables(self) -> tuple[str, ...]:
        return ("contact_companies",)

    @property
    def exported(self) -> tuple[str, ...]:
        return ()

    async def merge(self, move: Move) -> int:
        await move.connection.execute(queries.LEAVE, move.workspace_id, list(move.sources), move.now)
        return 0

    async def forget(self, forgetting: Forgetting) -> None:
        await forgetting.connection.execute(
            queries.LEAVE, forgetting.workspace_id, list(forgetting.contact_ids), forgetting.now
        )
