"""Members: their names as other domains show them, and how they are made."""

from __future__ import annotations

import pytest

from dealt.accounts import MEMBERS, create_member
from dealt.kernel.errors import Conflict, InvalidInput
from tests.house import NOW, House

PASSWORD = "correct horse"


async def make(house: House, email: str, **values: str) -> int:
    async with house.transaction() as connection:
        password = values.pop("password", PASSWORD)
        return await create_member(
            connection, house.workspace_id, email=email, password=password, now=NOW, actor="token:1", **values
        )


async def test_a_member_is_called_by_name_or_else_by_e_mail(house: House) -> None:
    version = await house.version()
    await make(house, "jo@example.com", name="Jo")
    await make(house, "nameless@example.com")
    assert await MEMBERS.load(house.pool, house.workspace_id) == {
        1: "admin@example.com", 2: "Jo", 3: "nameless@example.com",
    }  # fmt: skip
    assert await MEMBERS.load(house.pool, house.stranger.workspace_id) == {1: "admin@example.com"}
    assert await house.version() > version


async def test_somebody_who_left_keeps_the_name(house: House) -> None:
    await make(house, "jo@example.com", name="Jo")
    await house.pool.execute("UPDATE members SET disabled_at = $1 WHERE id = 2", NOW)
    assert (await MEMBERS.load(house.pool, house.workspace_id))[2] == "Jo"


async def test_an_e_mail_is_used_once_whatever_its_case(house: House) -> None:
    with pytest.raises(Conflict, match="already a member"):
        await make(house, "ADMIN@example.com")


@pytest.mark.parametrize(
    ("email", "values", "field"),
    [
        ("nobody", {}, "email"),
        ("jo@example.com", {"role": "king"}, "role"),
        ("jo@example.com", {"password": "short"}, "password"),
    ],
)
async def test_a_bad_member_is_refused_by_field(house: House, email: str, values: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        await make(house, email, **values)
    assert list(raised.value.fields) == [field]
