"""Real processes of Dealt for tests: started, asked over HTTP, and ended without leftovers."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from tests.processes import forked

PATIENCE_S = 60.0
DEALT = (sys.executable, "-P", "-m", "dealt")


def until(holds: Callable[[], Any], what: str) -> Any:
    """What ``holds`` gives as soon as that is true; an error that names ``what`` when it never is."""
    end = time.monotonic() + PATIENCE_S
    while not (found := holds()):
        if time.monotonic() > end:
            raise AssertionError(f"waited in vain for {what}")
        time.sleep(0.02)
    return found


def command(data_dir: Path, *arguments: str, given: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command of ``dealt`` to its end."""
    return forked.run(arguments, _environment(data_dir) | environment, given, PATIENCE_S)


def is_alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def processes_with(text: str) -> list[int]:
    """The numbers of all processes in whose environment or command line ``text`` stands."""
    return [pid for pid in _pids() if text.encode() in _read(pid, "environ") + _read(pid, "cmdline")]


class Served:
    """One ``dealt serve``, on a free port of its own."""

    def __init__(self, data_dir: Path, *options: str, **environment: str) -> None:
        self.data_dir = data_dir
        self._output = data_dir.parent / f"{data_dir.name}.output-{time.monotonic_ns()}"
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [*DEALT, "serve", "--port", "0", *options],
                env=_environment(data_dir) | environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    @property
    def output(self) -> str:
        """What was printed so far."""
        return self._output.read_text()

    @property
    def token(self) -> str:
        """The first token."""
        return (self.data_dir / "token").read_text().strip()

    def ready(self) -> Served:
        """Wait until it answers."""
        until(lambda: self.process.poll() is not None or "http://" in self.output, "the address")
        assert self.process.poll() is None, self.output
        until(lambda: self.get("/healthz")[0] == 200, f"an answer, after {self.output}")
        return self

    @property
    def address(self) -> str:
        """Such as ``http://127.0.0.1:40123``."""
        found = re.search(r"http://127\.0\.0\.1:\d+", self.output)
        assert found is not None, self.output
        return found[0]

    def get(self, path: str) -> tuple[int, Any]:
        """Status and body of an answer; status 0 where there was none."""
        return self._ask("GET", path)

    def post(self, path: str, body: Any) -> tuple[int, Any]:
        """Status and body of the answer to a JSON body."""
        return self._ask("POST", path, json=body)

    def pids(self, name: str) -> list[int]:
        """The processes of this server whose module is ``dealt.processes.<name>``."""
        children = [pid for pid in _pids() if _parent(pid) == self.process.pid]
        return [pid for pid in children if f"dealt.processes.{name}".encode() in _read(pid, "cmdline")]

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end; the exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_S)

    def _headers(self) -> dict[str, str]:
        file = self.data_dir / "token"
        return {"Authorization": f"Token {self.token}"} if file.exists() else {}

    def _ask(self, method: str, path: str, **content: Any) -> tuple[int, Any]:
        try:
            answer = httpx.request(
                method, self.address + path, headers=self._headers(), timeout=PATIENCE_S, trust_env=False, **content
            )
        except httpx.TransportError:
            return 0, None
        try:
            return answer.status_code, answer.json()
        except ValueError:
            return answer.status_code, answer.content


def _environment(data_dir: Path) -> dict[str, str]:
    ours = {k: v for k, v in os.environ.items() if not k.startswith(("DEALT_", "DATABASE_URL"))}
    return ours | {"DEALT_DATA_DIR": str(data_dir), "PYTHONUNBUFFERED": "1"}


def _pids() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""


def _parent(pid: int) -> int:
    fields = _read(pid, "stat").rpartition(b")")[2].split()
    return int(fields[1]) if len(fields) > 1 else 0
