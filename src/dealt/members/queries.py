"""SQL of the pages that an admin looks after."""

# Contact 0: settings, members, companies and products, in the order of the primary key. $2 and $3 are where the page
# before ended, or a moment ahead of everything.
JOURNAL = """
SELECT at, id, kind, object_type, object_id, actor, cause, changes FROM journal
WHERE contact_id = 0 AND workspace_id = $1 AND (at, id) < ($2, $3) AND ($4::text IS NULL OR object_type = $4)
    AND ($5::text IS NULL OR actor = $5)
ORDER BY at DESC, id DESC LIMIT $6"""

STORAGE = """
SELECT relname AS name, pg_total_relation_size(oid) AS bytes, greatest(reltuples, 0)::bigint AS rows
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND NOT relispartition
ORDER BY 2 DESC LIMIT 8"""

DATABASE = "SELECT pg_database_size(current_database()) AS bytes, current_setting('server_version') AS version"
