"""Changing a definition that exists."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dealt.attributes import Attribute, create_attribute, define_for, update_attribute
from dealt.kernel.errors import Conflict, InvalidInput, NotFound
from tests.house import NOW, House


async def declare(house: House, name: str = "Size", value_type: str = "fixed", **values: Any) -> Attribute:
    async with house.transaction() as connection:
        return await create_attribute(
            connection, house.workspace_id, domain="deal", name=name, value_type=value_type, now=NOW,
            **({"choices": ["S", "M"]} | values),
        )  # fmt: skip


async def infer(house: House, *raws: dict[str, Any]) -> Attribute:
    async with house.transaction() as connection:
        catalogue = await define_for(
            connection, house.workspace_id, "deal", raws, ZoneInfo("UTC"), actor="system", now=NOW
        )
        return catalogue.of("deal")["size"]


async def change(house: House, attribute_id: int, **values: Any) -> Attribute:
    async with house.transaction() as connection:
        return await update_attribute(connection, house.workspace_id, attribute_id, now=NOW, actor="token:1", **values)


async def test_a_new_name_is_for_people_and_values_stay_where_they_are(house: House) -> None:
    made = await declare(house)
    changed = await change(house, made.id, name="Shirt size", description="As sold")
    assert (changed.name, changed.name_std, changed.description) == ("Shirt size", "size", "As sold")
    assert await house.journal("attribute") == [
        ("attribute.updated", {"name": ["Size", "Shirt size"], "description": ["", "As sold"]})
    ]


async def test_choices_can_grow_and_become_several(house: House) -> None:
    made = await declare(house)
    changed = await change(house, made.id, choices=["S", "M", "L"], allow_multiple_choices=True)
    assert (changed.choices, changed.allow_multiple_choices) == (("S", "M", "L"), True)
    with pytest.raises(InvalidInput, match="A fixed attribute needs its choices"):
        await change(house, made.id, choices=[])


async def test_an_inferred_type_is_declared_by_naming_a_type(house: House) -> None:
    inferred = await infer(house, {"size": 3}, {"size": "large"})
    assert inferred.warning
    renamed = await change(house, inferred.id, name="Size!")
    assert (renamed.declared, renamed.warning) == (False, inferred.warning)
    declared = await change(house, inferred.id, value_type="integer")
    assert (declared.declared, declared.value_type, declared.warning) == (True, "integer", "")


async def test_a_declared_type_stays(house: House) -> None:
    made = await declare(house)
    assert (await change(house, made.id, value_type="fixed")).value_type == "fixed"
    with pytest.raises(Conflict, match="The declared type fixed stays"):
        await change(house, made.id, value_type="string")


async def test_the_name_of_another_attribute_is_refused(house: House) -> None:
    made, other = await declare(house), await declare(house, "Colour")
    with pytest.raises(Conflict, match='already a deal attribute "colour"'):
        await change(house, made.id, name="COLOUR")
    assert (await change(house, other.id, name="COLOUR")).name == "COLOUR"


@pytest.mark.parametrize(
    ("values", "field"), [({"name": ""}, "name"), ({"name": "?"}, "name"), ({"name": "x" * 256}, "name")]
)
async def test_a_bad_change_is_refused_by_field(house: House, values: dict[str, Any], field: str) -> None:
    made = await declare(house)
    with pytest.raises(InvalidInput) as raised:
        await change(house, made.id, **values)
    assert list(raised.value.fields) == [field]


async def test_nothing_changed_is_nothing_journalled(house: House) -> None:
    made = await declare(house)
    assert await change(house, made.id, name="Size", choices=["S", "M"], value_type="fixed") == made
    assert await house.journal("attribute") == []


async def test_a_stranger_finds_no_attribute(house: House) -> None:
    await declare(house, "other")
    made = await declare(house)
    async with house.transaction() as connection:
        with pytest.raises(NotFound):
            await update_attribute(connection, house.stranger.workspace_id, made.id, name="x", now=NOW)
