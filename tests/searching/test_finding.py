"""What is found by a typed text, in which order, and what is not."""

from __future__ import annotations

import pytest

from dealt.kernel.errors import InvalidInput
from dealt.searching import Kind, search
from dealt.searching.queries import WORDS
from tests.house import NOW, House


async def found(house: House, text: str, **how: object) -> list[tuple[Kind, str]]:
    async with house.transaction() as connection:
        hits = await search(connection, house.workspace_id, text, **how)  # type: ignore[arg-type]
        return [(hit.kind, hit.name) for hit in hits]


async def contact(house: House, first: str, last: str = "", email: str | None = None, *, guest: bool = False) -> int:
    made: int = await house.pool.fetchval(
        "INSERT INTO contacts (workspace_id, first_name, last_name, email, placeholder, created_at, updated_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $6) RETURNING id",
        house.workspace_id, first, last, email, guest, NOW,
    )  # fmt: skip
    return made


async def product(house: House, name: str, custom_id: str) -> None:
    await house.pool.execute(
        "WITH id AS (INSERT INTO product_custom_ids (workspace_id, custom_id) VALUES ($1, $3) RETURNING product_id)"
        " INSERT INTO products (workspace_id, id, name, custom_id, created_at, updated_at)"
        " SELECT $1, product_id, $2, $3, $4, $4 FROM id",
        house.workspace_id, name, custom_id, NOW,
    )  # fmt: skip


async def test_every_word_must_occur_in_any_order_and_any_case(house: House) -> None:
    await contact(house, "Élodie", "Dupont", "elodie@Example.com")
    await contact(house, "Paul", "Dupont", "paul@example.com")
    assert await found(house, "DUPONT élod") == [("contact", "Élodie Dupont")]
    assert await found(house, "dupont EXAMPLE") == [("contact", "Paul Dupont"), ("contact", "Élodie Dupont")]
    assert await found(house, "dupont smith") == []


async def test_a_short_word_begins_a_word(house: House) -> None:
    await contact(house, "Bo", "Li")
    await contact(house, "Robo", "Alibaba")
    assert await found(house, "bo") == [("contact", "Bo Li")]
    assert await found(house, "obo") == [("contact", "Robo Alibaba")]


@pytest.mark.parametrize("text", ["100%", "a_b", "back\\slash"])
async def test_what_means_something_in_a_pattern_means_itself(house: House, text: str) -> None:
    await product(house, f"Cotton {text} shirt", "S-1")
    await product(house, "Cotton 100x aXb backXslash shirt", "S-2")
    assert await found(house, text) == [("product", f"Cotton {text} shirt")]


async def test_a_whole_id_comes_first(house: House) -> None:
    await product(house, "Mug", "100")
    for number in range(5):
        await product(house, f"Plate {number}", f"1000{number}")
    hits = await found(house, "100", limit=3)
    assert hits[0] == ("product", "Mug")
    assert len(hits) == 3


async def test_a_guests_order_is_found_and_the_guest_is_not(house: House) -> None:
    guest = await contact(house, "Nobody", guest=True)
    await house.deal(guest)
    await house.pool.execute("UPDATE deals SET name = 'Nobody in particular' WHERE contact_id = $1", guest)
    assert await found(house, "nobody") == [("deal", "Nobody in particular")]


async def test_only_some_kinds_and_only_the_own_workspace(house: House) -> None:
    person = await contact(house, "Walnut", "Tree")
    await product(house, "Walnut board", "W-1")
    await house.deal(person)
    await house.pool.execute("UPDATE deals SET name = 'Walnut order' WHERE contact_id = $1", person)
    everything = [("contact", "Walnut Tree"), ("product", "Walnut board"), ("deal", "Walnut order")]
    assert await found(house, "walnut") == everything
    assert await found(house, "walnut", kinds=["product"]) == [("product", "Walnut board")]
    async with house.transaction() as connection:
        assert await search(connection, house.stranger.workspace_id, "walnut") == []
        assert await search(connection, house.stranger.workspace_id, "W-1") == []


async def test_nothing_is_found_by_nothing_and_odd_texts_are_refused(house: House) -> None:
    await contact(house, "Anna")
    assert await found(house, "  ") == []
    for text in ("x" * 201, "a\x00b"):
        with pytest.raises(InvalidInput):
            await found(house, text)


async def test_the_indexes_are_made_for_these_very_expressions(house: House) -> None:
    tables = {"contact": "contacts", "company": "companies", "product": "products", "deal": "deals"}
    async with house.transaction() as connection:
        for kind, words in WORDS.items():
            await connection.execute(f"CREATE TEMP VIEW asked_of_{kind} AS SELECT {words} AS words FROM {tables[kind]}")
            asked, made = await connection.fetchrow(
                "SELECT pg_get_viewdef($1::text::regclass), pg_get_indexdef($2::text::regclass, 1, false)",
                f"asked_of_{kind}", f"{tables[kind]}_by_trigrams",
            )  # fmt: skip
            # Version 15 tells the table of each column.
            assert "".join(made.split()) in "".join(asked.replace(f"{tables[kind]}.", "").split())
