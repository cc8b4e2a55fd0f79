"""Routes of aggregators: roll-ups of what users did into attributes of theirs."""

from __future__ import annotations

from typing import Any

import asyncpg

from dealt.aggregators import (
    Aggregator,
    create_aggregator,
    delete_aggregator,
    explain_value,
    page_of_aggregators,
    preview,
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
)
from dealt.contacts import read_contact
from dealt.freshness import Progress, ages, read_progress
from dealt.kernel.clock import iso
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput
from dealt.kernel.http import Response, Route
from dealt.kernel.lookups import Column
from dealt.kernel.schema import list_of, read_fields, refuse_unknown, whole_number
from dealt.predicates import describe
from dealt.publicapi.call import Call, answer, paged
from dealt.publicapi.defining import LARGEST_ID, argument, changing
from dealt.publicapi.listing import Listing, plain

SAMPLED = 10
MOST_PREVIEWED = 100
PREVIEW_S = 5
_ID = whole_number(1, LARGEST_ID)
_USERS = {"user_ids": list_of(_ID, MOST_PREVIEWED)}
_DEFINITION = ("source", "function", "field", "by", "last_n", "net_of_returns", "filter", "window")


async def list_aggregators(call: Call) -> Response:
    async with call.reading() as connection:
        page = await page_of_aggregators(connection, call.workspace_id, call.page_request)
        progress, errors = await read_progress(connection, call.workspace_id), await _errors(call, connection)
    return paged(call, page, lambda row: _shape(Aggregator.of(row), progress, errors))


async def add_aggregator(call: Call) -> Response:
    """The values follow in the background; a user who is read meanwhile has them."""
    wanted = read_new(call.body)
    async with changing(call) as connection:
        made = await create_aggregator(connection, call.services.derived, call.actor, wanted, now=call.now)
    return answer(_shape(made, None, {}), 201)


async def get_aggregator(call: Call) -> Response:
    async with call.reading() as connection:
        found = await read_aggregator(connection, call.workspace_id, call.id())
        progress, errors = await read_progress(connection, call.workspace_id), await _errors(call, connection)
    return answer(_shape(found, progress, errors))


async def change_aggregator(call: Call) -> Response:
    """Change what the body names; one that was put aside is tried again."""
    async with changing(call) as connection:
        before = await read_aggregator(connection, call.workspace_id, call.id())
        wanted = read_changes(call.body, before)
        changed = await update_aggregator(connection, call.services.derived, call.actor, before, wanted, now=call.now)
    return answer(_shape(changed, None, {}))


async def remove_aggregator(call: Call) -> Response:
    """Its attribute goes at once, its values with it."""
    async with changing(call) as connection:
        await delete_aggregator(connection, call.services.derived, call.actor, call.id(), now=call.now)
    return Response(204)


async def preview_aggregator(call: Call) -> Response:
    """What a definition would give, for the users of ``user_ids`` or the newest ones; nothing is stored."""
    refuse_unknown(call.body, {*_USERS, *_DEFINITION})
    wanted, users = read_preview(call.body), read_fields(call.body, _USERS).get("user_ids")
    async with call.reading() as connection:
        plan = await call.services.derived.plan(connection, call.workspace_id)
        figure = read_figure(wanted, plan.vocabulary)
        ids = users if users is not None else await sample(connection, call.workspace_id, SAMPLED)
        try:
            async with connection.transaction():
                await connection.execute(f"SET LOCAL statement_timeout = '{PREVIEW_S}s'")
                found = await preview(connection, plan.vocabulary, figure, ids, call.now)
        except asyncpg.QueryCanceledError:
            raise InvalidInput.of("filter", f"This takes longer than {PREVIEW_S} seconds for so few users.") from None
    zone = plan.vocabulary.zone
    results = [
        {
            "user_id": key,
            "value": shown_value(found[key][0], wanted, call.now, zone),
            "unconverted_deals": found[key][1],
        }
        for key in ids
        if key in found
    ]
    return answer({"value_type": figure.value_type, "counts": describe(figure.where), "results": results})


async def get_value(call: Call) -> Response:
    """The value of the user ``user_id``, how old it is, and the newest rows that it is made of."""
    user_id = argument(call, "user_id", _ID)
    if user_id is None:
        raise InvalidInput.of("user_id", "Say whose value is wanted.")
    async with call.reading() as connection:
        found = await read_aggregator(connection, call.workspace_id, call.id())
        await read_contact(connection, call.workspace_id, user_id)
        await call.services.settling.settle_on_read(connection, call.workspace_id, [user_id], call.now)
        return answer(await _value(call, connection, found, user_id))


async def _value(call: Call, connection: Connection, found: Aggregator, user_id: int) -> dict[str, Any]:
    workspace_id = call.workspace_id
    stored = (await values_of(connection, workspace_id, [user_id])).get(user_id, {})
    age = (await ages(connection, workspace_id, [user_id], call.now)).get(user_id)
    plan = await call.services.derived.plan(connection, workspace_id)
    told: dict[str, Any] = {
        "user_id": user_id,
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
    why = await explain_value(connection, plan.vocabulary, figure, user_id, call.now)
    behind = [{"id": one.id, "at": _moment(one.at), "value": one.value} for one in why.behind]
    return told | {"rows": why.rows, "changes_at": _moment(why.changes_at), "behind": behind}


async def _errors(call: Call, connection: Connection) -> dict[int, str]:
    """Why aggregators cannot be computed, by id."""
    plan = await call.services.derived.plan(connection, call.workspace_id)
    return {one.id: one.error for one in plan.definitions if one.kind == "aggregator" and one.error}


def _shape(one: Aggregator, progress: Progress | None, errors: dict[int, str]) -> dict[str, Any]:
    return {
        "id": one.id,
        **one.told,
        "error": errors.get(one.id, one.error),
        "failed_at": _moment(one.failed_at),
        "progress": _progress(one.version, progress),
        "created_at": _moment(one.created_at),
        "updated_at": _moment(one.updated_at),
    }


def _progress(version: int, progress: Progress | None) -> dict[str, Any]:
    """How far the values are: of how many users they are there already."""
    if progress is None or progress.version < version:
        return {"state": "waiting", "done": 0, "total": None}
    state = "done" if progress.covers(version) else "running"
    return {"state": state, "done": progress.done, "total": progress.total}


def _moment(at: Any) -> str | None:
    return None if at is None else iso(at)


_LISTING = Listing(
    {
        **plain(
            id="integer", name="string", description="string", source="string", function="string", field="string",
            target="string", value_type="string", created_at="datetime", updated_at="datetime",
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
