"""``dealt doctor`` on healthy and on broken installations."""

from __future__ import annotations

from pathlib import Path

import asyncpg

from tests.processes.running import command


def test_a_new_installation_is_well_also_while_nothing_runs(data_dir: Path) -> None:
    done = command(data_dir, "doctor")
    assert done.returncode == 0, done.stdout
    assert done.stdout.endswith("No problems found.\n")
    assert "✗" not in done.stdout


def test_every_problem_comes_with_what_to_do(data_dir: Path) -> None:
    (data_dir / "token").chmod(0o644)
    (data_dir / "secret.key").write_text("not a key")
    data_dir.chmod(0o755)
    (data_dir / "postgres" / "18" / "PG_VERSION").write_text("17\n")
    (data_dir / "postgres" / "18").rename(data_dir / "postgres" / "17")
    done = command(data_dir, "doctor")
    assert done.returncode == 1
    for advice in ("chmod 600", "chmod 700", "not 32 bytes", "`dealt upgrade`", "4 problems found."):
        assert advice in done.stdout


async def test_what_is_wrong_in_the_database_is_found(workspace_url: str, tmp_path: Path) -> None:
    connection = await asyncpg.connect(workspace_url)
    try:
        await connection.execute(
            "INSERT INTO jobs (workspace_id, kind, created_at) VALUES (1, 'deals.convert', now() - interval '1 hour');"
            "INSERT INTO dead_jobs (workspace_id, id, kind, payload, attempts, error, created_at, died_at)"
            " VALUES (1, 7, 'webhooks.send', '{}', 10, E'Traceback\\nTimeoutError: no answer', now(), now());"
            "UPDATE segments SET failed_at = now(), error = 'It took longer.' WHERE name = 'Active'"
        )
    finally:
        await connection.close()
    done = command(tmp_path, "doctor", DATABASE_URL=workspace_url)
    assert done.returncode == 1
    assert "1 webhooks.send (TimeoutError: no answer)" in done.stdout
    assert "jobs: 1 waiting, the oldest for 3,60" in done.stdout
    assert 'segment "Active" is put aside: It took longer.' in " ".join(done.stdout.split())
    assert "there is no partition for this month" in done.stdout
    assert "`dealt job retry`" in done.stdout
    listed = command(tmp_path, "job", "list", DATABASE_URL=workspace_url)
    assert listed.stdout.splitlines()[1].split()[:3] == ["7", "webhooks.send", "10"]
    assert "TimeoutError: no answer" in listed.stdout
    again = command(tmp_path, "job", "retry", DATABASE_URL=workspace_url)
    assert again.stderr == "1 job given back to the workers.\n"
    assert "Dead jobs    none" in command(tmp_path, "doctor", DATABASE_URL=workspace_url).stdout


def test_a_database_that_does_not_answer_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    done = command(tmp_path, "doctor", DATABASE_URL="postgresql://shop:hunter2@127.0.0.1:1/dealt")
    assert done.returncode == 1
    assert "cannot be reached" in done.stdout
    assert "hunter2" not in done.stdout + done.stderr
