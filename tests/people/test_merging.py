"""What a merge joins, and what goes on meaning the joined contact."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from dealt.contacts import find_contacts, parse_contact
from dealt.contacts.upserting import upsert_contacts
from dealt.contacts.works import upsert_work
from dealt.kernel.errors import InvalidInput, NotFound
from dealt.kernel.journal import Cause
from tests.people.conftest import LATER, NOW, People

LINES = [{"product_custom_id": "mug", "quantity": 2, "value": 5}, {"product_custom_id": "pen", "value": 1}]


async def test_the_parents_value_wins_else_that_of_the_lowest_id(people: People) -> None:
    parent = await people.person(custom_id="a", email="a@example.com", size="M", tags=["vip"])
    second = await people.person(custom_id="b", email="b@example.com", city="Rome", score=3, size="L", shoe="41")
    third = await people.person(city="Oslo", phone_number="600100200", gender=3, status=2, tags=["vip", "new"], hat="7")
    await people.merge(parent, third, second)
    row = await people.row(parent)
    expected = {
        "custom_id": "a", "email": "a@example.com", "city": "Rome", "phone_number": "600100200", "gender": 3,
        "status": 2, "score": 3,
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected
    assert row["attributes"] == {"size": "M", "shoe": "41", "hat": "7"}
    tags = await people.fetch("SELECT name FROM tags WHERE id = ANY($1::bigint[]) ORDER BY id", row["tag_ids"])
    assert [tag["name"] for tag in tags] == ["vip", "new"]
    assert (row["placeholder"], row["version"], row["updated_at"]) == (False, 2, LATER)


async def test_counts_are_summed_and_moments_taken_from_both_ends(people: People) -> None:
    ids = [await people.person(custom_id=name) for name in "abc"]
    for place, contact in enumerate(ids):
        await people.pool.execute(
            "UPDATE contacts SET page_views = $2, first_seen = $3::timestamptz - make_interval(days => $2), "
            "last_seen = $3::timestamptz + make_interval(days => $2) WHERE id = $1",
            contact, place + 1, NOW,
        )  # fmt: skip
    await people.merge(ids[0], *ids[1:])
    row = await people.row(ids[0])
    assert (row["page_views"], (NOW - row["first_seen"]).days, (row["last_seen"] - NOW).days) == (6, 3, 3)


async def test_everything_of_the_merged_goes_to_the_parent(people: People) -> None:
    parent, other = await people.person(custom_id="a"), await people.person(custom_id="b")
    deal = await people.order("o1", user_custom_id="b", order_products=LINES, value=11)
    of_deal = await people.task(name="Call", deal_id=deal)
    alone = await people.task(name="Write", user_id=other)
    shared, only = await people.list_of(parent, other), await people.list_of(other)
    await people.merge(parent, other)
    assert await people.home(deal) == parent
    for table in (
        "deals", "deal_lines", "deal_products", "deal_ids", "tasks", "task_ids", "list_members", "journal", "follows",
        "contact_custom_ids", "contact_keys",
    ):  # fmt: skip
        assert await people.count(table, other) == 0, table
    assert [await people.count("deal_lines", parent), await people.count("tasks", parent)] == [2, 2]
    lists = await people.fetch("SELECT list_id FROM list_members WHERE contact_id = $1 ORDER BY 1", parent)
    assert [row["list_id"] for row in lists] == [shared, only]
    for task in (of_deal, alone):
        assert {contact for contact, _, _ in await people.history("task", task)} == {parent}
    row = await people.row(other)
    assert (row["placeholder"], row["merged_into"], row["custom_id"]) == (True, [parent], "b")


async def test_the_journal_tells_of_a_merge_with_its_cause(people: People) -> None:
    parent, other = await people.person(custom_id="a"), await people.person(custom_id="b", city="Rome")
    deal = await people.order("o1", user_custom_id="b")
    await people.pool.execute("DELETE FROM stale")
    await people.merge(parent, other)
    contact, kind, changes = (await people.history("contact", parent))[-1]
    assert (contact, kind, changes) == (parent, "contact.merged", {"city": [None, "Rome"], "merged": [None, [other]]})
    assert (await people.history("deal", deal))[-1] == (parent, "deal.updated", {"user_id": [other, parent]})
    causes = await people.fetch("SELECT contact_id, cause FROM stale ORDER BY contact_id")
    assert [tuple(row.values()) for row in causes] == [(parent, Cause.MERGE), (other, Cause.MERGE)]
    newest = await people.fetch("SELECT cause FROM journal ORDER BY id DESC LIMIT 2")
    assert [row["cause"] for row in newest] == [Cause.MERGE] * 2
    # What the merged contact was is told under its own number, with the parent.
    assert [(c, k) for c, k, _ in await people.history("contact", other)] == [(parent, "contact.created")]


async def test_every_name_of_the_merged_means_the_parent(people: People) -> None:
    parent, other, third = [await people.person(custom_id=name) for name in "abc"]
    key = (await people.row(other))["key"]
    await people.merge(parent, other)
    await people.merge(third, parent)
    async with people.transaction() as connection:
        found = await find_contacts(connection, people.workspace_id, ids=[other], custom_ids=["b", "a"], keys=[key])
    path = (other, parent, third)
    assert [found.by_id[other].path, found.by_custom_id["b"].path, found.by_key[key].path] == [path] * 3
    assert (found.by_custom_id["a"].path, found.by_custom_id["a"].custom_id) == ((parent, third), "c")
    assert await people.home(await people.order("o1", user_custom_id="b")) == third
    assert await people.home(await people.order("o2", user_id=other)) == third
    assert await people.upsert(custom_id="b", city="Oslo") == third
    assert await people.edit(other, custom_id="b", region="East") == third
    row = await people.row(third)
    assert (row["custom_id"], row["city"], row["region"]) == ("c", "Oslo", "East")


async def test_a_merged_custom_id_keeps_its_meaning_when_the_parent_takes_another(people: People) -> None:
    parent, other = await people.person(), await people.person(custom_id="b")
    await people.merge(parent, other)
    assert (await people.row(parent))["custom_id"] == "b"
    await people.edit(parent, custom_id="x")
    assert [await people.upsert(custom_id=name) for name in ("b", "x")] == [parent, parent]
    await people.unmerge(other)
    assert [await people.upsert(custom_id=name) for name in ("b", "x")] == [other, parent]


async def test_a_guests_order_is_joined_to_a_person(people: People) -> None:
    person, deal = await people.person(custom_id="a"), await people.order("o1", value=5)
    guest = await people.home(deal)
    await people.merge(person, guest)
    assert await people.home(deal) == person
    assert (await people.history("deal", deal))[-1][2] == {"user_id": [None, person]}
    await people.unmerge(guest)
    assert (await people.home(deal), (await people.row(guest))["placeholder"]) == (guest, True)


async def test_what_cannot_be_merged_is_refused_and_nothing_changes(people: People) -> None:
    parent, other, gone = [await people.person(custom_id=name) for name in "abc"]
    deal = await people.order("o1")
    guest = await people.home(deal)
    await people.delete(gone)
    refused: list[Sequence[int]] = [(parent,), (), range(10_000, 10_600)]
    for users in refused:
        with pytest.raises(InvalidInput):
            await people.merge(parent, *users)
    for place, named in ((parent, (other, 99)), (99, (other,)), (guest, (other,)), (parent, (gone,)), (gone, (other,))):
        with pytest.raises(NotFound):
            await people.merge(place, *named)
    with pytest.raises(NotFound):
        await people.merge(parent, other, actor=people.stranger)
    assert await people.merge(parent, other) == [other]
    assert await people.merge(parent, other) == []
    with pytest.raises(NotFound):
        await people.merge(await people.person(), other)
    assert await people.pool.fetchval("SELECT count(*) FROM merges") == 1


async def test_two_names_of_one_person_in_one_set_are_written_one_after_the_other(people: People) -> None:
    parent, other = await people.person(custom_id="a"), await people.person(custom_id="b")
    await people.merge(parent, other)
    bodies: list[dict[str, Any]] = [{"custom_id": "a", "city": "Rome"}, {"custom_id": "b", "score": 3, "city": "Oslo"}]
    works = [upsert_work(people.actor, parse_contact(body)) for body in bodies]
    done = await people.run(lambda c, s: upsert_contacts(c, s, works, LATER))
    assert [getattr(outcome, "id", None) for outcome in done.outcomes] == [parent, parent]
    row = await people.row(parent)
    assert (row["custom_id"], row["city"], row["score"]) == ("a", "Oslo", 3)
