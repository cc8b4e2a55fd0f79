"""The first start over any database."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import asyncpg

from dealt.kernel.secrets import token_digest
from tests.processes.running import PATIENCE_S, command


def _prepare(data_dir: Path, url: str) -> subprocess.Popen[str]:
    environment = {"DATABASE_URL": url, "DEALT_DATA_DIR": str(data_dir), "PATH": "/usr/bin:/bin"}
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "dealt.processes.prepare"],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


async def test_of_two_installations_over_one_database_one_makes_the_workspace(
    database_url: str, tmp_path: Path
) -> None:
    started = [_prepare(tmp_path / name, database_url) for name in ("one", "two")]
    said = [process.communicate(timeout=PATIENCE_S)[0] for process in started]
    assert [process.returncode for process in started] == [0, 0]
    assert sorted("Password" in text for text in said) == [False, True]
    (file,) = tmp_path.glob("*/token")
    connection = await asyncpg.connect(database_url)
    try:
        assert await connection.fetchval("SELECT count(*) FROM workspaces") == 1
        digest = token_digest(file.read_text().strip())
        assert await connection.fetchval("SELECT count(*) FROM api_tokens WHERE digest = $1", digest) == 1
        assert await connection.fetchval("SELECT count(*) FROM pg_inherits WHERE inhparent = 'journal'::regclass") >= 3
    finally:
        await connection.close()


def test_a_database_that_does_not_answer_is_told_without_its_password(tmp_path: Path) -> None:
    url = "postgresql://shop:hunter2@127.0.0.1:1/dealt"
    done = command(tmp_path, "serve", "--port", "0", DATABASE_URL=url)
    assert done.returncode == 1
    assert "The database at 127.0.0.1:1/dealt cannot be reached" in done.stderr
    assert "hunter2" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
