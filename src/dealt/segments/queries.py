"""All SQL of segments but the conditions, which are compiled from filters."""

from collections.abc import Sequence

from dealt.segments.model import Tables

COLUMNS = """id, name, description, subject, kind, filter, version, computed_version, computed_at, failed_at, error,
    created_at, updated_at"""

ALL = f"SELECT {COLUMNS} FROM segments WHERE workspace_id = $1 AND deleted_at IS NULL ORDER BY id LIMIT 1000"
READ = f"SELECT {COLUMNS} FROM segments WHERE workspace_id = $1 AND id = $2 AND deleted_at IS NULL"
COUNT = "SELECT count(*) FROM segments WHERE workspace_id = $1 AND deleted_at IS NULL"
NAMED = "SELECT id FROM segments WHERE workspace_id = $1 AND subject = $2 AND name = $3 AND deleted_at IS NULL"

INSERT = """
INSERT INTO segments (workspace_id, id, name, description, subject, kind, filter, version, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $9)"""

RENAME = "UPDATE segments SET name = $3, description = $4, updated_at = $5 WHERE workspace_id = $1 AND id = $2"
# Whoever changes it wants it tried again.
REFILTER = """
UPDATE segments SET name = $3, description = $4, updated_at = $5, filter = $6::jsonb, version = $7, failed_at = NULL,
    error = '' WHERE workspace_id = $1 AND id = $2"""

FORGET_ONE = "DELETE FROM segments WHERE workspace_id = $1 AND id = $2 AND deleted_at IS NOT NULL"
DELETE = "UPDATE segments SET deleted_at = $3, version = $4 WHERE workspace_id = $1 AND id = $2"

# The version is the one that the caller is about to raise to.
QUARANTINE = """
UPDATE segments AS s SET failed_at = $4, error = $3, version = w.definitions_version + 1
FROM workspaces AS w WHERE w.id = $1 AND s.workspace_id = $1 AND s.id = $2"""

FORGET = "DELETE FROM segments WHERE workspace_id = $1 AND deleted_at IS NOT NULL AND version <= $2 RETURNING id"
FORGET_MEMBERS = tuple(
    f"DELETE FROM {table} WHERE workspace_id = $1 AND segment_id = ANY($2::bigint[])"
    for table in ("segment_members", "deal_segment_members", "object_segment_members")
)

MEMBERS = """
SELECT segment_id, count(*) AS members FROM segment_members
WHERE workspace_id = $1 AND segment_id = ANY($2::bigint[]) GROUP BY 1
UNION ALL SELECT segment_id, count(*) FROM deal_segment_members
WHERE workspace_id = $1 AND segment_id = ANY($2::bigint[]) GROUP BY 1
UNION ALL SELECT segment_id, count(*) FROM object_segment_members
WHERE workspace_id = $1 AND segment_id = ANY($2::bigint[]) GROUP BY 1"""

# As far as $3 each.
_AT_MOST = """(SELECT count(*) FROM (
    SELECT 1 FROM {table} AS m WHERE m.workspace_id = $1 AND m.segment_id = s.id LIMIT $3) AS counted)"""
MEMBERS_AT_MOST = f"""
SELECT s.id AS segment_id, {_AT_MOST.format(table="segment_members")} + {_AT_MOST.format(table="deal_segment_members")}
    + {_AT_MOST.format(table="object_segment_members")} AS members
FROM unnest($2::bigint[]) AS s(id)"""
ONE_PROCESS = "SET LOCAL max_parallel_workers_per_gather = 0"

# Memberships of contacts and their deals, also of segments and of deals that are gone. A deleted segment's wait to be
# removed; a static one keeps those who are there.
STORED = """
SELECT m.contact_id, m.object_id, m.subject, m.segment_id, s.name, s.id IS NULL OR m.gone AS orphaned
FROM (
    SELECT contact_id, contact_id AS object_id, 'contact' AS subject, segment_id, false AS gone
    FROM segment_members WHERE workspace_id = $1 AND contact_id = ANY($2::bigint[])
    UNION ALL SELECT m.contact_id, m.deal_id, 'deal', m.segment_id, NOT EXISTS (
        SELECT FROM deals AS d WHERE d.contact_id = m.contact_id AND d.id = m.deal_id)
    FROM deal_segment_members AS m WHERE m.workspace_id = $1 AND m.contact_id = ANY($2::bigint[])
) AS m LEFT JOIN segments AS s ON s.workspace_id = $1 AND s.id = m.segment_id
WHERE s.deleted_at IS NULL"""

MOVE_DEAL = """
WITH gone AS (
    DELETE FROM deal_segment_members WHERE contact_id = $3 AND deal_id = $2 AND workspace_id = $1
    RETURNING segment_id, entered_at
)
INSERT INTO deal_segment_members (contact_id, deal_id, segment_id, workspace_id, entered_at)
SELECT $4, $2, segment_id, $1, entered_at FROM gone ON CONFLICT DO NOTHING"""

DROP = {
    "contact": """
DELETE FROM segment_members AS m USING unnest($2::bigint[], $3::bigint[], $4::bigint[]) AS gone(contact_id, id, segment)
WHERE m.workspace_id = $1 AND m.contact_id = gone.contact_id AND m.segment_id = gone.segment""",
    "deal": """
DELETE FROM deal_segment_members AS m
USING unnest($2::bigint[], $3::bigint[], $4::bigint[]) AS gone(contact_id, id, segment)
WHERE m.workspace_id = $1 AND m.contact_id = gone.contact_id AND m.deal_id = gone.id AND m.segment_id = gone.segment""",
}

# Since when the longest waiting change of a workspace, $1, has not been followed. No more than $2 marks of each lane
# are looked through: where all of them are of other workspaces, none of this one is older than the last of them.
OLDEST_STALE = """
SELECT min(head.marked_at) FROM (VALUES (0), (1)) AS l(lane) CROSS JOIN LATERAL (
    SELECT coalesce(min(marked_at) FILTER (WHERE workspace_id = $1), CASE WHEN count(*) = $2 THEN max(marked_at) END)
        AS marked_at
    FROM (SELECT workspace_id, marked_at FROM stale WHERE lane = l.lane ORDER BY id LIMIT $2::bigint) AS first
) AS head"""

IS_PLACEHOLDER = "SELECT placeholder FROM contacts WHERE workspace_id = $1 AND id = $2"
DEAL_CONTACT = "SELECT contact_id FROM deal_ids WHERE workspace_id = $1 AND deal_id = $2"

# Figures of everybody are grouped in memory.
WITHIN = "SET LOCAL statement_timeout = '{milliseconds}ms'; SET LOCAL jit = off; SET LOCAL work_mem = '64MB'"

WORKSPACES_OF_OBJECTS = """
SELECT id AS workspace_id FROM workspaces AS w
WHERE EXISTS (SELECT FROM segments AS s WHERE s.workspace_id = w.id AND s.subject IN ('product', 'company')
        AND s.kind = 'dynamic' AND s.deleted_at IS NULL)
    OR EXISTS (SELECT FROM stale_objects AS o WHERE o.workspace_id = w.id)
ORDER BY 1 LIMIT 1000"""
UNSEEN = """
SELECT id FROM segments
WHERE workspace_id = $1 AND id = ANY($2::bigint[]) AND computed_version < version AND deleted_at IS NULL"""
FORGET_OBJECTS = (
    "DELETE FROM stale_objects WHERE workspace_id = $1", "DELETE FROM object_wakes WHERE workspace_id = $1",
)  # fmt: skip

# The objects that are marked longest, and those for which a window closes; what is computed after this sees whatever
# they were marked for.
TAKE_OBJECTS = """
WITH gone AS (
    DELETE FROM stale_objects WHERE workspace_id = $1 AND id = ANY(ARRAY(
        SELECT id FROM stale_objects WHERE workspace_id = $1 ORDER BY id LIMIT $2))
    RETURNING subject, object_id
), due AS (
    DELETE FROM object_wakes AS w USING (
        SELECT subject, object_id FROM object_wakes WHERE workspace_id = $1 AND wake_at <= $3
        ORDER BY wake_at LIMIT $2) AS first
    WHERE w.workspace_id = $1 AND w.subject = first.subject AND w.object_id = first.object_id
    RETURNING w.subject, w.object_id
)
SELECT subject, object_id FROM gone UNION SELECT subject, object_id FROM due"""
WAKE_RANGE = """
DELETE FROM object_wakes WHERE workspace_id = $1 AND subject = $2 AND object_id > $3 AND object_id <= $4"""
WAKE_THESE = "DELETE FROM object_wakes WHERE workspace_id = $1 AND subject = $2 AND object_id = ANY($3::bigint[])"
WAKE = """
INSERT INTO object_wakes AS w (workspace_id, subject, object_id, wake_at)
SELECT $1, $2, object_id, wake_at FROM unnest($3::bigint[], $4::timestamptz[]) AS found(object_id, wake_at)
ON CONFLICT (workspace_id, subject, object_id) DO UPDATE SET wake_at = least(w.wake_at, excluded.wake_at)"""
AS_OF = """
UPDATE segments SET computed_at = $3
WHERE workspace_id = $1 AND id = ANY($2::bigint[]) AND computed_version >= version"""

HOLD_OBJECTS = "SELECT pg_try_advisory_xact_lock($1, ($2::bigint % 2147483648)::int)"
LAST_OF_BATCH = """
SELECT max(id) AS last, count(*) AS number FROM (
    SELECT id FROM {table} WHERE workspace_id = $1 AND id > $2 ORDER BY id LIMIT $3) AS batch"""
# Companies or products $2 of one subject that are not there any more.
LEAVE_GONE = """
DELETE FROM object_segment_members AS m USING segments AS s
WHERE m.workspace_id = $1 AND m.object_id = ANY($2::bigint[]) AND s.workspace_id = $1 AND s.id = m.segment_id
    AND s.subject = $3 AND NOT EXISTS (SELECT FROM {table} AS o WHERE o.workspace_id = $1 AND o.id = m.object_id)
RETURNING m.object_id, m.segment_id, false AS entered"""
COMPUTED = """
UPDATE segments AS s SET computed_version = done.version, computed_at = $4
FROM unnest($2::bigint[], $3::bigint[]) AS done(id, version) WHERE s.workspace_id = $1 AND s.id = done.id"""

# Those that rounds know and have not looked at since $3.
LOOKED_AT = """
SELECT id, name FROM segments
WHERE workspace_id = $1 AND id = ANY($2::bigint[]) AND computed_version >= version AND computed_at < $3"""


def store(tables: Tables, these: str) -> str:
    """What follows ``held``: members that no longer are and those that are new, as rows with ``entered``.

    ``held`` has the keys of all rows that exist, and ``segments``; ``these`` is the condition on ``m``, a row of the
    members' table, of being looked at. Places in order: those of ``these``, the ids of the segments, workspace, moment.
    """
    keys = [key for key, _ in tables.keys]
    listed = ", ".join(keys)
    return f""", wanted AS (
    SELECT {listed}, segment_id FROM held CROSS JOIN unnest(held.segments) AS segment_id
), gone AS (
    DELETE FROM {tables.members} AS m WHERE {these} AND (
        (m.segment_id = ANY({{}}::bigint[]) AND NOT EXISTS (
            SELECT FROM wanted AS w WHERE {_same(keys, "w", "m")} AND w.segment_id = m.segment_id))
        OR NOT EXISTS (SELECT FROM held AS h WHERE {_same(keys, "h", "m")}))
    RETURNING {", ".join(f"m.{key}" for key in keys)}, m.segment_id
), come AS (
    INSERT INTO {tables.members} (workspace_id, entered_at, {listed}, segment_id)
    SELECT {{}}::bigint, {{}}::timestamptz, {listed}, segment_id FROM wanted AS w WHERE NOT EXISTS (
        SELECT FROM {tables.members} AS m
        WHERE m.workspace_id = {{}}::bigint AND {_same(keys, "w", "m")} AND m.segment_id = w.segment_id)
    RETURNING {listed}, segment_id
)
SELECT {listed}, segment_id, false AS entered, NULL::timestamptz AS wake_at FROM gone
UNION ALL SELECT {listed}, segment_id, true, NULL FROM come
UNION ALL SELECT {listed}, NULL, NULL, wake_at FROM held WHERE wake_at IS NOT NULL"""


# As ``store``, for contacts, of which hundreds come at a time: ``held`` also has what each belonged to of the segments
# that are looked at, as ``had``, both ascending, so that for most nothing is done but to compare two small arrays.
# Places in order: workspace, contacts, workspace, moment.
STORE_CONTACTS = """, moved AS (
    SELECT contact_id, had, segments FROM held WHERE had <> segments
), lost AS (
    SELECT contact_id, segment_id FROM moved CROSS JOIN unnest(had) AS segment_id
    WHERE segment_id <> ALL(segments)
), gone AS (
    DELETE FROM segment_members AS m USING lost WHERE m.contact_id = lost.contact_id AND m.segment_id = lost.segment_id
    RETURNING m.contact_id, m.segment_id
), orphaned AS (
    DELETE FROM segment_members AS m WHERE m.workspace_id = {}::bigint AND m.contact_id = ANY(ARRAY(
        SELECT id FROM unnest({}::bigint[]) AS id WHERE id <> ALL(ARRAY(SELECT contact_id FROM held))))
    RETURNING m.contact_id, m.segment_id
), come AS (
    INSERT INTO segment_members (workspace_id, entered_at, contact_id, segment_id)
    SELECT {}::bigint, {}::timestamptz, contact_id, segment_id FROM moved CROSS JOIN unnest(segments) AS segment_id
    WHERE segment_id <> ALL(had)
    RETURNING contact_id, segment_id
)
SELECT contact_id, segment_id, false AS entered, NULL::timestamptz AS wake_at FROM gone
UNION ALL SELECT contact_id, segment_id, false, NULL FROM orphaned
UNION ALL SELECT contact_id, segment_id, true, NULL FROM come
UNION ALL SELECT contact_id, NULL, NULL, wake_at FROM held WHERE wake_at IS NOT NULL"""


def copy(tables: Tables) -> str:
    """The members of segment $2 as members of segment $3, at $4."""
    keys = ", ".join(key for key, _ in tables.keys)
    return f"""
INSERT INTO {tables.members} (workspace_id, segment_id, entered_at, {keys})
SELECT workspace_id, $3, $4, {keys} FROM {tables.members} WHERE workspace_id = $1 AND segment_id = $2"""


def _same(keys: Sequence[str], one: str, other: str) -> str:
    return " AND ".join(f"{one}.{key} = {other}.{key}" for key in keys)
