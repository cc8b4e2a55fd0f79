"""The SQL of settling."""

# What a crash brings back is settled again, so nobody need wait for the disk. And a process that holds contacts
# and falls silent (stopped, or cut off) loses its transaction, as a dead one does at once.
BEGIN_SETTLING = "SET LOCAL synchronous_commit = off; SET LOCAL idle_in_transaction_session_timeout = '30s'"

# The lock is the claim: whoever takes rows of a contact holds its lock first. Contacts that others hold are passed
# over, which needs some rows more than contacts are wanted. The CTEs are materialized so that no more contacts are
# locked than the last LIMIT asks for.
CLAIM = """
WITH head AS MATERIALIZED (
    SELECT contact_id, id FROM stale WHERE lane = $1 AND contact_id <> ALL($4::bigint[]) ORDER BY id LIMIT $2
), candidate AS MATERIALIZED (
    SELECT contact_id FROM head GROUP BY contact_id ORDER BY min(id)
)
SELECT contact_id FROM candidate WHERE pg_try_advisory_xact_lock(contact_id) LIMIT $3"""

# In the order of the array, which the caller has sorted: two who wait for each other's contacts cannot be.
WAIT_FOR_LOCKS = "SELECT pg_advisory_xact_lock(contact_id) FROM unnest($1::bigint[]) AS contact_id"

TAKE = """
DELETE FROM stale WHERE contact_id = ANY($1::bigint[]) RETURNING contact_id, workspace_id, cause, hop"""

# Contacts whose derived data is not what it should be at $3, and whether that is because of old definitions.
OUTDATED = """
SELECT c.id, coalesce(d.definitions_version < w.definitions_version, true) AS outdefined
FROM contacts AS c JOIN workspaces AS w ON w.id = c.workspace_id
LEFT JOIN contact_derived AS d ON d.contact_id = c.id
WHERE c.workspace_id = $1 AND c.id = ANY($2::bigint[]) AND (
    d.contact_id IS NULL OR d.wake_at <= $3 OR d.definitions_version < w.definitions_version
    OR EXISTS (SELECT FROM stale AS s WHERE s.contact_id = c.id))
ORDER BY c.id LIMIT $4"""

DEFINITIONS_VERSION = "SELECT definitions_version FROM workspaces WHERE id = $1"

# A wake-up that was due has been answered by this settling; a later one, which the settlers wrote, is kept.
SETTLED = """
INSERT INTO contact_derived AS d (contact_id, workspace_id, computed_at, definitions_version)
SELECT id, $1, $3, $4 FROM contacts WHERE workspace_id = $1 AND id = ANY($2::bigint[])
ON CONFLICT (contact_id) DO UPDATE SET computed_at = excluded.computed_at,
    definitions_version = excluded.definitions_version,
    wake_at = CASE WHEN d.wake_at > excluded.computed_at THEN d.wake_at END"""

WAKE = """
WITH due AS (
    UPDATE contact_derived SET wake_at = NULL WHERE contact_id = ANY(ARRAY(
        SELECT contact_id FROM contact_derived WHERE wake_at <= $1
        ORDER BY wake_at LIMIT $2 FOR UPDATE SKIP LOCKED))
    RETURNING contact_id, workspace_id
)
INSERT INTO stale (contact_id, workspace_id, lane, cause, hop, marked_at)
SELECT contact_id, workspace_id, CASE WHEN count(*) OVER () > $3 THEN 1 ELSE 0 END, 0, 0, $1 FROM due"""

STALE_DUE = "EXISTS (SELECT FROM stale)"
WAKE_DUE = "EXISTS (SELECT FROM contact_derived WHERE wake_at <= $1)"
