"""Making and removing definitions, and the race for a name."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dealt.attributes import ATTRIBUTES, Attribute, assign, create_attribute, define_for, delete_attribute
from dealt.kernel.errors import Conflict, InvalidInput, NotFound
from tests.house import NOW, House

ZONE = ZoneInfo("UTC")


async def declare(house: House, name: str = "Size", value_type: str = "integer", **values: Any) -> Attribute:
    async with house.transaction() as connection:
        return await create_attribute(
            connection, house.workspace_id, domain="contact", name=name, value_type=value_type, now=NOW,
            actor="token:1", **values,
        )  # fmt: skip


async def define(house: House, *raws: Mapping[str, Any]) -> None:
    async with house.transaction() as connection:
        await define_for(connection, house.workspace_id, "contact", raws, ZONE, actor="token:1", now=NOW)


async def known(house: House) -> dict[str, Attribute]:
    return (await ATTRIBUTES.load(house.pool, house.workspace_id)).of("contact")


async def test_a_declared_attribute_keeps_its_standard_name_and_options(house: House) -> None:
    made = await declare(
        house, "Shirt size", "fixed", choices=["S", "M"], allow_multiple_choices=True, description="As sold"
    )
    assert (made.name, made.name_std, made.value_type, made.declared) == ("Shirt size", "shirt_size", "fixed", True)
    assert (made.choices, made.allow_multiple_choices, made.description) == (("S", "M"), True, "As sold")
    assert await known(house) == {"shirt_size": made}
    assert [kind for kind, _ in await house.journal("attribute")] == ["attribute.declared"]


async def test_what_was_inferred_takes_the_declared_type_and_loses_its_warning(house: House) -> None:
    await define(house, {"Size": 3}, {"size": "large"})
    inferred = (await known(house))["size"]
    assert (inferred.value_type, inferred.declared) == ("string", False)
    assert inferred.warning.startswith("Was float; became string because of a value")
    declared = await declare(house, "SIZE", "integer")
    assert (declared.id, declared.name, declared.value_type) == (inferred.id, "SIZE", "integer")
    assert (declared.declared, declared.warning) == (True, "")


async def test_a_name_is_declared_once(house: House) -> None:
    await declare(house)
    with pytest.raises(Conflict, match='already a contact attribute "size"'):
        await declare(house, "size", "string")


@pytest.mark.parametrize(
    ("name", "value_type", "field"),
    [("", "string", "name"), ("!!", "string", "name"), ("x" * 256, "string", "name"), ("x", "colour", "value_type"),
     ("x", "fixed", "choices")],
)  # fmt: skip
async def test_a_bad_definition_is_refused_by_field(house: House, name: str, value_type: str, field: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        await declare(house, name, value_type)
    assert list(raised.value.fields) == [field]


async def test_a_workspace_holds_so_many_attributes_and_no_more(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dealt.attributes.defining.MOST_PER_DOMAIN", 2)
    await define(house, {"a": 1, "b": 1})
    with pytest.raises(InvalidInput, match="at most 2 contact attributes"):
        await define(house, {"c": 1})
    with pytest.raises(InvalidInput, match="at most 2 contact attributes"):
        await declare(house, "c")
    await declare(house, "b")
    assert list(await known(house)) == ["a", "b"]


async def test_values_that_fit_raise_no_version(house: House) -> None:
    await declare(house)
    version = await house.version()
    await define(house, {"size": 3}, {"size": "4"}, {"size": None}, {"unknown": None}, {"size": "refused"})
    assert await house.version() == version


async def test_of_many_first_values_one_wins_and_the_others_are_typed_by_it(house: House) -> None:
    values: Sequence[Any] = [3, "2025-01-01", "large", True, 4.5, "2025-01-01T10:00:00Z"] * 3

    async def write(value: Any) -> Any:
        async with house.transaction() as connection:
            catalogue = await define_for(
                connection, house.workspace_id, "contact", [{"size": value}], ZONE, actor="token:1", now=NOW
            )
            typed = assign(catalogue, "contact", {"size": value}, ZONE)
            assert not typed.new and not typed.widened, "whoever writes has the definition that it writes by"
            return typed.values["size"]

    stored = await asyncio.gather(*(write(value) for value in values))
    attribute = (await known(house))["size"]
    assert attribute.value_type == "string"
    assert isinstance(stored[-1], str) and len(await known(house)) == 1


async def test_opposite_changes_of_definitions_wait_in_line(house: House) -> None:
    async def write(names: Sequence[str]) -> None:
        for name in names:
            await define(house, {name: 1})
            await declare(house, f"{name} declared by {names[0]}")

    await asyncio.gather(write(["a", "b", "c"]), write(["c", "b", "a"]))
    assert len(await known(house)) == 9


async def test_a_deleted_name_can_be_defined_anew(house: House) -> None:
    made = await declare(house)
    async with house.transaction() as connection:
        await delete_attribute(connection, house.workspace_id, made.id, now=NOW, actor="token:1")
        with pytest.raises(NotFound):
            await delete_attribute(connection, house.workspace_id, made.id, now=NOW)
    assert await known(house) == {}
    assert (await declare(house, value_type="string")).id == made.id + 1


async def test_a_stranger_deletes_nothing(house: House) -> None:
    await define(house, {"a": 1})
    made = await declare(house)
    async with house.transaction() as connection:
        with pytest.raises(NotFound):
            await delete_attribute(connection, house.stranger.workspace_id, made.id, now=NOW)
    assert "size" in await known(house)
