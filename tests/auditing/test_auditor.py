"""The auditor names whatever is stored otherwise than it should be, and finds nothing in a healthy shop."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dealt.auditing import AuditRounds
from dealt.kernel.journal import mark_stale
from dealt.rfm import MatrixRounds
from tests.auditing.auditing import Audited
from tests.publicapi.conftest import Shop

AHEAD = timedelta(seconds=11)
"""Companies and products that were just looked at are left alone."""
ANNA = "(SELECT id FROM contacts WHERE custom_id = 'anna')"
ORDER = "(SELECT deal_id FROM deal_ids WHERE custom_id = 'o1')"
SEGMENT = "(SELECT id FROM segments WHERE name = '{}')"

# What is done to the stored rows, and what the auditor calls it: the type, the definition's kind and the name.
CORRUPTED: list[tuple[str, set[tuple[str, str, str]]]] = [
    (f"UPDATE contact_derived SET aggregates = aggregates || '{{\"orders\": 7}}' WHERE contact_id = {ANNA}",
     {("contact", "aggregator", "orders")}),
    (f"UPDATE contact_derived SET aggregates = aggregates - 'spent' WHERE contact_id = {ANNA}",
     {("contact", "aggregator", "spent")}),
    (f"UPDATE contact_derived SET aggregates = aggregates || '{{\"stray\": 1}}' WHERE contact_id = {ANNA}",
     {("contact", "aggregator", "stray")}),
    (f"UPDATE contact_derived SET wake_at = NULL WHERE contact_id = {ANNA}", {("contact", "wake_at", "wake_at")}),
    (f"UPDATE contact_derived SET wake_at = wake_at + interval '1 second' WHERE contact_id = {ANNA}",
     {("contact", "wake_at", "wake_at")}),
    (f"UPDATE contact_derived SET definitions_version = 1 WHERE contact_id = {ANNA}",
     {("contact", "definitions_version", "definitions_version")}),
    (f"DELETE FROM segment_members WHERE contact_id = {ANNA} AND segment_id = {SEGMENT.format('Buyers')}",
     {("contact", "segment", "Buyers")}),
    (f"INSERT INTO segment_members SELECT {ANNA}, 999, workspace_id, created_at FROM contacts LIMIT 1",
     {("contact", "segment", "")}),
    (f"DELETE FROM deal_segment_members WHERE deal_id = {ORDER}", {("deal", "segment", "Big")}),
    ("UPDATE deal_segment_members SET deal_id = deal_id + 1000",
     {("deal", "segment", "Big")}),
    ("DELETE FROM object_segment_members", {("product", "segment", "Sold"), ("company", "segment", "Buying")}),
    (f"UPDATE deals SET base_value = 1 WHERE id = {ORDER}",
     {("deal", "base_value", "base_value")}),
    (f"UPDATE deals SET lines_total = 1, refunded_total = 2, net_value = 3 WHERE id = {ORDER}",
     {("deal", name, name) for name in ("lines_total", "refunded_total", "net_value")}),
    ("UPDATE deal_products SET ordered_at = ordered_at + interval '1 day'", {("deal", "deal_products", "")}),
    (f"DELETE FROM deal_ids WHERE deal_id = {ORDER}",
     {("deal", "deal_ids", "deal_ids"), ("deal", "deal_custom_ids", "deal_custom_ids")}),
    (f"DELETE FROM contact_companies WHERE contact_id = {ANNA}", {("company", "contact_companies", "")}),
    ("UPDATE company_derived SET aggregates = aggregates || '{\"bought\": 7, \"stray\": 1}'",
     {("company", "aggregator", "bought"), ("company", "aggregator", "stray")}),
    ("UPDATE company_derived SET wake_at = NULL", {("company", "wake_at", "wake_at")}),
    ("UPDATE contact_companies SET company_id = company_id + 1000", {("company", "contact_companies", "")}),
    (f"UPDATE deals SET open_tasks = 4 WHERE id = {ORDER}", {("deal", "open_tasks", "open_tasks")}),
    (f"UPDATE deals SET ordered_at = ordered_at + interval '1 second' WHERE id = {ORDER}",
     {("deal", "ordered_at", "ordered_at")}),
    (f"UPDATE contacts SET page_views = 4 WHERE id = {ANNA}", {("contact", "page_views", "page_views")}),
    (f"INSERT INTO deal_ids (workspace_id, deal_id, contact_id) SELECT workspace_id, 999, id FROM contacts"
     f" WHERE id = {ANNA}",
     {("deal", "deal_ids", "deal_ids")}),
    (f"INSERT INTO task_ids (workspace_id, task_id, contact_id) SELECT workspace_id, 999, id FROM contacts"
     f" WHERE id = {ANNA}",
     {("task", "task_ids", "task_ids")}),
    ("DELETE FROM deal_custom_ids WHERE custom_id = 'o1'", {("deal", "deal_custom_ids", "deal_custom_ids")}),
    ("UPDATE deal_custom_ids SET deleted_at = '2020-01-01' WHERE custom_id = 'o1'",
     {("deal", "deal_custom_ids", "deal_custom_ids")}),
    ("INSERT INTO deal_custom_ids (workspace_id, custom_id, deal_id, deleted_at) SELECT id, 'stray-' || n, 1000 + n,"
     " CASE WHEN n % 2 = 0 THEN created_at END FROM workspaces CROSS JOIN generate_series(1, 600) AS n",
     {("deal", "deal_custom_ids", "deal_custom_ids")}),
    ("DELETE FROM task_ids WHERE task_id = (SELECT id FROM tasks WHERE custom_id IS NULL)",
     {("task", "task_ids", "task_ids")}),
    ("DELETE FROM task_custom_ids", {("task", "task_custom_ids", "task_custom_ids")}),
    ("INSERT INTO task_custom_ids SELECT id, 'stray', 999 FROM workspaces",
     {("task", "task_custom_ids", "task_custom_ids")}),
    ("DELETE FROM event_custom_ids", {("event", "event_custom_ids", "event_custom_ids")}),
    ("INSERT INTO event_custom_ids SELECT id, 3, 'stray', 999, 999 FROM workspaces",
     {("page_view", "event_custom_ids", "event_custom_ids")}),
    (f"INSERT INTO devices (contact_id, id, workspace_id, identity, fcm_key, created_at, seen_at)"
     f" SELECT id, 1, workspace_id, 'key:k', 'k', created_at, created_at FROM contacts WHERE id = {ANNA}",
     {("contact", "device_keys", "device_keys")}),
    (f"INSERT INTO device_keys SELECT workspace_id, 'stray', id FROM contacts WHERE id = {ANNA}",
     {("contact", "device_keys", "device_keys")}),
    ("UPDATE workspaces SET reads = 0", {("workspace", "reads", "reads")}),
    ("DELETE FROM contact_custom_ids WHERE custom_id = 'anna'", {("contact", "contact_custom_ids", "anna")}),
]  # fmt: skip


@pytest.fixture
async def audited(shop: Shop) -> Audited:
    found = Audited(shop)
    await found.fill()
    return found


async def test_whatever_is_corrupted_is_named_and_mended(audited: Audited) -> None:
    await audited.is_right()
    assert (await audited.values("anna"))["spent"] == 122
    for statement, named in CORRUPTED:
        await audited.shop.fetch(statement)
        for mend in (False, True):
            found, drift = await audited.audit(mend=mend, ahead=AHEAD)
            told = {
                (unit.subject, unit.definition.split(":")[0], "" if ":" in unit.name else unit.name)
                for unit in (one.unit for one in drift)
                if unit.subject != "stage"  # what stands in stages differs from a corrupted deal, until that is mended
            }
            # What is found by something that was lost is right again when that is mended.
            assert told == named or (mend and told and told < named), statement
            assert (found.drift, found.mended) == (len(drift), mend)
        # What was mended of a contact has its companies looked at.
        await audited.work()
        await audited.is_right()


async def test_a_matrix_that_has_drifted_is_named_and_mended(audited: Audited) -> None:
    fixed = {"recency_days": [1, 2, 3, 4], "frequency": [2, 3, 4, 5], "monetary": [1, 2, 3, 4]}
    await audited.post("rfm/", {"filter": {}, "thresholds": fixed})
    # Each night plans the next one.
    await audited.shop.fetch("DELETE FROM delayed_jobs WHERE kind = 'rfm.refresh'")
    await audited.work()
    services = audited.shop.app.services
    assert services
    await MatrixRounds(services.pool, services.clock).round()
    await audited.is_right()
    await audited.shop.fetch("UPDATE rfm_cells SET users = users + 1")
    for mend in (False, True):
        found, drift = await audited.audit(mend=mend)
        assert [(one.unit.definition, one.stored, one.recomputed) for one in drift] == [("rfm_cells:users", 2, 1)]
        assert found.findings[0]["name"] == "RFM: 5-2-5"
    await audited.is_right()


async def test_who_is_stale_waits_and_has_not_drifted(audited: Audited) -> None:
    shop = audited.shop
    assert shop.app.services
    (row,) = await shop.fetch(
        f"UPDATE contact_derived SET aggregates = '{{}}' WHERE contact_id = {ANNA} RETURNING contact_id AS id, wake_at"
    )
    contact_id = int(str(row["id"]))
    async with shop.app.services.pool.acquire() as connection:
        await mark_stale(connection, shop.workspace_id, [contact_id], shop.app.services.clock.now())
    found, drift = await audited.audit(mend=True)
    assert (found.waiting, drift) == (1, [])
    assert await audited.values("anna") == {}, "it is settled by whoever settles, with its own cause"
    await audited.work()
    await audited.is_right()
    # A window that has closed waits to be woken.
    found, drift = await audited.audit(ahead=timedelta(days=31))
    assert (found.waiting > 0, drift) == (True, [])
    # And so does everybody while a walk is under way.
    await audited.post("aggregators/", {"name": "first", "source": "deals", "function": "min", "field": "value"})
    found, drift = await audited.audit()
    assert (found.waiting, drift) == (3, [])
    await audited.work()
    await audited.is_right()


async def test_a_healthy_shop_is_only_read(audited: Audited) -> None:
    tables = ["segment_members", "deal_segment_members", "contact_derived", "deals", "deal_products"]
    before = [await audited.shop.fetch(f"SELECT xmin::text, * FROM {table} ORDER BY 1, 2, 3") for table in tables]
    await audited.audit()
    assert [
        await audited.shop.fetch(f"SELECT xmin::text, * FROM {table} ORDER BY 1, 2, 3") for table in tables
    ] == before


async def test_workers_audit_round_after_round_and_say_what_they_find(audited: Audited) -> None:
    shop = audited.shop
    assert shop.app.services
    services = shop.app.services
    rounds = AuditRounds(services.pool, services.derived, services.clock)

    async def whole() -> dict[str, object]:
        while await rounds.look(shop.workspace_id):
            pass
        found: dict[str, object] = (await shop.client.get("audit/")).json()
        return found

    assert (await shop.client.get("audit/")).json() == {
        "drift": None, "as_of": None, "findings": [], "running": None, "rounds": [],
    }  # fmt: skip
    told = await whole()
    assert (told["drift"], told["running"]) == (0, None) and told["as_of"]
    await shop.fetch(
        f"UPDATE contact_derived SET aggregates = aggregates || '{{\"orders\": 7}}' WHERE contact_id = {ANNA}"
    )
    assert await whole() == told, "the next round is not due"
    await shop.fetch("UPDATE audits SET started_at = started_at - interval '1 day'")
    assert await rounds.look(shop.workspace_id)
    running = (await shop.client.get("audit/")).json()["running"]
    assert (running["looked"], running["total"], running["drift"]) == (3, 3, 1)
    told = await whole()
    (found,) = (await shop.client.get("audit/")).json()["findings"]
    assert (found["object_type"], found["name"], found["stored"], found["recomputed"]) == ("contact", "orders", 7, 2)
    root = shop.url.removesuffix("api/public/")
    metrics = (await shop.client.get(f"{root}metrics")).text
    assert f'dealt_audit_drift{{workspace="{shop.workspace_id}"}} 1.0' in metrics
