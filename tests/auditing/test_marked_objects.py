"""Segments of companies and products follow from what marks them: nobody has to look through all of these."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from dealt.aggregators import CompanyRounds
from dealt.freshness import Settling, SettlingRounds
from dealt.segments import ObjectRounds
from tests.auditing.auditing import Audited, Later
from tests.publicapi.conftest import Shop

RECENT = {"relation": "deals", "where": {"field": "ordered_at", "op": "in_last", "value": {"days": 30}}}


class Followed(Audited):
    """Work is done as workers do it between two walks over all companies and products."""

    async def follow(self, ahead: timedelta = timedelta()) -> None:
        """Whoever is stale, the companies that follow, and the objects that are marked or due."""
        assert self.shop.app.services
        services, clock = self.shop.app.services, Later(self.shop.app.services.clock, ahead)
        rounds = SettlingRounds(services.pool, Settling([services.derived]), clock, then=asyncio.Event())
        while await rounds.round() == 0:
            pass
        await CompanyRounds(services.pool, services.derived, clock).look(self.shop.workspace_id)
        await ObjectRounds(services.pool, services.derived, clock).look_at_marked(self.shop.workspace_id)

    async def names(self, segment: str) -> set[str]:
        """Who is stored as belonging to a segment of companies or products, by custom id."""
        rows = await self.shop.fetch(
            "SELECT o.custom_id FROM segments AS s JOIN object_segment_members AS m ON m.segment_id = s.id JOIN ("
            "SELECT id, custom_id, 'company' AS subject FROM companies UNION ALL "
            "SELECT id, custom_id, 'product' FROM products) AS o ON o.id = m.object_id AND o.subject = s.subject "
            "WHERE s.name = $1 AND s.deleted_at IS NULL",
            segment,
        )
        return {str(row["custom_id"]) for row in rows}


async def test_what_orders_people_and_edits_do_reaches_segments_of_companies_and_products(shop: Shop) -> None:
    followed = Followed(shop)
    await followed.fill()
    for subject in ("company", "product"):
        await followed.post("segments/", {"name": f"Recent {subject}", "subject": subject, "filter": RECENT})
    french = {"field": "country", "op": "equals", "value": "FR"}
    await followed.post("segments/", {"name": "French", "subject": "company", "filter": french})
    await followed.work()
    segments = ("Recent company", "Recent product", "Sold", "Buying", "French")

    async def stand() -> list[set[str]]:
        return [await followed.names(name) for name in segments]

    assert await stand() == [{"acme"}, {"mug"}, {"mug"}, {"acme"}, set()]
    await followed.post("companies/", {"custom_id": "bolt", "name": "Bolt", "country": "FR"})
    await followed.post("products/", {"custom_id": "pot", "name": "Pot"})
    order = {"custom_id": "o3", "name": "Order", "value": 1, "currency": "EUR", "user_custom_id": "ben",
             "company_custom_id": "bolt", "products_custom_id": ["pot"]}  # fmt: skip
    await followed.post("deals/", order)
    await followed.follow()
    assert await stand() == [{"acme", "bolt"}, {"mug", "pot"}, {"mug", "pot"}, {"acme"}, {"bolt"}]
    await followed.post("companies-by-id/bolt/add_member/", {"user_custom_id": "ben"})
    await followed.post("deals/update_or_create/", {"custom_id": "o3", "products_custom_id": ["mug"]})
    await followed.patch("companies-by-id/acme/", {"country": "FR"})
    await followed.follow()
    assert await stand() == [{"acme", "bolt"}, {"mug"}, {"mug"}, {"acme", "bolt"}, {"acme", "bolt"}]
    await followed.post("deals-by-id/o3/", {}, "DELETE")
    await followed.post("companies-by-id/bolt/", {}, "DELETE")
    await followed.follow()
    assert await stand() == [{"acme"}, {"mug"}, {"mug"}, {"acme"}, {"acme"}]
    # Windows close at their own moment.
    await followed.follow(timedelta(days=29))
    assert await stand() == [{"acme"}, {"mug"}, {"mug"}, {"acme"}, {"acme"}]
    await followed.follow(timedelta(days=31))
    assert await stand() == [set(), set(), {"mug"}, {"acme"}, {"acme"}]
    assert not await shop.fetch("SELECT FROM stale_objects UNION ALL SELECT FROM stale_companies")
