"""Looking after a process, with real ones."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dealt.processes import child
from dealt.processes.child import Child
from tests.processes.running import is_alive, until

Make = Callable[..., Child]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """A child that runs the given program; killed at the end."""
    made: list[Child] = []

    def of(program: str, monotonic: Callable[[], float] = time.monotonic) -> Child:
        (tmp_path / "a_program.py").write_text(program)
        environment = {"PYTHONPATH": str(tmp_path), "MARKS": str(tmp_path / "marks")}
        made.append(Child("a-1", "a_program", environment, (), monotonic))
        return made[-1]

    yield of
    for one in made:
        one.send(signal.SIGKILL)


def test_a_process_that_ends_is_started_again_after_ever_longer_pauses(make: Make, tmp_path: Path) -> None:
    now = 1000.0
    one = make("import os\nopen(os.environ['MARKS'], 'a').write('x')\n", lambda: now)
    one.tend()
    for starts, pause in enumerate((*child.PAUSES_S, child.PAUSES_S[-1]), 1):
        until(one.gone, "the end of the process")
        assert (tmp_path / "marks").read_text() == "x" * starts
        one.tend()
        assert (one.pid is None) == (pause > 0)
        now += pause
        one.tend()
        assert one.pid is not None


def test_a_process_that_ran_for_long_is_started_again_at_once(make: Make) -> None:
    now = 1000.0
    one = make("", lambda: now)
    for _ in range(5):
        one.tend()
        now += child.SETTLED_S + 1
        until(one.gone, "the end of the process")
        one.tend()
        assert one.pid is not None


def test_a_process_that_runs_is_left_alone_and_ends_when_asked(make: Make) -> None:
    one = make("import time\ntime.sleep(600)\n")
    one.tend()
    pid = one.pid
    assert pid is not None
    one.tend()
    assert one.pid == pid
    child.end([one], 30)
    assert one.gone()
    assert not is_alive(pid)


def test_a_process_that_does_not_end_is_killed(make: Make, tmp_path: Path) -> None:
    one = make(
        "import os, signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "open(os.environ['MARKS'], 'a').write('x')\ntime.sleep(600)\n"
    )
    one.start()
    until((tmp_path / "marks").exists, "the process")
    child.end([one], 0.1)
    assert one.exit_code == -signal.SIGKILL
