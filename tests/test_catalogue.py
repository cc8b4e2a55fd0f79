"""The database's catalogue holds the rules that keep the road to several machines open."""

from __future__ import annotations

import ast
import re
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest_asyncio

from dealt.app import MOVERS
from dealt.people import NAMES_NOBODY

SOURCE = Path(__file__).parent.parent / "src" / "dealt"

# Keyed by what is unique, so that it can be looked up before the contact is known.
DIRECTORIES = {"contact_custom_ids", "contact_keys", "deal_ids", "device_keys", "event_custom_ids", "task_ids"}
# Emptied by a worker as fast as it is filled; a follower reads it bucket by bucket.
QUEUES = {"follows"}
WITHOUT_WORKSPACE = {"schema_migrations", "workspaces"}
# The ledger says when a migration was applied; the doctor compares the server's clock with ours.
ASKING_FOR_THE_TIME = {"kernel/migrate.py", "cli/checking_database.py"}
# Keyed by an id that is unique in the whole server.
GLOBAL = {"workspaces", "schema_migrations", "jobs", "delayed_jobs", "dead_jobs"}

TABLES = """
SELECT c.relname AS name, c.relkind::text AS kind,
    array(SELECT a.attname::text FROM pg_attribute AS a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
        AS columns,
    array(SELECT a.attname::text FROM pg_index AS i CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS k(attnum, place)
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.attnum
        WHERE i.indrelid = c.oid AND i.indisprimary ORDER BY k.place) AS key
FROM pg_class AS c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
ORDER BY c.relname"""

UNIQUE = """
SELECT t.relname AS table, i.relname AS index,
    array(SELECT a.attname::text FROM unnest(x.indkey) AS k JOIN pg_attribute AS a
        ON a.attrelid = t.oid AND a.attnum = k) AS columns
FROM pg_index AS x JOIN pg_class AS i ON i.oid = x.indexrelid JOIN pg_class AS t ON t.oid = x.indrelid
WHERE x.indisunique AND t.relnamespace = 'public'::regnamespace"""


@pytest_asyncio.fixture
async def connection(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


async def tables(connection: asyncpg.Connection) -> dict[str, asyncpg.Record]:
    return {row["name"]: row for row in await connection.fetch(TABLES)}


async def test_every_row_says_whose_workspace_it_is_in(connection: asyncpg.Connection) -> None:
    found = await tables(connection)
    assert {name for name, table in found.items() if "workspace_id" not in table["columns"]} == WITHOUT_WORKSPACE


async def test_every_table_has_a_primary_key(connection: asyncpg.Connection) -> None:
    assert [name for name, table in (await tables(connection)).items() if not table["key"]] == []


async def test_what_belongs_to_a_contact_is_keyed_by_the_contact_first(connection: asyncpg.Connection) -> None:
    for name, table in (await tables(connection)).items():
        if "contact_id" in table["columns"] and name not in DIRECTORIES | QUEUES:
            assert table["key"][0] == "contact_id", name
    assert (await tables(connection))["contacts"]["key"] == ["id"]


async def test_settings_and_directories_are_keyed_by_the_workspace_first(connection: asyncpg.Connection) -> None:
    for name, table in (await tables(connection)).items():
        per_contact = name == "contacts" or ("contact_id" in table["columns"] and name not in DIRECTORIES)
        if not per_contact and name not in GLOBAL:
            assert table["key"][0] == "workspace_id", name


async def test_no_uniqueness_reaches_across_contacts(connection: asyncpg.Connection) -> None:
    found = await tables(connection)
    for row in await connection.fetch(UNIQUE):
        table = found.get(row["table"])
        if table and "contact_id" in table["columns"] and row["table"] not in DIRECTORIES | QUEUES:
            assert "contact_id" in row["columns"], row["index"]
        if row["table"] == "contacts":
            assert "id" in row["columns"], row["index"]


async def test_whatever_belongs_to_a_contact_says_what_becomes_of_it(connection: asyncpg.Connection) -> None:
    """A new table with a contact's id needs a mover (dealt.people) in the list of the composition root."""
    with_contacts = {name for name, table in (await tables(connection)).items() if "contact_id" in table["columns"]}
    answered = [table for mover in MOVERS for table in mover.tables]
    assert sorted(answered) == sorted(with_contacts)
    exported = {table for mover in MOVERS for table in mover.exported}
    assert exported <= set(answered)


FREE = """
SELECT DISTINCT c.relname AS name FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type AS t ON t.oid = a.atttypid LEFT JOIN pg_type AS e ON e.oid = t.typelem AND t.typcategory = 'A'
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND (coalesce(e.typcategory, t.typcategory) = 'S'
        OR coalesce(e.typname, t.typname) IN ('json', 'jsonb', 'bytea'))"""


async def test_whatever_can_hold_a_name_says_what_an_erasure_makes_of_it(connection: asyncpg.Connection) -> None:
    """A new table with a column of free text, JSON or bytes belongs to a contact, is cleaned, or names nobody."""
    found = await tables(connection)
    free = {row["name"] for row in await connection.fetch(FREE)}
    elsewhere = {name for name in free if "contact_id" not in found[name]["columns"]} - {"contacts"}
    cleaned = [table for mover in MOVERS for table in mover.cleans]
    assert sorted([*cleaned, *NAMES_NOBODY]) == sorted(elsewhere)


async def test_there_are_no_triggers(connection: asyncpg.Connection) -> None:
    assert await connection.fetch("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal") == []


async def test_no_foreign_key_touches_what_belongs_to_a_contact(connection: asyncpg.Connection) -> None:
    found = await tables(connection)
    local = {name for name, table in found.items() if "contact_id" in table["columns"]} | {"contacts"}
    rows = await connection.fetch(
        "SELECT conrelid::regclass::text AS a, confrelid::regclass::text AS b FROM pg_constraint WHERE contype = 'f'"
    )
    assert [(row["a"], row["b"]) for row in rows if row["a"] in local or row["b"] in local] == []


async def test_the_journal_is_partitioned_by_month_and_keyed_by_contact_time_and_id(
    connection: asyncpg.Connection,
) -> None:
    journal = (await tables(connection))["journal"]
    assert (journal["kind"], journal["key"]) == ("p", ["contact_id", "at", "id"])
    assert await connection.fetchval("SELECT pg_get_partkeydef('journal'::regclass)") == "RANGE (at)"


def texts(file: Path) -> list[str]:
    """What stands in the quotes of a Python file, without its docstrings; all of an SQL file but its comments."""
    source = file.read_text("utf-8")
    if file.suffix == ".sql":
        return [line.partition("--")[0] for line in source.splitlines()]
    tree = ast.parse(source)
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in told]
    return [node.value for node in found if isinstance(node.value, str)]


def test_no_sql_asks_the_server_for_the_time() -> None:
    clock = re.compile(
        r"\b(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\s*\(\s*\)|"
        r"\b(current_timestamp|current_date|current_time|localtimestamp|localtime)\b|'(now|today)'",
        re.IGNORECASE,
    )
    found = set()
    for file in [*SOURCE.rglob("*.py"), *SOURCE.rglob("*.sql")]:
        if any(clock.search(text) for text in texts(file)):
            found.add(str(file.relative_to(SOURCE)))
    assert found == ASKING_FOR_THE_TIME
