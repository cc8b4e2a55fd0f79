"""All SQL of exports.

Names of tables and columns come from ``tables.py`` and the catalogue; those that a file tells are compared with it
before they come here.
"""

from __future__ import annotations

from collections.abc import Mapping

SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

WORKSPACE = "SELECT id, name FROM workspaces WHERE id = $1"

COLUMNS = """
SELECT c.relname AS table, a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type,
    coalesce(array_position(i.indkey::smallint[], a.attnum), -1) AS key
FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
JOIN pg_index AS i ON i.indrelid = c.oid AND i.indisprimary
WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY($1::text[]) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY c.relname, a.attnum"""

NEWEST_MIGRATION = "SELECT max(name) FROM schema_migrations"

# Control characters that JSON never holds: so the rows come out as they are, one a line.
AS_LINES = {"format": "csv", "delimiter": "\x02", "quote": "\x01"}


def count(table: str) -> str:
    """How many rows a workspace has."""
    return f"SELECT count(*) FROM {table} WHERE {_owner(table)} = $1"


def rows(table: str, key: list[str], without: list[str]) -> str:
    """Every row of a workspace as one JSON object, by its key."""
    left = "".join(f" - '{column}'" for column in without)
    return f"SELECT to_jsonb(t){left} FROM {table} AS t WHERE {_owner(table)} = $1 ORDER BY {', '.join(key)}"


def load(table: str, columns: list[str], standing_in: Mapping[str, str]) -> str:
    """Insert rows, a JSON array, into a workspace; ``standing_in`` are columns that all have the same text."""
    names, others = ", ".join(columns), "".join(f", {column}" for column in standing_in)
    constants = "".join(f", '{text}'" for text in standing_in.values())
    return (
        f"INSERT INTO {table} (workspace_id, {names}{others}) "
        f"SELECT $1, {names}{constants} FROM jsonb_populate_recordset(NULL::{table}, $2::jsonb)"
    )


def settle(columns: list[str]) -> str:
    """What the workspace's own row takes over; caches of every process are void afterwards."""
    taken = "".join(f"{column} = r.{column}, " for column in columns)
    return (
        f"UPDATE workspaces AS w SET {taken}settings_version = w.settings_version + 1, "
        "definitions_version = w.definitions_version + 1, reads = -1 "
        "FROM jsonb_populate_recordset(NULL::workspaces, $2::jsonb) AS r WHERE w.id = $1"
    )


def clear(table: str) -> str:
    """Remove what a new workspace is born with."""
    return f"DELETE FROM {table} WHERE workspace_id = $1"


def advance(sequence: str, places: tuple[tuple[str, str], ...]) -> str:
    """Let a sequence go on after every id of a workspace."""
    greatest = ", ".join(f"(SELECT max({column}) FROM {table} WHERE workspace_id = $1)" for table, column in places)
    return (
        f"SELECT setval('{sequence}', greatest({greatest}, (SELECT last_value FROM {sequence}))) "
        f"WHERE greatest({greatest}) IS NOT NULL"
    )


WHOSE_CONTACT = """
SELECT w.id, w.name FROM contacts AS c JOIN workspaces AS w ON w.id = c.workspace_id WHERE c.id = $1"""

HOLD = "SELECT id FROM workspaces WHERE id = $1 FOR UPDATE"

MEMBERS = "SELECT id, email, name, role, password_hash, created_at, disabled_at FROM members WHERE workspace_id = $1"

KEEP_PASSWORD = """
UPDATE members SET password_hash = $3 WHERE workspace_id = $1 AND lower(email) = lower($2) RETURNING id"""

# A role of the workspace's own has gone with the rest: its holders may read until somebody decides.
KEEP_MEMBER = """
INSERT INTO members (workspace_id, id, email, name, role, password_hash, created_at, disabled_at)
VALUES ($1, $2, $3, $4, CASE $5::text WHEN 'custom' THEN 'read-only' ELSE $5 END, $6, $7, $8)"""

COUNTERS = "SELECT kind, last FROM counters WHERE workspace_id = $1"

RAISE_COUNTERS = """
INSERT INTO counters (workspace_id, kind, last)
SELECT $1, kind, last FROM unnest($2::text[], $3::bigint[]) AS c(kind, last)
ON CONFLICT (workspace_id, kind) DO UPDATE SET last = greatest(counters.last, excluded.last)"""

MARK_ALL = """
INSERT INTO stale (contact_id, workspace_id, lane, cause, hop, marked_at)
SELECT id, $1, $2, $3, 0, $4 FROM contacts WHERE workspace_id = $1"""


def _owner(table: str) -> str:
    return "id" if table == "workspaces" else "workspace_id"
