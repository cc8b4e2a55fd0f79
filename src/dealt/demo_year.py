"""A year of the demo shop, lived again: each step of an order at its moment, and what is derived follows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from dealt.accounts import Actor
from dealt.deals import DealWork, DealWriter, parse_deal, upsert
from dealt.demo import Shop
from dealt.publicapi import Services

Told = tuple[datetime, Mapping[str, Any]]
LATELY = timedelta(days=30)
SPAN, SPAN_LATELY = timedelta(hours=4), timedelta(minutes=20)
"""What is written at once lies within this: what is long past need not be so exact."""
SETTLED_EVERY = timedelta(days=1)
_MOST_SETTLED = 500
_CONTACTS = "SELECT id FROM contacts WHERE workspace_id = $1 ORDER BY id"
_REACHED = "SELECT max(updated_at) FROM deals WHERE workspace_id = $1"


class _Past:
    """A clock that shows what it is set to."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


class Year:
    """Writes orders as they came to be. ``reasons`` are the ids of loss reasons by name."""

    def __init__(self, services: Services, actor: Actor, reasons: Mapping[str, int]) -> None:
        self._services, self._actor, self._reasons = services, actor, reasons
        self._clock = _Past(services.clock.now())
        self._writer = DealWriter(services.pool, self._clock, services.definitions, gather=False)
        self._settled = datetime.min

    async def live(self, shop: Shop, report: Callable[[int, int], None]) -> None:
        """Every step of every order in the order of time, from behind what a load that was cut short has written."""
        workspace_id, pool = self._actor.workspace_id, self._services.pool
        reached = await pool.fetchval(_REACHED, workspace_id)
        contacts = [row["id"] for row in await pool.fetch(_CONTACTS, workspace_id)]
        async with pool.acquire() as connection:
            zone = (await self._services.definitions.for_reading(connection, workspace_id)).time_zone
        told = [
            (datetime.fromisoformat(at), body) for order in shop.orders for at, body in shop.courses[order["custom_id"]]
        ]
        told.sort(key=lambda one: one[0])
        done = 0
        for part in _parts(told, self._services.clock.now() - LATELY):
            done += len(part)
            at = part[-1][0]
            if reached is not None and at <= reached:
                continue
            self._clock.at = at
            bodies = [self._with_reason(shop, body) for _, body in part]
            await self._write([upsert(parse_deal(body, zone), self._actor) for body in bodies])
            await self._settle(contacts)
            report(done, len(told))

    async def _write(self, works: Sequence[DealWork]) -> None:
        for outcome in await self._writer.write_many(self._actor.workspace_id, works):
            if isinstance(outcome, Exception):
                raise outcome

    async def _settle(self, contacts: Sequence[int]) -> None:
        """Once a day what is derived is brought up to the moment, so that people enter segments when they did."""
        if self._clock.at - self._settled.replace(tzinfo=self._clock.at.tzinfo) < SETTLED_EVERY:
            return
        self._settled = self._clock.at
        async with self._services.pool.acquire() as connection:
            for start in range(0, len(contacts), _MOST_SETTLED):
                some = contacts[start : start + _MOST_SETTLED]
                await self._services.settling.settle_on_read(connection, self._actor.workspace_id, some, self._clock.at)

    def _with_reason(self, shop: Shop, order: Mapping[str, Any]) -> Mapping[str, Any]:
        """The order with the id that its loss reason has in this workspace."""
        if "loss_reason" not in order:
            return order
        return {**order, "loss_reason": self._reasons[shop.loss_reasons[order["loss_reason"] - 1]]}


def _parts(told: Sequence[Told], lately: datetime) -> Iterator[list[Told]]:
    """What is written at once: within a span, and of no order two steps."""
    part: list[Told] = []
    known: set[str] = set()
    for one in told:
        span = SPAN_LATELY if one[0] >= lately else SPAN
        if part and (one[1]["custom_id"] in known or one[0] - part[0][0] > span):
            yield part
            part, known = [], set()
        part.append(one)
        known.add(one[1]["custom_id"])
    if part:
        yield part
