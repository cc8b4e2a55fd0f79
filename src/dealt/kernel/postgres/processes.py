"""Which processes belong to one server, and how they are asked to end."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
PAUSE = 0.01
_children: set[int] = set()


@dataclass(frozen=True)
class PidFile:
    """What the postmaster writes about itself: ``status`` is starting, ready, standby or stopping."""

    pid: int
    socket_folder: str
    status: str


def read_pid_file(cluster: Path) -> PidFile | None:
    """The content of ``postmaster.pid``, or None when it is missing or not fully written."""
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
        return PidFile(int(lines[0]), lines[4], lines[7].strip())
    except (OSError, IndexError, ValueError):
        return None


def forget_other(file: Path) -> None:
    """Remove a lock file of PostgreSQL whose number is no PostgreSQL's: the next server would take it for one.

    Another program may have the number, or the one that had it was killed and nobody has taken note of its end yet.
    """
    try:
        pid = int(file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return
    if not is_postgres(pid):
        file.unlink(missing_ok=True)


def named(name: str) -> list[int]:
    """All running processes of the server with this cluster name, the postmaster among them."""
    return [pid for pid, command in _commands() if name in command and _is_postgres(command)]


def is_postgres(pid: int, name: str = "") -> bool:
    """Whether a process is PostgreSQL, of this cluster name: numbers are used again after a reboot."""
    command = _command_of(pid)
    return name in command and _is_postgres(command)


def wait_until(holds: Callable[[], bool], seconds: float) -> bool:
    """Poll until the condition holds; False when it did not within the time."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(PAUSE)
    return True


def end_leftovers(name: str, patience: float) -> list[int]:
    """Wait for processes whose postmaster died, then ask them twice to end; returns those that would not.

    Never SIGKILL: a process that dies in the middle of writing shared memory would take others along.
    """
    for number in (None, signal.SIGTERM, signal.SIGQUIT):
        if number is not None:
            for pid in named(name):
                send(pid, number)
        if wait_until(lambda: not named(name), 1 if number is None else patience):
            return []
    return named(name)


def send(pid: int, number: int) -> None:
    """Signal a process, which may have ended already."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def launched(pid: int) -> None:
    """Remember a child of ours, so that :func:`is_running` lets it go from the process table when it ends."""
    _children.add(pid)


def is_running(pid: int) -> bool:
    """Whether the process runs."""
    if pid in _children and _reaped(pid):
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _reaped(pid: int) -> bool:
    try:
        ended = os.waitpid(pid, os.WNOHANG) != (0, 0)
    except ChildProcessError:  # we are a fork of the process that started it
        _children.discard(pid)
        return False
    if ended:
        _children.discard(pid)
    return ended


def _is_postgres(command: str) -> bool:
    # Either "/path/to/postgres -D ..." or the title "postgres: name: walwriter".
    return re.match(r"(\S.*/)?postgres(: | -D )", command) is not None


def _commands() -> Iterator[tuple[int, str]]:
    if (PROC / "self").exists():
        pids = [int(folder.name) for folder in PROC.iterdir() if folder.name.isdigit()]
        yield from ((pid, _command_of(pid)) for pid in pids)
        return
    for line in _ps("-axww", "-o", "pid=,command="):
        pid, _, command = line.strip().partition(" ")
        yield int(pid), command.strip()


def _command_of(pid: int) -> str:
    if not (PROC / "self").exists():
        return "".join(_ps("-ww", "-o", "command=", "-p", str(pid)))
    try:
        return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""  # it has ended


def _ps(*arguments: str) -> list[str]:
    return subprocess.run(["ps", *arguments], capture_output=True, text=True, check=False).stdout.splitlines()  # noqa: S603, S607
