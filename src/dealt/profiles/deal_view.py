"""What the page of a deal shows, read in one go."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dealt.accounts import Snapshot, sees_only
from dealt.contacts import called
from dealt.deals import DealImage
from dealt.kernel.db import Connection, Record
from dealt.pipelines import PIPELINES
from dealt.profiles import queries
from dealt.profiles.actors import actor_names
from dealt.profiles.receipts import BoughtLine, receipt
from dealt.profiles.stages import Step, steps
from dealt.profiles.telling import Entry, Teller
from dealt.web import Visit

CHANGES_A_PAGE = 20


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
    history: list[Entry]
    more: int | None
    """The entry behind which the history goes on."""
    actors: Any
    last_change: int | None
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
    rows = await connection.fetch(queries.CHANGES, *local, older_than, CHANGES_A_PAGE + 1)
    contact = numbers = None
    names: dict[int, str] = {}
    if not image.guest:
        names = await _contact_names(connection, workspace_id, [deal.contact_id, *_contacts_in(rows)])
        [contact] = await connection.fetch(queries.CONTACT_NAMES, workspace_id, [deal.contact_id]) or [None]
        numbers = await connection.fetchrow(queries.NUMBERS, workspace_id, deal.contact_id)
    company_name = None
    if deal.company_id is not None and not image.company_gone:
        company_name = await connection.fetchval(queries.COMPANY_NAME, workspace_id, deal.company_id)
    teller = Teller(snapshot, names)
    shown = rows[:CHANGES_A_PAGE]
    beside = (workspace_id, deal.stage_id, deal.ordered_at, deal.id, sees_only(visit.member))
    return DealSeen(
        image=image,
        lines=receipt(image.lines, products),
        steps=steps(pipelines, pipelines.stages[deal.stage_id], entered, visit.now),
        contact=contact,
        contact_name=names.get(deal.contact_id, ""),
        numbers=numbers,
        base_currency=snapshot.base_currency,
        company_name=company_name,
        tasks=await connection.fetch(queries.TASKS, *local),
        history=[teller.entry(row) for row in shown],
        more=shown[-1]["id"] if len(rows) > CHANGES_A_PAGE else None,
        actors=await actor_names(connection, snapshot, [row["actor"] for row in shown]),
        last_change=rows[0]["id"] if rows and rows[0]["kind"] == "deal.updated" and older_than is None else None,
        older=await connection.fetchval(queries.OLDER, *beside),
        newer=await connection.fetchval(queries.NEWER, *beside),
    )


def _contacts_in(rows: Sequence[Record]) -> list[int]:
    """The contacts that a deal went from and to, as its history names them."""
    found = [json.loads(row["changes"]).get("user_id", ()) for row in rows]
    return [one for pair in found for one in pair if isinstance(one, int)]


async def _contact_names(connection: Connection, workspace_id: int, ids: Sequence[int]) -> dict[int, str]:
    rows = await connection.fetch(queries.CONTACT_NAMES, workspace_id, list(ids))
    return {row["id"]: called(row) for row in rows}
