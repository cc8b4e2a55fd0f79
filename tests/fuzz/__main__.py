"""``bin/fuzz``: random requests by the OpenAPI document, in both versions; prints how many and what was wrong."""

from __future__ import annotations

import argparse
import random
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from tests.fuzz.throwing import Run, throw

LEAST = 20_000
"""The calls without which a run proves too little."""


def main() -> int:
    """The exit status is 0 where nothing was wrong."""
    parser = argparse.ArgumentParser(prog="bin/fuzz", description=__doc__)
    parser.add_argument("--examples", type=int, default=6, help="random requests for each operation")
    parser.add_argument("--long", action="store_true", help="50 times as many, different every time")
    parser.add_argument("--seed", type=int, help="repeats a run")
    parser.add_argument("--version", type=int, choices=(1, 2), action="append", help="only this version")
    asked = parser.parse_args()
    seed = asked.seed if asked.seed is not None else random.randrange(2**32) if asked.long else 1
    examples, versions = asked.examples * (50 if asked.long else 1), asked.version or [1, 2]
    began = time.monotonic()
    with ProcessPoolExecutor(len(versions), mp_context=get_context("spawn")) as pool:
        runs = list(pool.map(throw, versions, [examples] * len(versions), [seed] * len(versions)))
    for run in runs:
        tell(run)
    calls, wrong = sum(run.calls.total() for run in runs), sum(len(run.wrong) for run in runs)
    took = time.monotonic() - began
    print(f"fuzz: {calls:,} calls in {took:.0f} s, wrong in {wrong} different ways; seed {seed}")
    if len(versions) == 2 and calls < LEAST:
        print(f"fuzz: fewer than {LEAST:,} calls prove too little")
        return 1
    return 1 if wrong else 0


def tell(run: Run) -> None:
    """A line for a version, and what was wrong with it."""
    parts = ", ".join(f"{count:,} {phase}" for phase, count in run.calls.items())
    statuses = ", ".join(f"{count:,} x {status}" for status, count in sorted(run.statuses.items()))
    print(f"version {run.version}: {len(run.operations)} operations; {parts}")
    print(f"version {run.version}: {statuses}")
    never = sorted(run.operations - run.succeeded)
    print(f"version {run.version}: {len(never)} never succeeded: {', '.join(never)}")
    for sentence, sample in sorted(run.wrong.items()):
        print(f"\n{sentence}\n    {sample}")


if __name__ == "__main__":
    sys.exit(main())
