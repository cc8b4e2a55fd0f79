"""A shop that is worked and audited as workers and the command do it, with a clock of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from dealt.aggregators import CompanyRounds
from dealt.auditing import Audit, Auditor
from dealt.freshness import Drift, Settling, SettlingRounds
from dealt.kernel.clock import Clock
from dealt.segments import ObjectRounds
from dealt.work import HANDLERS
from tests.publicapi.conftest import Shop

ORDERS = {"relation": "deals", "quantifier": "at_least", "count": 1}
AGGREGATORS: list[dict[str, Any]] = [
    {"name": "orders", "source": "deals", "function": "count"},
    {"name": "spent", "source": "deals", "function": "sum", "field": "value"},
    {"name": "recent", "source": "deals", "function": "count", "window": {"last": {"days": 30}}},
    {
        "name": "bought",
        "subject": "company",
        "source": "deals",
        "function": "count",
        "window": {"last": {"days": 90}},
    },
]
SEGMENTS: list[dict[str, Any]] = [
    {"name": "Buyers", "filter": ORDERS},
    {"name": "Big", "subject": "deal", "filter": {"field": "value", "op": "greater", "value": 100}},
    {"name": "Sold", "subject": "product", "filter": ORDERS},
    {"name": "Buying", "subject": "company", "filter": {"relation": "contacts", "where": ORDERS}},
]


class Later:
    """A clock that is ahead of the server's."""

    def __init__(self, clock: Clock, ahead: timedelta) -> None:
        self._clock, self._ahead = clock, ahead

    def now(self) -> Any:
        """See ``Clock``."""
        return self._clock.now() + self._ahead


@dataclass
class Audited:
    """``post`` and the like expect success."""

    shop: Shop

    async def post(self, path: str, body: dict[str, Any], method: str = "POST") -> dict[str, Any]:
        answer = await self.shop.client.request(method, path, json=body)
        assert answer.is_success, (path, answer.text)
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found

    async def bulk(self, path: str, lines: list[dict[str, Any]]) -> None:
        answer = await self.shop.client.post(path, content="\n".join(map(json.dumps, lines)))
        assert answer.is_success and "error" not in answer.text.lower().replace('"errors":0', ""), answer.text

    async def patch(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return await self.post(path, body, "PATCH")

    async def fill(self) -> None:
        """Two people, one of whom buys; a company; a guest's order; definitions of every kind."""
        for rate in ({"currency": "PLN", "rate": 0.25}, {"currency": "USD", "rate": 0.5}):
            await self.post("exchange-rates/", {"valid_from": "2020-01-01"} | rate)
        await self.post("products/", {"custom_id": "mug", "name": "Mug", "category": "cups"})
        await self.post("companies/", {"custom_id": "acme", "name": "Acme", "country": "PL"})
        for name in ("anna", "ben"):
            await self.post("users/", {"custom_id": name, "email": f"{name}@example.com", "country": "PL"})
        await self.post("companies-by-id/acme/add_member/", {"user_custom_id": "anna"})
        lines = [{"product_custom_id": "mug", "value": 60, "quantity": 2, "returned_quantity": 1, "refunded_value": 60}]
        order = {"custom_id": "o1", "name": "Order", "value": 120, "currency": "EUR", "order_products": lines}
        await self.post("deals/", order | {"user_custom_id": "anna", "company_custom_id": "acme"})
        await self.post("deals/", {"custom_id": "o2", "name": "Order", "value": 8, "currency": "PLN",
                                   "user_custom_id": "anna"})  # fmt: skip
        await self.post("deals/", {"custom_id": "guest", "name": "Order", "value": 500, "currency": "EUR"})
        await self.post("activities/", {"name": "Call", "due_date": "2030-01-01", "deal_custom_id": "o1"})
        await self.post("activities/", {"name": "Visit", "due_date": "2030-01-01", "custom_id": "visit",
                                        "user_custom_id": "anna"})  # fmt: skip
        await self.post("events/", {"user_custom_id": "anna", "name": "asked", "custom_id": "asked-1"})
        for body in AGGREGATORS:
            await self.post("aggregators/", body)
        for body in SEGMENTS:
            await self.post("segments/", body)
        await self.work()

    async def work(self) -> None:
        """Do every job, also those for later, look at companies and products, and settle whoever is stale."""
        import asyncio

        assert self.shop.app.services
        services = self.shop.app.services
        for table in ("jobs", "delayed_jobs", "jobs"):
            while row := await services.pool.fetchrow(
                f"DELETE FROM {table} WHERE id = (SELECT min(id) FROM {table}) RETURNING workspace_id, kind, payload"
            ):
                payload = json.loads(row["payload"])
                await HANDLERS[row["kind"]](services.pool, row["workspace_id"], payload, services.clock.now())
        companies = CompanyRounds(services.pool, services.derived, services.clock)
        objects = ObjectRounds(services.pool, services.derived, services.clock)
        rounds = SettlingRounds(services.pool, Settling([services.derived]), services.clock, then=asyncio.Event())
        for _ in range(2):
            await companies.look(self.shop.workspace_id)
            await objects.look(self.shop.workspace_id)
            while await rounds.round() == 0:
                pass
        await companies.look(self.shop.workspace_id)
        await objects.look(self.shop.workspace_id)

    async def audit(self, *, mend: bool = False, ahead: timedelta = timedelta()) -> tuple[Audit, list[Drift]]:
        """A whole round."""
        assert self.shop.app.services
        services, drift = self.shop.app.services, list[Drift]()
        auditor = Auditor(services.derived.apart(), Later(services.clock, ahead))
        found = await auditor.audit(
            services.pool, self.shop.workspace_id, mend=mend, report=lambda _audit, more: drift.extend(more)
        )
        return found, drift

    async def is_right(self) -> None:
        """Everything has followed, and nothing waits."""
        found, drift = await self.audit(ahead=timedelta(seconds=11))
        assert drift == [] and found.waiting == 0, (found, drift)

    async def values(self, custom_id: str) -> dict[str, Any]:
        """What is stored for a contact."""
        rows = await self.shop.fetch(
            "SELECT aggregates FROM contact_derived AS d JOIN contacts AS c ON c.id = d.contact_id "
            "WHERE c.custom_id = $1 AND NOT c.placeholder",
            custom_id,
        )
        found: dict[str, Any] = json.loads(str(rows[0]["aggregates"])) if rows else {}
        return found

    async def members(self, name: str) -> set[int]:
        """Who is stored as belonging to a segment."""
        rows = await self.shop.fetch(
            "SELECT m.id FROM segments AS s JOIN (SELECT contact_id AS id, segment_id FROM segment_members "
            "UNION ALL SELECT deal_id, segment_id FROM deal_segment_members "
            "UNION ALL SELECT object_id, segment_id FROM object_segment_members) AS m ON m.segment_id = s.id "
            "WHERE s.name = $1 AND s.workspace_id = $2 AND s.deleted_at IS NULL",
            name,
            self.shop.workspace_id,
        )
        return {int(str(row["id"])) for row in rows}
