"""Lock, then look, for companies: what is derived for them is computed under their locks, a batch at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dealt.aggregators import queries_of_companies as queries
from dealt.aggregators.compiling import Wanted, computed
from dealt.aggregators.deriving import AggregatorDeriver
from dealt.aggregators.following import is_of_companies, needed_version
from dealt.aggregators.model import unconverted_key
from dealt.freshness import (
    CONTACTS_OF,
    Definition,
    Plan,
    Run,
    Step,
    Vocabulary,
    Work,
    facets,
    read_progress,
    run_steps,
    strata,
)
from dealt.kernel.db import Connection
from dealt.kernel.journal import Cause, Lane, mark_stale
from dealt.kernel.sql import Late, Sql
from dealt.segments import KIND as SEGMENT
from dealt.segments import OBJECTS

LOCK = 0x636F6D70  # "comp"
_NOW = Late("now")
_TEXTS = ("string", "json")


class CompanyDeriver(AggregatorDeriver):
    """Aggregators of companies: the ids of a ``Work`` are those of companies here."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def compile(self, vocabulary: Vocabulary, definitions: Sequence[Definition]) -> Run:
        """One statement that computes, stores and journals; whoever looks at these companies is then marked."""
        wanted = [Wanted(one.content.aggregator.target, one.content.figure) for one in definitions]
        followed = {one.content.aggregator.target for one in definitions if _is_followed(self._plan, one)}
        targets = [one.target for one in wanted]
        # Whoever erases a person does not look into the history of companies.
        texts = [one.content.aggregator.target for one in definitions if one.content.aggregator.value_type in _TEXTS]
        keys = [key for target in targets for key in (target, unconverted_key(target))]
        workspace = vocabulary.workspace_id
        values: tuple[Any, ...] = (
            keys, workspace, workspace, _NOW, texts, targets, Late("cause"), _NOW, workspace, workspace, workspace,
        )  # fmt: skip
        statement = (computed(vocabulary, wanted, "company") + Sql(queries.STORE, values)).prepared()

        async def run(connection: Connection, work: Work) -> Mapping[int, datetime]:
            bound = statement.bound(ids=work.contact_ids, hops=work.hop_list, now=work.now, cause=int(work.cause))
            rows = await connection.fetch(statement.text, *bound)
            moved = [row["company_id"] for row in rows if not followed.isdisjoint(row["changed"])]
            if moved:
                found = await connection.fetch(CONTACTS_OF["company"], workspace, moved)
                contacts, hop = [row["contact_id"] for row in found], max(row["hop"] for row in rows)
                await mark_stale(
                    connection, workspace, contacts, work.now, lane=Lane.BULK, cause=work.cause, hop=hop,
                    facets=facets.COMPANIES,
                )  # fmt: skip
            return {row["company_id"]: row["wake_at"] for row in rows if row["wake_at"] is not None}

        return run


def steps_of(plan: Plan) -> list[Step]:
    """What computes all of a workspace's aggregators of companies, in order."""
    deriver = CompanyDeriver(plan)
    levels = [[one for one in level if is_of_companies(one)] for level in strata(plan.definitions)]
    return [Step(deriver, level, deriver.compile(plan.vocabulary, level)) for level in levels if level]


async def settle_companies(
    connection: Connection, plan: Plan, steps: Sequence[Step], company_ids: Sequence[int], now: datetime
) -> None:
    """Take the marks of these companies, whose locks this transaction holds, and compute them. Raises Failed."""
    workspace_id = plan.vocabulary.workspace_id
    marks = await connection.fetch(queries.TAKE, workspace_id, list(company_ids))
    hops: dict[int, int] = {}
    causes: dict[int, int] = {}
    for row in marks:
        key = row["company_id"]
        hops[key] = max(hops.get(key, 0), row["hop"])
        # What anybody may have to be told of is live, whatever else came with it.
        causes[key] = min(causes.get(key, row["cause"]), row["cause"])
    await connection.execute(queries.FORGET_GONE, workspace_id, list(company_ids))
    await connection.execute(queries.TIDY, workspace_id, list(company_ids), _known(steps))
    version = await version_now(connection, plan)
    by_cause: dict[int, list[int]] = {}
    for company_id in sorted(company_ids):
        by_cause.setdefault(causes.get(company_id, int(Cause.BACKFILL)), []).append(company_id)
    for cause, ids in by_cause.items():
        wakes = await run_steps(connection, plan, steps, Work(workspace_id, ids, now, Cause(cause), hops))
        moments = [wakes.get(company_id) for company_id in ids]
        await connection.execute(queries.SETTLED, workspace_id, ids, now, version, moments)
    if looks_at_companies(plan):
        await connection.execute(queries.PASS_ON, workspace_id, list(company_ids), now)


async def version_now(connection: Connection, plan: Plan) -> int:
    """The version that values which are computed now are of: 0 while a walk has yet to note whose contacts count."""
    needed = needed_version(plan.definitions, plan.whole_version)
    progress = await read_progress(connection, plan.vocabulary.workspace_id)
    return plan.version if progress is not None and progress.covers(needed) else 0


def looks_at_companies(plan: Plan) -> bool:
    """Whether there are segments of companies."""
    return any(_is_of_objects(one) and one.content.segment.subject == "company" for one in plan.definitions)


def _known(steps: Sequence[Step]) -> list[str]:
    targets = [one.content.aggregator.target for step in steps for one in step.definitions]
    return [key for target in targets for key in (target, unconverted_key(target))]


def _is_followed(plan: Plan, one: Definition) -> bool:
    """Whether anything that contacts are looked at for reads it; companies and products are looked at by themselves."""
    return any(one.reference in other.follows and not _is_of_objects(other) for other in plan.definitions)


def _is_of_objects(one: Definition) -> bool:
    return one.kind == SEGMENT and one.content.segment.subject in OBJECTS
