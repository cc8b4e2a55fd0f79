"""The SQL of companies' aggregators: which companies follow from a contact, and what is stored of them."""

from dealt.kernel.journal import WRITE_ENTRIES, followed_by

# Contacts $2 are merged into others or go: what counted for their companies does so no more, or elsewhere.
LEAVE = """
WITH gone AS (
    DELETE FROM contact_companies WHERE workspace_id = $1 AND contact_id = ANY($2::bigint[]) RETURNING company_id
)
INSERT INTO stale_companies (workspace_id, company_id, marked_at)
SELECT DISTINCT $1::bigint, company_id, $3::timestamptz FROM gone"""

WORKSPACES = """
SELECT w.id AS workspace_id FROM workspaces AS w
WHERE EXISTS (SELECT FROM aggregators AS a WHERE a.workspace_id = w.id AND a.subject = 'company')
    OR EXISTS (SELECT FROM segments AS g WHERE g.workspace_id = w.id AND g.subject = 'company' AND g.kind = 'dynamic'
        AND g.deleted_at IS NULL)
    OR EXISTS (SELECT FROM stale_companies AS s WHERE s.workspace_id = w.id)
    OR EXISTS (SELECT FROM company_derived AS d WHERE d.workspace_id = w.id)
ORDER BY 1 LIMIT 1000"""
# Where nothing is derived for companies any more.
FORGET_ALL = (
    "DELETE FROM stale_companies WHERE workspace_id = $1",
    "DELETE FROM company_derived WHERE workspace_id = $1",
)

# The lock is the claim, as for contacts. $3: those whose values are of an older version, where that is above 0; $7 says
# whether all are looked through for these, and for what is left of companies that are gone.
CLAIM = """
WITH due AS MATERIALIZED (
    (SELECT company_id FROM stale_companies WHERE workspace_id = $1 ORDER BY id LIMIT $5)
    UNION (SELECT company_id FROM company_derived WHERE workspace_id = $1 AND wake_at <= $2 ORDER BY wake_at LIMIT $4)
    UNION (
        SELECT coalesce(c.id, d.company_id)
        FROM (SELECT id FROM companies WHERE workspace_id = $1) AS c
        FULL JOIN (SELECT company_id, definitions_version FROM company_derived WHERE workspace_id = $1) AS d
            ON d.company_id = c.id
        WHERE $7::boolean AND (c.id IS NULL OR ($3::bigint > 0 AND coalesce(d.definitions_version, 0) < $3)) LIMIT $4)
)
SELECT company_id FROM due WHERE pg_try_advisory_xact_lock($6, (company_id % 2147483648)::int) LIMIT $4"""
WAIT_FOR_LOCKS = """
SELECT pg_advisory_xact_lock($2, (company_id % 2147483648)::int) FROM unnest($1::bigint[]) AS company_id"""

TAKE = """
DELETE FROM stale_companies WHERE workspace_id = $1 AND company_id = ANY($2::bigint[])
RETURNING company_id, cause, hop"""

# Values of what no definition fills go; so does what is left of companies that are gone.
TIDY = """
UPDATE company_derived AS d SET aggregates = aggregates - array(
    SELECT key FROM jsonb_object_keys(aggregates) AS key WHERE key <> ALL($3::text[]))
WHERE workspace_id = $1 AND company_id = ANY($2::bigint[])
    AND EXISTS (SELECT FROM jsonb_object_keys(aggregates) AS key WHERE key <> ALL($3::text[]))"""
FORGET_GONE = """
DELETE FROM company_derived AS d WHERE workspace_id = $1 AND company_id = ANY($2::bigint[])
    AND NOT EXISTS (SELECT FROM companies AS c WHERE c.workspace_id = $1 AND c.id = d.company_id)"""

# Whoever looks at segments of companies looks at these anew: at those that were computed, or, where no company has
# values, at those that are marked.
PASS_ON = """
INSERT INTO stale_objects (workspace_id, subject, object_id, marked_at)
SELECT $1, 'company', company_id, $3::timestamptz FROM unnest($2::bigint[]) AS company_id"""
PASS_ON_MARKED = """
WITH gone AS (
    DELETE FROM stale_companies WHERE workspace_id = $1 AND id = ANY(ARRAY(
        SELECT id FROM stale_companies WHERE workspace_id = $1 ORDER BY id LIMIT $2)) RETURNING company_id
), passed AS (
    INSERT INTO stale_objects (workspace_id, subject, object_id, marked_at)
    SELECT DISTINCT $1::bigint, 'company', company_id, $3::timestamptz FROM gone
)
SELECT count(*) FROM gone"""

# Of a version only where every contact has been looked at: before that, a company may change without being marked.
SETTLED = """
INSERT INTO company_derived AS d (workspace_id, company_id, computed_at, definitions_version, wake_at)
SELECT $1, c.id, $3, $4, asked.wake_at
FROM unnest($2::bigint[], $5::timestamptz[]) AS asked(id, wake_at) JOIN companies AS c ON c.id = asked.id
WHERE c.workspace_id = $1
ON CONFLICT (workspace_id, company_id) DO UPDATE SET computed_at = excluded.computed_at, wake_at = excluded.wake_at,
    definitions_version = greatest(d.definitions_version, excluded.definitions_version)"""

VALUES = """
SELECT company_id, aggregates, computed_at, wake_at, definitions_version FROM company_derived
WHERE workspace_id = $1 AND company_id = ANY($2::bigint[])"""
AGES = """
SELECT d.company_id, d.wake_at,
    (SELECT min(s.marked_at) FROM stale_companies AS s
        WHERE s.workspace_id = d.workspace_id AND s.company_id = d.company_id) AS since
FROM company_derived AS d WHERE d.workspace_id = $1 AND d.company_id = ANY($2::bigint[])"""
WAITS_SINCE = "SELECT marked_at FROM stale_companies WHERE workspace_id = $1 ORDER BY id LIMIT 1"
PROGRESS = """
SELECT coalesce(d.definitions_version, 0) AS version, count(*) AS companies
FROM companies AS c LEFT JOIN company_derived AS d ON d.workspace_id = c.workspace_id AND d.company_id = c.id
WHERE c.workspace_id = $1 GROUP BY 1"""

# As ``queries.STORE``; every company is told, with what differs and when it changes by time alone. A text that was
# rolled up may name a person, whose erasure does not reach the history of companies: it is not told there.
STORE = f""", compared AS (
    SELECT c.company_id, c.hop, c.wake_at, c.found, coalesce(d.aggregates, jsonb_build_object()) AS before,
        (coalesce(d.aggregates, jsonb_build_object()) - {{}}::text[]) || c.found AS after
    FROM computed AS c LEFT JOIN company_derived AS d
        ON d.workspace_id = {{}}::bigint AND d.company_id = c.company_id
), stored AS (
    INSERT INTO company_derived AS d (workspace_id, company_id, aggregates, computed_at, definitions_version)
    SELECT {{}}::bigint, company_id, after, {{}}::timestamptz, 0 FROM compared WHERE before <> after
    ON CONFLICT (workspace_id, company_id) DO UPDATE SET aggregates = excluded.aggregates
), differing AS (
    SELECT company_id, hop, (
        SELECT jsonb_object_agg(name, CASE WHEN name = ANY({{}}::text[]) THEN jsonb_build_array(NULL, NULL)
            ELSE jsonb_build_array(before -> name, found -> name) END)
        FROM unnest({{}}::text[]) AS name WHERE before -> name IS DISTINCT FROM found -> name) AS changes
    FROM compared WHERE before <> after
), entry AS (
    SELECT 0::bigint AS contact_id, 'attribute.changed' AS kind, 'company' AS object_type, company_id AS object_id,
        'system' AS actor, {{}}::smallint AS cause, hop, changes
    FROM differing WHERE changes IS NOT NULL
), {WRITE_ENTRIES.format(now="{}::timestamptz", workspace="{}::bigint", followers=followed_by("{}::bigint"))}
SELECT c.company_id, c.wake_at, c.hop, coalesce(array(SELECT jsonb_object_keys(d.changes)), ARRAY[]::text[]) AS changed
FROM compared AS c LEFT JOIN differing AS d ON d.company_id = c.company_id"""

# The auditor's: companies in batches, those among them of which only derived values are left.
NEXT = """
SELECT id FROM (
    SELECT id FROM companies WHERE workspace_id = $1 AND id > $2
    UNION SELECT company_id FROM company_derived WHERE workspace_id = $1 AND company_id > $2) AS whatever
ORDER BY id LIMIT $3"""

_THEIRS = """
    SELECT contact_id, company_id FROM company_members WHERE workspace_id = $1 AND company_id = ANY($2::bigint[])
    UNION SELECT contact_id, company_id FROM deals WHERE workspace_id = $1 AND company_id = ANY($2::bigint[])"""
_NOTED = (
    "SELECT contact_id, company_id FROM contact_companies WHERE workspace_id = $1 AND company_id = ANY($2::bigint[])"
)
# Which contacts count for these companies, as their rows say and as it is noted: what differs, mended.
CHECK_NOTED = f"""
WITH found AS MATERIALIZED (
    SELECT coalesce(r.contact_id, n.contact_id) AS contact_id, coalesce(r.company_id, n.company_id) AS company_id,
        n.contact_id IS NOT NULL AS noted
    FROM ({_THEIRS}) AS r FULL JOIN ({_NOTED}) AS n ON n.contact_id = r.contact_id AND n.company_id = r.company_id
    WHERE r.contact_id IS NULL OR n.contact_id IS NULL
), gone AS (
    DELETE FROM contact_companies AS c USING found AS f
    WHERE f.noted AND c.contact_id = f.contact_id AND c.company_id = f.company_id
), come AS (
    INSERT INTO contact_companies (contact_id, company_id, workspace_id)
    SELECT contact_id, company_id, $1 FROM found WHERE NOT noted ON CONFLICT DO NOTHING
)
SELECT contact_id, company_id, noted FROM found ORDER BY company_id, contact_id"""

# Companies of which it is known that what they have may be old: they are marked or to be woken, or a contact of theirs.
WAITING = f"""
SELECT c.id FROM unnest($2::bigint[]) AS c(id)
LEFT JOIN company_derived AS d ON d.workspace_id = $1 AND d.company_id = c.id
WHERE d.wake_at <= $3 OR coalesce(d.definitions_version, 0) < $4
    OR EXISTS (SELECT FROM stale_companies AS s WHERE s.workspace_id = $1 AND s.company_id = c.id)
UNION SELECT t.company_id FROM ({_THEIRS} UNION {_NOTED}) AS t LEFT JOIN contact_derived AS d USING (contact_id)
WHERE d.wake_at <= $3 OR EXISTS (SELECT FROM stale AS s WHERE s.contact_id = t.contact_id)"""
