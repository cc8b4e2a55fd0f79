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

# Of rows ``scored`` (recency, frequency, monetary, value).
CELLS = """
SELECT recency, frequency, monetary, count(*) AS users, coalesce(sum(value), 0) AS value FROM scored
WHERE recency IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"""
