"""All SQL of RFM but the conditions, which are compiled from filters and edges."""

_OWN = """s.id, s.name, s.description, s.key, s.filter, s.period, s.net_of_returns, s.thresholds, s.aggregator_ids,
    s.attribute_ids, s.segment_ids, s.edition, s.revision, s.version, s.refreshed_at, s.next_refresh_at, s.created_at,
    s.updated_at"""
COLUMNS = f"{_OWN}, c.edges, c.customers, w.time_zone"
SOURCE = """rfm_setups AS s JOIN workspaces AS w ON w.id = s.workspace_id
LEFT JOIN rfm_cuts AS c ON c.workspace_id = s.workspace_id AND c.rfm_id = s.id AND c.revision = s.revision"""

ALL = f"SELECT {COLUMNS} FROM {SOURCE} WHERE s.workspace_id = $1 ORDER BY s.id LIMIT 100"
READ = f"SELECT {COLUMNS} FROM {SOURCE} WHERE s.workspace_id = $1 AND s.id = $2"
OWNER = "SELECT name FROM rfm_setups WHERE workspace_id = $1 AND $2::bigint = ANY(aggregator_ids)"
COUNT = "SELECT count(*) FROM rfm_setups WHERE workspace_id = $1"
ZONE = "SELECT time_zone FROM workspaces WHERE id = $1"

INSERT = """
INSERT INTO rfm_setups (workspace_id, id, version, created_at, updated_at, name, description, key, filter, period,
    net_of_returns, thresholds, aggregator_ids, attribute_ids)
VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8::jsonb, $9::jsonb, $10, $11::jsonb, $12, $13)"""
UPDATE = """
UPDATE rfm_setups SET updated_at = $3, name = $4, description = $5, filter = $6::jsonb, period = $7::jsonb,
    net_of_returns = $8, thresholds = $9::jsonb, edition = edition + 1
WHERE workspace_id = $1 AND id = $2"""
GROUPED = "UPDATE rfm_setups SET segment_ids = $3 WHERE workspace_id = $1 AND id = $2"
DELETE = "DELETE FROM rfm_setups WHERE workspace_id = $1 AND id = $2"
DELETE_CUTS = "DELETE FROM rfm_cuts WHERE workspace_id = $1 AND rfm_id = $2"
LOCK = "SELECT id FROM rfm_setups WHERE workspace_id = $1 AND id = $2 FOR UPDATE"

PLAN = "UPDATE rfm_setups SET next_refresh_at = $3 WHERE workspace_id = $1 AND id = $2"
REFRESHED = "UPDATE rfm_setups SET refreshed_at = $3 WHERE workspace_id = $1 AND id = $2"
REVISE = """
UPDATE rfm_setups SET refreshed_at = $3, version = $4, revision = revision + 1
WHERE workspace_id = $1 AND id = $2 RETURNING revision"""
CUT = """
INSERT INTO rfm_cuts (workspace_id, rfm_id, revision, made_at, edges, customers)
VALUES ($1, $2, $3, $4, $5::jsonb, $6)"""
# A year of days.
FORGET_CUTS = "DELETE FROM rfm_cuts WHERE workspace_id = $1 AND rfm_id = $2 AND revision <= $3 - 400"

LONGEST_READ = "SET LOCAL statement_timeout = '15min'; SET LOCAL jit = off"

# Of ``measured`` (orders, day, value of each customer): where a fifth, two fifths ... of them end. The newest count
# from the top, so that those who ordered last score 5; the others from the bottom, so that the least score 1. The
# shares are whole numbers of customers, rounded up.
_MARK = "max({what}) FILTER (WHERE {rank} = ({fifth} * n + 4) / 5) AS {name}{fifth}"
_MARKS = ", ".join(
    _MARK.format(what=what, rank=rank, fifth=fifth, name=name)
    for what, rank, name in (("day", "newest", "d"), ("orders", "fewest", "f"), ("value", "cheapest", "v"))
    for fifth in (1, 2, 3, 4)
)


def _above(what: str, name: str) -> str:
    least = (f"min(m.{what}) FILTER (WHERE m.{what} > k.{name}{fifth})" for fifth in (1, 2, 3, 4))
    return f"ARRAY[{', '.join(least)}]"


EDGES = f""", ranked AS (
    SELECT day, orders, value, count(*) OVER () AS n, row_number() OVER (ORDER BY day DESC) AS newest,
        row_number() OVER (ORDER BY orders) AS fewest, row_number() OVER (ORDER BY value) AS cheapest
    FROM measured
), marks AS (SELECT max(n) AS customers, {_MARKS} FROM ranked)
SELECT k.customers, ARRAY[k.d4, k.d3, k.d2, k.d1] AS recency, {_above("orders", "f")}::numeric[] AS frequency,
    {_above("value", "v")}::numeric[] AS monetary
FROM marks AS k CROSS JOIN measured AS m GROUP BY k.customers, k.d1, k.d2, k.d3, k.d4, k.f1, k.f2, k.f3, k.f4,
    k.v1, k.v2, k.v3, k.v4"""

# The cells, from rows ``figures`` (orders, day, value, sign): ``scored`` comes before, the sign takes away.
SUMMED = """summed AS (
    SELECT recency, frequency, monetary, sum(sign)::bigint AS users, sum(sign * value) AS value FROM scored
    WHERE recency IS NOT NULL GROUP BY 1, 2, 3)"""
CELLS = " SELECT * FROM summed ORDER BY 1, 2, 3"

# Placeholders have no figures; whoever has become one a moment ago is looked for all the same.
EVERYBODY = """FROM contact_derived AS derived WHERE derived.workspace_id = {}::bigint
    AND derived.aggregates <> jsonb_build_object() AND NOT EXISTS (SELECT FROM contacts AS c
        WHERE c.workspace_id = {}::bigint AND c.placeholder AND c.id = derived.contact_id)"""

# Kept matrices. What is taken of the queue, or only looked at, is ``taken``; then each row counts twice.
WAITING = """WITH taken AS (
    SELECT before, after FROM figure_changes WHERE workspace_id = {}::bigint AND watcher = {}::bigint), """
TAKEN = """WITH taken AS (
    DELETE FROM figure_changes WHERE workspace_id = {}::bigint AND watcher = {}::bigint AND id <= (
        SELECT max(id) FROM (SELECT id FROM figure_changes WHERE workspace_id = {}::bigint AND watcher = {}::bigint
            ORDER BY id LIMIT {}::integer) AS first)
    RETURNING before, after), """
GONE = """WITH gone AS (
    DELETE FROM figure_changes WHERE workspace_id = {}::bigint AND watcher = {}::bigint), """
SIGNED = """signed AS (
    SELECT before AS aggregates, -1 AS sign FROM taken UNION ALL SELECT after, 1 FROM taken), """

_KEY = "recency, frequency, monetary"
_INTO_CELLS = f"""INSERT INTO rfm_cells AS t (workspace_id, rfm_id, {_KEY}, users, value)
    SELECT {{}}::bigint, {{}}::bigint, {_KEY}, users, value FROM summed"""
FOLD = f""", folded AS (
    {_INTO_CELLS} WHERE users <> 0 OR value <> 0
    ON CONFLICT (workspace_id, rfm_id, {_KEY})
        DO UPDATE SET users = t.users + excluded.users, value = t.value + excluded.value)
SELECT count(*) FROM taken"""
COUNT_ANEW = f" {_INTO_CELLS}"
SWEEP = "DELETE FROM rfm_cells WHERE workspace_id = $1 AND rfm_id = $2 AND users = 0 AND value = 0"
# One row at least where the cells are of these edges, and none where they are not.
KEPT = f""", cells AS (
    SELECT {_KEY}, sum(users)::bigint AS users, sum(value) AS value FROM (
        SELECT {_KEY}, users, value FROM rfm_cells WHERE workspace_id = {{}}::bigint AND rfm_id = {{}}::bigint
        UNION ALL SELECT {_KEY}, users, value FROM summed) AS kept_or_changed
    GROUP BY {_KEY} HAVING sum(users) <> 0 OR sum(value) <> 0)
SELECT cells.* FROM rfm_counts AS k LEFT JOIN cells ON true
WHERE k.workspace_id = {{}}::bigint AND k.rfm_id = {{}}::bigint AND k.revision = {{}}::bigint
    AND k.time_zone = {{}}::text
ORDER BY {_KEY}"""
COUNTED = """
SELECT k.revision, k.time_zone, k.counted_at, c.edges, c.customers FROM rfm_counts AS k
JOIN rfm_cuts AS c ON c.workspace_id = k.workspace_id AND c.rfm_id = k.rfm_id AND c.revision = k.revision
WHERE k.workspace_id = $1 AND k.rfm_id = $2"""
FEW = """
SELECT count(*) FROM (SELECT FROM contacts WHERE workspace_id = $1 AND NOT placeholder LIMIT $2) AS few"""

NOTE_COUNT = """
INSERT INTO rfm_counts (workspace_id, rfm_id, revision, time_zone, counted_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (workspace_id, rfm_id) DO UPDATE SET revision = excluded.revision, time_zone = excluded.time_zone,
    counted_at = excluded.counted_at"""
FORGET_CELLS = "DELETE FROM rfm_cells WHERE workspace_id = $1 AND rfm_id = $2"
FORGET_COUNT = "DELETE FROM rfm_counts WHERE workspace_id = $1 AND rfm_id = $2"
FORGET_CHANGES = "DELETE FROM figure_changes WHERE workspace_id = $1 AND watcher = $2"

# Two must not count at once: each would wait for rows that the other holds, or count a change twice.
TRY_COUNTING = "SELECT pg_try_advisory_xact_lock(hashtext('dealt.rfm_cells'))"
HOLD_COUNTING = "SELECT pg_advisory_xact_lock(hashtext('dealt.rfm_cells'))"
_OUTDATED = """
SELECT s.workspace_id, s.id AS rfm_id FROM rfm_setups AS s JOIN workspaces AS w ON w.id = s.workspace_id
LEFT JOIN rfm_counts AS k ON k.workspace_id = s.workspace_id AND k.rfm_id = s.id
WHERE s.revision > 0 AND (k.revision, k.time_zone) IS DISTINCT FROM (s.revision, w.time_zone)"""
MATRICES_DUE = f"EXISTS (SELECT FROM figure_changes) OR EXISTS ({_OUTDATED})"
MATRICES_TO_DO = f"""
(SELECT DISTINCT workspace_id, watcher AS rfm_id FROM figure_changes UNION {_OUTDATED}) LIMIT 1000"""

NEXT_RFM = f"SELECT {COLUMNS} FROM {SOURCE} WHERE s.workspace_id = $1 AND s.id > $2 ORDER BY s.id LIMIT 1"
# Of ``kept`` and ``counted``; nothing where the cells were counted by other edges meanwhile.
DIFFERENCES = f"""
SELECT {_KEY}, coalesce(k.users, 0) AS users, coalesce(c.users, 0) AS new_users, coalesce(k.value, 0) AS value,
    coalesce(c.value, 0) AS new_value
FROM (SELECT * FROM kept WHERE recency IS NOT NULL) AS k FULL JOIN counted AS c USING ({_KEY})
WHERE EXISTS (SELECT FROM kept)
    AND (coalesce(k.users, 0) <> coalesce(c.users, 0) OR coalesce(k.value, 0) <> coalesce(c.value, 0))
ORDER BY {_KEY} LIMIT 1000"""

# What is left of an index that could not be built is none.
HAS_INDEX = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass($1)"
