"""The SQL of auditing deals: each statement mends what it finds, and tells what was there before."""

from dealt.deals.queries_of_totals import append, one


def _check(found: str, names: tuple[str, ...], also: str = "") -> str:
    """Of a query of deals with ``new_*`` columns: those that differ, mended; ``also`` is what follows of that."""
    before = ", ".join(f"'{name}', f.{name}::text" for name in names)
    after = ", ".join(f"'{name}', f.new_{name}::text" for name in names)
    return f"""
WITH found AS MATERIALIZED ({found}), mended AS (
    UPDATE deals AS d SET {", ".join(f"{name} = f.new_{name}" for name in names)} FROM found AS f
    WHERE d.contact_id = f.contact_id AND d.id = f.id
){also}
SELECT f.contact_id, f.id, json_build_object({before}) AS before, json_build_object({after}) AS after
FROM found AS f"""


_AFTER = "SELECT stage_id, status, currency, value, new_base_value AS base_value FROM found"
_RECOUNTED = append(
    "$1::bigint", f"SELECT {one('d')} FROM ({_AFTER}) AS d UNION ALL SELECT {one('f', '-')} FROM found AS f"
)

CHECK_BASE = _check(
    """
    SELECT * FROM (
        SELECT d.contact_id, d.id, d.stage_id, d.status, d.currency, d.value, d.base_rate, d.base_value,
            at_day.rate::numeric(24, 12) AS new_base_rate,
            CASE WHEN abs(round(d.value * at_day.rate, 6)) < 1e14
                THEN round(d.value * at_day.rate, 6)::numeric(20, 6) END AS new_base_value
        FROM deals AS d JOIN workspaces AS w ON w.id = d.workspace_id
        CROSS JOIN LATERAL (SELECT CASE WHEN d.currency = w.base_currency THEN 1
            WHEN d.currency IS NOT NULL THEN (
                SELECT rate FROM exchange_rates AS r
                WHERE r.workspace_id = d.workspace_id AND r.currency = d.currency
                    AND r.valid_from <= (d.ordered_at AT TIME ZONE w.time_zone)::date
                ORDER BY r.valid_from DESC LIMIT 1) END AS rate OFFSET 0) AS at_day
        WHERE d.workspace_id = $1 AND d.contact_id = ANY($2::bigint[])) AS rated
    WHERE (base_rate, base_value) IS DISTINCT FROM (new_base_rate, new_base_value)""",
    ("base_rate", "base_value"),
    f", counted AS ({_RECOUNTED})",
)
WALKING = """
SELECT EXISTS (SELECT FROM jobs WHERE workspace_id = $1 AND kind = ANY($2::text[]))
    OR EXISTS (SELECT FROM delayed_jobs WHERE workspace_id = $1 AND kind = ANY($2::text[]))"""

# Lines in another currency than the deal's never add up; see lines.totals.
CHECK_TOTALS = _check(
    """
    SELECT * FROM (
        SELECT d.contact_id, d.id, d.lines_total, d.refunded_total, d.net_value,
            CASE WHEN l.one THEN l.total::numeric(20, 6) END AS new_lines_total,
            (CASE WHEN l.one THEN l.refunded ELSE 0 END)::numeric(20, 6) AS new_refunded_total,
            (CASE WHEN l.one THEN l.total - l.refunded ELSE d.value END)::numeric(20, 6) AS new_net_value
        FROM deals AS d CROSS JOIN LATERAL (
            SELECT coalesce(bool_and(l.currency IS NOT DISTINCT FROM d.currency), false) AS one, sum(l.total) AS total,
                sum(l.refunded_value) AS refunded
            FROM deal_lines AS l WHERE l.contact_id = d.contact_id AND l.deal_id = d.id) AS l
        WHERE d.workspace_id = $1 AND d.contact_id = ANY($2::bigint[])) AS added
    WHERE (lines_total, refunded_total, net_value)
        IS DISTINCT FROM (new_lines_total, new_refunded_total, new_net_value)""",
    ("lines_total", "refunded_total", "net_value"),
)

CHECK_TASKS = _check(
    """
    SELECT * FROM (
        SELECT d.contact_id, d.id, d.open_tasks, (
            SELECT count(*) FROM tasks AS t WHERE t.contact_id = d.contact_id AND t.deal_id = d.id AND NOT t.done
        )::integer AS new_open_tasks
        FROM deals AS d WHERE d.workspace_id = $1 AND d.contact_id = ANY($2::bigint[])) AS counted
    WHERE open_tasks <> new_open_tasks""",
    ("open_tasks",),
)

# When an order happened, as its pipeline's date attribute says; read as writes read it, in Python.
DATED = """
SELECT d.contact_id, d.id, d.ordered_at, d.created_at, d.attributes -> p.date_attribute AS value
FROM deals AS d JOIN pipelines AS p ON p.workspace_id = d.workspace_id AND p.id = d.pipeline_id
WHERE d.workspace_id = $1 AND d.contact_id = ANY($2::bigint[]) ORDER BY d.contact_id, d.id"""

CHECK_LINKS = """
WITH wanted AS MATERIALIZED (
    SELECT d.contact_id, d.id AS deal_id, link.product_id, d.ordered_at
    FROM deals AS d CROSS JOIN LATERAL (
        SELECT product_id FROM unnest(d.product_ids) AS product_id WHERE product_id IS NOT NULL
        UNION SELECT l.product_id FROM deal_lines AS l
        WHERE l.contact_id = d.contact_id AND l.deal_id = d.id AND l.product_id IS NOT NULL) AS link
    WHERE d.workspace_id = $1 AND d.contact_id = ANY($2::bigint[])
), found AS MATERIALIZED (
    SELECT coalesce(w.contact_id, p.contact_id) AS contact_id, coalesce(w.deal_id, p.deal_id) AS deal_id,
        coalesce(w.product_id, p.product_id) AS product_id, p.ordered_at AS before, w.ordered_at AS after
    FROM wanted AS w FULL JOIN (
        SELECT * FROM deal_products WHERE workspace_id = $1 AND contact_id = ANY($2::bigint[])
    ) AS p ON p.contact_id = w.contact_id AND p.deal_id = w.deal_id AND p.product_id = w.product_id
    WHERE p.ordered_at IS DISTINCT FROM w.ordered_at
), gone AS (
    DELETE FROM deal_products AS p USING found AS f
    WHERE p.contact_id = f.contact_id AND p.deal_id = f.deal_id AND p.product_id = f.product_id AND f.after IS NULL
), come AS (
    INSERT INTO deal_products (contact_id, deal_id, product_id, workspace_id, ordered_at)
    SELECT contact_id, deal_id, product_id, $1, after FROM found WHERE after IS NOT NULL
    ON CONFLICT (contact_id, deal_id, product_id) DO UPDATE SET ordered_at = excluded.ordered_at
)
SELECT contact_id, deal_id AS id, 'deal_products:' || product_id AS name, to_json(before) AS before,
    to_json(after) AS after
FROM found"""

# A custom id leads to the deal that has it: a tombstone of it is revived; one that another deal holds stays.
CHECK_CUSTOM_IDS = """
WITH listed AS MATERIALIZED (
    SELECT d.contact_id, d.id, d.custom_id, (
        SELECT json_build_object('deal_id', k.deal_id, 'deleted', k.deleted_at IS NOT NULL)
        FROM deal_custom_ids AS k WHERE k.workspace_id = d.workspace_id AND k.custom_id = d.custom_id) AS before
    FROM deals AS d WHERE d.workspace_id = $1 AND d.contact_id = ANY($2::bigint[]) AND d.custom_id IS NOT NULL
), found AS MATERIALIZED (
    SELECT * FROM listed
    WHERE before IS NULL OR (before ->> 'deleted')::boolean OR (before ->> 'deal_id')::bigint <> id
), mended AS (
    INSERT INTO deal_custom_ids AS k (workspace_id, custom_id, deal_id)
    SELECT DISTINCT ON (custom_id) $1, custom_id, id FROM found ORDER BY custom_id, id
    ON CONFLICT (workspace_id, custom_id) DO UPDATE
        SET deal_id = excluded.deal_id, deleted_at = NULL, source_updated_at = NULL WHERE k.deleted_at IS NOT NULL
)
SELECT contact_id, id, 'deal_custom_ids' AS name, before,
    json_build_object('deal_id', id, 'deleted', false) AS after
FROM found"""

# $2 the contacts. A directory's row is looked up by the deal: no join from a directory.
CHECK_DIRECTORY = """
WITH listed AS MATERIALIZED (
    SELECT d.contact_id, d.id, d.custom_id, (
        SELECT json_build_object('contact_id', i.contact_id, 'custom_id', i.custom_id) FROM deal_ids AS i
        WHERE i.workspace_id = d.workspace_id AND i.deal_id = d.id) AS before
    FROM deals AS d WHERE d.workspace_id = $1 AND d.contact_id = ANY($2::bigint[])
), found AS MATERIALIZED (
    SELECT * FROM listed WHERE before IS NULL OR (before ->> 'contact_id')::bigint <> contact_id
        OR before ->> 'custom_id' IS DISTINCT FROM custom_id
), mended AS (
    INSERT INTO deal_ids (workspace_id, deal_id, contact_id, custom_id)
    SELECT $1, id, contact_id, custom_id FROM found
    ON CONFLICT (workspace_id, deal_id) DO UPDATE
        SET contact_id = excluded.contact_id, custom_id = excluded.custom_id
)
SELECT contact_id, id, 'deal_ids' AS name, before,
    json_build_object('contact_id', contact_id, 'custom_id', custom_id) AS after
FROM found"""
