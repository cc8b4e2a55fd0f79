"""An import from its first row to its last."""

from __future__ import annotations

import fcntl
import itertools
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from dealt.importing.errors import ImportStopped, UnfinishedImport, UnreadableFile
from dealt.importing.grouping import Group
from dealt.importing.objects import composer_of
from dealt.importing.reading import Reader
from dealt.importing.rejecting import RejectedFile
from dealt.importing.resuming import Counts, Position, PositionFile, conditions_of
from dealt.importing.rows import Row, Rows
from dealt.importing.workers import Workers, result_of
from dealt.importing.writers import Work
from dealt.importing.writing import Written
from dealt.kernel.journal import Cause

WINDOW = 450
MOST_WINDOW_ROWS = 8_000
WINDOWS_AHEAD = 3


@dataclass(frozen=True)
class Progress:
    """``done`` of ``total`` rows or bytes; ``counts`` include what earlier runs did."""

    done: int
    total: int
    counts: Counts


@dataclass(frozen=True)
class Summary:
    """``resumed_at``: so many orders were done by earlier runs. ``rejected`` names the file of refused rows."""

    counts: Counts
    resumed_at: int
    finished: bool
    rejected: Path | None


def import_file(
    path: Path,
    rows: Rows,
    work: Work,
    *,
    workspace: str,
    jobs: int,
    restart: bool = False,
    report: Callable[[Progress], None] = lambda _progress: None,
) -> Summary:
    """Write every order of a file; ``workspace`` names the workspace among those of all databases.

    Goes on where an earlier run of the same import ended, unless it is to ``restart``. Ctrl-C ends it in order.
    Raises UnfinishedImport, UnreadableFile, BadMapping and ImportStopped; what was stored before stays.
    """
    silent = work.actor.cause is Cause.SILENT
    conditions = conditions_of(path, work.mapping, workspace, silent=silent, kind=work.kind.name)
    _require_room(path.parent)
    with _alone(path), ExitStack() as stack:
        kept = PositionFile(path)
        if restart:
            kept.remove()
        position = kept.load(conditions)
        rejected = stack.enter_context(closing(RejectedFile(path, rows)))
        rejected.begin(position.rejected_bytes)
        reader = Reader(rows, composer_of(work.mapping, work.headings, work.zone, work.kind), work.mapping)
        workers = stack.enter_context(Workers(work, jobs))
        running = _Run(reader, workers, jobs, position, kept, rejected, report)
        resumed_at = position.orders
        finished = running.run()
        if finished:
            kept.remove()
        return Summary(position.counts, resumed_at, finished, rejected.path if position.counts.refused else None)


@dataclass
class _Window:
    """Work that are under way at the same time. ``done`` is how far the file was read then."""

    groups: list[Group]
    done: int
    places: list[list[int]] = field(default_factory=list)
    parts: list[Future[Written]] = field(default_factory=list)


@dataclass
class _Run:
    reader: Reader
    workers: Workers
    jobs: int
    position: Position
    kept: PositionFile
    rejected: RejectedFile
    report: Callable[[Progress], None]
    ahead: deque[_Window] = field(default_factory=deque)

    def run(self) -> bool:
        """Whether the end of the file was reached; not so after Ctrl-C."""
        try:
            for window in self._windows():
                self._begin(window)
                if len(self.ahead) == WINDOWS_AHEAD:
                    self._end(self.ahead.popleft())
            while self.ahead:
                self._end(self.ahead.popleft())
        except KeyboardInterrupt:
            return False
        except OSError as error:
            raise ImportStopped(f"The import cannot go on: {error}") from None
        return True

    def _windows(self) -> Iterator[_Window]:
        groups = itertools.islice(self.reader, self.position.orders, None)
        held: list[Group] = []
        rows = 0
        for group in groups:
            held.append(group)
            rows += sum(map(_weight, group.rows))
            if len(held) >= WINDOW * self.jobs or rows >= MOST_WINDOW_ROWS * self.jobs:
                yield _Window(held, self.reader.done)
                held, rows = [], 0
        if held:
            yield _Window(held, self.reader.done)

    def _begin(self, window: _Window) -> None:
        window.places = [[] for _ in range(self.jobs)]
        for place, group in enumerate(window.groups):
            window.places[self.workers.place_of(group.key)].append(place)
        window.parts = [
            self.workers.submit(worker, [window.groups[place] for place in places])
            for worker, places in enumerate(window.places)
        ]
        self.ahead.append(window)

    def _end(self, window: _Window) -> None:
        """Take note of what became of the oldest window, on the disk before anything newer."""
        counts = self.position.counts
        refused: dict[int, str] = {}
        for places, part in zip(window.places, window.parts, strict=True):
            written = result_of(part)
            refused |= {places[place]: reason for place, reason in written.refused.items()}
            for name in ("created", "updated", "older", "lines", "contacts"):
                setattr(counts, name, getattr(counts, name) + getattr(written, name))
        for place in sorted(refused):
            self.rejected.write(window.groups[place].rows, refused[place])
        counts.refused += len(refused)
        self.position.rejected_bytes = self.rejected.flush()
        self.position.orders += len(window.groups)
        self.kept.save(self.position)
        self.report(Progress(window.done, self.reader.total, counts))


def _require_room(folder: Path) -> None:
    """Raise UnreadableFile where nothing can be written beside the file."""
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise UnreadableFile(
            f"{folder} cannot be written to ({error.strerror}). Copy the file to a folder of yours: how far its import "
            "is, and the rows that are refused, are written beside it."
        ) from None


def _weight(row: Row) -> int:
    """How many usual rows a row is worth: one line of JSON may be a whole order."""
    return 1 + len(row) // 256 if isinstance(row, bytes) else 1


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Nobody else imports this file meanwhile. Raises UnfinishedImport."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UnfinishedImport(f"Another import of {path} is running.") from None
        yield
