"""Routes of aggregators: roll-ups of what users and companies did into attributes of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dealt.aggregators import (
    Aggregator,
    CompanyProgress,
    ages_of_companies,
    create_aggregator,
    delete_aggregator,
    explain_value,
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
    unconverted_key,
    update_aggregator,
    values_of,
    values_of_companies,
)
from dealt.companies import read_company
from dealt.contacts import read_contact
from dealt.freshness import Progress, ages, read_progress
from dealt.kernel.clock import iso
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput
from dealt.kernel.http import Response, Route
from dealt.kernel.lookups import Column
from dealt.kernel.schema import list_of, read_fields, refuse_unknown, whole_number
from dealt.predicates import describe
from dealt.publicapi.ages import note_age
from dealt.publicapi.call import Call, answer, paged
from dealt.publicapi.defining import LARGEST_ID, argument, changing
from dealt.publicapi.listing import Listing, plain
from dealt.rfm import keep_figures

SAMPLED = 10
MOST_PREVIEWED = 100
_ID = whole_number(1, LARGEST_ID)
_CALLED = {"contact": "user", "company": "company"}
"""What the API calls those whose attributes are filled."""
_IDS = {f"{called}_ids": list_of(_ID, MOST_PREVIEWED) for called in _CALLED.values()}
_DEFINITION = ("subject", "source", "function", "field", "by", "last_n", "net_of_returns", "filter", "window")


async def list_aggregators(call: Call) -> Response:
    async with call.reading() as connection:
        await note_age(call, connection)
        page = await page_of_aggregators(connection, call.workspace_id, call.page_request)
        shown = await _shapes(call, connection, [Aggregator.of(row) for row in page.rows])
    return paged(call, page, lambda row: shown[row["id"]])


async def add_aggregator(call: Call) -> Response:
    """The values follow in the background; a user who is read meanwhile has them."""
    wanted = read_new(call.body)
    async with changing(call) as connection:
        made = await create_aggregator(connection, call.services.derived, call.actor, wanted, now=call.now)
    return answer(_told(made, None, {}), 201)


async def get_aggregator(call: Call) -> Response:
    async with call.reading() as connection:
        found = await read_aggregator(connection, call.workspace_id, call.id())
        return answer((await _shapes(call, connection, [found]))[found.id])


async def change_aggregator(call: Call) -> Response:
    """Change what the body names; one that was put aside is tried again."""
    async with changing(call) as connection:
        before = await read_aggregator(connection, call.workspace_id, call.id())
        wanted = read_changes(call.body, before)
        await keep_figures(connection, call.workspace_id, before, wanted)
        changed = await update_aggregator(connection, call.services.derived, call.actor, before, wanted, now=call.now)
    return answer(_told(changed, None, {}))


async def remove_aggregator(call: Call) -> Response:
    """Its attribute goes at once, its values with it."""
    async with changing(call) as connection:
        await delete_aggregator(connection, call.services.derived, call.actor, call.id(), now=call.now)
    return Response(204)


async def preview_aggregator(call: Call) -> Response:
    """What a definition would give, for the users of ``user_ids`` (or ``company_ids``) or the newest ones."""
    wanted = read_preview(call.body)
    called = _CALLED[wanted.subject]
    refuse_unknown(call.body, {f"{called}_ids", *_DEFINITION})
    asked = read_fields(call.body, _IDS).get(f"{called}_ids")
    async with call.reading() as connection:
        plan = await call.services.derived.plan(connection, call.workspace_id)
        figure = read_figure(wanted, plan.vocabulary)
        ids = asked if asked is not None else await sample(connection, call.workspace_id, wanted.subject, SAMPLED)
        found = await preview(connection, plan.vocabulary, figure, ids, call.now)
    zone = plan.vocabulary.zone
    results = [
        {
            f"{called}_id": key,
            "value": shown_value(found[key][0], wanted, call.now, zone),
            "unconverted_deals": found[key][1],
        }
        for key in ids
        if key in found
    ]
    return answer({"value_type": figure.value_type, "counts": describe(figure.where), "results": results})


async def get_value(call: Call) -> Response:
    """The value of ``user_id`` (or ``company_id``), how old it is, and the newest rows that it is made of."""
    async with call.reading() as connection:
        found = await read_aggregator(connection, call.workspace_id, call.id())
        named = f"{_CALLED[found.subject]}_id"
        owner_id = argument(call, named, _ID)
        if owner_id is None:
            raise InvalidInput.of(named, "Say whose value is wanted.")
        if found.subject == "company":
            await read_company(connection, call.workspace_id, owner_id)
        else:
            await read_contact(connection, call.workspace_id, owner_id)
            await call.services.settling.settle_on_read(connection, call.workspace_id, [owner_id], call.now)
        return answer({named: owner_id} | await _value(call, connection, found, owner_id))


async def _value(call: Call, connection: Connection, found: Aggregator, owner_id: int) -> dict[str, Any]:
    workspace_id, is_company = call.workspace_id, found.subject == "company"
    read, read_ages = (values_of_companies, ages_of_companies) if is_company else (values_of, ages)
    stored = (await read(connection, workspace_id, [owner_id])).get(owner_id, {})
    age = (await read_ages(connection, workspace_id, [owner_id], call.now)).get(owner_id)
    plan = await call.services.derived.plan(connection, workspace_id)
    told: dict[str, Any] = {
        "target": found.target,
        "value": shown_value(stored.get(found.target), found, call.now, plan.vocabulary.zone),
        "unconverted_deals": stored.get(unconverted_key(found.target), 0),
        "as_of": _moment(age.as_of if age else None),
        "lag_seconds": age.lag_s if age else None,
    }
    try:
        figure = read_figure(found, plan.vocabulary)
    except InvalidInput:
        return told | {"rows": 0, "changes_at": None, "behind": []}
    why = await explain_value(connection, plan.vocabulary, figure, owner_id, call.now)
    behind = [{"id": one.id, "at": _moment(one.at), "value": one.value} for one in why.behind]
    return told | {"rows": why.rows, "changes_at": _moment(why.changes_at), "behind": behind}


async def _shapes(call: Call, connection: Connection, found: Sequence[Aggregator]) -> dict[int, dict[str, Any]]:
    """Each with its progress, and why it cannot be computed if it cannot, by id."""
    plan = await call.services.derived.plan(connection, call.workspace_id)
    errors = {one.id: one.error for one in plan.definitions if one.kind == "aggregator" and one.error}
    walk = await read_progress(connection, call.workspace_id)
    progress = await progress_of_each(connection, call.workspace_id, found, walk)
    return {one.id: _told(one, progress[one.id], errors) for one in found}


def _told(one: Aggregator, progress: Progress | CompanyProgress | None, errors: dict[int, str]) -> dict[str, Any]:
    return {
        "id": one.id,
        **one.told,
        "error": errors.get(one.id, one.error),
        "failed_at": _moment(one.failed_at),
        "progress": _progress(one.version, progress),
        "created_at": _moment(one.created_at),
        "updated_at": _moment(one.updated_at),
    }


def _progress(version: int, progress: Progress | CompanyProgress | None) -> dict[str, Any]:
    """How far the values are: of how many users or companies they are there already."""
    if isinstance(progress, CompanyProgress):
        return {"state": "done" if progress.is_done else "running", "done": progress.done, "total": progress.total}
    if progress is None or progress.version < version:
        return {"state": "waiting", "done": 0, "total": None}
    state = "done" if progress.covers(version) else "running"
    return {"state": state, "done": progress.done, "total": progress.total}


def _moment(at: Any) -> str | None:
    return None if at is None else iso(at)


_LISTING = Listing(
    {
        **plain(
            id="integer", name="string", description="string", subject="string", source="string",
            function="string", field="string", target="string", value_type="string",
            created_at="datetime", updated_at="datetime",
        ),
        "by": Column("by_field", "string"),
    },
    sorts=("id", "name", "updated_at"), small=True,
)  # fmt: skip
ROUTES: list[Route[Call]] = [
    Route(("GET",), "/aggregators/", list_aggregators, "read", listing=_LISTING),
    Route(("POST",), "/aggregators/", add_aggregator, "write"),
    Route(("POST",), "/aggregators/preview/", preview_aggregator, "read"),
    Route(("GET",), "/aggregators/<int:id>/", get_aggregator, "read"),
    Route(("PUT", "PATCH"), "/aggregators/<int:id>/", change_aggregator, "write"),
    Route(("DELETE",), "/aggregators/<int:id>/", remove_aggregator, "write"),
    Route(("GET",), "/aggregators/<int:id>/values/", get_value, "read"),
]
