"""Making, renaming and removing tags."""

from __future__ import annotations

import asyncio

import pytest

from dealt.kernel.errors import Conflict, InvalidInput, NotFound
from dealt.tags import TAGS, delete_tag, ensure_tags, rename_tag
from tests.house import NOW, House


async def ensure(house: House, *names: str) -> dict[str, int]:
    async with house.transaction() as connection:
        return await ensure_tags(connection, house.workspace_id, names, NOW, actor="member:1")


async def test_missing_tags_are_made_and_known_ones_found(house: House) -> None:
    assert await ensure(house, "vip", "b2b") == {"vip": 1, "b2b": 2}
    version = await house.version()
    assert await ensure(house, "b2b", "vip") == {"b2b": 2, "vip": 1}
    assert await house.version() == version
    assert await ensure(house, "vip", "new") == {"vip": 1, "new": 3}
    assert await house.version() > version
    assert await TAGS.load(house.pool, house.workspace_id) == {1: "vip", 2: "b2b", 3: "new"}
    assert [changes for _, changes in await house.journal("tag")] == [
        {"name": [None, "vip"]}, {"name": [None, "b2b"]}, {"name": [None, "new"]},
    ]  # fmt: skip


async def test_no_names_are_no_work(house: House) -> None:
    version = await house.version()
    assert await ensure(house) == {}
    assert await house.version() == version


async def test_names_differ_by_case_and_not_by_the_blanks_around_them(house: House) -> None:
    assert await ensure(house, " vip ", "vip", "VIP") == {" vip ": 1, "vip": 1, "VIP": 2}


async def test_many_writers_of_the_same_new_names_agree_on_their_ids(house: House) -> None:
    outcomes = await asyncio.gather(
        *(ensure(house, "red", "blue") for _ in range(10)), *(ensure(house, "blue", "green") for _ in range(10))
    )
    found = {name: tag for outcome in outcomes for name, tag in outcome.items()}
    assert all(outcome[name] == found[name] for outcome in outcomes for name in outcome)
    assert sorted(found.values()) == [1, 2, 3]
    assert {name: tag for tag, name in (await TAGS.load(house.pool, house.workspace_id)).items()} == found


async def test_a_writer_that_rolls_back_leaves_the_name_to_the_next(house: House) -> None:
    with pytest.raises(RuntimeError):
        async with house.transaction() as connection:
            await ensure_tags(connection, house.workspace_id, ["vip"], NOW)
            raise RuntimeError
    assert await TAGS.load(house.pool, house.workspace_id) == {}
    assert await ensure(house, "vip") == {"vip": 1}


@pytest.mark.parametrize("name", ["", "   ", "x" * 256])
async def test_a_name_that_nobody_could_read_is_refused(house: House, name: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        await ensure(house, "good", name)
    assert list(raised.value.fields) == ["tags"]
    assert await TAGS.load(house.pool, house.workspace_id) == {}


async def test_a_workspace_holds_so_many_tags_and_no_more(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dealt.tags.naming.MOST_TAGS", 3)
    await ensure(house, "1", "2")
    with pytest.raises(InvalidInput, match="at most 3 tags"):
        await ensure(house, "2", "3", "4")
    assert len(await ensure(house, "1", "2", "3")) == 3


async def test_a_new_name_holds_wherever_the_tag_is_used(house: House) -> None:
    await ensure(house, "vip", "b2b")
    async with house.transaction() as connection:
        await rename_tag(connection, house.workspace_id, 1, " gold ", now=NOW, actor="member:1")
        await rename_tag(connection, house.workspace_id, 1, "gold", now=NOW, actor="member:1")
        with pytest.raises(Conflict, match='already a tag "b2b"'):
            await rename_tag(connection, house.workspace_id, 1, "b2b", now=NOW)
    assert await TAGS.load(house.pool, house.workspace_id) == {1: "gold", 2: "b2b"}
    assert (await house.journal("tag"))[2:] == [("tag.updated", {"name": ["vip", "gold"]})]


async def test_a_deleted_tag_leaves_its_number_to_nobody(house: House) -> None:
    await ensure(house, "vip")
    async with house.transaction() as connection:
        await delete_tag(connection, house.workspace_id, 1, now=NOW, actor="member:1")
    assert await ensure(house, "vip") == {"vip": 2}


async def test_a_stranger_finds_no_tag(house: House) -> None:
    await ensure(house, "vip")
    async with house.transaction() as connection:
        with pytest.raises(NotFound):
            await rename_tag(connection, house.stranger.workspace_id, 1, "x", now=NOW)
        with pytest.raises(NotFound):
            await delete_tag(connection, house.stranger.workspace_id, 1, now=NOW)
        assert await ensure_tags(connection, house.stranger.workspace_id, ["vip"], NOW) == {"vip": 1}
