"""The pages of aggregators."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dealt.aggregators import (
    FUNCTIONS,
    SOURCES,
    Aggregator,
    CompanyProgress,
    create_aggregator,
    delete_aggregator,
    page_of_aggregators,
    preview,
    progress_of_each,
    read_aggregator,
    read_changes,
    read_figure,
    read_new,
    read_preview,
    sample,
    shown_value,
    update_aggregator,
)
from dealt.builders.forms import filter_in, part, plan_of, whole_in, window_fields, window_in
from dealt.builders.people import profile
from dealt.builders.words import words_of
from dealt.companies import names_of_companies
from dealt.contacts import display_name, read_contacts
from dealt.freshness import Derived, Progress, read_progress
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput
from dealt.kernel.http import Response
from dealt.kernel.paging import PageRequest
from dealt.predicates import FilterCatalogue, describe
from dealt.rfm import keep_figures
from dealt.web import PageRoute, Visit, action, bring_back, page

_HERE = "/aggregators/"
_SAMPLED = 10
_TEXTS = ("subject", "source", "function", "field", "by")
CALLED = {
    "count": "How many", "count_distinct": "How many different", "sum": "Sum", "average": "Average", "min": "Least",
    "max": "Largest", "median": "Median", "first": "First", "last": "Last", "most_common": "Most common",
    "days_since": "Days since the last", "last_values": "Last values",
}  # fmt: skip
"""What people call the functions."""


async def show_all(visit: Visit) -> Response:
    """Every aggregator, with how it does."""
    async with visit.reading() as connection:
        found = await page_of_aggregators(connection, visit.workspace_id, PageRequest.parse(visit.query))
        aggregators = [Aggregator.of(row) for row in found.rows]
        walk, states, errors = await _standing(visit, connection, aggregators)
        catalogue = (await plan_of(visit, connection)).vocabulary.catalogue
    shown = [
        (one, computes(one, catalogue), errors.get(one.id, one.error), states[one.id]) for one in aggregators
    ]  # fmt: skip
    return await visit.page("builders/aggregators.html", found=found, shown=shown, progress=walk)


def computes(one: Aggregator, catalogue: FilterCatalogue) -> str:
    """In a few words: ``Sum of Value in deals``."""
    relation = catalogue.subject(one.subject).relations[one.source]
    if one.field is None:
        return f"{CALLED[one.function]} {relation.one if one.function == 'days_since' else relation.label}"
    field = catalogue.subject(relation.target).fields.get(one.field)
    return f"{CALLED[one.function]} of {field.label if field else one.field} in {relation.label}"


async def form(visit: Visit) -> Response:
    """A new aggregator."""
    new = Aggregator(0, "", "", "deals", "count", None, None, 5, False, {}, {}, "", "")
    return await _form(visit, new)


async def add(visit: Visit) -> Response:
    """Its values follow in the background; a contact who is looked at meanwhile has them."""
    body = _body(visit) | {"name": visit.text("name"), "description": visit.text("description")}
    wanted = read_new(body | ({"target": visit.text("target")} if visit.text("target") else {}))
    async with visit.changing() as connection:
        made = await create_aggregator(connection, visit.of(Derived), visit.actor, wanted, now=visit.now)
    return visit.go(f"{_HERE}{made.id}/", f'The aggregator "{made.name}" is saved. Its values are being computed.')


async def edit(visit: Visit) -> Response:
    """One aggregator."""
    async with visit.reading() as connection:
        found = await read_aggregator(connection, visit.workspace_id, visit.id())
    return await _form(visit, found)


async def change(visit: Visit) -> Response:
    """Another definition; one that was put aside is tried again."""
    async with visit.changing() as connection:
        before = await read_aggregator(connection, visit.workspace_id, visit.id())
        body = _body(visit) | {"name": visit.text("name"), "description": visit.text("description")}
        wanted = read_changes(body | {"subject": before.subject}, before)
        await keep_figures(connection, visit.workspace_id, before, wanted)
        await update_aggregator(connection, visit.of(Derived), visit.actor, before, wanted, now=visit.now)
    return visit.go(f"{_HERE}{visit.id()}/", f'The aggregator "{wanted.name}" is saved.')


async def delete(visit: Visit) -> Response:
    """Its attribute goes at once, its values with it; refused where something else speaks of it."""
    async with visit.changing() as connection:
        found = await read_aggregator(connection, visit.workspace_id, visit.id())
        kept = await delete_aggregator(connection, visit.of(Derived), visit.actor, found.id, now=visit.now)
    return visit.go(_HERE, f"{found.name} is deleted, and the attribute {found.target} with it.", bring_back(kept))


async def look(visit: Visit) -> Response:
    """For the form: what it would give for the newest contacts; nothing is stored."""
    wanted = read_preview(_body(visit))
    async with visit.reading() as connection:
        plan = await plan_of(visit, connection)
        figure = read_figure(wanted, plan.vocabulary)
        ids = await sample(connection, visit.workspace_id, wanted.subject, _SAMPLED)
        values = await preview(connection, plan.vocabulary, figure, ids, visit.now)
        names = await _names(connection, visit.workspace_id, wanted.subject, ids)
    zone = plan.vocabulary.zone
    counts = describe(figure.where)
    rows = [
        (key, names[key], shown_value(values[key][0], wanted, visit.now, zone), values[key][1])
        for key in ids
        if key in values and key in names
    ]
    told = await part(
        visit, "builders/_values.html", rows=rows, sentence=counts, value_type=figure.value_type,
        profile=profile(visit, wanted.subject), subject=wanted.subject,
        money=figure.amount is not None, currency=plan.vocabulary.base_currency,
    )  # fmt: skip
    return visit.json({"html": told})


def _body(visit: Visit) -> dict[str, Any]:
    """The definition that the form tells, as the API takes it. Raises InvalidInput."""
    body: dict[str, Any] = {name: visit.text(name) for name in _TEXTS if visit.text(name)}
    function = FUNCTIONS.get(body.get("function", ""))
    if function and not function.kinds:
        body.pop("field", None)
    fieldless = {"field": None} if "field" not in body else {}
    body |= fieldless | {"by": body.get("by"), "filter": filter_in(visit), "window": window_in(visit)}
    body["net_of_returns"] = bool(visit.text("net_of_returns"))
    if body.get("function") == "last_values":
        body["last_n"] = whole_in(visit, "last_n")
    return body


async def _form(visit: Visit, one: Aggregator) -> Response:
    async with visit.reading() as connection:
        plan = await plan_of(visit, connection)
        words = words_of(plan.vocabulary.catalogue)
        walk, states, errors = await _standing(visit, connection, [one] if one.id else [])
    contact = plan.vocabulary.catalogue.subject("contact")
    sources = {name: contact.relations[name] for name in SOURCES}
    words["sources"] = {name: relation.target for name, relation in sources.items()}
    words["functions"] = {name: sorted(str(kind) for kind in one.kinds) for name, one in FUNCTIONS.items()}
    typed = _typed(visit, one)
    return await visit.page(
        "builders/aggregator.html",
        one=one,
        typed=typed,
        words=words,
        sources=sources,
        target=sources.get(typed["source"], sources["deals"]).target,
        called=CALLED,
        error=errors.get(one.id, one.error),
        state=states.get(one.id, ""),
        progress=walk,
    )


def _typed(visit: Visit, one: Aggregator) -> dict[str, Any]:
    """What the form shows: what is stored, or what was typed when it was refused."""
    typed = one.told | {"filter": one.filter, "kept_window": one.window} | window_fields(one.window)
    if visit.failed is None or "source" not in visit.form:
        return typed
    given = {name: value for name, value in visit.form.items() if isinstance(value, str)}
    try:
        given["filter"] = filter_in(visit)
    except InvalidInput:
        given["filter"] = one.filter
    return typed | given | {"net_of_returns": bool(given.get("net_of_returns")), "kept_window": one.window}


async def _standing(
    visit: Visit, connection: Connection, aggregators: Sequence[Aggregator]
) -> tuple[Progress | None, dict[int, str], dict[int, str]]:
    """How far the walk over all contacts is, and by id the state of each and why some cannot be computed."""
    plan = await plan_of(visit, connection)
    errors = {one.id: one.error for one in plan.definitions if one.kind == "aggregator" and one.error}
    walk = await read_progress(connection, visit.workspace_id)
    progress = await progress_of_each(connection, visit.workspace_id, aggregators, walk)
    return walk, {one.id: _state(one, progress[one.id]) for one in aggregators}, errors


async def _names(connection: Connection, workspace_id: int, subject: str, ids: list[int]) -> dict[int, str]:
    if subject == "company":
        return await names_of_companies(connection, workspace_id, ids)
    return {key: display_name(row) or "" for key, row in (await read_contacts(connection, workspace_id, ids)).items()}


def _state(one: Aggregator, progress: Progress | CompanyProgress | None) -> str:
    """``waiting``, ``running`` or ``done``."""
    if isinstance(progress, CompanyProgress):
        return "done" if progress.is_done else "running"
    if progress is None or progress.version < one.version:
        return "waiting"
    return "done" if progress.covers(one.version) else "running"


ROUTES: list[PageRoute] = [
    page(_HERE, show_all, "aggregators"),
    page("/aggregators/new/", form, "aggregators"),
    action("/aggregators/new/", add, "aggregators", again=form),
    action("/aggregators/preview/", look, "aggregators", reads=True),
    page("/aggregators/<int:id>/", edit, "aggregators"),
    action("/aggregators/<int:id>/", change, "aggregators", again=edit),
    action("/aggregators/<int:id>/delete/", delete, "aggregators", again=edit),
]
