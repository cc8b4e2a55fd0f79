"""The job after a company was deleted: in batches, and journalled as the act of who deleted it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dealt.accounts import Actor
from dealt.companies import UNLINK, create_company, delete_company, parse_company
from dealt.deals import unlink_company, unlinking
from dealt.kernel.journal import Cause, Lane
from tests.house import LATER, NOW, House


async def company(house: House) -> int:
    written = await house.run(
        lambda connection, snapshot: create_company(
            connection, house.actor, parse_company({"name": "Acme"}), snapshot=snapshot, now=NOW
        )
    )
    return written.company.id


async def deal(house: House, contact_id: int, company_id: int) -> int:
    deal_id = await house.deal(contact_id)
    await house.fetch("UPDATE deals SET company_id = $2 WHERE id = $1", deal_id, company_id)
    await house.fetch(
        "INSERT INTO deal_ids (workspace_id, deal_id, contact_id) VALUES ($1, $2, $3)",
        house.workspace_id, deal_id, contact_id,
    )  # fmt: skip
    return deal_id


async def task(house: House, contact_id: int, company_id: int) -> int:
    [row] = await house.fetch(
        "INSERT INTO tasks (contact_id, id, workspace_id, name, due_at, company_id, created_at, updated_at) "
        "VALUES ($1, nextval('task_id_seq'), $2, 'Call', $4, $3, $4, $4) RETURNING id",
        contact_id, house.workspace_id, company_id, NOW,
    )  # fmt: skip
    await house.fetch(
        "INSERT INTO task_ids (workspace_id, task_id, contact_id) VALUES ($1, $2, $3)",
        house.workspace_id, row["id"], contact_id,
    )  # fmt: skip
    return int(row["id"])


async def delete(house: House, company_id: int, actor: Actor) -> dict[str, Any]:
    """The payload of the job that the deletion leaves."""
    async with house.transaction() as connection:
        await delete_company(connection, actor, company_id, now=NOW)
    [job] = await house.fetch("SELECT payload::text FROM jobs WHERE kind = $1", UNLINK)
    payload: dict[str, Any] = json.loads(job["payload"])
    return payload


async def test_every_deal_and_task_lets_go_in_batches(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unlinking, "LINKS_A_BATCH", 2)
    gone, kept = await company(house), await company(house)
    jane, joe = await house.contact(), await house.contact()
    deals = [await deal(house, contact, gone) for contact in (jane, joe, jane, joe, jane)]
    tasks = [await task(house, contact, gone) for contact in (jane, joe, 0)]
    others = await deal(house, jane, kept), await task(house, joe, kept)
    payload = await delete(house, gone, house.actor.in_bulk(silent=True))
    await house.fetch("DELETE FROM stale")

    await unlink_company(house.pool, house.workspace_id, payload, LATER)
    named = "SELECT id FROM deals WHERE company_id IS NOT NULL UNION ALL SELECT id FROM tasks WHERE company_id = $1"
    assert {row["id"] for row in await house.fetch(named, kept)} == set(others)
    for kind, ids in (("deal", deals), ("task", tasks)):
        assert await house.journal(kind) == [(f"{kind}.updated", {"company_id": [gone, None]})] * len(ids)
    rows = await house.fetch("SELECT DISTINCT actor, cause FROM journal WHERE object_type IN ('deal', 'task')")
    assert rows == [{"actor": "token:1", "cause": Cause.SILENT}]
    marks = await house.fetch("SELECT DISTINCT contact_id, lane, cause FROM stale")
    assert {(m["contact_id"], m["lane"], m["cause"]) for m in marks} == {
        (contact, Lane.BULK, Cause.SILENT) for contact in (jane, joe)
    }
    versions = await house.fetch("SELECT DISTINCT version, updated_at FROM deals WHERE id = ANY($1)", deals)
    assert versions == [{"version": 2, "updated_at": LATER}]


async def test_it_walks_once_more_when_what_was_under_way_has_ended(house: House) -> None:
    gone, jane = await company(house), await house.contact()
    payload = await delete(house, gone, house.actor)
    await unlink_company(house.pool, house.workspace_id, payload, LATER)
    [later] = await house.fetch("SELECT payload::text, run_at FROM delayed_jobs WHERE kind = $1", UNLINK)
    assert later["run_at"] > LATER
    late = await deal(house, jane, gone)
    await unlink_company(house.pool, house.workspace_id, json.loads(later["payload"]), LATER)
    assert await house.fetch("SELECT company_id FROM deals WHERE id = $1", late) == [{"company_id": None}]
    assert len(await house.fetch("SELECT 1 FROM delayed_jobs WHERE kind = $1", UNLINK)) == 1
