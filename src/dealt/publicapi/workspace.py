"""Routes of the workspace's own settings."""

from __future__ import annotations

from dataclasses import asdict

from dealt.accounts import HIGHEST_RATE, LONGEST_LIMIT_MS, SHORTEST_LIMIT_MS, read_workspace, update_workspace
from dealt.kernel.http import Response, Route
from dealt.kernel.money import parse_currency
from dealt.kernel.schema import or_null, read_fields, refuse_unknown, text, whole_number
from dealt.publicapi.call import Call, answer
from dealt.publicapi.defining import changing
from dealt.rates import change_base_currency

_FIELDS = {
    "name": text(),
    "time_zone": text(),
    "base_currency": parse_currency,
    "requests_per_second": or_null(whole_number(0, HIGHEST_RATE)),
    "longest_filter_ms": whole_number(SHORTEST_LIMIT_MS, LONGEST_LIMIT_MS),
}


async def get_workspace(call: Call) -> Response:
    async with call.reading() as connection:
        return answer(asdict(await read_workspace(connection, call.workspace_id)))


async def change_workspace(call: Call) -> Response:
    refuse_unknown(call.body, {*_FIELDS, "id"})
    fields = read_fields(call.body, _FIELDS)
    currency = fields.pop("base_currency", None)
    async with changing(call) as connection:
        if currency is not None:
            await change_base_currency(connection, call.workspace_id, currency, now=call.now, actor=call.actor.name)
        workspace = await update_workspace(connection, call.workspace_id, **fields, now=call.now, actor=call.actor.name)
    return answer(asdict(workspace))


ROUTES: list[Route[Call]] = [
    Route(("GET",), "/workspace/", get_workspace, "read"),
    Route(("PATCH",), "/workspace/", change_workspace, "write"),
]
