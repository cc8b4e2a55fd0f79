"""A database of its own with production settings, and in it a shop: contacts and products to order for."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from dealt.derivation import build_derived
from dealt.freshness import MOST_CONTACTS, Narrowing, Settling
from dealt.kernel.db import open_pool
from dealt.kernel.migrate import migrate
from dealt.kernel.partitions import ensure_partitions
from dealt.kernel.postgres import EmbeddedPostgres
from dealt.setup import set_up_workspace

MOST_SETTLED = 10_000

_CONTACTS = """
WITH made AS (
    INSERT INTO contacts (workspace_id, custom_id, email, first_name, created_at, updated_at)
    SELECT $1, 'contact-' || n, 'contact-' || n || '@example.com', 'Contact ' || n, $3, $3
    FROM generate_series(1, $2::bigint) AS n
    RETURNING id, custom_id
)
INSERT INTO contact_custom_ids (workspace_id, custom_id, contact_id) SELECT $1, custom_id, id FROM made"""

_PRODUCTS = """
WITH reserved AS (
    INSERT INTO product_custom_ids (workspace_id, custom_id)
    SELECT $1, 'SKU-' || n FROM generate_series(1, $2::bigint) AS n
    RETURNING custom_id, product_id
)
INSERT INTO products
    (workspace_id, id, custom_id, name, price, currency, product_url, image_url, created_at, updated_at)
SELECT $1, product_id, custom_id, 'Product ' || custom_id, 19.9, 'EUR', 'https://shop.example/' || custom_id,
    'https://shop.example/' || custom_id || '.jpg', $3, $3
FROM reserved"""


@dataclass(frozen=True)
class Shop:
    """A workspace in the database of ``dsn``; contacts are named ``contact-1`` and so on, products ``SKU-1``."""

    dsn: str
    workspace_id: int
    token: str
    contacts: int
    products: int


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder on the disk that holds temporary files, removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="dealt-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(folder: Path, *, fast_unsafe: bool = False) -> Iterator[EmbeddedPostgres]:
    """The embedded PostgreSQL whose data is in ``folder``; ``fast_unsafe`` only to fill it, never to measure."""
    with EmbeddedPostgres(folder, fast_unsafe=fast_unsafe) as postgres:
        yield postgres


async def open_shop(postgres: EmbeddedPostgres, name: str, *, contacts: int = 2_000, products: int = 500) -> Shop:
    """A new database ``name`` with the present schema and a shop in it."""
    postgres.create_database(name)
    dsn = postgres.dsn(name)
    await migrate(dsn)
    return await furnish(dsn, contacts=contacts, products=products)


async def furnish(dsn: str, *, contacts: int, products: int) -> Shop:
    """A shop in the migrated, empty database of ``dsn``."""
    now = datetime.now(UTC)
    connection = await asyncpg.connect(dsn)
    try:
        await ensure_partitions(connection, now)
        async with connection.transaction():
            first = await set_up_workspace(connection, now=now)
            await connection.execute(_CONTACTS, first.workspace_id, contacts, now)
            await connection.execute(_PRODUCTS, first.workspace_id, products, now)
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()
    await derive(dsn, first.workspace_id, range(1, contacts + 1) if contacts <= MOST_SETTLED else ())
    return Shop(dsn, first.workspace_id, first.token, contacts, products)


async def derive(dsn: str, workspace_id: int, contact_ids: Sequence[int] = ()) -> None:
    """What a worker does of itself: it finds out which changes nobody looks at, and settles whoever is new."""
    async with await open_pool(dsn, size=2) as pool:
        derived, now = build_derived(), datetime.now(UTC)
        await Narrowing(derived)(pool, now)
        async with pool.acquire() as connection:
            for first in range(0, len(contact_ids), MOST_CONTACTS):
                some = contact_ids[first : first + MOST_CONTACTS]
                await Settling([derived]).settle_on_read(connection, workspace_id, some, now)


async def settle(dsn: str) -> None:
    """Nobody pays for what came before: empty the queues and write out what is dirty."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("TRUNCATE stale, follows, jobs")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()
