"""The page of one company: what is known of it, its people and its orders."""

from __future__ import annotations

from dealt.accounts import sees_only
from dealt.attributes import ATTRIBUTES
from dealt.companies import read_company
from dealt.contacts import called
from dealt.kernel.http import Response
from dealt.profiles import queries
from dealt.profiles.product import names_of
from dealt.profiles.telling import STATUSES
from dealt.tags import TAGS
from dealt.web import PageRoute, Visit, page

DEALS_SHOWN = PEOPLE_SHOWN = 20


async def show(visit: Visit) -> Response:
    """Its people are the contacts that are members now; its orders those that name it."""
    async with visit.reading() as connection:
        snapshot = await visit.house.definitions.for_reading(connection, visit.workspace_id)
        company = await read_company(connection, visit.workspace_id, visit.id())
        named = (visit.workspace_id, company.id)
        people = await connection.fetch(queries.PEOPLE_OF_COMPANY, *named, PEOPLE_SHOWN + 1)
        deals = await connection.fetch(queries.DEALS_OF_COMPANY, *named, sees_only(visit.member), DEALS_SHOWN + 1)
        buyers = await names_of(connection, visit.workspace_id, deals)
    names = {row["id"]: called(row) for row in people}
    return await visit.page(
        "profiles/company.html", company=company, people=people[:PEOPLE_SHOWN], more_people=len(people) > PEOPLE_SHOWN,
        called=names, deals=deals[:DEALS_SHOWN], more=len(deals) > DEALS_SHOWN, buyers=buyers, statuses=STATUSES,
        tags=snapshot.part(TAGS), attributes=list(snapshot.part(ATTRIBUTES).of("company").values()),
    )  # fmt: skip


ROUTES: list[PageRoute] = [page("/companies/<int:id>/", show, "companies")]
