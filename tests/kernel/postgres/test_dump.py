"""Dumps and their way back, whole or not at all."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from dealt.kernel.postgres import EmbeddedPostgres, PostgresFailed, client, dump, processes, restore

Supervise = Callable[..., EmbeddedPostgres]


def test_a_dump_brings_back_every_row_in_another_database(supervise: Supervise, tmp_path: Path) -> None:
    with supervise() as server:
        dump(server.dsn(), tmp_path / "all.dump", server.binaries)
        server.create_database("again")
        restore(server.dsn("again"), tmp_path / "all.dump", server.binaries)
        assert server.execute("SELECT count(*), sum(n) FROM kept", database="again") == "1000|500500"
    assert stat.S_IMODE((tmp_path / "all.dump").stat().st_mode) == 0o600


def test_a_failed_dump_leaves_the_older_one_in_place(supervise: Supervise, tmp_path: Path) -> None:
    (tmp_path / "all.dump").write_text("older")
    with supervise() as server, pytest.raises(PostgresFailed, match='database "missing" does not exist'):
        dump(server.dsn("missing"), tmp_path / "all.dump", server.binaries)
    assert {p.name: p.read_text() for p in tmp_path.glob("*dump*")} == {"all.dump": "older"}


def test_a_damaged_dump_restores_nothing(supervise: Supervise, tmp_path: Path) -> None:
    whole, damaged = tmp_path / "all.dump", tmp_path / "damaged.dump"
    with supervise() as server:
        server.execute("INSERT INTO kept SELECT n * 7919 % 65537 FROM generate_series(1, 200000) n")
        dump(server.dsn(), whole, server.binaries)
        damaged.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
        server.create_database("again")
        with pytest.raises(PostgresFailed, match="pg_restore failed"):
            restore(server.dsn("again"), damaged, server.binaries)
        assert server.execute("SELECT count(*) FROM pg_class WHERE relname = 'kept'", database="again") == "0"


def test_a_dump_into_a_database_that_is_not_empty_is_refused_whole(supervise: Supervise, tmp_path: Path) -> None:
    with supervise() as server:
        dump(server.dsn(), tmp_path / "all.dump", server.binaries)
        with pytest.raises(PostgresFailed, match='relation "kept" already exists'):
            restore(server.dsn(), tmp_path / "all.dump", server.binaries)
        assert server.execute("SELECT count(*) FROM kept") == "1000"


def test_a_password_is_not_on_the_command_line(supervise: Supervise) -> None:
    with supervise() as server:
        host = server.dsn().split("?", 1)[1]
        dsn = f"postgresql://dealt:p%40ss@/dealt?{host}"
        program = client.Client(server.binaries, "psql", dsn, "-X", "-c", "SELECT pg_sleep(100)")
        line = Path(f"/proc/{program.process.pid}/cmdline")
        assert processes.wait_until(lambda: line.read_text() != "", 10)
        shown = line.read_text()
        program.process.terminate()
        with pytest.raises(PostgresFailed):
            program.finish()
    assert "p%40ss" not in shown
    assert "postgresql://dealt@/dealt?" in shown
