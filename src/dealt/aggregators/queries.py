"""All SQL of aggregators but what is compiled from them."""

from dealt.kernel.journal import WRITE_ENTRIES, followed_by

COLUMNS = """id, name, description, subject, source, function, field, by_field, last_n, net_of_returns, filter, period,
    target, value_type, watcher, version, failed_at, error, deleted_at, created_at, updated_at"""

ALL = f"SELECT {COLUMNS} FROM aggregators WHERE workspace_id = $1 ORDER BY id LIMIT 1000"
READ = f"SELECT {COLUMNS} FROM aggregators WHERE workspace_id = $1 AND id = $2 AND deleted_at IS NULL"
COUNT = "SELECT count(*) FROM aggregators WHERE workspace_id = $1 AND deleted_at IS NULL"

INSERT = """
INSERT INTO aggregators (workspace_id, id, version, created_at, updated_at, name, description, source, function, field,
    by_field, last_n, net_of_returns, filter, period, target, value_type, subject)
VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::jsonb, $14::jsonb, $15, $16, $17)"""

# Whoever changes it wants it tried again.
UPDATE = """
UPDATE aggregators SET version = $3, updated_at = $4, name = $5, description = $6, source = $7, function = $8,
    field = $9, by_field = $10, last_n = $11, net_of_returns = $12, filter = $13::jsonb, period = $14::jsonb,
    target = $15, value_type = $16, subject = $17, failed_at = NULL, error = ''
WHERE workspace_id = $1 AND id = $2"""

FORGET_ONE = "DELETE FROM aggregators WHERE workspace_id = $1 AND id = $2 AND deleted_at IS NOT NULL"
DELETE = "UPDATE aggregators SET deleted_at = $3, version = $4 WHERE workspace_id = $1 AND id = $2"

# The version is the one that the caller is about to raise to.
QUARANTINE = """
UPDATE aggregators AS a SET failed_at = $4, error = $3, version = w.definitions_version + 1
FROM workspaces AS w WHERE w.id = $1 AND a.workspace_id = $1 AND a.id = $2 RETURNING a.name"""

FORGET = "DELETE FROM aggregators WHERE workspace_id = $1 AND deleted_at IS NOT NULL AND version <= $2"

VALUES = """
SELECT contact_id, aggregates, computed_at FROM contact_derived
WHERE workspace_id = $1 AND contact_id = ANY($2::bigint[]) AND aggregates <> '{}'"""

WATCH = "UPDATE aggregators SET watcher = $3 WHERE workspace_id = $1 AND id = ANY($2::bigint[])"

# Of rows ``changed`` (the values of a contact before and after): what has become of the figures that somebody counts
# by, for whoever does. All its figures are told, also those that stayed.
NOTED = """noted AS (
    INSERT INTO figure_changes (workspace_id, watcher, before, after)
    SELECT {workspace}, w.watcher, f.before, f.after FROM changed AS c CROSS JOIN (
        SELECT watcher, array_agg(target) AS targets FROM aggregators
        WHERE workspace_id = {workspace} AND watcher IS NOT NULL AND deleted_at IS NULL GROUP BY watcher) AS w
    CROSS JOIN LATERAL (
        SELECT coalesce(jsonb_object_agg(name, c.before -> name) FILTER (WHERE c.before -> name IS NOT NULL),
                jsonb_build_object()) AS before,
            coalesce(jsonb_object_agg(name, c.after -> name) FILTER (WHERE c.after -> name IS NOT NULL),
                jsonb_build_object()) AS after
        FROM unnest(w.targets) AS name) AS f
    WHERE f.before <> f.after
)"""

DROP = f"""
WITH gone AS (
    SELECT id, array_agg(name) AS names FROM unnest($2::bigint[], $3::text[]) AS one(id, name) GROUP BY id
), changed AS MATERIALIZED (
    SELECT d.contact_id, d.aggregates AS before, d.aggregates - gone.names AS after
    FROM contact_derived AS d JOIN gone ON gone.id = d.contact_id WHERE d.workspace_id = $1
), {NOTED.format(workspace="$1::bigint")}
UPDATE contact_derived AS d SET aggregates = c.after FROM changed AS c WHERE d.contact_id = c.contact_id"""

# All that is derived for contacts $2 goes; how many had something.
FORGET_CONTACTS = f"""
WITH changed AS (
    DELETE FROM contact_derived WHERE workspace_id = $1 AND contact_id = ANY($2::bigint[])
    RETURNING aggregates AS before, jsonb_build_object() AS after
), {NOTED.format(workspace="$1::bigint")}
SELECT count(*) FROM changed"""

SAMPLE = {
    "contact": "SELECT id FROM contacts WHERE workspace_id = $1 AND NOT placeholder ORDER BY id DESC LIMIT $2",
    "company": "SELECT id FROM companies WHERE workspace_id = $1 ORDER BY id DESC LIMIT $2",
}

# Of a batch: what was computed is compared with what is stored, and what differs is written and journalled.
_STORE = f""", compared AS (
    SELECT c.contact_id, c.hop, c.found, coalesce(d.aggregates, jsonb_build_object()) AS before,
        (coalesce(d.aggregates, jsonb_build_object()) - {{}}::text[]) || c.found AS after
    FROM computed AS c LEFT JOIN contact_derived AS d ON d.contact_id = c.contact_id
), changed AS (
    SELECT * FROM compared WHERE before <> after
), stored AS (
    INSERT INTO contact_derived AS d (contact_id, workspace_id, aggregates, computed_at, definitions_version)
    SELECT contact_id, {{}}::bigint, after, {{}}::timestamptz, 0 FROM changed
    ON CONFLICT (contact_id) DO UPDATE SET aggregates = excluded.aggregates
), [noted]entry AS (
    SELECT contact_id, 'attribute.changed' AS kind, 'contact' AS object_type, contact_id AS object_id,
        'system' AS actor, {{}}::smallint AS cause, hop, differs.changes
    FROM changed CROSS JOIN LATERAL (
        SELECT jsonb_object_agg(name, jsonb_build_array(before -> name, found -> name)) AS changes
        FROM unnest({{}}::text[]) AS name WHERE before -> name IS DISTINCT FROM found -> name) AS differs
    WHERE differs.changes IS NOT NULL
), {WRITE_ENTRIES.format(now="{}::timestamptz", workspace="{}::bigint", followers=followed_by("{}::bigint"))}
SELECT contact_id, wake_at FROM computed WHERE wake_at IS NOT NULL"""
STORE = _STORE.replace("[noted]", "")
# The same where somebody counts by what was computed: two more times the workspace.
STORE_WATCHED = _STORE.replace("[noted]", NOTED.format(workspace="{}::bigint") + ", ")

# What is stored of a contact {s}, and the days since a moment in it; what another definition left there may be none.
STORED = {
    subject: f"""(SELECT derived.aggregates FROM {subject}_derived AS derived
    WHERE derived.{subject}_id = {{s}}.id AND derived.workspace_id = {{s}}.workspace_id)"""
    for subject in ("contact", "company")
}
DAYS_SINCE = """(CASE WHEN {stored} ->> {}::text ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T'
    THEN ({}::timestamptz AT TIME ZONE {}::text)::date
        - (({stored} ->> {}::text)::timestamptz AT TIME ZONE {}::text)::date END)"""
