"""Nothing that an erased person is called is left in any column of any table, whichever tables there are."""

from __future__ import annotations

import asyncpg

from dealt.accounts import Actor
from dealt.app import MOVERS
from dealt.kernel.db import in_transaction
from dealt.people import erase_person
from tests.exporting.test_round_trip import fill
from tests.house import NOW
from tests.publicapi.conftest import Shop
from tests.publicapi.conftest import application as application
from tests.publicapi.conftest import shop as shop
from tests.publicapi.world import MARK

JANE = "jane@example.com"
FREE = """
SELECT c.relname AS table, a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type
FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND a.atttypid::regtype::text IN ('text', 'text[]', 'jsonb', 'bytea')
    AND (c.relname = 'contacts' OR EXISTS (SELECT FROM pg_attribute AS k WHERE k.attrelid = c.oid
        AND k.attname = 'contact_id' AND NOT k.attisdropped))
ORDER BY 1, 2"""
VALUES = {
    "text": f"'{JANE}'", "text[]": f"ARRAY['{JANE}']", "jsonb": f"""'{{"x": "{JANE}"}}'""", "bytea": f"'{JANE}'::bytea",
}  # fmt: skip
NAMES_NOBODY = {
    ("deal_ids", "custom_id"), ("deals", "custom_id"), ("deals", "product_custom_ids"), ("deals", "currency"),
    ("deal_lines", "currency"), ("follows", "kind"),
}  # fmt: skip
"""Kept with the order: what it is called, what was bought, in what money; and what kind of change is told of."""
NO_CHOICE = {("product_events", "event_type"), ("webhook_deliveries", "status")}
"""Columns that hold one of a few words."""
_FILLING = (
    "INSERT INTO contact_derived (contact_id, workspace_id, computed_at, definitions_version) VALUES ($1, $2, $3, 1)",
    "INSERT INTO webhook_deliveries (contact_id, workspace_id, webhook_id, object_type, object_id, sequence, kind, "
    "body, created_at) VALUES ($1, $2, 1, 'contact', $1, 1, 'contact.updated', '', $3)",
    "INSERT INTO deletions (contact_id, workspace_id, object_type, object_id, name, deleted_at, deleted_by) "
    "VALUES ($1, $2, 'task', 99, '', $3, 'member:1')",
    "INSERT INTO deleted_rows (contact_id, workspace_id, deletion_id, kind, image) SELECT $1, $2, 1, 'tasks', '{}' "
    "WHERE $3::timestamptz IS NOT NULL",
)


async def test_nothing_is_left_in_any_column(shop: Shop) -> None:
    await fill(shop)
    assert shop.app.services
    pool = shop.app.services.pool
    contact = await pool.fetchval("SELECT id FROM contacts WHERE custom_id = $1", f"{MARK}-user")
    for statement in _FILLING:
        await pool.execute(statement, contact, shop.workspace_id, NOW)
    await pool.execute("UPDATE contacts SET email = $2 WHERE id = $1", contact, JANE)
    columns = [(row["table"], row["column"], row["type"]) for row in await pool.fetch(FREE)]
    for table, column, kind in columns:
        key = "id" if table == "contacts" else "contact_id"
        assert await pool.fetchval(f"SELECT count(*) FROM {table} WHERE {key} = $1", contact), f"fill {table}"
        if (table, column) not in NO_CHOICE:
            await pool.execute(f"UPDATE {table} SET {column} = {VALUES[kind]} WHERE {key} = $1", contact)
    actor = Actor(shop.workspace_id, "token:1")
    await in_transaction(pool, lambda connection: erase_person(connection, MOVERS, actor, contact, now=NOW))
    left = {(table, column) for table, column, kind in columns if await _holds(pool, table, column, kind)}
    assert left == NAMES_NOBODY


async def _holds(pool: asyncpg.Pool, table: str, column: str, kind: str) -> bool:
    text = f"encode({column}, 'escape')" if kind == "bytea" else f"{column}::text"
    return bool(await pool.fetchval(f"SELECT count(*) FROM {table} WHERE {text} LIKE $1", f"%{JANE}%"))
