"""``dealt erase`` against a real database."""

from __future__ import annotations

from pathlib import Path

import asyncpg

from dealt.accounts import Actor, Definitions
from dealt.app import PARTS
from dealt.contacts import create_contact, parse_contact
from tests.house import NOW
from tests.processes.running import command


async def test_people_are_shown_then_erased_by_any_of_their_names(workspace_url: str, tmp_path: Path) -> None:
    def erase(*arguments: str) -> tuple[int, str, str]:
        done = command(tmp_path, "erase", *arguments, DATABASE_URL=workspace_url)
        return done.returncode, done.stdout, done.stderr

    connection = await asyncpg.connect(workspace_url)
    workspace_id = await connection.fetchval("SELECT id FROM workspaces")
    for number in range(4):
        async with connection.transaction():
            snapshot = await Definitions(PARTS).for_writing(connection, workspace_id)
            email = "Two@example.com" if number > 1 else f"{number}@example.com"
            patch = parse_contact({"custom_id": f"c{number}", "email": email})
            await create_contact(connection, Actor(workspace_id, "import"), patch, snapshot=snapshot, now=NOW)
    ids = [row["id"] for row in await connection.fetch("SELECT id FROM contacts ORDER BY id")]

    async def known() -> list[int]:
        return [
            row["id"] for row in await connection.fetch("SELECT id FROM contacts WHERE NOT placeholder ORDER BY id")
        ]

    code, shown, told = erase("--custom-id", "c0", "--dry-run")
    assert (code, told) == (0, "Nothing was erased.\n")
    assert [line.split() for line in shown.splitlines()[1:]] == [
        [str(ids[0]), "journal", "deleted", "1"],
        [str(ids[0]), "contacts", "cleaned", "1"],
    ]
    # Nobody can be asked here.
    assert erase(str(ids[0]))[0] == 1
    assert await known() == ids
    assert erase(str(ids[0]), "--yes")[::2] == (0, "1 person is erased.\n")
    code, shown, told = erase("--email", "two@EXAMPLE.com", "--yes")
    assert (code, told) == (0, "2 people are erased.\n")
    assert await known() == [ids[1]]
    for wrong in (
        (),
        ("--custom-id", "c0"),
        ("--email", "no@example.com"),
        (str(ids[1]), "--custom-id", "c1"),
        ("99",),
    ):
        assert erase(*wrong, "--yes")[0] == 1, wrong
    await connection.close()
