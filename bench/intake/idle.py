"""What a fresh installation costs while nobody uses it, and how fast it starts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench.claims import Claim, bounded, progress
from bench.machine import cpu_seconds, descendants, memory_mb
from bench.plan import Plan
from bench.server import Server, serving
from bench.shop import temporary_folder
from dealt.kernel.postgres import EmbeddedPostgres, processes

FIRST_START_S = 20
LATER_START_S = 5
MOST_CPU_PERCENT = 1
MOST_MEMORY_MB = 400


def measure(plan: Plan) -> Iterator[Claim]:
    """The claims about an idle installation: ``dealt serve`` with all its defaults."""
    settle_s, watch_s = (5, 15) if plan.quick else (15, 60)
    with temporary_folder() as folder:
        with serving(data_dir=folder) as server:
            first = server.started_in_s
        later = []
        for _ in range(plan.rounds):
            with serving(data_dir=folder) as server:
                later.append(server.started_in_s)
        with serving(data_dir=folder) as server:
            time.sleep(settle_s)
            progress(f"watching an idle server for {watch_s} s")
            busy = _busy_percent(folder, server, watch_s)
            memory = memory_mb(_all(folder, server))
    yield bounded("First start to first answer", figure=first, unit="s", at_most=FIRST_START_S)
    yield bounded("Later start to first answer", figure=median(later), unit="s", at_most=LATER_START_S)
    yield bounded("Idle, all processes together: one core is busy for", figure=busy, unit="%", at_most=MOST_CPU_PERCENT)
    yield bounded("Idle, all processes together: memory", figure=memory, unit="MB", at_most=MOST_MEMORY_MB)


def _busy_percent(folder: Path, server: Server, seconds: float) -> float:
    before, started = cpu_seconds(_all(folder, server)), time.monotonic()
    time.sleep(seconds)
    return 100 * (cpu_seconds(_all(folder, server)) - before) / (time.monotonic() - started)


def _all(folder: Path, server: Server) -> set[int]:
    """Every process of the installation; the database's may have left the server's line."""
    return descendants(server.pid) | set(processes.named(EmbeddedPostgres(folder).place.name))
