"""Setting and deleting rates; whatever they convert is converted anew by a job of the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from dealt.accounts import settings_changed
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput, NotFound
from dealt.kernel.jobs import enqueue
from dealt.kernel.journal import SETTINGS, Entry, record
from dealt.rates import queries
from dealt.rates.model import Rate, format_rate

MOST_AT_ONCE = 10_000
CONVERT = "deals.convert"


async def set_rates(
    connection: Connection, workspace_id: int, rates: Sequence[Rate], *, now: datetime, actor: str = "system"
) -> int:
    """Set rates, over those of the same currency and day where there are any; how many of them are new or differ.

    Raises InvalidInput for more than ``MOST_AT_ONCE``, one day of a currency given twice, or the base currency's own.
    """
    _check_set(rates)
    await settings_changed(connection, workspace_id)
    base = await connection.fetchval(queries.BASE_CURRENCY, workspace_id)
    if any(rate.currency == base for rate in rates):
        raise InvalidInput.of("currency", f"{base} is the base currency: it is always worth 1 of itself.")
    before = await _stored(connection, workspace_id, rates)
    changed = [rate for rate in rates if before.get((rate.currency, rate.valid_from)) != rate.rate]
    if not changed:
        return 0
    currencies, days = [rate.currency for rate in changed], [rate.valid_from for rate in changed]
    await connection.execute(queries.SET, workspace_id, currencies, days, [rate.rate for rate in changed], now)
    changes = {
        _named(rate.currency, rate.valid_from): (
            _written(before.get((rate.currency, rate.valid_from))),
            format_rate(rate.rate),
        )
        for rate in changed
    }
    await _follow(connection, workspace_id, changes, zip(currencies, days, strict=True), now=now, actor=actor)
    return len(changed)


async def delete_rate(
    connection: Connection,
    workspace_id: int,
    currency: str,
    valid_from: date,
    *,
    now: datetime,
    actor: str = "system",
) -> None:
    """Remove the rate that begins on a day; the one before it holds longer. Raises NotFound."""
    await settings_changed(connection, workspace_id)
    rate = await connection.fetchval(queries.DELETE, workspace_id, currency, valid_from)
    if rate is None:
        raise NotFound
    changes = {_named(currency, valid_from): (format_rate(rate), None)}
    await _follow(connection, workspace_id, changes, [(currency, valid_from)], now=now, actor=actor)


async def change_base_currency(
    connection: Connection, workspace_id: int, currency: str, *, now: datetime, actor: str = "system"
) -> None:
    """Count in another currency from now on; every deal is converted anew.

    All rates go, because they say what a currency is worth in the old one; the journal keeps them.
    """
    await settings_changed(connection, workspace_id)
    before = await connection.fetchval(queries.BASE_CURRENCY, workspace_id)
    if before == currency:
        return
    await connection.execute(queries.SET_BASE_CURRENCY, workspace_id, currency)
    gone = await connection.fetch(queries.DELETE_ALL, workspace_id)
    changes: dict[str, tuple[Any, Any]] = {"base_currency": (before, currency)}
    changes |= {_named(row["currency"], row["valid_from"]): (format_rate(row["rate"]), None) for row in gone}
    entry = Entry(SETTINGS, "workspace.updated", "workspace", workspace_id, actor, changes)
    await record(connection, workspace_id, [entry], now)
    await enqueue(connection, workspace_id, CONVERT, {"currency": None, "from": None}, now=now)


async def find_rate(connection: Connection, workspace_id: int, currency: str, valid_from: date) -> Rate:
    """The rate that begins on a day. Raises NotFound."""
    row = await connection.fetchrow(queries.FIND, workspace_id, [currency], [valid_from])
    if row is None:
        raise NotFound
    return Rate(**row)


async def _stored(connection: Connection, workspace_id: int, rates: Sequence[Rate]) -> dict[tuple[str, date], Decimal]:
    currencies, days = [rate.currency for rate in rates], [rate.valid_from for rate in rates]
    rows = await connection.fetch(queries.FIND, workspace_id, currencies, days)
    return {(row["currency"], row["valid_from"]): row["rate"] for row in rows}


async def _follow(
    connection: Connection,
    workspace_id: int,
    changes: Mapping[str, tuple[Any, Any]],
    touched: Iterable[tuple[str, date]],
    *,
    now: datetime,
    actor: str,
) -> None:
    """One journal entry, and for each currency one job that converts the deals from its first changed day on."""
    entry = Entry(SETTINGS, "exchange_rate.updated", "exchange_rate", 0, actor, changes)
    await record(connection, workspace_id, [entry], now)
    earliest: dict[str, date] = {}
    for currency, day in touched:
        earliest[currency] = min(day, earliest.get(currency, day))
    for currency, day in earliest.items():
        payload = {"currency": currency, "from": day.isoformat()}
        await enqueue(connection, workspace_id, CONVERT, payload, now=now)


def _check_set(rates: Sequence[Rate]) -> None:
    if len(rates) > MOST_AT_ONCE:
        raise InvalidInput.of("rates", f"At most {MOST_AT_ONCE} rates can be set at once.")
    seen = set()
    for rate in rates:
        if (rate.currency, rate.valid_from) in seen:
            raise InvalidInput.of("rates", f"{_named(rate.currency, rate.valid_from)} is given twice.")
        seen.add((rate.currency, rate.valid_from))


def _named(currency: str, day: date) -> str:
    return f"{currency} {day.isoformat()}"


def _written(rate: Decimal | None) -> str | None:
    return None if rate is None else format_rate(rate)
