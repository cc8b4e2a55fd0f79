"""All SQL of product feeds."""

COLUMNS = """id, name, description, url, nightly, mark_unavailable, sync_id, sync_state, started_at, finished_at,
    result, next_sync_at, created_at, updated_at"""

READ = f"SELECT {COLUMNS} FROM product_feeds WHERE workspace_id = $1 AND id = $2"
LOCK = f"{READ} FOR UPDATE"
COUNT = "SELECT count(*) FROM product_feeds WHERE workspace_id = $1"

INSERT = """
INSERT INTO product_feeds (workspace_id, id, name, description, url, nightly, mark_unavailable, next_sync_at,
    created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)"""

UPDATE = """
UPDATE product_feeds SET name = $3, description = $4, url = $5, nightly = $6, mark_unavailable = $7,
    next_sync_at = $8, updated_at = $9 WHERE workspace_id = $1 AND id = $2"""

DELETE = f"DELETE FROM product_feeds WHERE workspace_id = $1 AND id = $2 RETURNING {COLUMNS}"
FORGET = "DELETE FROM feed_products WHERE workspace_id = $1 AND feed_id = $2"

# A sync that was cut short and never taken up again does not hold the next one up for ever.
ASK = """
UPDATE product_feeds SET sync_id = sync_id + 1, sync_state = 'queued', started_at = $3
WHERE workspace_id = $1 AND id = $2
    AND (sync_state NOT IN ('queued', 'running') OR started_at IS NULL OR started_at < $4)
RETURNING sync_id"""

BEGIN = f"""
UPDATE product_feeds SET sync_state = 'running', started_at = $4
WHERE workspace_id = $1 AND id = $2 AND sync_id = $3 AND sync_state IN ('queued', 'running')
RETURNING {COLUMNS}"""

END = """
UPDATE product_feeds SET sync_state = $4, finished_at = $5, result = $6::jsonb
WHERE workspace_id = $1 AND id = $2 AND sync_id = $3"""

NIGHT = """
UPDATE product_feeds SET next_sync_at = $4
WHERE workspace_id = $1 AND id = $2 AND nightly AND next_sync_at = $3 RETURNING id"""

# What was under way elsewhere is not under way here.
SETTLE = """
UPDATE product_feeds SET sync_state = CASE WHEN finished_at IS NULL THEN 'never' ELSE 'done' END
WHERE workspace_id = $1 AND sync_state IN ('queued', 'running')"""

NIGHTLY_ONES = "SELECT id FROM product_feeds WHERE workspace_id = $1 AND nightly ORDER BY id"

PLANNED = "UPDATE product_feeds SET next_sync_at = $3 WHERE workspace_id = $1 AND id = $2"

ZONE = "SELECT time_zone FROM workspaces WHERE id = $1"

SEEN = """
INSERT INTO feed_products (workspace_id, feed_id, product_id, seen_at)
SELECT DISTINCT $1::bigint, $2::bigint, product_id, $4::timestamptz FROM unnest($3::bigint[]) AS product_id
ON CONFLICT (workspace_id, feed_id, product_id) DO UPDATE SET seen_at = excluded.seen_at"""

VANISHED = """
WITH gone AS (
    DELETE FROM feed_products WHERE workspace_id = $1 AND feed_id = $2 AND product_id = ANY(ARRAY(
        SELECT product_id FROM feed_products WHERE workspace_id = $1 AND feed_id = $2 AND seen_at < $3
        ORDER BY seen_at LIMIT $4))
    RETURNING product_id
)
SELECT p.custom_id FROM gone JOIN products AS p ON p.workspace_id = $1 AND p.id = gone.product_id
WHERE p.custom_id IS NOT NULL ORDER BY p.custom_id"""

LEFT_BEHIND = "SELECT EXISTS (SELECT FROM feed_products WHERE workspace_id = $1 AND feed_id = $2 AND seen_at < $3)"
