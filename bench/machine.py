"""What the machine was like while something was measured, and what processes cost it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path

_LOOPS = 2_000_000
_PROC = Path("/proc")


def calibration_ms() -> float:
    """Milliseconds that a fixed loop takes: twice the figure of a quiet moment means half the machine."""
    started = time.perf_counter()
    total = 0
    for number in range(_LOOPS):
        total += number
    return 1000 * (time.perf_counter() - started)


def load() -> float:
    """Processes that wanted to run, averaged over the last minute."""
    return os.getloadavg()[0]


def cpu_seconds(pids: Iterable[int]) -> float:
    """Processor time of these processes and of children that they have waited for, since they started."""
    ticks = sum(sum(map(int, fields[11:15])) for pid in pids if (fields := _stat(pid)))
    return ticks / os.sysconf("SC_CLK_TCK")


def memory_mb(pids: Iterable[int]) -> float:
    """Memory of these processes together in MB, each shared page counted once (PSS)."""
    kilobytes = 0
    for pid in pids:
        try:
            lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
        except (FileNotFoundError, ProcessLookupError):
            continue
        kilobytes += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kilobytes / 1024


def descendants(pid: int) -> set[int]:
    """The process and everything that it or a child of its started, as far as the line is unbroken."""
    children: dict[int, list[int]] = {}
    for folder in _PROC.iterdir():
        if folder.name.isdigit() and (fields := _stat(int(folder.name))):
            children.setdefault(int(fields[1]), []).append(int(folder.name))
    found: set[int] = set()
    left = [pid]
    while left:
        found.add(one := left.pop())
        left += children.get(one, [])
    return found


def _stat(pid: int) -> list[str]:
    """The fields of a process behind its name; none where it has ended."""
    try:
        return (_PROC / str(pid) / "stat").read_text().rpartition(") ")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
