"""The SQL of settling."""

from dealt.kernel.watch import has_come

# What a crash brings back is settled again, so nobody need wait for the disk. And a process that holds contacts
# and falls silent (stopped, or cut off) loses its transaction, as a dead one does at once. Everything is found by
# contact: a plan that was made while a table was empty, and is kept, must not read all of it when it is long. The few
# rows of each are read at once: a bitmap of them is fetched by other processes, which takes longer than the reading.
BEGIN_SETTLING = """SET LOCAL synchronous_commit = off; SET LOCAL idle_in_transaction_session_timeout = '30s';
SET LOCAL statement_timeout = '10s'; SET LOCAL jit = off; SET LOCAL enable_seqscan = off;
SET LOCAL enable_bitmapscan = off"""
WITHIN = "SET LOCAL statement_timeout = '{milliseconds}ms'"

# The lock is the claim: whoever takes rows of a contact holds its lock first. Contacts that others hold are passed
# over, which needs some rows more than contacts are wanted. The CTEs are materialized so that no more contacts are
# locked than the last LIMIT asks for.
CLAIM = """
WITH head AS MATERIALIZED (
    SELECT contact_id, id FROM stale WHERE lane = $1 AND id >= $5 AND contact_id <> ALL($4::bigint[])
    ORDER BY id LIMIT $2
), candidate AS MATERIALIZED (
    SELECT contact_id FROM head GROUP BY contact_id ORDER BY min(id)
)
SELECT contact_id, (SELECT min(id) FROM head) AS first FROM candidate
WHERE pg_try_advisory_xact_lock(contact_id) LIMIT $3"""

# One of the contacts of $1 that has a stale row, locked.
CLAIM_ONE = """
SELECT contact_id FROM unnest($1::bigint[]) AS wanted(contact_id)
WHERE EXISTS (SELECT FROM stale AS s WHERE s.contact_id = wanted.contact_id)
    AND pg_try_advisory_xact_lock(contact_id) LIMIT 1"""

# In the order of the array, which the caller has sorted: two who wait for each other's contacts cannot be.
WAIT_FOR_LOCKS = "SELECT pg_advisory_xact_lock(contact_id) FROM unnest($1::bigint[]) AS contact_id"

# With what is known of each contact: of what version it is, and when it was to be woken.
TAKE = """
WITH taken AS (
    DELETE FROM stale WHERE contact_id = ANY($1::bigint[]) RETURNING contact_id, workspace_id, cause, hop, facets
), joined AS (
    SELECT contact_id, workspace_id, cause, max(hop) AS hop, bit_or(facets) AS facets FROM taken GROUP BY 1, 2, 3
)
SELECT joined.*, d.definitions_version, d.wake_at
FROM joined LEFT JOIN contact_derived AS d ON d.contact_id = joined.contact_id"""

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

VERSIONS = "SELECT definitions_version, settings_version, recompute_version FROM workspaces WHERE id = $1"
RECOMPUTE_ALL = "UPDATE workspaces SET recompute_version = definitions_version + 1 WHERE id = $1"
RAISE_VERSION = """
UPDATE workspaces SET definitions_version = definitions_version + 1, settings_version = settings_version + 1,
    reads = -1
WHERE id = $1 RETURNING definitions_version"""

# What the definitions of version $2 read, where that is less than what marks contacts now. Processes read it anew.
NARROW = """
UPDATE workspaces SET reads = $3, settings_version = settings_version + 1
WHERE id = $1 AND definitions_version = $2 AND reads <> $3 AND reads & $3 = $3"""
READS = "SELECT reads, definitions_version FROM workspaces WHERE id = $1"
READ_ANYTHING = "UPDATE workspaces SET reads = -1, settings_version = settings_version + 1 WHERE id = $1"
READING_ANYTHING = "SELECT id FROM workspaces WHERE reads = -1 ORDER BY id LIMIT 1000"

# Everything was computed, so that what was said before of the next change is void.
SETTLED = """
INSERT INTO contact_derived AS d (contact_id, workspace_id, computed_at, definitions_version, wake_at)
SELECT c.id, $1, $3, $4, asked.wake_at
FROM unnest($2::bigint[], $5::timestamptz[]) AS asked(id, wake_at) JOIN contacts AS c ON c.id = asked.id
WHERE c.workspace_id = $1 AND c.id = ANY($2::bigint[])
ON CONFLICT (contact_id) DO UPDATE SET computed_at = excluded.computed_at,
    definitions_version = excluded.definitions_version, wake_at = excluded.wake_at"""

# What a change touches was computed, and nothing else of these contacts has changed: all of it is of this moment, and
# what the others said of the next change holds.
SETTLED_IN_PART = """
UPDATE contact_derived AS d SET computed_at = $3, wake_at = least(d.wake_at, asked.wake_at)
FROM unnest($2::bigint[], $4::timestamptz[]) AS asked(id, wake_at)
WHERE d.contact_id = asked.id AND d.workspace_id = $1"""

# Some definitions were computed: what the others said of the next change holds. Whether the contact is stale is not
# touched, and its values are as old as they were, except for a contact that had none.
BROUGHT_UP = """
INSERT INTO contact_derived AS d (contact_id, workspace_id, computed_at, definitions_version, wake_at)
SELECT c.id, $1, $3, $4, asked.wake_at
FROM unnest($2::bigint[], $5::timestamptz[]) AS asked(id, wake_at) JOIN contacts AS c ON c.id = asked.id
WHERE c.workspace_id = $1 AND c.id = ANY($2::bigint[])
ON CONFLICT (contact_id) DO UPDATE SET definitions_version = excluded.definitions_version,
    wake_at = least(d.wake_at, excluded.wake_at)"""

# A contact for whom nothing was ever computed lacks everything, also what there was from the beginning.
VERSIONS_OF = """
SELECT asked.id, coalesce(d.definitions_version, -1) AS version
FROM unnest($1::bigint[]) AS asked(id) LEFT JOIN contact_derived AS d ON d.contact_id = asked.id ORDER BY asked.id"""

FIRST_INTERACTIVE = "SELECT marked_at FROM stale WHERE lane = 0 ORDER BY id LIMIT 1"
INTERACTIVE_WAITS = "SELECT EXISTS (SELECT FROM stale WHERE lane = 0)"

# A walk over the contacts of a workspace, for the newest version only; orders without a contact are derived for, too.
BEGIN_WALK = """
INSERT INTO backfills AS b (workspace_id, version, last_id, done, total, started_at)
SELECT w.id, $2, 0, 0, (SELECT count(*) FROM contacts WHERE workspace_id = $1), $3
FROM workspaces AS w WHERE w.id = $1 AND w.definitions_version = $2
ON CONFLICT (workspace_id) DO UPDATE SET version = excluded.version, total = excluded.total,
    last_id = CASE WHEN b.version = excluded.version THEN b.last_id ELSE 0 END,
    done = CASE WHEN b.version = excluded.version THEN b.done ELSE 0 END,
    started_at = CASE WHEN b.version = excluded.version THEN b.started_at ELSE excluded.started_at END,
    finished_at = NULL
WHERE b.version <= excluded.version AND (b.version < excluded.version OR b.finished_at IS NULL)
RETURNING true"""

# Each half is ended by its own limit, so that nobody sorts all who are left.
_NEXT = """SELECT id FROM contacts WHERE workspace_id = $1 AND {which} placeholder
        AND id > (SELECT last_id FROM backfills WHERE workspace_id = $1 AND version = $2) ORDER BY id LIMIT $3"""
NEXT_OF_WALK = f"""
SELECT id FROM (
    ({_NEXT.format(which="NOT")}) UNION ALL ({_NEXT.format(which="")})) AS whoever
ORDER BY id LIMIT $3"""

IS_WALKING = "SELECT true FROM backfills WHERE workspace_id = $1 AND version = $2"

WALKED = """
UPDATE backfills SET last_id = greatest(last_id, $3), done = done + $4
WHERE workspace_id = $1 AND version = $2 RETURNING true"""

END_WALK = """
UPDATE backfills SET finished_at = $3, done = total WHERE workspace_id = $1 AND version = $2 AND finished_at IS NULL
RETURNING true"""

PROGRESS = "SELECT version, done, total, started_at, finished_at FROM backfills WHERE workspace_id = $1"

# How old what is derived for a contact is, and since when it waits to be computed anew, if it does.
AGES = """
SELECT d.contact_id, d.wake_at, (SELECT min(s.marked_at) FROM stale AS s WHERE s.contact_id = d.contact_id) AS since
FROM contact_derived AS d WHERE d.workspace_id = $1 AND d.contact_id = ANY($2::bigint[])"""

WAKE = """
WITH found AS MATERIALIZED (
    SELECT contact_id, wake_at FROM contact_derived WHERE wake_at <= $1
    ORDER BY wake_at LIMIT $2 FOR UPDATE SKIP LOCKED
), due AS (
    UPDATE contact_derived AS d SET wake_at = NULL FROM found
    WHERE d.contact_id = ANY(ARRAY(SELECT contact_id FROM found)) AND d.contact_id = found.contact_id
    RETURNING d.contact_id, d.workspace_id, found.wake_at
)
INSERT INTO stale (contact_id, workspace_id, lane, cause, hop, marked_at)
SELECT contact_id, workspace_id,
    CASE WHEN count(*) OVER (PARTITION BY wake_at) > $3 OR wake_at < $4 THEN 1 ELSE 0 END, 0, 0, $1 FROM due"""

STALE_DUE = "EXISTS (SELECT FROM stale)"
# A second early: whoever looks then waits for the very moment, and nobody looks in between.
WAKE_DUE = has_come("contact_derived", "wake_at", "$1 + interval '1 second'")
NEXT_WAKE = "SELECT min(wake_at) FROM contact_derived WHERE wake_at IS NOT NULL"

STANDING = """
SELECT contact_id, definitions_version, wake_at FROM contact_derived WHERE contact_id = ANY($1::bigint[])"""

STILL_AT = "SELECT true FROM workspaces WHERE id = $1 AND definitions_version = $2 AND recompute_version = $3"

# Contacts of whom it is known that what they have may be old; $4 is the version that a walk has yet to bring, or 0.
WAITING = """
SELECT c.id FROM contacts AS c LEFT JOIN contact_derived AS d ON d.contact_id = c.id
WHERE c.workspace_id = $1 AND c.id = ANY($2::bigint[]) AND (
    d.wake_at <= $3 OR coalesce(d.definitions_version, 0) < $4
    OR EXISTS (SELECT FROM stale AS s WHERE s.contact_id = c.id))"""

# Whose rows look at a company or a product.
CONTACTS_OF = {
    "company": """
SELECT contact_id FROM company_members WHERE workspace_id = $1 AND company_id = ANY($2::bigint[])
UNION SELECT contact_id FROM deals WHERE workspace_id = $1 AND company_id = ANY($2::bigint[])""",
    "product": """
SELECT contact_id FROM deal_products WHERE workspace_id = $1 AND product_id = ANY($2::bigint[])
UNION SELECT contact_id FROM product_events WHERE workspace_id = $1 AND product_id = ANY($2::bigint[])""",
}

MARK_CONTACTS_OF = {
    subject: f"""
INSERT INTO stale (contact_id, workspace_id, lane, cause, hop, marked_at, facets)
SELECT contact_id, $1::bigint, $3::smallint, $4::smallint, $5::smallint, $6::timestamptz, $7::bigint
FROM ({found}) AS theirs"""
    for subject, found in CONTACTS_OF.items()
}

# Definitions are kept by later domains; of their tables only what they say is looked at here.
DEFINITIONS_NAME = """
SELECT EXISTS (
    SELECT FROM (
        SELECT filter::text AS said FROM segments
        WHERE workspace_id = $1 AND kind = 'dynamic' AND deleted_at IS NULL
        UNION ALL SELECT concat_ws(' ', filter::text, to_json(field)::text, to_json(by_field)::text) FROM aggregators
        WHERE workspace_id = $1 AND deleted_at IS NULL) AS definition
    WHERE EXISTS (SELECT FROM unnest($2::text[]) AS word WHERE strpos(said, word) > 0)
        AND ($4 OR EXISTS (SELECT FROM unnest($3::text[]) AS word WHERE strpos(said, word) > 0)))"""

SPREADING = """
SELECT EXISTS (SELECT FROM jobs WHERE workspace_id = $1 AND kind = $2)
    OR EXISTS (SELECT FROM delayed_jobs WHERE workspace_id = $1 AND kind = $2)"""

# Whatever is computed of these contacts counts for the companies that their orders name and that they belong to: these
# are noted, and marked with those that were noted before. $1 contacts and $2 their hops.
FOLLOW = """
WITH reached AS MATERIALIZED (
    SELECT contact_id, company_id FROM company_members WHERE workspace_id = $3 AND contact_id = ANY($1::bigint[])
    UNION SELECT contact_id, company_id FROM deals
    WHERE workspace_id = $3 AND contact_id = ANY($1::bigint[]) AND company_id IS NOT NULL
), gone AS (
    DELETE FROM contact_companies AS c WHERE workspace_id = $3 AND contact_id = ANY($1::bigint[]) AND NOT EXISTS (
        SELECT FROM reached AS r WHERE r.contact_id = c.contact_id AND r.company_id = c.company_id)
    RETURNING contact_id, company_id
), come AS (
    INSERT INTO contact_companies (contact_id, company_id, workspace_id)
    SELECT contact_id, company_id, $3 FROM reached ON CONFLICT (contact_id, company_id) DO NOTHING
)
INSERT INTO stale_companies (workspace_id, company_id, cause, hop, marked_at)
SELECT $3, company_id, $4::smallint, max(asked.hop), $5::timestamptz
FROM (SELECT * FROM reached UNION ALL SELECT * FROM gone) AS theirs
JOIN unnest($1::bigint[], $2::smallint[]) AS asked(contact_id, hop) USING (contact_id) GROUP BY company_id"""

# A company's mark leads to its values first, and from there to its segments; a product has nothing but segments.
LOOKED_AT_BY_SEGMENTS = """EXISTS (
    SELECT FROM segments AS g WHERE g.workspace_id = {workspace} AND g.subject = 'product' AND g.kind = 'dynamic'
        AND g.deleted_at IS NULL)"""
MARK_COMPANIES = """
INSERT INTO stale_companies (workspace_id, company_id, cause, hop, marked_at)
SELECT $1::bigint, company_id, $3::smallint, $4::smallint, $5::timestamptz FROM unnest($2::bigint[]) AS company_id
WHERE EXISTS (SELECT FROM aggregators WHERE workspace_id = $1 AND subject = 'company')
    OR EXISTS (SELECT FROM segments AS g WHERE g.workspace_id = $1 AND g.subject = 'company' AND g.kind = 'dynamic'
        AND g.deleted_at IS NULL)"""
MARK_PRODUCTS = f"""
INSERT INTO stale_objects (workspace_id, subject, object_id, marked_at)
SELECT $1, 'product', product_id, $3::timestamptz FROM unnest($2::bigint[]) AS product_id
WHERE {LOOKED_AT_BY_SEGMENTS.format(workspace="$1")}"""
