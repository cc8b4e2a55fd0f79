"""How an import is shown: while it runs, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from dealt.cli.showing import tell
from dealt.importing import EVENTS, ORDERS, Kind, Preview, Summary
from dealt.importing import Progress as Reached

LINE_EVERY_S = 10.0


@contextmanager
def showing_progress(kind: Kind) -> Iterator[Callable[[Reached], None]]:
    """A bar with rate and time left on a terminal; elsewhere a line every ten seconds."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Lines(kind.name)
        return
    columns = (
        BarColumn(), TaskProgressColumn(), TextColumn(f"{{task.fields[orders]:,}} {kind.name}"),
        TextColumn("{task.fields[rate]:,.0f}/s"), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None, orders=0, rate=0.0)
        rate = _Rate()

        def report(reached: Reached) -> None:
            orders = reached.counts.orders
            bar.update(task, completed=reached.done, total=reached.total, orders=orders, rate=rate.of(orders))

        yield report


def tell_summary(summary: Summary, kind: Kind) -> int:
    """Say what came of an import; the exit code: 0 all taken, 1 some refused, 130 interrupted."""
    counts = summary.counts
    if summary.resumed_at:
        tell(f"Went on after {summary.resumed_at:,} {kind.name} of an earlier run.")
    known = "told before" if kind is EVENTS else "updated"
    done = f"{counts.created:,} {kind.name} created, {counts.updated:,} {known}"
    if kind is ORDERS:
        done += (
            f", {counts.older:,} older than what is stored; {counts.lines:,} lines, {counts.contacts:,} new contacts"
        )
    tell(f"{done}.")
    if summary.rejected is not None:
        tell(f"{counts.refused:,} {kind.name} refused: their rows are in {summary.rejected}, each with the reason.")
    if not summary.finished:
        tell("Interrupted. Run the same command again to go on from here.")
        return 130
    return 1 if counts.refused else 0


def tell_preview(found: Preview, kind: Kind) -> int:
    """Say what an import would do; the exit code that it would end with as far as can be seen."""
    for body in found.shown:
        print(msgspec.json.format(msgspec.json.encode(body), indent=2).decode())
    for number, reason in found.refused:
        tell(f"Row {number}: {reason}")
    if found.refusals > len(found.refused):
        tell(f"... and {found.refusals - len(found.refused):,} more.")
    told = f"{found.orders:,} {kind.name}, {found.refusals:,} of them would be refused"
    if kind is ORDERS:
        told = (
            f"{found.orders:,} orders with {found.lines:,} lines, {found.refusals:,} of the orders would be refused, "
            f"{found.new_contacts:,} contacts would be created"
        )
    tell(f"{told}. Nothing was written.")
    return 1 if found.refusals else 0


class _Rate:
    """How many a second since the first report, which also brings what earlier runs did."""

    def __init__(self) -> None:
        self._first: tuple[float, int] | None = None

    def of(self, count: int) -> float:
        now = time.monotonic()
        if self._first is None:
            self._first = (now, count)
        since, before = self._first
        return (count - before) / (now - since) if now > since else 0.0


class _Lines:
    def __init__(self, name: str) -> None:
        self._name = name
        self._rate = _Rate()
        self._speed = _Rate()
        self._due = time.monotonic() + LINE_EVERY_S

    def __call__(self, reached: Reached) -> None:
        orders = reached.counts.orders
        rate, speed = self._rate.of(orders), self._speed.of(reached.done)
        if time.monotonic() >= self._due and speed:
            self._due += LINE_EVERY_S
            left = (reached.total - reached.done) / speed
            tell(f"{reached.done / reached.total:4.0%}  {orders:,} {self._name}  {rate:,.0f}/s  {left:,.0f} s left")
