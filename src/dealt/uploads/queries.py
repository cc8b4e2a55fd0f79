"""All SQL of imports over the API."""

COLUMNS = """id, kind, file_name, mapping, silent, state, done, total, position, counts, error, actor, created_at,
    started_at, finished_at"""

READ = f"SELECT {COLUMNS} FROM imports WHERE workspace_id = $1 AND id = $2"
LOCK = f"{READ} FOR UPDATE"

OPEN = "SELECT count(*) FROM imports WHERE workspace_id = $1 AND state IN ('waiting', 'queued', 'running')"

INSERT = """
INSERT INTO imports (workspace_id, id, kind, file_name, mapping, silent, actor, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"""

ADD_PART = """
INSERT INTO import_parts (workspace_id, import_id, part, content) VALUES ($1, $2, $3, $4)
ON CONFLICT (workspace_id, import_id, part) DO UPDATE SET content = excluded.content"""

PARTS = """
SELECT count(*) AS parts, coalesce(max(part), 0) AS last FROM import_parts
WHERE workspace_id = $1 AND import_id = $2"""

PART = "SELECT content FROM import_parts WHERE workspace_id = $1 AND import_id = $2 AND part = $3"

QUEUE = "UPDATE imports SET state = 'queued' WHERE workspace_id = $1 AND id = $2"

BEGIN = f"""
UPDATE imports SET state = 'running', started_at = coalesce(started_at, $3)
WHERE workspace_id = $1 AND id = $2 AND state IN ('queued', 'running') RETURNING {COLUMNS}"""

KEEP_MAPPING = "UPDATE imports SET mapping = $3 WHERE workspace_id = $1 AND id = $2"

REACH = """
UPDATE imports SET done = $3, total = $4, position = $5, counts = $6::jsonb WHERE workspace_id = $1 AND id = $2
RETURNING id"""

REJECT = """
INSERT INTO import_rejects (workspace_id, import_id, id, cells, reason)
SELECT $1, $2, r.id, r.cells, r.reason FROM json_to_recordset($3::json) AS r(id bigint, cells json, reason text)
ON CONFLICT (workspace_id, import_id, id) DO NOTHING"""

END = "UPDATE imports SET state = $3, error = $4, finished_at = $5 WHERE workspace_id = $1 AND id = $2"

FORGET_PARTS = "DELETE FROM import_parts WHERE workspace_id = $1 AND import_id = $2"
FORGET_REJECTS = "DELETE FROM import_rejects WHERE workspace_id = $1 AND import_id = $2"
DELETE = "DELETE FROM imports WHERE workspace_id = $1 AND id = $2 RETURNING id"

# At most model.MOST_REJECTS of one import.
ALL_REJECTS = "SELECT cells, reason FROM import_rejects WHERE workspace_id = $1 AND import_id = $2 ORDER BY id"

# An erasure looks at every refused row and at what every import tells of itself, page by page.
REJECTS_AFTER = """
SELECT import_id, id, cells, reason FROM import_rejects
WHERE workspace_id = $1 AND (import_id, id) > ($2::bigint, $3::bigint) ORDER BY import_id, id LIMIT $4"""

DROP_REJECTS = """
DELETE FROM import_rejects AS r USING unnest($2::bigint[], $3::bigint[]) AS gone(import_id, id)
WHERE r.workspace_id = $1 AND r.import_id = gone.import_id AND r.id = gone.id"""

TOLD_AFTER = "SELECT id, file_name, error FROM imports WHERE workspace_id = $1 AND id > $2 ORDER BY id LIMIT $3"

CLEAN_IMPORTS = """
UPDATE imports AS i SET file_name = c.file_name, error = c.error
FROM json_to_recordset($2::json) AS c(id bigint, file_name text, error text)
WHERE i.workspace_id = $1 AND i.id = c.id"""
