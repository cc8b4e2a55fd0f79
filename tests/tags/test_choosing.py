from __future__ import annotations

from dealt.tags import ChosenTags, choose_tags
from tests.house import NOW, House


async def choose(house: House, *names: str) -> ChosenTags:
    return await house.run(
        lambda connection, snapshot: choose_tags(connection, snapshot, names, actor="token:1", now=NOW)
    )


async def test_tags_come_in_the_order_of_their_names_each_once(house: House) -> None:
    assert await choose(house, "b", "a", " b ") == ChosenTags([1, 2], defined=True)
    assert await choose(house, "a", "b") == ChosenTags([2, 1], defined=False)
    assert await choose(house) == ChosenTags([], defined=False)
