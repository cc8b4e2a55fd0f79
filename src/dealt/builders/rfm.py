"""The pages of RFM: set up once, and a matrix whose cells open into the people in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from dealt.builders.forms import filter_in, part, plan_of, window_fields, window_in
from dealt.builders.people import profile
from dealt.builders.words import words_of
from dealt.contacts import display_name, read_contacts
from dealt.freshness import Derived
from dealt.kernel.clock import parse_datetime
from dealt.kernel.errors import InvalidInput
from dealt.kernel.http import Response
from dealt.kernel.paging import PageRequest
from dealt.rfm import (
    GROUPS,
    SCORES,
    Cell,
    Keeper,
    Rfm,
    create_rfm,
    delete_rfm,
    group_of,
    page_of_rfms,
    page_of_users,
    preview,
    read_matrix,
    read_new,
    read_preview,
    read_rfm,
    update_rfm,
)
from dealt.web import PageRoute, Visit, action, page

_HERE = "/rfm/"
_PEOPLE = 50
_AREA = "segments"
EDGES = (
    ("recency_days", "Recency: days since the last order, at most", ("5", "4", "3", "2")),
    ("frequency", "Frequency: orders, at least", ("2", "3", "4", "5")),
    ("monetary", "Monetary: worth of all orders, at least", ("2", "3", "4", "5")),
)
"""Fixed edges as the form asks for them: name, what they are, and the score that each is of."""
_USUAL = {"recency_days": [30, 90, 180, 365], "frequency": [2, 3, 5, 10], "monetary": [50, 100, 250, 500]}


async def show_all(visit: Visit) -> Response:
    """Every set-up."""
    async with visit.reading() as connection:
        found = await page_of_rfms(connection, visit.workspace_id, PageRequest.parse(visit.query))
    return await visit.page("builders/rfms.html", found=found, setups=[Rfm.of(row) for row in found.rows])


async def show(visit: Visit) -> Response:
    """The matrix and the groups, as values are now; while other edges are being counted by, by those before."""
    async with visit.reading() as connection:
        rfm = await read_rfm(connection, visit.workspace_id, visit.id())
        matrix = await read_matrix(connection, visit.workspace_id, rfm)
        currency = (await plan_of(visit, connection)).vocabulary.base_currency
    segments = dict(zip((group.name for group in GROUPS), rfm.segment_ids, strict=False))
    return await visit.page(
        "builders/rfm.html", rfm=rfm, matrix=_matrix(matrix.cells), counted=matrix, segments=segments, groups=GROUPS,
        scores=SCORES, currency=currency, base=f"{_HERE}{rfm.id}/people/",
    )  # fmt: skip


async def people(visit: Visit) -> Response:
    """Those with the scores of ``?r=&f=&m=``, whoever ordered last first."""
    named = {"r": "recency", "f": "frequency", "m": "monetary"}
    asked = {column: _score(visit, name) for name, column in named.items() if visit.query.get(name)}
    request = PageRequest.parse({"page_size": str(_PEOPLE)} | visit.query)
    async with visit.reading() as connection:
        rfm = await read_rfm(connection, visit.workspace_id, visit.id())
        found = await page_of_users(connection, visit.workspace_id, rfm, asked, request, newest_first=True)
        contacts = await read_contacts(connection, visit.workspace_id, [row["contact_id"] for row in found.rows])
    ordered = {row["contact_id"]: parse_datetime(f"{row['latest']}Z", rfm.zone) for row in found.rows}
    rows = [(key, display_name(contacts[key]), contacts[key]["email"], at) for key, at in ordered.items()]
    query = "".join(f"&{name}={asked[column]}" for name, column in named.items() if column in asked)
    group = group_of(asked["recency"], asked["frequency"]) if {"recency", "frequency"} <= asked.keys() else ""
    return await visit.page(
        "builders/rfm_people.html", rfm=rfm, asked=asked, found=found, rows=rows, query=query, group=group,
        profile=profile(visit, "contact"),
    )  # fmt: skip


async def form(visit: Visit) -> Response:
    """A new set-up."""
    return await _form(visit, read_new({}), None)


async def edit(visit: Visit) -> Response:
    """One that is there already."""
    async with visit.reading() as connection:
        rfm = await read_rfm(connection, visit.workspace_id, visit.id())
    return await _form(visit, rfm, rfm.id)


async def add(visit: Visit) -> Response:
    """Its aggregators, attributes and segments are made with it."""
    wanted = read_new(_body(visit) | {"name": visit.text("name") or "RFM"})
    async with visit.changing() as connection:
        made = await create_rfm(connection, _keeper(visit), wanted)
    return visit.go(f"{_HERE}{made.id}/", f"{made.name} is set up. Scores appear as soon as they are computed.")


async def change(visit: Visit) -> Response:
    """Other orders, or another period; edges are found anew."""
    async with visit.changing() as connection:
        rfm = await read_rfm(connection, visit.workspace_id, visit.id())
        changed = await update_rfm(connection, _keeper(visit), rfm.id, _body(visit) | {"name": visit.text("name")})
    return visit.go(f"{_HERE}{changed.id}/", f"{changed.name} is saved. Scores are being found anew.")


async def delete(visit: Visit) -> Response:
    """With all that was made for it."""
    async with visit.changing() as connection:
        rfm = await read_rfm(connection, visit.workspace_id, visit.id())
        await delete_rfm(connection, _keeper(visit), rfm.id)
    return visit.go(_HERE, f"{rfm.name} is deleted, with its attributes and segments.")


async def look(visit: Visit) -> Response:
    """For the form: the matrix that it would give now."""
    wanted = read_preview(_body(visit))
    async with visit.reading() as connection:
        plan = await plan_of(visit, connection)
        _, cells = await preview(connection, plan, wanted, visit.now)
    told = await part(
        visit, "builders/_matrix.html", matrix=_matrix(cells), scores=SCORES, base="",
        currency=plan.vocabulary.base_currency,
    )  # fmt: skip
    return visit.json({"html": told})


async def _form(visit: Visit, rfm: Rfm, rfm_id: int | None) -> Response:
    async with visit.reading() as connection:
        plan = await plan_of(visit, connection)
        words = words_of(plan.vocabulary.catalogue)
    typed = rfm.told | window_fields(rfm.window) | {"kept_window": rfm.window}
    typed["edges"] = "fixed" if rfm.thresholds else "fifths"
    typed["limits"] = typed.pop("thresholds") or _USUAL
    if visit.failed is not None and "window" in visit.form:
        given = {name: value for name, value in visit.form.items() if isinstance(value, str) and name != "filter"}
        typed |= given | {"net_of_returns": bool(given.get("net_of_returns")), "kept_window": rfm.window}
        typed["limits"] = {name: [given.get(f"{name}.{place}", "") for place in range(4)] for name, _, _ in EDGES}
    return await visit.page("builders/rfm_form.html", rfm=rfm, rfm_id=rfm_id, typed=typed, words=words, edges=EDGES)


def _body(visit: Visit) -> dict[str, Any]:
    """The set-up that the form tells."""
    return {
        "filter": filter_in(visit),
        "window": window_in(visit),
        "net_of_returns": bool(visit.text("net_of_returns")),
        "thresholds": _thresholds(visit),
    }


def _thresholds(visit: Visit) -> dict[str, list[str]] | None:
    """The fixed edges between scores; None where a fifth of all customers makes a score."""
    if visit.text("edges") != "fixed":
        return None
    return {name: [visit.text(f"{name}.{place}") for place in range(4)] for name, _, _ in EDGES}


def _score(visit: Visit, name: str) -> int:
    value = visit.query[name]
    if value not in [str(score) for score in SCORES]:
        raise InvalidInput.of(name, "A score is a whole number from 1 to 5.")
    return int(value)


def _matrix(cells: Sequence[Cell]) -> dict[str, Any]:
    """Customers and value by recency and frequency, by group, and of all; ``most`` is the fullest cell's number."""
    users, value = defaultdict[Any, int](int), defaultdict[Any, Decimal](Decimal)
    for cell in cells:
        for key in ((cell.recency, cell.frequency), group_of(cell.recency, cell.frequency)):
            users[key] += cell.users
            value[key] += cell.value
    places = [(recency, frequency) for recency in SCORES for frequency in SCORES]
    return {
        "users": {place: users[place] for place in places},
        "value": {place: value[place] for place in places},
        "of_groups": {group.name: (users[group.name], value[group.name]) for group in GROUPS},
        "names": {place: group_of(*place) for place in places},
        "total": sum(cell.users for cell in cells),
        "most": max((users[place] for place in places), default=0),
    }


def _keeper(visit: Visit) -> Keeper:
    return Keeper(visit.of(Derived), visit.actor, visit.now)


ROUTES: list[PageRoute] = [
    page(_HERE, show_all, _AREA),
    page("/rfm/new/", form, _AREA),
    action("/rfm/new/", add, _AREA, again=form),
    action("/rfm/preview/", look, _AREA, reads=True),
    page("/rfm/<int:id>/", show, _AREA),
    page("/rfm/<int:id>/people/", people, _AREA),
    page("/rfm/<int:id>/edit/", edit, _AREA),
    action("/rfm/<int:id>/edit/", change, _AREA, again=edit),
    action("/rfm/<int:id>/delete/", delete, _AREA, again=show),
]
