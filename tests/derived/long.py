"""``python -m tests.derived.long --operations 100000``: the property test for as long as one likes.

Prints now and then how far it is, and at the end what was done; ends at the first difference with all that led to it.
The same seed does the same again: each shop has a seed of its own, which is printed.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

from dealt.kernel.clock import FixedClock
from dealt.kernel.migrate import migrate
from dealt.kernel.postgres import EmbeddedPostgres
from tests.derived.shop import START, Shop, open_application, open_shop

STEPS_A_SHOP = 60


@dataclass
class Course:
    """What a run does: how many operations, from which seed on, and at most how many between two looks."""

    operations: int
    seed: int
    most: int
    pause_while: Path | None
    done: int = 0
    refused: int = 0
    steps: int = 0
    compared: int = 0

    async def run(self, url: str) -> None:
        """Shop after shop, until enough was done."""
        await migrate(url)
        clock, began, seed = FixedClock(START), time.monotonic(), self.seed
        async with open_application(url, clock) as app:
            while self.done < self.operations:
                say(f"shop with seed {seed}")
                shop = await open_shop(app, clock)
                rng = Random(seed)
                for _ in range(STEPS_A_SHOP):
                    self._pause()
                    await shop.step(rng.randrange(2**32), self.most)
                assert not (drift := await shop.audit()), f"{drift}\n{shop.story()}"
                await shop.close()
                self._count(shop)
                say(f"{self} in {time.monotonic() - began:.0f} s")
                seed += 1

    def __str__(self) -> str:
        return (
            f"{self.done:,} operations (and {self.refused:,} refused), {self.steps:,} looks at {self.compared:,} "
            "values and memberships, no difference"
        )

    def _count(self, shop: Shop) -> None:
        self.done, self.refused = self.done + shop.operations, self.refused + shop.refused
        self.steps, self.compared = self.steps + STEPS_A_SHOP, self.compared + shop.compared

    def _pause(self) -> None:
        while self.pause_while is not None and self.pause_while.exists():
            time.sleep(5)


def say(line: str) -> None:
    """Print at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Start a server of its own and run on it."""
    parser = argparse.ArgumentParser(prog="python -m tests.derived.long", description=__doc__)
    parser.add_argument("--operations", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most", type=int, default=12, help="operations before each comparison, at most")
    parser.add_argument("--pause-while", type=Path, help="a file: while it is there, nothing is done")
    asked = parser.parse_args()
    memory = Path("/dev/shm")  # noqa: S108
    with (
        tempfile.TemporaryDirectory(prefix="dealt-long-", dir=memory if memory.is_dir() else None) as folder,
        EmbeddedPostgres(Path(folder) / "data", fast_unsafe=True) as database,
    ):
        os.environ["DEALT_TEST_RUN"] = folder
        course = Course(asked.operations, asked.seed, asked.most, asked.pause_while)
        asyncio.run(course.run(database.dsn("postgres")))


if __name__ == "__main__":
    main()
