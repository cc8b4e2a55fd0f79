"""The commands that run until they are told to stop."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import Serve
from tests.processes.running import DEALT, PATIENCE_S, command, until


def test_a_web_process_and_a_worker_join_a_server_that_runs_and_end_by_themselves(
    data_dir: Path, folder: Path, serve: Serve
) -> None:
    alone = command(data_dir, "web", "--port", "0")
    assert (alone.returncode, "No database runs in" in alone.stderr) == (1, True)
    server = serve(data_dir, "--workers", "0", "--web", "1").ready()
    environment = {**os.environ, "DEALT_DATA_DIR": str(data_dir)}
    said = folder / "said"
    with said.open("wb") as output:
        joined = [
            subprocess.Popen([*DEALT, name, *options], env=environment, stderr=output)
            for name, options in (("web", ("--port", "0")), ("worker", ()))
        ]

    def answers() -> bool:
        found = re.search(r"answering on port (\d+)", said.read_text())
        if found is None:
            return False
        address = f"http://127.0.0.1:{found[1]}/healthz"
        return httpx.get(address, timeout=PATIENCE_S, trust_env=False).is_success

    try:
        until(answers, "the other web process")
        until(lambda: "dealt_workers 1.0" in str(server.get("/metrics")[1]), "the worker")
        for process in joined:
            process.send_signal(signal.SIGTERM)
        assert [process.wait(PATIENCE_S) for process in joined] == [0, 0]
    finally:
        for process in joined:
            process.kill()
    assert server.get("/healthz")[0] == 200
    assert server.stop() == 0


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("DEALT_PORT", "eighty", "DEALT_PORT is 'eighty'; a whole number is needed."),
        ("DEALT_LOG_LEVEL", "loud", "DEALT_LOG_LEVEL is 'loud'; use one of"),
        ("DEALT_WEB_PROCESSES", "0", "At least one web process"),
    ],
)
def test_a_setting_that_cannot_be_read_is_told_in_a_sentence(
    tmp_path: Path, variable: str, value: str, sentence: str
) -> None:
    done = command(tmp_path / "data", "serve", **{variable: value})
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert sentence in done.stderr
    assert not (tmp_path / "data").exists()


def test_every_command_explains_itself(tmp_path: Path) -> None:
    done = command(tmp_path, "--help")
    assert done.returncode == 0
    for name in ("serve", "web", "worker", "token", "member", "job", "doctor", "backup", "restore", "upgrade"):
        assert f" {name} " in done.stdout
    assert "--demo" in command(tmp_path, "serve", "--help").stdout
    assert command(tmp_path, "--version").stdout.strip()
    assert command(tmp_path, "brew").returncode == 2
