"""``dealt member`` against a real database."""

from __future__ import annotations

from pathlib import Path

import asyncpg

from dealt.kernel.secrets import verify_password
from tests.processes.running import command


async def test_a_member_is_added_with_a_made_password_and_given_another(workspace_url: str, tmp_path: Path) -> None:
    def member(*arguments: str, given: str = "") -> tuple[int, str, str]:
        done = command(tmp_path, "member", *arguments, given=given, DATABASE_URL=workspace_url)
        return done.returncode, done.stdout, done.stderr

    async def is_password(password: str) -> bool:
        connection = await asyncpg.connect(workspace_url)
        try:
            hashed = await connection.fetchval("SELECT password_hash FROM members WHERE email = 'eve@example.com'")
        finally:
            await connection.close()
        return verify_password(password, hashed)

    code, made, told = member("create", "--email", "eve@example.com", "--role", "read-only")
    assert code == 0, told
    assert "Member 2 eve@example.com is added as read-only." in told
    assert await is_password(made.strip())
    code, shown, told = member("password", "eve@example.com", "--stdin", given="correct horse\n")
    assert (code, shown, told) == (0, "", "eve@example.com has a new password.\n")
    assert await is_password("correct horse")
    assert member("password", "eve@example.com", "--stdin", given="short\n")[0] == 1
    assert await is_password("correct horse")
    code, _, told = member("create", "--email", "eve@example.com")
    assert (code, told) == (1, "Error: There is already a member with the e-mail eve@example.com.\n")
    _, listed, _ = member("list")
    assert [line.split()[1] for line in listed.splitlines()[1:]] == ["admin@example.com", "eve@example.com"]
