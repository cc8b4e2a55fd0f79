"""All SQL of deletions. Rows are kept as JSON, under the name of their table, with the contact whose they were."""

_COLUMNS = "id, contact_id, object_type, object_id, name, deleted_at, deleted_by"

BEGIN = """
INSERT INTO deletions (contact_id, workspace_id, object_type, object_id, name, deleted_at, deleted_by)
VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id"""


def keep(table: str, condition: str, whose: str, image: str, kind: str) -> str:
    """Keep the rows ``t`` of a table that ``condition`` ($3 and on) names for deletion $2; how many."""
    return f"""
WITH kept AS (
    INSERT INTO deleted_rows (contact_id, workspace_id, deletion_id, kind, image)
    SELECT {whose}, $1, $2, '{kind}', {image} FROM {table} AS t WHERE t.workspace_id = $1 AND {condition}
    RETURNING 1
)
SELECT count(*) FROM kept"""


def put_back(table: str, place: str, changes: str, condition: str) -> str:
    """Put the rows of deletion $2 back into a table; those whose key is taken, or not ``condition``, stay away.

    ``place`` is the column that holds the contact, who may be another one since, or empty.
    """
    moved = f"|| jsonb_build_object('{place}', r.contact_id)" if place else ""
    return f"""
WITH back AS (
    INSERT INTO {table} SELECT t.* FROM deleted_rows AS r
    CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, r.image {moved} || {changes}) AS t
    WHERE r.workspace_id = $1 AND r.deletion_id = $2 AND r.kind = '{table}' AND {condition}
    ON CONFLICT DO NOTHING RETURNING 1
)
SELECT (SELECT count(*) FROM back) AS back, (
    SELECT count(*) FROM deleted_rows AS r WHERE r.workspace_id = $1 AND r.deletion_id = $2 AND r.kind = '{table}'
) AS kept"""


KEEP_IMAGES = """
INSERT INTO deleted_rows (contact_id, workspace_id, deletion_id, kind, image)
SELECT (image ->> 'contact_id')::bigint, $1, $2, $3, image FROM jsonb_array_elements($4::jsonb) AS image"""

IMAGES = """
SELECT id, contact_id, image::text AS image FROM deleted_rows
WHERE workspace_id = $1 AND deletion_id = $2 AND kind = $3 AND id > $4 ORDER BY id LIMIT $5"""

TAKE = f"SELECT {_COLUMNS} FROM deletions WHERE workspace_id = $1 AND id = $2 AND deleted_at > $3 FOR UPDATE"

FIND = f"""
SELECT {_COLUMNS} FROM deletions JOIN unnest($2::text[], $3::bigint[]) AS named(object_type, object_id)
    USING (object_type, object_id)
WHERE workspace_id = $1 AND deleted_at > $4 ORDER BY id LIMIT 1000"""

PAGE = f"""
SELECT {_COLUMNS} FROM deletions
WHERE workspace_id = $1 AND object_type = ANY($2::text[]) AND deleted_at > $3 AND id < $4 ORDER BY id DESC LIMIT $5"""

OPEN = "SELECT id FROM deletions WHERE workspace_id = $1 AND id = $2 FOR SHARE"

END_ROWS = "DELETE FROM deleted_rows WHERE workspace_id = $1 AND deletion_id = ANY($2::bigint[])"
END = "DELETE FROM deletions WHERE workspace_id = $1 AND id = ANY($2::bigint[])"

FORGET_OF_ROWS = "DELETE FROM deleted_rows WHERE workspace_id = $1 AND contact_id = ANY($2::bigint[])"
FORGET_OF = "DELETE FROM deletions WHERE workspace_id = $1 AND contact_id = ANY($2::bigint[])"

OLD = "SELECT workspace_id, id FROM deletions WHERE deleted_at <= $1 ORDER BY deleted_at LIMIT $2"
