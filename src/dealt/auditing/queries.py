"""All SQL of the auditor's own."""

COLUMNS = "id, made_by, started_at, finished_at, stage, last_id, looked, waiting, drift, mended, findings"

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
    findings = $10::jsonb
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

FIGURES = """
SELECT DISTINCT ON (workspace_id) workspace_id, drift, looked, waiting, finished_at
FROM audits WHERE finished_at IS NOT NULL AND made_by = 'workers' ORDER BY workspace_id, id DESC LIMIT 1000"""
