"""``dealt token`` against a real database."""

from __future__ import annotations

from pathlib import Path

from tests.processes.running import command


def test_a_token_is_made_shown_once_listed_and_revoked(workspace_url: str, tmp_path: Path) -> None:
    def token(*arguments: str) -> tuple[int, str, str]:
        done = command(tmp_path, "token", *arguments, DATABASE_URL=workspace_url)
        return done.returncode, done.stdout, done.stderr

    code, secret, told = token(
        "create", "--name", "Shop plug-in", "--scope", "read", "--network", "192.0.2.0/24", "--network", "198.51.100.7",
        "--rate", "20",
    )  # fmt: skip
    assert (code, len(secret.strip())) == (0, 64)
    assert 'Token 2 "Shop plug-in" (scope read)' in told
    _, listed, _ = token("list")
    assert secret.strip() not in listed
    row = ["2", "Shop", "plug-in", "read", "192.0.2.0/24,", "198.51.100.7/32", "20"]
    assert listed.splitlines()[2].split()[:7] == row
    assert token("revoke", "2") == (0, "", "Token 2 is revoked.\n")
    assert token("revoke", "2") == (1, "", "Error: There is no active token 2.\n")
    assert token("create", "--name", "x", "--scope", "admin")[0] == 1
    assert token("create")[0] == 2


def test_without_a_database_a_command_says_how_to_get_one_and_makes_nothing(tmp_path: Path) -> None:
    done = command(tmp_path / "no data", "token", "list")
    assert done.returncode == 1
    assert f"Make one with `dealt serve --data-dir '{tmp_path}/no data'`" in done.stderr
    assert not (tmp_path / "no data").exists()


def test_a_workspace_that_there_is_not_is_refused_with_those_that_there_are(workspace_url: str, tmp_path: Path) -> None:
    done = command(tmp_path, "token", "list", "--workspace", "9", DATABASE_URL=workspace_url)
    assert (done.returncode, done.stderr) == (
        1, "Error: Name one of these workspaces with --workspace: 1 (My shop).\n",
    )  # fmt: skip
