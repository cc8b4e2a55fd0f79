"""Fields that are indexed: built by a worker, used by lists, taken back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dealt.accounts import Snapshot
from dealt.attributes import build_field_index, remove_field_index
from dealt.browsing.deals import DEALS
from dealt.kernel.db import Pool
from tests.web.visiting import Site

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NAME = "SELECT relname FROM pg_class WHERE relname LIKE 'field\\_%\\_deal\\_%'"


async def snapshot_of(site: Site) -> Snapshot:
    assert site.app.services
    site.app.services.definitions.forget(site.shop.workspace_id)
    async with site.pool.acquire() as connection:
        return await site.app.services.definitions.for_reading(connection, site.shop.workspace_id)


async def work(site: Site) -> None:
    """What a worker does with the jobs that wait."""
    jobs = {"attributes.index": build_field_index, "attributes.unindex": remove_field_index}
    pool: Pool = site.pool
    gone = "DELETE FROM jobs WHERE kind LIKE 'attributes.%' RETURNING kind, payload ->> 'field' AS f"
    rows = await site.shop.fetch(gone)
    for row in rows:
        payload = {"domain": "deal", "field": str(row["f"])}
        await jobs[str(row["kind"])](pool, site.shop.workspace_id, payload, NOW)


@pytest.mark.parametrize(("field", "path"), [("size", "ordering=-size"), ("value", "ordering=value")])
async def test_a_slow_list_offers_an_index_and_is_quick_with_it(
    site: Site, monkeypatch: pytest.MonkeyPatch, field: str, path: str
) -> None:
    monkeypatch.setattr("dealt.browsing.asking.LOOKS_FOR_MS", 1)
    await site.shop.client.post("deals/", json={"name": "First", "stage": 1, "size": 1, "value": 2})
    await site.shop.fetch(
        "INSERT INTO deals (contact_id, id, workspace_id, name, pipeline_id, stage_id, stage_entered_at, status,"
        " ordered_at, created_at, updated_at, value, attributes) SELECT 1, n + (SELECT max(id) FROM deals), $1, 'x',"
        " 1, 1, now(), 1, now(), now(), now(), n, jsonb_build_object('size', n) FROM generate_series(1, 20000) AS n",
        site.shop.workspace_id,
    )
    async with site.visitor(await site.session()) as visitor:
        refused = await visitor.get(f"/deals/?{path}")
        assert (refused.status_code, f'value="{field}">Index ' in refused.text) == (400, True)
        async with site.visitor(await site.session("member")) as member:
            assert "Somebody who may change the settings" in (await member.get(f"/deals/?{path}")).text
        asked = await visitor.post("/deals/index/", data={"field": field})
        assert asked.headers["location"].startswith("/settings/attributes/indexes/?back=")
        assert "Waits for a worker" in (await visitor.get(asked.headers["location"])).text
        await work(site)
        assert "Every index is built" in (await visitor.get(asked.headers["location"])).text
        assert DEALS.listing.is_indexed(field, await snapshot_of(site))
        assert (await visitor.get(f"/deals/?{path}")).status_code == 200
        plan = await site.shop.fetch(
            "EXPLAIN SELECT id FROM deals AS d WHERE d.workspace_id = 1 AND d.value IS NOT NULL ORDER BY d.value, d.id"
            " LIMIT 9"
        )
        assert field != "value" or "Index" in str(plan)
        assert (await visitor.post("/deals/index/", data={"field": field})).status_code == 400
        await visitor.post("/settings/attributes/indexes/delete/", data={"domain": "deal", "field": field})
        await work(site)
        assert await site.shop.fetch(NAME) == []
