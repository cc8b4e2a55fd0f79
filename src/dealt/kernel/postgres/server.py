"""Starting one postmaster, waiting for it, and ending it."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from dealt.kernel.postgres import log, processes
from dealt.kernel.postgres.binaries import Binaries
from dealt.kernel.postgres.environment import clean_environment
from dealt.kernel.postgres.errors import NotReady, PostgresFailed
from dealt.kernel.postgres.identity import Identity
from dealt.kernel.postgres.place import Place

REPORT_EVERY = 5.0
logger = logging.getLogger(__name__)


def launch(place: Place, cluster: Path, sockets: Path, binaries: Binaries, identity: Identity) -> int:
    """Start the postmaster and return its pid at once."""
    settings = [
        f"cluster_name={place.name}", "listen_addresses=", f"unix_socket_directories={_quoted(sockets)}",
        "unix_socket_permissions=0700", "port=5432",
    ]  # fmt: skip
    options = [part for setting in settings for part in ("-c", setting)]
    output = log.open_log(place.log)
    identity.own(place.log)
    child = subprocess.Popen(  # noqa: S603
        identity.command(binaries.program("postgres"), "-D", str(cluster), *options),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        cwd="/",
        env=clean_environment(),
        start_new_session=True,  # Ctrl-C in our terminal is not for the server: we end it in order
        **identity.change(),
    )
    os.close(output)
    child.returncode = 0  # it may outlive us, so Popen must not warn; is_running looks after its end
    processes.launched(child.pid)
    return child.pid


def wait_ready(place: Place, cluster: Path, pid: int, patience: float, spoken: int = 0) -> None:
    """Wait as long as the server makes progress; ``patience`` is seconds without any.

    ``spoken`` is the length of the log before the start. Raises :class:`NotReady` with the log's last words.
    """
    seen, since, reported = _progress(place, cluster), time.monotonic(), time.monotonic()
    while not _is_ready(cluster, pid):
        if not processes.is_running(pid):
            raise NotReady(f"PostgreSQL ended while starting:\n{log.tail(place.log, 12, spoken)}")
        now = time.monotonic()
        if (found := _progress(place, cluster)) != seen:
            seen, since = found, now
        if now - since > patience:
            raise NotReady(
                f"PostgreSQL (process {pid}) has made no progress for {patience:.0f} seconds:\n"
                f"{log.tail(place.log, 12, spoken)}"
            )
        if now - reported > REPORT_EVERY:
            reported = now
            logger.info("waiting for PostgreSQL: %s", log.tail(place.log, 1, spoken))
        time.sleep(processes.PAUSE)


def end(name: str, pid: int, patience: float) -> None:
    """End the postmaster: first in order (running statements are cancelled), then without a checkpoint.

    Raises :class:`PostgresFailed` when it is still there after ``patience`` seconds for each.
    """
    gone: Callable[[], bool] = lambda: not processes.is_running(pid)  # noqa: E731
    for number in (signal.SIGINT, signal.SIGQUIT):
        processes.send(pid, number)
        if processes.wait_until(gone, patience):
            processes.end_leftovers(name, patience)
            return
    raise PostgresFailed(f"PostgreSQL (process {pid}) does not end; look at its log before you kill it.")


def _is_ready(cluster: Path, pid: int) -> bool:
    found = processes.read_pid_file(cluster)
    return found is not None and found.pid == pid and found.status in {"ready", "standby"}


def _progress(place: Place, cluster: Path) -> tuple[int, float]:
    # Recovery speaks every ten seconds and moves its mark in the control file.
    control = cluster / "global" / "pg_control"
    return log.size(place.log), control.stat().st_mtime if control.exists() else 0.0


def _quoted(folder: Path) -> str:
    # The setting is a list: a comma or space belongs to a name only inside quotes.
    return '"' + str(folder).replace('"', '""') + '"'
