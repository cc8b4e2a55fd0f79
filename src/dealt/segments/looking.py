"""Looking at everybody by a filter, for as long as the workspace allows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dealt.freshness import Derived, Plan
from dealt.kernel.db import Connection, Record
from dealt.kernel.limits import looking
from dealt.kernel.sql import Sql, sql
from dealt.predicates import Checked, Compiler, Whole
from dealt.segments.compiling import moment_of
from dealt.segments.filtering import PLACE, read_filter
from dealt.segments.model import TABLES


async def check_time(
    connection: Connection, derived: Derived, workspace_id: int, subject: str, written: Any, now: datetime
) -> None:
    """Look at everybody once, before a filter is saved and anything is held for it.

    Raises InvalidInput where it makes no sense, or takes longer than it may.
    """
    # The transaction may have changed definitions already: what is seen here is kept for nobody.
    plan = await derived.uncommitted(connection, workspace_id)
    node = read_filter(written, subject, plan.vocabulary)
    async with looking(connection, plan.vocabulary.longest_filter_ms, PLACE):
        await single(connection, passing(plan, subject, node, now) + Sql("SELECT count(*) AS number FROM passing"))


def passing(plan: Plan, subject: str, node: Checked, now: datetime) -> Sql:
    """A CTE ``passing`` of the ids of all who pass a filter."""
    tables, workspace_id = TABLES[subject], plan.vocabulary.workspace_id
    spoken, at = plan.vocabulary.catalogue.subject(subject), moment_of(plan.vocabulary, now)
    # Everybody is looked at: what belongs to contacts is read once, not contact by contact.
    whole = Whole(workspace_id) if subject == "contact" else None
    condition = Compiler(spoken, "s", at, whole).condition(node)
    return (
        sql(f"WITH passing AS MATERIALIZED (SELECT s.id FROM {tables.table} AS s")
        + (whole.joins() if whole else sql("")) + sql(" WHERE s.workspace_id = {}", workspace_id)
        + sql(f" AND {tables.whole} AND ") + condition + sql(")")
    )  # fmt: skip


async def single(connection: Connection, query: Sql) -> Record:
    """The one row of a query that has one."""
    text, values = query.render()
    found = await connection.fetchrow(text, *values)
    assert found is not None, "an aggregate has one row"
    return found
