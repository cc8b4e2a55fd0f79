"""Processes that end with the one that started them."""

from __future__ import annotations

import os
import subprocess
import sys

from dealt.processes.lifeline import Lifeline

FOLLOWER = "import time; from dealt.processes.lifeline import follow_parent; follow_parent(); time.sleep(600)"


def test_a_process_ends_when_the_other_end_of_its_lifeline_closes() -> None:
    program = (
        "import os, subprocess, sys; from dealt.processes.lifeline import Lifeline; line = Lifeline();"
        f"child = subprocess.Popen([sys.executable, '-c', {FOLLOWER!r}],"
        "    env={**os.environ, **line.environment()}, pass_fds=[line.read_end]);"
        "print(child.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    # The child holds our pipe's other end for as long as it lives: reading to the end waits for its end.
    parent = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert parent.returncode == -9
    assert int(parent.stdout) > 0


def test_a_process_without_a_lifeline_follows_nobody() -> None:
    line = Lifeline()
    alone = subprocess.Popen([sys.executable, "-c", FOLLOWER], env=dict(os.environ))
    os.close(line.read_end)
    try:
        assert alone.poll() is None
    finally:
        alone.kill()
        alone.wait()
