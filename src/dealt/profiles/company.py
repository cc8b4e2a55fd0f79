"""The page of one company: what is known of it, its people, its orders and its history."""

from __future__ import annotations

from dataclasses import replace

from dealt.accounts import MEMBERS, Snapshot, sees_only
from dealt.aggregators import (
    OF_COMPANIES,
    ages_of_companies,
    explain_value,
    is_money,
    read_aggregator,
    read_figure,
    shown_value,
    values_of_companies,
)
from dealt.companies import Company, add_member, employees_of, read_company, remove_member
from dealt.contacts import called
from dealt.freshness import Derived
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput
from dealt.kernel.http import Response
from dealt.kernel.journal import SETTINGS
from dealt.predicates import describe
from dealt.profiles import queries
from dealt.profiles.contact_view import names_of_deals, values_shown
from dealt.profiles.history import contact_names, read_history
from dealt.profiles.keeping import COMPANIES, controls, routes_of, written
from dealt.profiles.naming import contact_meant
from dealt.profiles.numbers import number_in
from dealt.profiles.telling import STATUSES
from dealt.profiles.typed import due_tomorrow
from dealt.tags import TAGS
from dealt.web import PageRoute, Undo, Visit, action, page

DEALS_SHOWN = PEOPLE_SHOWN = 20


async def show(visit: Visit) -> Response:
    """Its people are the contacts that are members now; its orders those that name it."""
    before = number_in(visit.query.get("before", ""), "before", default=0) or None
    async with visit.reading() as connection:
        snapshot = await visit.house.definitions.for_reading(connection, visit.workspace_id)
        company: Company = await COMPANIES.read(connection, visit.workspace_id, visit.id())
        history = await read_history(connection, snapshot, "company", SETTINGS, company.id, before)
        if visit.by_htmx:
            address = COMPANIES.one(visit)
            return await visit.page("profiles/_changes.html", history=history, address=address, what="company")
        named = (visit.workspace_id, company.id)
        people = await connection.fetch(queries.PEOPLE_OF_COMPANY, *named, PEOPLE_SHOWN + 1)
        members = (await employees_of(connection, visit.workspace_id, [company.id]))[company.id]
        deals = await connection.fetch(queries.DEALS_OF_COMPANY, *named, sees_only(visit.member), DEALS_SHOWN + 1)
        tasks = await connection.fetch(queries.TASKS_OF_COMPANY, *named, sees_only(visit.member))
        buyers = await contact_names(connection, visit.workspace_id, sorted({row["contact_id"] for row in deals}))
        stored = (await values_of_companies(connection, visit.workspace_id, [company.id])).get(company.id, {})
        age = (await ages_of_companies(connection, visit.workspace_id, [company.id], visit.now)).get(company.id)
    names = {row["id"]: called(row) for row in people}
    return await visit.page(
        "profiles/company.html", company=company, people=people[:PEOPLE_SHOWN], more_people=len(people) > PEOPLE_SHOWN,
        called=names, deals=deals[:DEALS_SHOWN], more=len(deals) > DEALS_SHOWN, buyers=buyers, statuses=STATUSES,
        tags=snapshot.part(TAGS), history=history, employees=len(members), age=age,
        computed=values_shown(snapshot.part(OF_COMPANIES), stored, snapshot, visit.now),
        open_tasks=tasks, members=snapshot.part(MEMBERS), due=due_tomorrow(visit.now, snapshot),
        **controls(visit, snapshot, COMPANIES, company),
    )  # fmt: skip


async def why_value(visit: Visit) -> Response:
    """The rows that a value of an aggregator is made of, and how old it is."""
    async with visit.reading() as connection:
        found = await read_aggregator(connection, visit.workspace_id, visit.id("aggregator"))
        company = await read_company(connection, visit.workspace_id, visit.id())
        if found.subject != "company":
            raise visit.not_found("aggregator of companies")
        plan = await visit.of(Derived).plan(connection, visit.workspace_id)
        figure = read_figure(found, plan.vocabulary)
        why = await explain_value(connection, plan.vocabulary, figure, company.id, visit.now)
        stored = (await values_of_companies(connection, visit.workspace_id, [company.id])).get(company.id, {})
        age = (await ages_of_companies(connection, visit.workspace_id, [company.id], visit.now)).get(company.id)
        names = await names_of_deals(connection, visit.workspace_id, found, why)
        base = (await visit.house.definitions.for_reading(connection, visit.workspace_id)).base_currency
    if sees_only(visit.member) is not None:
        why = replace(why, behind=[])
    return await visit.page(
        "profiles/_why_value.html", aggregator=found, why=why, age=age, counts=describe(figure.where),
        names=names, currency=base if is_money(found) else None,
        value=shown_value(stored.get(found.target), found, visit.now, plan.vocabulary.zone),
    )  # fmt: skip


async def join(visit: Visit) -> Response:
    """A contact belongs to it from now on."""
    _may_name_contacts(visit)
    here = COMPANIES.one(visit)

    async def work(connection: Connection, _snapshot: Snapshot) -> tuple[int, bool]:
        await COMPANIES.read(connection, visit.workspace_id, visit.id())
        contact_id = await contact_meant(connection, visit.workspace_id, visit.text("contact"), "contact")
        return contact_id, await add_member(connection, visit.actor, visit.id(), contact_id, now=visit.now)

    contact_id, joined = await written(visit, work)
    if not joined:
        return visit.go(here, "This contact belongs to it already.")
    return visit.go(here, "The contact belongs to it now.", Undo(f"{here}leave/", {"contact": str(contact_id)}))


async def leave(visit: Visit) -> Response:
    """A contact does not belong to it any more."""
    _may_name_contacts(visit)
    here, contact_id = COMPANIES.one(visit), number_in(visit.text("contact"), "contact", default=0)

    async def work(connection: Connection, _snapshot: Snapshot) -> bool:
        return await remove_member(connection, visit.actor, visit.id(), contact_id, now=visit.now)

    if not await written(visit, work):
        return visit.go(here, "This contact did not belong to it.")
    return visit.go(here, "The contact is taken out.", Undo(f"{here}join/", {"contact": str(contact_id)}))


def _may_name_contacts(visit: Visit) -> None:
    """Whoever may not see contacts cannot find out by this who there is."""
    if not visit.may("contacts"):
        raise InvalidInput.of("contact", "Your role does not include contacts.")


ROUTES: list[PageRoute] = [
    *routes_of(COMPANIES, show),
    page("/companies/<int:id>/values/<int:aggregator>/", why_value, "companies"),
    action("/companies/<int:id>/join/", join, "companies", again=show),
    action("/companies/<int:id>/leave/", leave, "companies", again=show),
]
