"""All SQL of the auditor's own."""

COLUMNS = """id, made_by, started_at, finished_at, stage, last_id, last_key, looked, waiting, drift, mended,
    findings"""

WORKSPACES = "SELECT id FROM workspaces ORDER BY id LIMIT 1000"

# The workers' round that is under way, for the one of them that gets it.
TAKE = f"""
SELECT {COLUMNS} FROM audits WHERE workspace_id = $1 AND made_by = 'workers' AND finished_at IS NULL
ORDER BY id DESC LIMIT 1 FOR UPDATE SKIP LOCKED"""
# The next one, where none is under way and the last one began before $3.
BEGIN = f"""
INSERT INTO audits (workspace_id, id, made_by, started_at)
SELECT $1, coalesce(max(id), 0) + 1, 'workers', $2 FROM audits WHERE workspace_id = $1
HAVING coalesce(bool_and(finished_at IS NOT NULL AND started_at < $3) FILTER (WHERE made_by = 'workers'), true)
ON CONFLICT DO NOTHING RETURNING {COLUMNS}"""
SAVE = """
UPDATE audits SET finished_at = $3, stage = $4, last_id = $5, looked = $6, waiting = $7, drift = $8, mended = $9,
    findings = $10::jsonb, last_key = $11
WHERE workspace_id = $1 AND id = $2"""
KEEP = """
INSERT INTO audits (workspace_id, id, made_by, started_at, finished_at, stage, last_id, looked, waiting, drift, mended,
    findings)
SELECT $1, coalesce(max(id), 0) + 1, 'command', $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb
FROM audits WHERE workspace_id = $1
ON CONFLICT DO NOTHING"""
FORGET = """
DELETE FROM audits WHERE workspace_id = $1 AND finished_at IS NOT NULL
    AND id <= (SELECT max(id) FROM audits WHERE workspace_id = $1) - $2::bigint"""

NEWEST = f"SELECT {COLUMNS} FROM audits WHERE workspace_id = $1 ORDER BY id DESC LIMIT $2"

NEXT_CONTACTS = """
SELECT id FROM (
    SELECT id FROM contacts WHERE workspace_id = $1 AND NOT placeholder AND id > $2
    UNION ALL SELECT id FROM contacts WHERE workspace_id = $1 AND placeholder AND id > $2) AS whoever
ORDER BY id LIMIT $3"""
CONTACTS = """
SELECT 1 FROM contacts WHERE workspace_id = {} AND NOT placeholder
UNION ALL SELECT 1 FROM contacts WHERE workspace_id = {} AND placeholder"""

# Rows of a directory behind $2, and which of them lead to nothing: looked up first, then asked by contact.
LISTED = """
SELECT {key} AS id, contact_id FROM {directory} WHERE workspace_id = $1 AND {key} > $2 ORDER BY {key} LIMIT $3"""
ASTRAY = """
SELECT listed.id FROM unnest($2::bigint[], $3::bigint[]) AS listed(contact_id, id)
WHERE NOT EXISTS (SELECT FROM {table} AS t
    WHERE t.workspace_id = $1 AND t.contact_id = listed.contact_id AND t.id = listed.id)"""
# Whoever writes one holds its row first: under the lock it is told again where it is.
HOLD_LISTED = """
SELECT {key} AS id, contact_id FROM {directory} WHERE workspace_id = $1 AND {key} = ANY($2::bigint[])
ORDER BY {key} FOR UPDATE"""
DROP_LISTED = "DELETE FROM {directory} WHERE workspace_id = $1 AND {key} = ANY($2::bigint[])"

# The same of directories that are keyed by what clients say: rows behind the key $2, whose they are and what they name;
# ``kept`` is not so of a deleted deal, whose row is a tombstone. A task's contact is looked up by the task.
_NAMED = {
    "deal_custom_ids": """
SELECT k.custom_id AS key, 0::bigint AS contact_id, k.deal_id AS id, k.deleted_at IS NULL AS kept
FROM deal_custom_ids AS k WHERE k.workspace_id = $1""",
    "task_custom_ids": """
SELECT k.custom_id AS key, k.task_id AS id, true AS kept, coalesce((SELECT t.contact_id FROM task_ids AS t
    WHERE t.workspace_id = k.workspace_id AND t.task_id = k.task_id), 0) AS contact_id
FROM task_custom_ids AS k WHERE k.workspace_id = $1""",
    "event_custom_ids": """
SELECT k.custom_id AS key, k.contact_id, k.event_id AS id, true AS kept
FROM event_custom_ids AS k WHERE k.workspace_id = $1 AND k.kind = {kind}""",
    "device_keys": """
SELECT k.fcm_key AS key, k.contact_id, k.contact_id AS id, true AS kept
FROM device_keys AS k WHERE k.workspace_id = $1""",
}
LISTED_NAMES = {name: f"{rows} AND k.{{key}} > $2 ORDER BY k.{{key}} LIMIT $3" for name, rows in _NAMED.items()}
HOLD_NAMES = {
    name: f"{rows} AND k.{{key}} = ANY($2::text[]) ORDER BY k.{{key}} FOR UPDATE OF k" for name, rows in _NAMED.items()
}
NAMES_ASTRAY = """
SELECT listed.key FROM unnest($2::text[], $3::bigint[], $4::bigint[]) AS listed(key, contact_id, id)
WHERE NOT EXISTS (SELECT FROM {table} AS t WHERE t.workspace_id = $1 AND {same})"""
DROP_NAMES = "DELETE FROM {directory} WHERE workspace_id = $1 AND {key} = ANY($2::text[]){also}"

FIGURES = """
SELECT DISTINCT ON (workspace_id) workspace_id, drift, looked, waiting, finished_at
FROM audits WHERE finished_at IS NOT NULL AND made_by = 'workers' ORDER BY workspace_id, id DESC LIMIT 1000"""
