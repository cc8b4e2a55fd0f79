"""All SQL of attributes."""

COLUMNS = (
    "id, domain, name, name_std, value_type, declared, choices, allow_multiple_choices, description, warning, "
    "aggregator_id"
)

LOAD = f"SELECT {COLUMNS} FROM attributes WHERE workspace_id = $1 ORDER BY id"

# The first definition wins; whoever loses reads the winner's.
DEFINE = """
INSERT INTO attributes (workspace_id, id, domain, name, name_std, value_type, choices, allow_multiple_choices,
    description, declared, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $10, $11)
ON CONFLICT (workspace_id, domain, name_std) DO NOTHING RETURNING id"""

# A type that is only inferred becomes one that people declared.
DECLARE = """
UPDATE attributes SET value_type = $4, choices = $5::jsonb, allow_multiple_choices = $6, description = $7,
    declared = true, warning = '', name = $8
WHERE workspace_id = $1 AND domain = $2 AND name_std = $3 AND NOT declared RETURNING id"""

WIDEN = """
UPDATE attributes SET value_type = 'string', warning = $4
WHERE workspace_id = $1 AND domain = $2 AND name_std = $3 AND NOT declared RETURNING id"""

# A type that is given is declared, and what was said of the inferred one is forgotten.
UPDATE = """
UPDATE attributes SET name = $3, value_type = $4, choices = $5::jsonb, allow_multiple_choices = $6, description = $7,
    declared = declared OR $8, warning = CASE WHEN $8 THEN '' ELSE warning END
WHERE workspace_id = $1 AND id = $2"""

COUNT = "SELECT count(*) FROM attributes WHERE workspace_id = $1 AND domain = $2"

NAME_OF = "SELECT name FROM attributes WHERE workspace_id = $1 AND id = $2"
FILLED_BY = "SELECT aggregator_id FROM attributes WHERE workspace_id = $1 AND id = $2"

DEFINE_COMPUTED = """
INSERT INTO attributes (workspace_id, id, domain, name, name_std, value_type, description, declared, created_at,
    aggregator_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, true, $8, $9) ON CONFLICT (workspace_id, domain, name_std) DO NOTHING
RETURNING id"""

RETYPE_COMPUTED = """
UPDATE attributes SET value_type = $3, description = $4 WHERE workspace_id = $1 AND aggregator_id = $2"""

DELETE_COMPUTED = "DELETE FROM attributes WHERE workspace_id = $1 AND aggregator_id = $2"

DELETE = "DELETE FROM attributes WHERE workspace_id = $1 AND id = $2 RETURNING domain, name, name_std"

# Fields that are indexed, or about to be.
_INDEX = "domain, field, value_type, column_name, asked_at, built_at, error"
INDEXES = f"SELECT {_INDEX} FROM field_indexes WHERE workspace_id = $1 ORDER BY domain, field"
INDEX = f"SELECT {_INDEX} FROM field_indexes WHERE workspace_id = $1 AND domain = $2 AND field = $3"
BUILT_INDEXES = """
SELECT domain, field, value_type FROM field_indexes WHERE workspace_id = $1 AND built_at IS NOT NULL"""
ASK_INDEX = """
INSERT INTO field_indexes (workspace_id, domain, field, value_type, column_name, asked_at)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (workspace_id, domain, field) DO UPDATE SET
    value_type = excluded.value_type, column_name = excluded.column_name, asked_at = excluded.asked_at,
    built_at = NULL, error = ''"""
FINISH_INDEX = """
UPDATE field_indexes SET built_at = $4, error = $5 WHERE workspace_id = $1 AND domain = $2 AND field = $3"""
FORGET_INDEX = """
DELETE FROM field_indexes WHERE workspace_id = $1 AND domain = $2 AND field = $3 RETURNING field"""
# Of a hundred: how much of the rows has been read. One index at a time is built.
INDEXING = """
SELECT c.relname AS name, coalesce(100 * p.blocks_done / nullif(p.blocks_total, 0), 0)::int AS share
FROM pg_stat_progress_create_index AS p JOIN pg_class AS c ON c.oid = p.index_relid
WHERE p.datname = current_database() AND c.relname = ANY($1::text[])"""
TRY_INDEXING = "SELECT pg_try_advisory_lock($1)"
UNLOCK_INDEXING = "SELECT pg_advisory_unlock($1)"
TAKING_LONG = "SET statement_timeout = '1h'"
AS_USUAL = "RESET statement_timeout"
