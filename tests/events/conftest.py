"""A workspace on a fresh database, an event writer in it, and what it wrote."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import pytest_asyncio

from dealt.events import EventWriter, Occurred, Telling, parse_event, parse_page_view, parse_product_event
from dealt.events.works import AnyWork
from dealt.kernel.clock import FixedClock
from dealt.products import create_product, parse_product
from tests.house import NOW, House
from tests.house import house as house

UTC_ZONE = ZoneInfo("UTC")


@dataclass
class Shop:
    """``writer`` writes for the first workspace of ``house``, whose contact is ``contact_id``."""

    house: House
    clock: FixedClock
    writer: EventWriter
    contact_id: int

    def event(self, name: str = "signed_up", **body: Any) -> AnyWork:
        """The work of one event of the contact, or of another ``user_id``."""
        return parse_event({"user_id": self.contact_id, "name": name, **body}, self.telling)

    def product_event(self, product_id: int, event_type: str = "view", **body: Any) -> AnyWork:
        """The work of one product event of the contact."""
        sent = {"user_id": self.contact_id, "event_type": event_type, **body}
        return parse_product_event(sent, self.telling, ("id", product_id))

    def page_view(self, url: str, **body: Any) -> AnyWork:
        """The work of one page view of the contact."""
        return parse_page_view({"user_id": self.contact_id, "url": url, **body}, self.telling)

    @property
    def telling(self) -> Telling:
        return Telling(self.house.actor, UTC_ZONE, self.clock.now())

    async def write(self, *works: AnyWork) -> list[Occurred | Exception]:
        """The outcomes of works that are one set."""
        return await self.writer.write_many(self.house.workspace_id, works)

    async def product(self, **body: Any) -> int:
        """A new product's id."""
        patch = parse_product(body)
        made = await self.house.run(
            lambda c, s: create_product(c, self.house.actor, patch, snapshot=s, now=self.clock.now())
        )
        return made.product.id

    async def count(self, table: str) -> int:
        """How many rows of a table there are."""
        found: int = await self.house.pool.fetchval(f"SELECT count(*) FROM {table}")
        return found


@pytest_asyncio.fixture
async def shop(house: House) -> AsyncIterator[Shop]:
    clock = FixedClock(NOW)
    writer = EventWriter(house.pool, clock, house.definitions)
    yield Shop(house, clock, writer, await house.contact())
    await writer.close()
