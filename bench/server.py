"""Dealt as an operator runs it: ``dealt serve`` in processes of its own, told everything by environment variables."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PATIENCE_S = 60.0


@dataclass(frozen=True)
class Server:
    """A running server: the process that looks after the others, and how long it took to answer for the first time."""

    port: int
    pid: int
    started_in_s: float


@contextmanager
def serving(**settings: object) -> Iterator[Server]:
    """A server for the length of the block, with ``DEALT_<NAME>`` set for every setting.

    ``database_url`` is another database than the embedded one. Raises RuntimeError with the server's last words when
    it does not answer within a minute.
    """
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="dealt-bench-") as folder:
        told = {"data_dir": folder, "log_level": "warning", "port": port} | settings
        names = {name: "DATABASE_URL" if name == "database_url" else f"DEALT_{name.upper()}" for name in told}
        environment = os.environ | {names[name]: str(value) for name, value in told.items()}
        said = Path(folder) / "said"
        started = time.monotonic()
        with said.open("wb") as log:
            command = [sys.executable, "-m", "dealt", "serve"]
            process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            if not _answers(process, port):
                raise RuntimeError(f"The server did not start:\n{said.read_text()[-2000:]}")
            yield Server(port, process.pid, time.monotonic() - started)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE_S)


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and process.poll() is None:
        if _is_healthy(port):
            return True
        time.sleep(0.02)
    return False


def _is_healthy(port: int) -> bool:
    """Whether the server answers, and says that it can reach its database."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
