"""Companies: create, upsert, read, change, delete, list, by either id; who belongs to one, its tags and attributes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from dealt.accounts import Snapshot
from dealt.aggregators import OF_COMPANIES, shown_values, value_column, values_of_companies
from dealt.attributes import Attribute
from dealt.companies import (
    FIELDS,
    SERVED,
    WrittenCompany,
    add_member,
    companies_with_custom_id,
    company_of,
    create_company,
    delete_company,
    employees_of,
    find_company_id,
    list_companies,
    list_members,
    parse_company,
    read_company,
    remove_member,
    update_company,
    upsert_company,
)
from dealt.contacts import read_contacts
from dealt.kernel.db import Connection, Record, in_transaction
from dealt.kernel.http import Response, Route
from dealt.kernel.lookups import BOUNDS, Column
from dealt.kernel.paging import Order, Page
from dealt.kernel.sql import sql
from dealt.publicapi.ages import note_age_of_companies
from dealt.publicapi.call import Call, answer, paged
from dealt.publicapi.company_shapes import shape_company
from dealt.publicapi.listing import Listing, columns_of
from dealt.publicapi.naming import named_contact
from dealt.publicapi.one_object import named, updating, written
from dealt.publicapi.single_changes import SingleChanges
from dealt.publicapi.user_answers import shape_users


@dataclass(frozen=True)
class CompanyListing(Listing):
    """What aggregators found narrows and orders like attributes."""

    def attribute(self, attribute: Attribute, snapshot: Snapshot, now: datetime) -> Column:
        """The column of a custom attribute, or of what an aggregator fills."""
        one = snapshot.part(OF_COMPANIES).get(attribute.name_std) if attribute.aggregator_id is not None else None
        if one is not None:
            return value_column("companies", one, now, snapshot.time_zone)
        return super().attribute(attribute, snapshot, now)


COMPANIES = CompanyListing(
    columns_of(FIELDS, SERVED),
    sorts=("id", "updated_at"),
    domain="company",
    specials={
        **{name: lambda text, _: companies_with_custom_id(text) for name in ("custom_id", "company_id")},
        "name": lambda text, _: sql("starts_with(lower(name), lower({}))", text),
    },
)
MEMBERS = Listing(
    {"id": Column("contact_id", "integer", served=BOUNDS), "member_since": Column("member_since", "datetime")},
    id_column="contact_id",
)
Work = Callable[[Connection, Snapshot], Awaitable[WrittenCompany]]


async def list_all(call: Call) -> Response:
    """GET /companies/: pages, narrowed by custom id, the beginning of a name and times."""
    async with call.reading() as connection:
        snapshot = await call.definitions(connection)
        await note_age_of_companies(call, connection)
        page = await list_companies(connection, call.workspace_id, [], Order("id"), call.page_request)
        return await page_of_companies(call, connection, snapshot, page)


async def page_of_companies(call: Call, connection: Connection, snapshot: Snapshot, page: Page) -> Response:
    """A page of companies' rows as the answer."""
    ids = [row["id"] for row in page.rows]
    employees = await employees_of(connection, call.workspace_id, ids)
    computed = await computed_of(connection, snapshot, ids, call.now)

    def shown(row: Record) -> dict[str, Any]:
        key = row["id"]
        return shape_company(company_of(row), employees[key], computed.get(key, {}), snapshot, call.version)

    return paged(call, page, shown)


async def computed_of(
    connection: Connection, snapshot: Snapshot, ids: Sequence[int], now: datetime
) -> dict[int, dict[str, Any]]:
    """What aggregators found for these companies, by attribute; some seconds old at most."""
    known = snapshot.part(OF_COMPANIES)
    if not known:
        return {}
    stored = await values_of_companies(connection, snapshot.workspace_id, ids)
    return {key: shown_values(values, known, now, snapshot.time_zone) for key, values in stored.items()}


async def create(call: Call) -> Response:
    """POST /companies/: 201 with the new company; 400 where its custom id is in use."""
    patch = parse_company(call.body)

    async def work(connection: Connection, snapshot: Snapshot) -> WrittenCompany:
        return await create_company(connection, call.actor, patch, snapshot=snapshot, now=call.now)

    return await _write(call, work)


async def update_or_create(call: Call) -> Response:
    """POST /companies/update_or_create/: the company with this custom id, made or changed; ``created`` says which."""
    patch = parse_company(call.body)
    if call.version == 1:
        patch = msgspec.structs.replace(patch, custom_id_name="company_id")

    async def work(connection: Connection, snapshot: Snapshot) -> WrittenCompany:
        return await upsert_company(connection, call.actor, patch, snapshot=snapshot, now=call.now)

    return await _write(call, work, tells_created=True)


async def read(call: Call) -> Response:
    """GET one company."""
    async with call.reading() as connection:
        company_id = await named(call, connection, find_company_id)
        return answer(await _shown(call, connection, company_id, await call.definitions(connection)))


async def update(call: Call) -> Response:
    """PUT and PATCH: both change what the body names, and answer the whole company."""
    patch = parse_company(call.body)

    async def work(connection: Connection, snapshot: Snapshot) -> WrittenCompany:
        company_id = await named(call, connection, find_company_id)
        return await update_company(connection, call.actor, company_id, patch, snapshot=snapshot, now=call.now)

    return await _write(call, work)


async def delete(call: Call) -> Response:
    """DELETE: 204; its contacts, their orders and tasks stay, without the company."""

    async def work(connection: Connection) -> None:
        await delete_company(connection, call.actor, await named(call, connection, find_company_id), now=call.now)

    await in_transaction(call.services.pool, work)
    return Response(204)


async def members(call: Call) -> Response:
    """GET .../members/: pages of the users who belong to the company, by id."""
    async with call.reading() as connection:
        company_id = await named(call, connection, find_company_id)
        await read_company(connection, call.workspace_id, company_id)
        snapshot = await call.definitions(connection)
        page = await list_members(connection, call.workspace_id, company_id, call.page_request)
        ids = [row["contact_id"] for row in page.rows]
        rows = await read_contacts(connection, call.workspace_id, ids)
        shape = (await shape_users(call, connection, snapshot, ids)).of_version(call.version)

    def shown(row: Record) -> dict[str, Any] | None:
        contact = rows.get(row["contact_id"])
        return None if contact is None else {**shape(contact), "member_since": row["member_since"]}

    return paged(call, page, shown)


async def join(call: Call) -> Response:
    """POST .../add_member/: the user whom the body names belongs to the company from now on."""
    return await _change_members(call, add_member)


async def leave(call: Call) -> Response:
    """POST or DELETE .../remove_member/: the user does not belong to the company any more."""
    return await _change_members(call, remove_member)


async def _change_members(call: Call, act: Callable[..., Awaitable[bool]]) -> Response:
    body = call.body or call.request.query

    async def work(connection: Connection) -> dict[str, Any]:
        company_id = await named(call, connection, find_company_id)
        contact_id = await named_contact(call, connection, body)
        await act(connection, call.actor, company_id, contact_id, now=call.now)
        return await _shown(call, connection, company_id, await call.definitions(connection))

    return answer(await in_transaction(call.services.pool, work))


changes = SingleChanges(updating(parse_company, find_company_id, update_company))


async def _write(call: Call, work: Work, *, tells_created: bool = False) -> Response:
    done, known = await written(call, work)
    async with call.reading() as connection:
        employees = await employees_of(connection, call.workspace_id, [done.company.id])
        computed = (await computed_of(connection, known.after, [done.company.id], call.now)).get(done.company.id, {})
    shape = shape_company(done.company, employees[done.company.id], computed, known.after, call.version)
    told = {"created": done.created} if tells_created else {}
    return answer(shape | told, 201 if done.created else 200)


async def _shown(call: Call, connection: Connection, company_id: int, snapshot: Snapshot) -> dict[str, Any]:
    company = await read_company(connection, call.workspace_id, company_id)
    employees = await employees_of(connection, call.workspace_id, [company_id])
    computed = (await computed_of(connection, snapshot, [company_id], call.now)).get(company_id, {})
    return shape_company(company, employees[company_id], computed, snapshot, call.version)


def _routes(base: str) -> list[Route[Call]]:
    return [
        Route(("GET",), base, read, "read"),
        Route(("PUT", "PATCH"), base, update, "write"),
        Route(("DELETE",), base, delete, "write"),
        Route(("GET",), f"{base}members/", members, "read", listing=MEMBERS),
        Route(("POST",), f"{base}add_member/", join, "write"),
        Route(("POST", "DELETE"), f"{base}remove_member/", leave, "write"),
        *changes.tag_routes(base),
        *changes.attribute_routes(base),
    ]


ROUTES: list[Route[Call]] = [
    Route(("GET",), "/companies/", list_all, "read", listing=COMPANIES),
    Route(("POST",), "/companies/", create, "write"),
    Route(("POST",), "/companies/update_or_create/", update_or_create, "write"),
    *_routes("/companies/<int:id>/"),
    *_routes("/companies-by-id/<custom_id>/"),
]
