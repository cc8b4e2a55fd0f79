"""Routes of exchange rates, one by one and many at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dealt.kernel.clock import parse_date
from dealt.kernel.errors import InvalidInput, NotFound
from dealt.kernel.http import Response, Route
from dealt.kernel.money import parse_currency
from dealt.kernel.schema import read_fields, refuse_unknown
from dealt.publicapi.call import Call, answer, paged
from dealt.publicapi.defining import argument, changing
from dealt.publicapi.listing import Listing, plain
from dealt.rates import Rate, delete_rate, find_rate, format_rate, page_of_rates, parse_rate, set_rates

_RATE = {"currency": parse_currency, "valid_from": parse_date, "rate": parse_rate}


async def list_rates(call: Call) -> Response:
    currency = argument(call, "currency", parse_currency)
    async with call.reading() as connection:
        page = await page_of_rates(connection, call.workspace_id, call.page_request, currency)
    return paged(call, page, lambda row: _shape(Rate(row["currency"], row["valid_from"], row["rate"])))


async def add_rates(call: Call) -> Response:
    """One rate, or many under ``rates``; a rate that is there already is replaced."""
    body = call.body
    if "rates" in body:
        return await _add_many(call, body)
    rate = _rate(body)
    async with changing(call) as connection:
        await set_rates(connection, call.workspace_id, [rate], now=call.now, actor=call.actor.name)
    return answer(_shape(rate), 201)


async def get_rate(call: Call) -> Response:
    currency, valid_from = _existing(call)
    async with call.reading() as connection:
        rate = await find_rate(connection, call.workspace_id, currency, valid_from)
    return answer(_shape(rate))


async def put_rate(call: Call) -> Response:
    rate = _rate({**call.body, "currency": call.text("currency"), "valid_from": call.text("valid_from")})
    async with changing(call) as connection:
        await set_rates(connection, call.workspace_id, [rate], now=call.now, actor=call.actor.name)
    return answer(_shape(rate))


async def remove_rate(call: Call) -> Response:
    currency, valid_from = _existing(call)
    async with changing(call) as connection:
        await delete_rate(connection, call.workspace_id, currency, valid_from, now=call.now, actor=call.actor.name)
    return Response(204)


async def _add_many(call: Call, body: Mapping[str, Any]) -> Response:
    refuse_unknown(body, ("rates",))
    rates = _rates(body["rates"])
    async with changing(call) as connection:
        changed = await set_rates(connection, call.workspace_id, rates, now=call.now, actor=call.actor.name)
    return answer({"changed": changed, "unchanged": len(rates) - changed}, 201)


def _rates(given: Any) -> list[Rate]:
    if not isinstance(given, list):
        raise InvalidInput.of("rates", "A list of rates is needed.")
    rates = []
    for index, item in enumerate(given):
        if not isinstance(item, dict):
            raise InvalidInput.of(f"rates.{index}", "An object with currency, valid_from and rate is needed.")
        try:
            rates.append(_rate(item))
        except InvalidInput as error:
            raise InvalidInput({f"rates.{index}.{name}": said for name, said in error.fields.items()}) from error
    return rates


def _rate(body: Mapping[str, Any]) -> Rate:
    refuse_unknown(body, _RATE)
    return Rate(**read_fields(body, _RATE, required=_RATE))


def _existing(call: Call) -> tuple[str, Any]:
    """The currency and day of the path; where they are none, there is no such rate."""
    try:
        return parse_currency(call.text("currency")), parse_date(call.text("valid_from"))
    except ValueError:
        raise NotFound from None


def _shape(rate: Rate) -> dict[str, Any]:
    return {"currency": rate.currency, "valid_from": rate.valid_from, "rate": format_rate(rate.rate)}


_LISTING = Listing(
    plain(currency="string", valid_from="date", rate="float"),
    sorts=("valid_from",),
    own=("currency",),
    small=True,
    id_column="place",
)
ROUTES: list[Route[Call]] = [
    Route(("GET",), "/exchange-rates/", list_rates, "read", listing=_LISTING),
    Route(("POST",), "/exchange-rates/", add_rates, "write"),
    Route(("GET",), "/exchange-rates/<currency>/<valid_from>/", get_rate, "read"),
    Route(("PUT",), "/exchange-rates/<currency>/<valid_from>/", put_rate, "write"),
    Route(("DELETE",), "/exchange-rates/<currency>/<valid_from>/", remove_rate, "write"),
]
