"""What the page of a deal shows, read in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from dealt.accounts import Snapshot, sees_only
from dealt.contacts import called
from dealt.deals import DealImage
from dealt.events import Stretch, Timeline, read_timeline
from dealt.kernel.db import Connection, Record
from dealt.pipelines import PIPELINES
from dealt.profiles import queries
from dealt.profiles.history import History, read_history
from dealt.profiles.receipts import BoughtLine, receipt
from dealt.profiles.stages import Step, steps
from dealt.web import Visit

AROUND = timedelta(days=7)
AROUND_SHOWN = 10
_DONE = ("event", "product_event", "page_view")


@dataclass(frozen=True, slots=True)
class DealSeen:
    """Everything on the page. ``contact`` is None for a guest's order; ``older`` and ``newer`` stand beside it."""

    image: DealImage
    lines: list[BoughtLine]
    steps: list[Step]
    contact: Record | None
    contact_name: str
    numbers: Record | None
    base_currency: str
    company_name: str | None
    tasks: Sequence[Record]
    history: History
    around: Timeline | None
    older: int | None
    newer: int | None

    @property
    def deal(self) -> Any:
        return self.image.deal

    @property
    def differs(self) -> bool:
        """Whether the lines add up to another value than the deal's."""
        deal = self.image.deal
        return deal.lines_total is not None and deal.value is not None and deal.lines_total != deal.value


async def see(
    visit: Visit, connection: Connection, snapshot: Snapshot, image: DealImage, older_than: int | None
) -> DealSeen:
    """Read what stands around a deal; the history from before ``older_than``."""
    deal, workspace_id = image.deal, visit.workspace_id
    local = (workspace_id, deal.contact_id, deal.id)
    product_ids = [line.product_id for line in image.lines if line.product_id is not None]
    products = {row["id"]: row for row in await connection.fetch(queries.PRODUCTS_NOW, workspace_id, product_ids)}
    pipelines = snapshot.part(PIPELINES)
    entered = await connection.fetch(queries.STAGES_ENTERED, *local)
    contact = numbers = None
    if not image.guest:
        [contact] = await connection.fetch(queries.CONTACT_NAMES, workspace_id, [deal.contact_id]) or [None]
        numbers = await connection.fetchrow(queries.NUMBERS, workspace_id, deal.contact_id)
    company_name = None
    if deal.company_id is not None and not image.company_gone:
        company_name = await connection.fetchval(queries.COMPANY_NAME, workspace_id, deal.company_id)
    beside = (workspace_id, deal.stage_id, deal.ordered_at, deal.id, sees_only(visit.member))
    return DealSeen(
        image=image,
        lines=receipt(image.lines, products),
        steps=steps(pipelines, pipelines.stages[deal.stage_id], entered, visit.now),
        contact=contact,
        contact_name=called(contact) if contact else "",
        numbers=numbers,
        base_currency=snapshot.base_currency,
        company_name=company_name,
        tasks=await connection.fetch(queries.TASKS, *local),
        history=await read_history(connection, snapshot, "deal", deal.contact_id, deal.id, older_than),
        around=await _around(visit, connection, image),
        older=await connection.fetchval(queries.OLDER, *beside),
        newer=await connection.fetchval(queries.NEWER, *beside),
    )


async def _around(visit: Visit, connection: Connection, image: DealImage) -> Timeline | None:
    """What its contact did in the days around the order, newest first; None for who may not see contacts."""
    if image.guest or not visit.may("contacts"):
        return None
    deal, found = image.deal, []
    for stretch in (
        Stretch(deal.ordered_at, deal.ordered_at + AROUND, _DONE, newest_first=False),
        Stretch(deal.ordered_at - AROUND, deal.ordered_at, _DONE),
    ):
        read = await read_timeline(connection, visit.workspace_id, deal.contact_id, stretch, size=AROUND_SHOWN)
        found += read.happenings if stretch.newest_first else read.happenings[::-1]
    return Timeline(found, len(found), True, None)
