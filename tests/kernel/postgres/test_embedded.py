"""The life of one server: made, started, adopted, broken, repaired, ended."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest

from dealt.kernel.postgres import (
    EmbeddedPostgres,
    NeedsUpgrade,
    NotReady,
    PostgresFailed,
    SupervisedElsewhere,
    borrowed,
    processes,
)

Supervise = Callable[..., EmbeddedPostgres]

SUPERVISOR = """
import sys, time
from pathlib import Path
from dealt.kernel.postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), fast_unsafe=True)
server.start()
try:
    print(server.pid, flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    print("running" if server.pid else "gone", flush=True)
    server.stop()
"""


def supervisor_process(data_dir: Path) -> tuple[subprocess.Popen[str], int]:
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(data_dir)], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    return process, int(process.stdout.readline())


def count(server: EmbeddedPostgres) -> int:
    return int(server.execute("SELECT count(*) FROM kept"))


def test_the_first_start_makes_a_durable_cluster_that_sorts_alike_on_every_system(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "data") as server:
        shown = server.execute(
            "SELECT current_setting('fsync'), current_setting('synchronous_commit'), current_setting('data_checksums'),"
            " current_setting('server_encoding'), lower('ŁÓDŹ'), current_setting('listen_addresses'),"
            " (SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = 'dealt'), current_user"
        )
    assert shown == "on|on|on|UTF8|łódź||bC.UTF-8|dealt"


async def test_the_address_is_understood_by_the_driver(supervise: Supervise) -> None:
    with supervise() as server:
        connection = await asyncpg.connect(server.dsn())
        assert await connection.fetchval("SELECT count(*) FROM kept") == 1000
        await connection.close()


def test_data_is_kept_from_one_start_to_the_next(supervise: Supervise) -> None:
    server = supervise()
    for expected in (1001, 1002):
        server.start()
        server.execute("INSERT INTO kept VALUES (0)")
        assert count(server) == expected
        server.stop()
    assert server.pid is None


def test_the_socket_is_in_a_folder_for_its_owner_alone(supervise: Supervise) -> None:
    with supervise() as server:
        folder = Path(parse_qs(urlsplit(server.dsn()).query)["host"][0])
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert len(os.fsencode(folder / ".s.PGSQL.5432")) < 104
    assert not folder.exists()


def test_a_second_supervisor_is_refused_with_the_number_of_the_first(supervise: Supervise) -> None:
    with supervise() as first:
        pid = first.pid
        with pytest.raises(SupervisedElsewhere, match=f"looked after by process {os.getpid()}") as refusal:
            supervise().start()
        assert first.pid == pid
    assert refusal.value.pid == os.getpid()


def test_a_command_borrows_the_server_that_another_process_looks_after(data_dir: Path, supervise: Supervise) -> None:
    with supervise() as running:
        with borrowed(data_dir) as server:
            assert (server.pid, count(server)) == (running.pid, 1000)
        assert count(running) == 1000


def test_a_command_starts_and_ends_the_server_when_nobody_runs_it(data_dir: Path) -> None:
    with borrowed(data_dir) as server:
        assert count(server) == 1000
    assert server.pid is None


def test_the_server_of_a_supervisor_that_was_killed_is_adopted(data_dir: Path, supervise: Supervise) -> None:
    process, pid = supervisor_process(data_dir)
    process.kill()
    process.communicate()
    with supervise() as server:
        assert server.pid == pid
        assert count(server) == 1000
    assert not processes.named(server.place.name)


def test_an_orphan_with_other_settings_is_started_anew(data_dir: Path, supervise: Supervise) -> None:
    process, pid = supervisor_process(data_dir)
    process.kill()
    process.communicate()
    with supervise(settings={"work_mem": "7MB"}) as server:
        assert server.pid != pid
        assert server.execute("SHOW work_mem") == "7MB"


def test_ctrl_c_in_the_terminal_reaches_us_and_not_the_server(data_dir: Path, supervise: Supervise) -> None:
    process, _ = supervisor_process(data_dir)
    os.killpg(process.pid, signal.SIGINT)
    said, _ = process.communicate(timeout=30)
    assert said == "running\n"
    assert supervise().pid is None


def test_a_server_that_was_killed_comes_back_with_every_committed_row(supervise: Supervise) -> None:
    with supervise(fast_unsafe=False) as server:
        server.execute("INSERT INTO kept SELECT generate_series(1, 100000)")
        os.kill(server.pid or 0, signal.SIGKILL)
        assert processes.wait_until(lambda: server.pid is None, 10)
        assert server.tend()
        assert count(server) == 101000
        assert not server.tend()


def test_a_busy_process_that_outlived_its_server_is_ended_before_the_next_start(supervise: Supervise) -> None:
    with supervise() as server:
        busy = subprocess.Popen(
            [
                server.binaries.program("psql"),
                "-X",
                server.dsn(),
                "-c",
                "SELECT count(*) FROM generate_series(1, 1e10)",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        running = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%1e10%' AND pid <> pg_backend_pid()"
        assert processes.wait_until(lambda: server.execute(running) == "1", 10)
        os.kill(server.pid or 0, signal.SIGKILL)
        assert processes.wait_until(lambda: server.pid is None, 10)
        assert processes.named(server.place.name)
        assert server.tend()
        assert count(server) == 1000
        assert busy.wait(10) != 0


def test_a_pid_file_whose_number_now_belongs_to_another_program_is_no_hindrance(supervise: Supervise) -> None:
    server = supervise()
    stale = server.place.cluster(server.binaries.major) / "postmaster.pid"
    stale.write_text(f"{os.getppid()}\n/elsewhere\n1700000000\n5432\n/nowhere\n\n  0  0\nready   \n")
    with server:
        assert count(server) == 1000


def test_a_socket_whose_number_now_belongs_to_another_program_is_no_hindrance(supervise: Supervise) -> None:
    with supervise() as server:
        found = processes.read_pid_file(server.place.cluster(server.binaries.major))
        assert found is not None
        lock = Path(found.socket_folder) / ".s.PGSQL.5432.lock"
        told = lock.read_text()
        server.stop()
        lock.parent.mkdir(exist_ok=True)
        lock.write_text(told.replace(str(found.pid), str(os.getppid()), 1))
        server.start()
        assert count(server) == 1000


def test_statements_under_way_do_not_hold_up_the_end(supervise: Supervise) -> None:
    with supervise() as server:
        sleeper = subprocess.Popen(
            [server.binaries.program("psql"), "-X", server.dsn(), "-c", "SELECT pg_sleep(100)"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        active = "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(100)'"
        assert processes.wait_until(lambda: server.execute(active) == "1", 10)
    assert sleeper.wait(10) != 0
    assert not processes.named(server.place.name)


def test_data_of_another_major_version_is_refused_with_the_way_out(supervise: Supervise) -> None:
    server = supervise()
    older = server.place.cluster(server.binaries.major).rename(server.place.cluster(14))
    (older / "PG_VERSION").write_text("14\n")
    with pytest.raises(NeedsUpgrade, match=r"written by PostgreSQL 14.*run `dealt upgrade`"):
        server.start()
    newer = older.rename(server.place.cluster(99))
    (newer / "PG_VERSION").write_text("99\n")
    with pytest.raises(NeedsUpgrade, match="install a version of Dealt that brings PostgreSQL 99"):
        server.start()


def test_a_server_that_cannot_start_says_why_and_leaves_nothing_behind(supervise: Supervise) -> None:
    broken = supervise(settings={"shared_buffers": "'plenty'"})
    with pytest.raises(NotReady, match='invalid value for parameter "shared_buffers": "plenty"'):
        broken.start()
    assert not processes.named(broken.place.name)
    with supervise() as server:
        assert count(server) == 1000


def test_a_setting_that_the_operator_wrote_wins(supervise: Supervise) -> None:
    server = supervise()
    with (server.place.cluster(server.binaries.major) / "postgresql.conf").open("a") as file:
        file.write("work_mem = 11MB\n")
    with server:
        assert server.execute("SHOW work_mem") == "11MB"


def test_databases_are_made_from_a_template_and_bad_names_are_refused(supervise: Supervise) -> None:
    with supervise() as server:
        server.create_database("copy", template="dealt")
        assert server.execute("SELECT count(*) FROM kept", database="copy") == "1000"
        with pytest.raises(PostgresFailed, match="already exists"):
            server.create_database("copy")
        with pytest.raises(ValueError, match="is no name for a database"):
            server.create_database("x; DROP DATABASE dealt")


def test_a_log_that_grew_long_is_put_aside_while_the_server_runs(supervise: Supervise) -> None:
    with supervise() as server:
        with server.place.log.open("a") as file:
            file.write("a line\n" * 3_000_000)
        server.tend()
        assert server.place.log.stat().st_size == 0
        server.execute("DO $$ BEGIN RAISE LOG 'still heard'; END $$")
        assert "still heard" in server.log_tail(1)
    assert server.place.log.with_name("postgres.log.1").stat().st_size > 20_000_000


def test_a_refused_row_leaves_no_personal_data_in_the_log(supervise: Supervise) -> None:
    with supervise() as server:
        server.execute("CREATE TABLE people (mail text UNIQUE)")
        with pytest.raises(PostgresFailed):
            server.execute("INSERT INTO people SELECT 'ann' || '@' || 'example.com' FROM generate_series(1, 2)")
        assert "duplicate key" in server.log_tail(5)
        assert "ann@example.com" not in server.log_tail(50)
