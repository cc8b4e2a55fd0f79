"""The page of currencies: what sums are counted in, and what others were worth from which day on."""

from __future__ import annotations

from dealt.accounts import read_workspace
from dealt.kernel.clock import parse_date
from dealt.kernel.errors import InvalidInput
from dealt.kernel.http import Response
from dealt.kernel.money import parse_currency
from dealt.kernel.paging import PageRequest
from dealt.kernel.schema import read_fields
from dealt.rates.listing import page_of_rates
from dealt.rates.model import Rate, format_rate, parse_rate
from dealt.rates.setting import change_base_currency, delete_rate, set_rates
from dealt.web import PageRoute, Visit, action, page

_HERE = "/settings/currencies/"
_KEY = {"currency": parse_currency, "valid_from": parse_date}
_RATE = _KEY | {"rate": parse_rate}


async def show(visit: Visit) -> Response:
    """The base currency, and all rates in pages."""
    async with visit.reading() as connection:
        workspace = await read_workspace(connection, visit.workspace_id)
        rates = await page_of_rates(connection, visit.workspace_id, PageRequest.parse(visit.query))
    return await visit.page("rates/list.html", base=workspace.base_currency, rates=rates, written=format_rate)


async def add(visit: Visit) -> Response:
    """A rate from a day on; one of that day is replaced."""
    rate = Rate(**read_fields(visit.form, _RATE, required=tuple(_RATE)))
    async with visit.changing() as connection:
        await set_rates(connection, visit.workspace_id, [rate], now=visit.now, actor=visit.actor.name)
    return visit.go(_HERE, f"The rate of {rate.currency} is saved; deals of that time are converted anew.")


async def delete(visit: Visit) -> Response:
    """The rate before it holds longer."""
    given = read_fields(
        visit.form, {k: _RATE[k] for k in ("currency", "valid_from")}, required=("currency", "valid_from")
    )
    async with visit.changing() as connection:
        await delete_rate(
            connection, visit.workspace_id, given["currency"], given["valid_from"], now=visit.now,
            actor=visit.actor.name,
        )  # fmt: skip
    return visit.go(_HERE, f"The rate of {given['currency']} is deleted.")


async def change_base(visit: Visit) -> Response:
    """All rates go, for they say what a currency is worth in the old one."""
    try:
        currency = parse_currency(visit.text("base"))
    except ValueError as error:
        raise InvalidInput.of("base", str(error)) from None
    async with visit.changing() as connection:
        await change_base_currency(connection, visit.workspace_id, currency, now=visit.now, actor=visit.actor.name)
    return visit.go(_HERE, f"Sums are counted in {currency} now; every deal is converted anew.")


ROUTES: list[PageRoute] = [
    page(_HERE, show, "settings"),
    action(_HERE, add, "settings", again=show),
    action("/settings/currencies/delete/", delete, "settings", again=show),
    action("/settings/currencies/base/", change_base, "settings", again=show),
]
