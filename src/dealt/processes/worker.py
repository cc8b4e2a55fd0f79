"""One process that does what is queued."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

import uvloop

from dealt.kernel import logs
from dealt.processes.complaining import or_complain
from dealt.processes.lifeline import follow_parent
from dealt.settings import Settings
from dealt.work import run_worker


async def work(settings: Settings) -> None:
    """Work until the process is asked to end; what has begun is finished."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await run_worker(settings, stop)


def main() -> int:
    """Work until told to stop; the exit code."""
    settings = Settings.from_environment()
    logs.configure(settings.log_format, settings.log_level, os.environ.pop("DEALT_PROCESS", "worker"))
    logs.route_structlog()
    follow_parent()
    uvloop.run(work(settings))
    return 0


if __name__ == "__main__":
    sys.exit(or_complain(main))
