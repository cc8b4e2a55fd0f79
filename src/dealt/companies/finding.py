"""Finding companies by what others call them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

from dealt.companies import queries
from dealt.companies.model import Company, CompanyIds, CompanyRef, company_of
from dealt.kernel.db import Connection
from dealt.kernel.errors import NotFound
from dealt.kernel.paging import Order, Page, PageRequest, fetch_page
from dealt.kernel.questions import Question, Row, ask
from dealt.kernel.sql import Sql, sql

MOST_EMPLOYEES = 500


async def find_company_ids(
    connection: Connection, workspace_id: int, *, ids: Iterable[int] = (), custom_ids: Iterable[str] = ()
) -> CompanyIds:
    """Which of these companies exist, in one statement."""
    (found,) = await ask(connection, companies_question(workspace_id, ids=ids, custom_ids=custom_ids))
    return cast(CompanyIds, found)


def companies_question(
    workspace_id: int, *, ids: Iterable[int] = (), custom_ids: Iterable[str] = ()
) -> Question[CompanyIds]:
    """What ``find_company_ids`` asks, to be asked together with other questions."""
    wanted, named = set(ids), set(custom_ids)
    storable = [company_id for company_id in wanted if 0 < company_id < 2**63]

    def read(rows: list[Row]) -> CompanyIds:
        found = CompanyIds()
        for row in rows:
            ref = CompanyRef(row["id"], row["custom_id"])
            if ref.id in wanted:
                found.by_id[ref.id] = ref
            if ref.custom_id is not None and ref.custom_id in named:
                found.by_custom_id[ref.custom_id] = ref
        return found

    return Question(sql(queries.FIND, workspace_id, storable, workspace_id, list(named)), read)


async def read_company(connection: Connection, workspace_id: int, company_id: int) -> Company:
    """One company. Raises NotFound."""
    row = await connection.fetchrow(queries.READ, workspace_id, company_id)
    if row is None:
        raise NotFound
    return company_of(row)


async def names_of_companies(connection: Connection, workspace_id: int, company_ids: Sequence[int]) -> dict[int, str]:
    """What these companies are called, of those that there are."""
    rows = await connection.fetch(queries.NAMES, workspace_id, list(company_ids))
    return {row["id"]: row["name"] for row in rows}


async def find_company_id(connection: Connection, workspace_id: int, custom_id: str) -> int:
    """The id of the company with this custom id. Raises NotFound."""
    found = await find_company_ids(connection, workspace_id, custom_ids=[custom_id])
    if custom_id not in found.by_custom_id:
        raise NotFound
    return found.by_custom_id[custom_id].id


async def list_companies(
    connection: Connection, workspace_id: int, conditions: Sequence[Sql], order: Order, request: PageRequest
) -> Page:
    """A page of companies, rows of ``queries.COLUMNS``, that satisfy all conditions."""
    where = [sql("workspace_id = {}", workspace_id), *conditions]
    return await fetch_page(connection, queries.COLUMNS, queries.SOURCE, where, order, request)


def companies_with_custom_id(custom_id: str) -> Sql:
    """The condition of being the company with this custom id."""
    return sql(queries.WITH_CUSTOM_ID, custom_id)


def companies_with_tag(tag_id: int) -> Sql:
    """The condition of having a tag."""
    return sql(queries.WITH_TAG, tag_id)


async def employees_of(connection: Connection, workspace_id: int, company_ids: Sequence[int]) -> dict[int, list[int]]:
    """The ids of the first ``MOST_EMPLOYEES`` contacts of each company, ascending, in one statement."""
    found: dict[int, list[int]] = {company_id: [] for company_id in company_ids}
    for row in await connection.fetch(queries.EMPLOYEES, workspace_id, list(company_ids), MOST_EMPLOYEES):
        found[row["id"]].append(row["contact_id"])
    return found


async def list_member_ids(connection: Connection, workspace_id: int, company_id: int) -> list[int]:
    """The ids of the contacts of a company, ascending."""
    return [row["contact_id"] for row in await connection.fetch(queries.MEMBER_IDS, workspace_id, company_id)]
