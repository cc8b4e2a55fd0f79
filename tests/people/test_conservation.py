"""Whatever is joined, split, ordered and deleted, in whatever order: no order and no cent is lost or doubled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dealt.deals import DealWork
from dealt.kernel.errors import DealtError
from tests.digest import digest
from tests.people.conftest import People

LIMITS = settings(
    max_examples=20, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)
NUMBERS = st.integers(0, 4)
DEALS = st.integers(0, 6)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "email": st.sampled_from(["x@example.com", "y@example.com"]),
        "city": st.sampled_from(["Rome", "Oslo", ""]),
        "gender": st.sampled_from([1, 2, 3]),
        "score": st.integers(0, 2),
        "unsubscribed": st.booleans(),
        "size": st.sampled_from(["S", "M"]),
        "tags": st.lists(st.sampled_from(["a", "b"]), max_size=2),
    },
)
STEPS = st.one_of(
    st.tuples(st.just("order"), NUMBERS, DEALS),
    st.tuples(st.just("order"), NUMBERS, DEALS),
    st.tuples(st.just("merge"), NUMBERS, st.sets(NUMBERS, min_size=1, max_size=3)),
    st.tuples(st.just("merge"), NUMBERS, st.sets(NUMBERS, min_size=1, max_size=3)),
    st.tuples(st.just("unmerge"), NUMBERS, st.none()),
    st.tuples(st.just("edit"), NUMBERS, FIELDS),
    st.tuples(st.just("delete"), NUMBERS, st.none()),
    st.tuples(st.just("cancel"), NUMBERS, DEALS),
)
LINES = [{"product_custom_id": "mug", "quantity": 2, "value": 5}]
# What tells of changes or is marked because of them, and the columns that do.
TELLING = ("journal", "follows", "stale", "merges")
MARKING = {
    "contacts": ("version", "updated_at"),
    "deals": ("version", "updated_at"),
    "tasks": ("version", "updated_at"),
}
HALVES = {
    "deals without a directory, or the reverse": """deals AS d
        FULL JOIN deal_ids AS i ON i.deal_id = d.id AND i.contact_id = d.contact_id
        WHERE d.id IS NULL OR i.deal_id IS NULL""",
    "lines without a deal": """deal_lines AS l WHERE NOT EXISTS (
        SELECT FROM deals AS d WHERE d.contact_id = l.contact_id AND d.id = l.deal_id)""",
    "deals without their history": """deals AS d WHERE NOT EXISTS (
        SELECT FROM journal AS j WHERE j.contact_id = d.contact_id AND j.object_type = 'deal' AND j.object_id = d.id
        AND j.kind = 'deal.created')""",
    "names that mean nobody": """contact_custom_ids AS n WHERE NOT EXISTS (
        SELECT FROM contacts AS c WHERE c.id = n.contact_id AND NOT c.placeholder)""",
    "rows of those who are merged": "deals AS d JOIN contacts AS c ON c.id = d.contact_id WHERE c.merged_into <> '{}'",
}


async def examples(check: Callable[..., Coroutine[Any, Any, None]], *strategies: st.SearchStrategy[Any]) -> None:
    """Run ``check`` on the examples of a property, each in this loop, where the pool is."""
    loop = asyncio.get_running_loop()

    @LIMITS
    @given(st.tuples(*strategies))
    def property_(drawn: tuple[Any, ...]) -> None:
        asyncio.run_coroutine_threadsafe(check(*drawn), loop).result(60)

    await asyncio.to_thread(property_)


async def state(people: People) -> dict[str, str]:
    """A digest of everything that does not tell of a change."""
    found = await digest(people.pool, people.workspace_id)
    kept = {table: held for table, held in found.items() if table not in TELLING}
    for table, columns in MARKING.items():
        row = f"(to_jsonb(t) - ARRAY{list(columns)})::text"
        kept[table] = await people.pool.fetchval(
            f"SELECT coalesce(md5(string_agg({row}, '' ORDER BY {row})), '') FROM {table} AS t"
        )
    return kept


async def test_a_merge_that_is_undone_at_once_was_never_there(people: People) -> None:
    async def check(bodies: list[dict[str, Any]], orders: list[int], guests: int, order: int) -> None:
        ids = [await people.person(**body) for body in bodies]
        for place, owner in enumerate(orders):
            user = ids[owner % len(ids)]
            await people.order(f"{ids[0]}-{place}", user_id=user, value=place, order_products=LINES)
        for place in range(guests):
            ids.append(await people.home(await people.order(f"guest-{ids[0]}-{place}", value=1)))
        await people.task(name="Call", user_id=ids[1])
        await people.list_of(*ids[:2])
        await people.list_of(*ids[1:3])
        before = await state(people)
        await people.merge(ids[0], *ids[1:])
        merged = ids[1:]
        for contact in merged[order % len(merged) :] + merged[: order % len(merged)]:
            await people.unmerge(contact)
        after = await state(people)
        assert after == before, [table for table in before if before[table] != after[table]]

    await examples(check, st.lists(FIELDS, min_size=3, max_size=4), st.lists(NUMBERS, max_size=4), NUMBERS, NUMBERS)


async def test_no_order_and_no_cent_is_lost_by_whatever_is_done_to_people(people: People) -> None:
    async def check(steps: list[tuple[str, int, Any]]) -> None:
        await people.pool.execute("TRUNCATE deals, deal_ids, deal_custom_ids, deal_lines, deal_products, merged_rows")
        ids = [await people.person() for _ in range(5)]
        expected: dict[str, int] = {}
        for number, step in enumerate(steps):
            await take(people, ids, expected, number, *step)
            stored = await people.fetch(
                "SELECT custom_id, value FROM deals WHERE workspace_id = $1", people.workspace_id
            )
            assert {row["custom_id"]: row["value"] for row in stored} == expected
            assert len(stored) == len(expected)
        for what, rows in HALVES.items():
            assert await people.pool.fetchval(f"SELECT count(*) FROM {rows}") == 0, what

    await examples(check, st.lists(STEPS, min_size=4, max_size=12))


async def take(
    people: People, ids: list[int], expected: dict[str, int], number: int, step: str, who: int, what: Any
) -> None:
    """One step; what cannot be done at this point (an unknown contact, nothing merged) is refused and does nothing."""
    with suppress(DealtError):
        if step == "order":
            key = f"{ids[0]}-{what}"
            await people.order(key, user_id=ids[who], value=number, order_products=LINES)
            expected[key] = number
        elif step == "cancel":
            key = f"{ids[0]}-{what}"
            await people.write(DealWork(how="delete", actor=people.actor, custom_id=key))
            del expected[key]
        elif step == "merge":
            await people.merge(ids[who], *(ids[other] for other in what))
        elif step == "unmerge":
            await people.unmerge(ids[who])
        elif step == "edit":
            await people.edit(ids[who], **what)
        else:
            await people.delete(ids[who])
