"""Commands of ``dealt`` in processes that are forked from one that has loaded everything.

Each is a process of its own, with its own environment and streams, as from a shell; only that loading all of
Dealt, a second each time, is done once a run.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from multiprocessing.forkserver import ensure_running
from pathlib import Path
from subprocess import CompletedProcess, TimeoutExpired

from dealt.cli import COMMANDS, main

_FORKING = multiprocessing.get_context("forkserver")


def warm() -> None:
    """Have the process from which others are forked: to be called before an import starts one that knows less."""
    commands = {f"dealt.cli.{place.partition(':')[0]}" for _, place, _ in COMMANDS}
    _FORKING.set_forkserver_preload([__name__, "dealt.importing.workers", *sorted(commands)])
    ensure_running()


def run(
    arguments: Sequence[str], environment: Mapping[str, str], given: str, patience_s: float
) -> CompletedProcess[str]:
    """A command's exit code and what it said. Raises TimeoutExpired."""
    warm()
    with tempfile.TemporaryDirectory() as folder:
        streams = [Path(folder, name) for name in ("stdin", "stdout", "stderr")]
        for stream, content in zip(streams, (given, "", ""), strict=True):
            stream.write_text(content)
        process = _FORKING.Process(target=_become, args=(list(arguments), dict(environment), streams))
        process.start()
        process.join(patience_s)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise TimeoutExpired(list(arguments), patience_s)
        _, told, complained = (stream.read_text() for stream in streams)
        return CompletedProcess(list(arguments), process.exitcode, told, complained)


def _become(arguments: list[str], environment: dict[str, str], streams: list[Path]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    for number, stream in enumerate(streams):
        opened = os.open(stream, os.O_RDWR)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin = os.fdopen(0, closefd=False)
    sys.argv = ["dealt", *arguments]
    main()
