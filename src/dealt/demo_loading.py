"""Loading the demo shop into a workspace, through the same doors as everybody's data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from dealt.accounts import Actor
from dealt.aggregators import create_aggregator, read_new
from dealt.attributes import ATTRIBUTES, create_attribute, name_std
from dealt.companies import parse_company, upsert_company
from dealt.contacts import parse_contact, upsert_contact
from dealt.demo import Shop, definitions
from dealt.demo_year import Year
from dealt.events import AnyWork, Telling, parse_event, parse_page_view, parse_product_event
from dealt.kernel.db import Connection, transaction
from dealt.kernel.errors import Conflict
from dealt.kernel.journal import SETTINGS, Cause, Entry, Lane, record
from dealt.pipelines import PIPELINES, create_loss_reason
from dealt.products import create_product, parse_product, update_product
from dealt.publicapi import Services
from dealt.rates import Rate, parse_rate, set_rates
from dealt.rfm import Keeper as RfmKeeper
from dealt.rfm import create_rfm
from dealt.rfm import read_new as read_new_rfm
from dealt.segments import Keeper as SegmentKeeper
from dealt.segments import create_segment

Report = Callable[[str, int, int], None]
"""Told what is being loaded, how much of it is done, and of how much."""

YEAR = timedelta(days=366)
BATCH = 100
STARTED, LOADED = "demo.started", "demo.loaded"
_PASSED = """
SELECT kind FROM journal WHERE contact_id = $2 AND object_type = 'workspace' AND object_id = $1 AND kind = ANY($3)"""
_IS_EMPTY = """
SELECT NOT EXISTS (SELECT FROM deal_ids WHERE workspace_id = $1)
    AND NOT EXISTS (SELECT FROM contact_custom_ids WHERE workspace_id = $1)
    AND NOT EXISTS (SELECT FROM contacts WHERE workspace_id = $1)
    AND NOT EXISTS (SELECT FROM companies WHERE workspace_id = $1)
    AND NOT EXISTS (SELECT FROM products WHERE workspace_id = $1)"""


_HAS_AGGREGATORS = "SELECT EXISTS (SELECT FROM aggregators WHERE workspace_id = $1)"


class WorkspaceInUse(Conflict):
    """409: the workspace holds a shop's own data, with which the demo's would be mixed."""


async def load_demo(services: Services, workspace_id: int, shop: Shop, report: Report) -> bool:
    """Load the shop; False where this workspace has it already. A load that was cut short is taken up again.

    Raises WorkspaceInUse.
    """
    async with transaction(services.pool) as connection:
        passed = await _passed(connection, workspace_id)
        if LOADED in passed:
            return False
        if STARTED not in passed:
            if not await connection.fetchval(_IS_EMPTY, workspace_id):
                raise WorkspaceInUse(
                    "This workspace has data of its own, with which the demo shop would be mixed. "
                    "Start the demo in a data folder of its own, for example --data-dir demo."
                )
            await _mark(services, connection, workspace_id, STARTED)
    await _Loading(services, workspace_id, shop, report).run()
    async with transaction(services.pool) as connection:
        await _mark(services, connection, workspace_id, LOADED)
    return True


async def _passed(connection: Connection, workspace_id: int) -> set[str]:
    return {row["kind"] for row in await connection.fetch(_PASSED, workspace_id, SETTINGS, [STARTED, LOADED])}


async def _mark(services: Services, connection: Connection, workspace_id: int, kind: str) -> None:
    entry = Entry(SETTINGS, kind, "workspace", workspace_id, "system", {}, int(Cause.SILENT))
    await record(connection, workspace_id, [entry], services.clock.now())


class _Loading:
    """Each part can be loaded twice without harm."""

    def __init__(self, services: Services, workspace_id: int, shop: Shop, report: Report) -> None:
        self._services = services
        self._workspace_id = workspace_id
        self._shop = shop
        self._report = report
        self._now = services.clock.now()
        # Nobody is to be mailed about orders that nobody made.
        self._actor = Actor(workspace_id, "demo", cause=Cause.SILENT, lane=Lane.BULK)

    async def run(self) -> None:
        await self._load_rates()
        await self._load_loss_reasons()
        await self._load_attributes()
        await self._load_products()
        await self._load_companies()
        await self._load_contacts()
        await self._load_definitions()
        await self._load_orders()
        await self._load_visits()

    async def _load_rates(self) -> None:
        rates = [
            Rate(row["currency"], date.fromisoformat(row["valid_from"]), parse_rate(row["rate"]))
            for row in self._shop.exchange_rates
        ]
        async with transaction(self._services.pool) as connection:
            await set_rates(connection, self._workspace_id, rates, now=self._now)
        self._report("exchange rates", len(rates), len(rates))

    async def _load_loss_reasons(self) -> None:
        async with transaction(self._services.pool) as connection:
            known = await self._loss_reasons(connection)
            for name in self._shop.loss_reasons:
                if name not in known:
                    await create_loss_reason(connection, self._workspace_id, name, now=self._now)
        self._services.definitions.forget(self._workspace_id)

    async def _load_attributes(self) -> None:
        async with transaction(self._services.pool) as connection:
            snapshot = await self._services.definitions.for_writing(connection, self._workspace_id)
            known = snapshot.part(ATTRIBUTES)
            for domain, name, value_type, choices in definitions.ATTRIBUTES:
                if name_std(name) not in known.of(domain):
                    await create_attribute(
                        connection, self._workspace_id, domain=domain, name=name, value_type=value_type,
                        now=self._now - YEAR, choices=choices, actor=self._actor.name,
                    )  # fmt: skip
        self._services.definitions.forget(self._workspace_id)

    async def _loss_reasons(self, connection: Connection) -> dict[str, int]:
        snapshot = await self._services.definitions.for_writing(connection, self._workspace_id)
        return {name: number for number, name in snapshot.part(PIPELINES).loss_reasons.items()}

    async def _load_products(self) -> None:
        """The catalogue of a year ago and what changed in it since, at once: it is taken up whole or not at all."""
        opening, edits = self._shop.opening_products, self._shop.product_edits
        total = len(opening) + len(edits)
        ids: dict[str, int] = {}
        async with transaction(self._services.pool) as connection:
            if await self._has_products(connection):
                return
            for row in opening:
                ids[row["custom_id"]] = await self._create_product(connection, row)
                self._report("products", len(ids), total)
            for number, edit in enumerate(edits, 1):
                await self._update_product(connection, ids[edit["custom_id"]], edit)
                self._report("products", len(ids) + number, total)

    async def _has_products(self, connection: Connection) -> bool:
        return bool(
            await connection.fetchval(
                "SELECT EXISTS (SELECT FROM products WHERE workspace_id = $1)", self._workspace_id
            )
        )

    async def _create_product(self, connection: Connection, row: Mapping[str, Any]) -> int:
        snapshot = await self._services.definitions.for_writing(connection, self._workspace_id)
        written = await create_product(
            connection, self._actor, parse_product(row), snapshot=snapshot, now=self._now - YEAR
        )
        return written.product.id

    async def _update_product(self, connection: Connection, product_id: int, edit: Mapping[str, Any]) -> None:
        snapshot = await self._services.definitions.for_writing(connection, self._workspace_id)
        at = datetime.fromisoformat(edit["at"])
        patch = parse_product(edit["after"])
        await update_product(connection, self._actor, product_id, patch, snapshot=snapshot, now=at)

    async def _load_companies(self) -> None:
        async with transaction(self._services.pool) as connection:
            for number, row in enumerate(self._shop.companies, 1):
                snapshot = await self._services.definitions.for_writing(connection, self._workspace_id)
                since = self._now - YEAR
                await upsert_company(connection, self._actor, parse_company(row), snapshot=snapshot, now=since)
                self._report("companies", number, len(self._shop.companies))

    async def _load_contacts(self) -> None:
        """Each is known from a little before their first order on."""
        first_orders: dict[str, str] = {}
        for order in self._shop.orders:
            if "user_custom_id" in order:
                first_orders.setdefault(order["user_custom_id"], order["order_date"])
        rows = self._shop.contacts
        for start in range(0, len(rows), BATCH):
            async with transaction(self._services.pool) as connection:
                for row in rows[start : start + BATCH]:
                    first = first_orders.get(row["custom_id"])
                    since = datetime.fromisoformat(first) - timedelta(minutes=9) if first else self._now - YEAR
                    snapshot = await self._services.definitions.for_writing(connection, self._workspace_id)
                    await upsert_contact(connection, self._actor, parse_contact(row), snapshot=snapshot, now=since)
            self._report("contacts", min(start + BATCH, len(rows)), len(rows))

    async def _load_orders(self) -> None:
        async with self._services.pool.acquire() as connection:
            reasons = await self._loss_reasons(connection)
        year = Year(self._services, self._actor, reasons)
        await year.live(self._shop, lambda done, total: self._report("orders", done, total))

    async def _load_visits(self) -> None:
        """Each has an id of its own, by which it is known where it was loaded before."""
        async with self._services.pool.acquire() as connection:
            snapshot = await self._services.definitions.for_reading(connection, self._workspace_id)
        telling = Telling(self._actor, snapshot.time_zone, self._now)
        bodies = [{**row} for row in self._shop.visits]
        works = [_occurrence(body.pop("kind"), body, telling) for body in bodies]
        for start in range(0, len(works), BATCH):
            for outcome in await self._services.events.write_many(self._workspace_id, works[start : start + BATCH]):
                if isinstance(outcome, Exception):
                    raise outcome
            self._report("visits", min(start + BATCH, len(works)), len(works))

    async def _load_definitions(self) -> None:
        """What is derived from the orders, at once and whole, and long ago: values and members follow the orders."""
        derived, actor, now = self._services.derived, self._actor, self._now - YEAR
        keeper = SegmentKeeper(derived, self._workspace_id, now, actor.name)
        async with transaction(self._services.pool) as connection:
            if await connection.fetchval(_HAS_AGGREGATORS, self._workspace_id):
                return
            for body in definitions.AGGREGATORS:
                await create_aggregator(connection, derived, actor, read_new(body), now=now)
            for body in definitions.SEGMENTS:
                fields = {name: value for name, value in body.items() if name != "filter"}
                await create_segment(connection, keeper, written=body["filter"], tried=True, **fields)
            await create_rfm(connection, RfmKeeper(derived, actor, now), read_new_rfm(definitions.RFM))
        self._services.definitions.forget(self._workspace_id)


def _occurrence(kind: str, body: Mapping[str, Any], telling: Telling) -> AnyWork:
    if kind == "event":
        return parse_event(body, telling)
    return parse_page_view(body, telling) if kind == "page_view" else parse_product_event(body, telling, None)
