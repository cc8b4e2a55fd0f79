"""What stays of somebody who is deleted or erased, and what does not."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from dealt.contacts import BLANK
from dealt.kernel.errors import NotFound
from dealt.kernel.idempotency import FirstAnswer, IdempotencyKey, claim_keys, keep_answers
from dealt.people.names import ERASED, Names
from tests.people.conftest import LATER, NOW, People

PERSON = {
    "custom_id": "jane-77", "email": "jane@example.com", "first_name": "Janet", "last_name": "Doering",
    "phone_number": "+48 600 100 200", "gender": 3, "status": 2, "score": 7, "unsubscribed": True,
    "notifications": False, "country": "Italy", "region": "Piedmont", "city": "Turin", "timezone": "Europe/Rome",
    "last_ip": "192.0.2.7", "browser": "Lynx", "browser_language": "it", "os_type": "BeOS", "resolution": "1x1",
    "facebook_url": "fb.example/j", "linkedin_url": "li.example/j", "twitter_url": "tw.example/j",
    "google_url": "g.example/j", "gravatar_url": "gr.example/j", "assigned_to": 1, "tags": ["vip"], "size": "XL",
}  # fmt: skip
ORDER = {
    "name": "Order of Janet Doering", "value": 30, "ship_to": "Janet Doering, Rose Street 1, JANE@example.com",
    "billing_first_name": "Janet", "colour": "Janet", "call": "0048 600-100-200 (mornings)", "order_method": "Online",
    "order_products": [
        {"product_custom_id": "mug", "name": "Mug", "quantity": 2, "value": 5, "engraving": "for Doering, Janet"},
        {"product_custom_id": "pen", "name": "Pen", "value": 20},
    ],
}  # fmt: skip
NAMING = ("jane-77", "jane@", "JANE@", "Doering", "600 100", "600-100", "192.0.2.7", "fb.example")


async def stored(people: People, *but: str) -> str:
    """Everything that the database holds, as text."""
    tables = await people.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') "
        "AND NOT relispartition"
    )
    texts = [
        await people.pool.fetchval(f"SELECT coalesce(string_agg(t::text, chr(10)), '') FROM {table['relname']} AS t")
        for table in tables
        if table["relname"] not in but
    ]
    return "\n".join(texts)


async def test_a_deleted_contact_is_a_placeholder_about_whom_nothing_is_known(people: People) -> None:
    contact = await people.person(**PERSON)
    await people.pool.execute("UPDATE contacts SET page_views = 3, last_seen = $2 WHERE id = $1", contact, NOW)
    before = await people.row(contact)
    assert all(before[column] != value for column, value in BLANK.items() if column != "attributes")
    await people.delete(contact)
    kept = {"id", "workspace_id", "created_at", "merged_into"}
    blank = BLANK | {"key": None, "page_views": 0} | dict.fromkeys(("first_seen", "last_seen", "last_contacted"))
    blank |= {name: before[name] for name in kept}
    blank |= {"placeholder": True, "updated_at": LATER, "deleted_at": LATER, "version": 2}
    assert await people.row(contact) == blank


async def test_a_deleted_contact_leaves_every_directory_and_group(people: People) -> None:
    contact = await people.person(custom_id="jane")
    await people.list_of(contact)
    await people.pool.execute("INSERT INTO company_members VALUES ($1, 1, $2, $3)", contact, people.workspace_id, NOW)
    await people.pool.execute(
        "INSERT INTO contact_derived (contact_id, workspace_id, aggregates, computed_at, definitions_version) "
        "VALUES ($1, $2, $3::jsonb, $4, 1)",
        contact, people.workspace_id, msgspec.json.encode({"orders": 3}).decode(), NOW,
    )  # fmt: skip
    await people.delete(contact)
    for table in ("contact_custom_ids", "contact_keys", "list_members", "company_members", "contact_derived"):
        assert await people.count(table, contact) == 0, table
    assert (await people.history("contact", contact))[-1] == (contact, "contact.deleted", {})
    assert await people.upsert(custom_id="jane") != contact


async def test_orders_stay_without_what_names_the_person_in_them(people: People) -> None:
    contact = await people.person(**PERSON)
    deal = await people.order("o1", user_id=contact, **ORDER)
    await people.task(name="Call Janet Doering", user_id=contact)
    report = await people.delete(contact)
    assert report.as_dict()["cleaned"] == {"contacts": 1, "deal_lines": 1, "deals": 1, "tasks": 1}
    [row] = await people.fetch("SELECT name, value, attributes, version FROM deals WHERE id = $1", deal)
    assert (row["name"], row["value"], row["version"]) == (f"Order of {ERASED}", 30, 2)
    assert msgspec.json.decode(row["attributes"]) == {
        "ship_to": f"{ERASED}, Rose Street 1, {ERASED}", "billing_first_name": ERASED, "colour": "Janet",
        "call": f"{ERASED} (mornings)", "order_method": "Online",
    }  # fmt: skip
    receipts = [
        msgspec.json.decode(line["receipt"])
        for line in await people.fetch("SELECT receipt FROM deal_lines ORDER BY id")
    ]
    assert [receipt.get("engraving") for receipt in receipts] == [f"for {ERASED}", None]
    told = (await people.history("deal", deal))[-1][2]
    fields = ["name", "billing_first_name", "call", "order_products.1", "ship_to"]
    assert [sorted(told), sorted(told["erased"][1])] == [["erased"], sorted(fields)]
    # The rest of the workspace's tables is history, which a deletion keeps.
    text = await stored(people, "journal")
    assert [name for name in NAMING if name in text] == []


async def test_erasure_leaves_nothing_that_names_the_person_anywhere(people: People) -> None:
    contact = await people.person(**PERSON)
    older = await people.person(custom_id="old-5", email="janet@old.example", first_name="Janet", last_name="Old")
    deal = await people.order("o1", user_id=contact, **ORDER)
    await people.order("o2", user_id=older, name="For janet@old.example")
    await people.task(name="Call Janet Doering", user_id=contact)
    await people.task(name="Send to Janet Doering", deal_id=deal, custom_id="t2")
    await people.list_of(contact)
    await people.merge(contact, older)
    # What she was called before counts, too.
    await people.edit(contact, email="janet@new.example")
    await keep(
        people, {"k1": b'{"email":"jane@example.com"}', "k2": b'{"id":9,"user_custom_id":"jane-77"}', "k3": b"{}"}
    )
    report = await people.erase(contact)
    text = await stored(people)
    assert [name for name in (*NAMING, "old.example", "old-5", "new.example") if name in text] == []
    counts = report.as_dict()
    assert counts["deleted"]["tasks"] == 1 and counts["deleted"]["journal"] > 3
    assert counts["cleaned"] | {"journal": 0} == {
        "contacts": 2, "deal_lines": 1, "deals": 2, "idempotency_keys": 2, "journal": 0, "tasks": 1,
    }  # fmt: skip
    assert [kind for _, kind, _ in await people.history("contact", contact)] == ["contact.erased"]
    assert await people.pool.fetchval("SELECT sum(value) FROM deals") == 30
    bodies = await people.fetch("SELECT key, body, status FROM idempotency_keys ORDER BY key")
    assert [tuple(row.values()) for row in bodies] == [(key, b"{}", 200) for key in ("k1", "k2", "k3")]


async def test_erasure_reaches_what_imports_refused_and_work_that_was_given_up(people: People) -> None:
    contact = await people.person(**PERSON)
    about = [
        [{"mail": "JANE@example.com", "city": "Turin"}], [{"Vorname": "janet", "Nachname": "Doering"}],
        [{"id": "jane-77"}], [{"tel": "0048 600-100-200"}], ["Order of Janet Doering"], [{"phone": 48600100200}],
    ]  # fmt: skip
    others = [[{"mail": "joe@example.com"}], [{"first": "Janet", "last": "Smith"}], [{"id": "jane-778"}], [7, None]]
    rows = msgspec.json.encode([{"id": n, "cells": cells} for n, cells in enumerate([*about, *others])]).decode()
    here, there = people.workspace_id, people.stranger.workspace_id
    await people.pool.execute(
        "INSERT INTO imports (workspace_id, id, kind, file_name, actor, created_at, error) "
        "VALUES ($1, 1, 'contacts', 'janet doering.csv', 'token:1', $2, 'Row 7: jane@example.com is there twice.')",
        here, NOW,
    )  # fmt: skip
    await people.pool.execute(
        "INSERT INTO import_rejects SELECT w, 1, r.id, r.cells, 'No.' FROM unnest($1::bigint[]) AS w "
        "CROSS JOIN json_to_recordset($2::json) AS r(id bigint, cells jsonb)",
        [here, there], rows,
    )  # fmt: skip
    await people.pool.execute(
        """INSERT INTO dead_jobs VALUES ($1, 5, 'x', '{"to": "jane@example.com"}', 1, 'Janet Doering: no', $2, $2)""",
        here, NOW,
    )  # fmt: skip
    report = (await people.erase(contact)).as_dict()
    assert report["deleted"]["import_rejects"] == len(about)
    assert (report["cleaned"]["imports"], report["cleaned"]["dead_jobs"]) == (1, 1)
    left = await people.fetch("SELECT id FROM import_rejects WHERE workspace_id = $1 ORDER BY id", here)
    assert [row["id"] for row in left] == list(range(len(about), len(about) + len(others)))
    theirs = "SELECT count(*) FROM import_rejects WHERE workspace_id = $1"
    assert await people.pool.fetchval(theirs, there) == len(about) + len(others)
    [dead] = await people.fetch("SELECT payload, error FROM dead_jobs")
    assert (msgspec.json.decode(dead["payload"]), dead["error"]) == ({"to": ERASED}, f"{ERASED}: no")
    [told] = await people.fetch("SELECT file_name, error FROM imports")
    assert (told["file_name"], told["error"]) == (f"{ERASED}.csv", f"Row 7: {ERASED} is there twice.")


async def keep(people: People, answers: dict[str, bytes]) -> None:
    async with people.transaction() as connection:
        keys = [IdempotencyKey(key, b"f") for key in answers]
        await claim_keys(connection, people.workspace_id, keys, NOW)
        await keep_answers(
            connection, people.workspace_id, {key: FirstAnswer(200, body) for key, body in answers.items()}
        )


async def test_who_was_deleted_can_be_erased_later(people: People) -> None:
    contact = await people.person(**PERSON)
    await people.order("o1", user_id=contact, **ORDER)
    await people.delete(contact)
    await people.erase(contact)
    text = await stored(people)
    assert [name for name in NAMING if name in text] == []
    kinds = [kind for _, kind, _ in await people.history("contact", contact)]
    assert kinds == ["contact.deleted", "contact.erased"]


async def test_somebody_is_deleted_once_by_their_own_workspace_and_never_as_a_guest_or_merged(people: People) -> None:
    contact, other = await people.person(custom_id="jane"), await people.person(custom_id="b")
    guest = await people.home(await people.order("o1"))
    parent = await people.person()
    await people.merge(parent, other)
    with pytest.raises(NotFound):
        await people.delete(contact, people.stranger)
    for nobody in (guest, other, 99):
        with pytest.raises(NotFound):
            await people.delete(nobody)
        with pytest.raises(NotFound):
            await people.erase(nobody)
    results = await asyncio.gather(*(people.delete(contact) for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(result, NotFound) for result in results) == 4
    assert [kind for _, kind, _ in await people.history("contact", contact)] == ["contact.created", "contact.deleted"]


async def test_deleting_a_parent_deletes_the_person_that_was_merged_into_it(people: People) -> None:
    parent, other = await people.person(custom_id="a"), await people.person(custom_id="b", email="b@example.com")
    deal = await people.order("o1", user_custom_id="b", value=3)
    await people.merge(parent, other)
    await people.delete(parent)
    assert (await people.row(other))["email"] is None
    assert await people.home(deal) == parent
    with pytest.raises(NotFound):
        await people.unmerge(other)
    assert await people.upsert(custom_id="b") not in (parent, other)
    assert [await people.pool.fetchval(f"SELECT count(*) FROM {table}") for table in ("merges", "merged_rows")] == [
        0,
        0,
    ]


async def test_an_upsert_beside_a_deletion_leaves_a_whole_contact_or_none(people: People) -> None:
    for _ in range(10):
        contact = await people.upsert(custom_id="jane")
        results = await asyncio.gather(people.delete(contact), people.upsert(custom_id="jane", score=1))
        assert len(results) == 2
        held = await people.fetch("SELECT contact_id FROM contact_custom_ids")
        alive = await people.fetch("SELECT id FROM contacts WHERE NOT placeholder AND custom_id = 'jane'")
        assert [row["contact_id"] for row in held] == [row["id"] for row in alive]


def test_what_names_nobody_stays_as_it_is() -> None:
    names = Names.of([{"email": "jo@a.example", "first_name": "Jo", "last_name": "Al", "phone_number": "123"}])
    kept = {"a": ["banjo@a.example.org", "Joal", "jo", 123, 1.5, None, True], "note": "123 Jo Alba"}
    assert names.clean(kept) is kept
    assert names.clean(["Jo Al", "al, jo.", {"name": "JO", "x": "jo@a.example,"}]) == [
        ERASED, f"{ERASED}.", {"name": ERASED, "x": f"{ERASED},"},
    ]  # fmt: skip
    assert not Names.of([{"email": None, "custom_id": "7", "key": "abc"}]).any
