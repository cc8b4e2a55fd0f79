"""pgbench, writing the rows of one order, or of what another script writes, in each transaction."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from bench.shop import Shop
from dealt.kernel.postgres import find

SCRIPT = Path(__file__).with_name("order.sql")
THREADS = 2


def pgbench(shop: Shop, *, clients: int, seconds: float, script: Path = SCRIPT, **variables: int) -> float:
    """Orders a second that pgbench stores with ``clients`` connections, no two of them in one transaction.

    ``script`` may write something else, and be told more ``variables``.
    """
    return float(_run(shop, clients, f"--time={max(1, round(seconds))}", script, variables))


def write_one(shop: Shop, *, script: Path = SCRIPT, **variables: int) -> None:
    """A single order, written by pgbench."""
    _run(shop, 1, "--transactions=1", script, variables)


def _run(shop: Shop, clients: int, extent: str, script: Path, more: dict[str, int]) -> str:
    known = {"workspace": shop.workspace_id, "contacts": shop.contacts, "products": shop.products, "base": 0}
    said = subprocess.run(
        [
            find().program("pgbench"), "--no-vacuum", "--protocol=prepared", f"--client={clients}",
            f"--jobs={min(THREADS, clients)}", extent, f"--file={script}",
            *(f"--define={name}={value}" for name, value in {**known, **more}.items()), shop.dsn,
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = re.search(r"^tps = ([\d.]+)", said.stdout, re.MULTILINE)
    if said.returncode != 0 or found is None:
        raise RuntimeError(f"pgbench failed: {said.stderr.strip()[-500:]}")
    return found[1]
