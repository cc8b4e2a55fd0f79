"""What an operator is told about a database that does not let Dealt in."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from dealt.processes.connecting import Behind, NotAllowed, Unreachable, connected, require_current


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://shop:hunter2@127.0.0.1:1/dealt",
        "postgresql://shop:hunter2@nowhere.invalid/dealt",
        "mysql://shop:hunter2@127.0.0.1/dealt",
    ],
)
async def test_a_database_that_cannot_be_reached_is_named_without_its_password(url: str) -> None:
    with pytest.raises(Unreachable, match=r"The database at [\w.:]+/dealt cannot be reached: .+") as refusal:
        async with connected(url):
            pass
    assert "hunter2" not in str(refusal.value)


async def test_a_database_that_does_not_exist_is_told_in_the_servers_words(database_url: str) -> None:
    url = urlsplit(database_url)._replace(path="/no_such_database").geturl()
    with pytest.raises(Unreachable, match='database "no_such_database" does not exist'):
        async with connected(url):
            pass


async def test_a_role_without_rights_is_told_what_it_lacks(database_url: str) -> None:
    with pytest.raises(NotAllowed, match=r"permission denied for schema public.*own the database"):
        async with connected(database_url) as connection, connection.transaction():
            await connection.execute("CREATE ROLE weak; SET LOCAL ROLE weak; CREATE TABLE public.tried (n int)")


async def test_a_database_without_the_newest_tables_is_not_worked_with(database_url: str) -> None:
    await require_current(database_url)
    async with connected(database_url) as connection:
        await connection.execute("DELETE FROM schema_migrations WHERE name LIKE '0001%'")
    with pytest.raises(Behind, match=r"lacks 1 migrations .*0001.* Run `dealt upgrade`"):
        await require_current(database_url)
