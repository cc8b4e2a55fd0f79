"""All SQL of customer lifetime."""

from __future__ import annotations

from collections.abc import Mapping

from dealt.kernel.sql import Sql, sql

COLUMNS = "filter, nightly, refresh_id, state, started_at, finished_at, next_refresh_at, findings"

READ = f"SELECT {COLUMNS} FROM lifetime_models WHERE workspace_id = $1"
LOCK = f"{READ} FOR UPDATE"
MAKE = """
INSERT INTO lifetime_models (workspace_id, filter, nightly) VALUES ($1, $2::jsonb, false)
ON CONFLICT (workspace_id) DO NOTHING"""
UPDATE = """
UPDATE lifetime_models SET filter = $2::jsonb, nightly = $3, next_refresh_at = $4 WHERE workspace_id = $1"""
PLAN = "UPDATE lifetime_models SET next_refresh_at = $2 WHERE workspace_id = $1"
ZONE = "SELECT time_zone FROM workspaces WHERE id = $1"

# A refresh that was cut short and never taken up again does not hold the next one up for ever.
ASK = """
UPDATE lifetime_models SET refresh_id = refresh_id + 1, state = 'queued', started_at = $2
WHERE workspace_id = $1 AND (state NOT IN ('queued', 'running') OR started_at IS NULL OR started_at < $3)
RETURNING refresh_id"""
BEGIN = f"""
UPDATE lifetime_models SET state = 'running', started_at = $3
WHERE workspace_id = $1 AND refresh_id = $2 AND state IN ('queued', 'running') RETURNING {COLUMNS}"""
END = """
UPDATE lifetime_models SET state = $3, finished_at = $4, findings = $5::jsonb
WHERE workspace_id = $1 AND refresh_id = $2 AND state = 'running' RETURNING true"""

# What was under way or found elsewhere is not here.
SETTLE = """
UPDATE lifetime_models SET state = 'never', findings = '{}', started_at = NULL, finished_at = NULL,
    next_refresh_at = NULL WHERE workspace_id = $1 RETURNING nightly"""

LONGEST_READ = "SET LOCAL statement_timeout = '15min'"

# Several orders on one day are one purchase; an order that came back whole is none. A day of which not everything
# could be converted counts as a purchase, but tells no value.
_HISTORIES = """
WITH days AS (
    SELECT d.contact_id, (d.ordered_at AT TIME ZONE {}::text)::date AS day,
        sum(round(coalesce(d.net_value, d.value) * d.base_rate, 6)) AS value,
        count(*) FILTER (WHERE d.base_rate IS NULL AND coalesce(d.net_value, d.value) IS NOT NULL) AS unconverted
    FROM deals AS d
    WHERE d.workspace_id = {}::bigint AND d.ordered_at <= {}::timestamptz
        AND NOT (d.refunded_total > 0 AND coalesce(d.net_value, d.value, 0) <= 0) AND ("""

_GROUPED = """) IS TRUE
    GROUP BY d.contact_id, day
), placed AS (
    SELECT contact_id, day, unconverted, CASE WHEN unconverted = 0 THEN coalesce(value, 0) END AS value,
        row_number() OVER (PARTITION BY contact_id ORDER BY day) AS place
    FROM days
)
SELECT p.contact_id, count(*)::integer - 1 AS repeats, max(p.day) - min(p.day) AS recency,
    ({}::timestamptz AT TIME ZONE {}::text)::date - min(p.day) AS age,
    coalesce(avg(p.value) FILTER (WHERE p.place > 1), 0)::double precision AS mean_value,
    sum(p.unconverted)::bigint AS unconverted
FROM placed AS p JOIN contacts AS c ON c.id = p.contact_id
WHERE c.workspace_id = {}::bigint AND NOT c.placeholder GROUP BY p.contact_id"""


def histories(workspace_id: int, zone: str, now: object, passing: Sql) -> Sql:
    """One row for each contact that has a purchase; ``passing`` is a condition on the deal ``d``."""
    return (
        sql(_HISTORIES, zone, workspace_id, now) + passing + sql(_GROUPED, now, zone, workspace_id)
    )  # fmt: skip


STORE = """
INSERT INTO contact_lifetimes AS l (contact_id, workspace_id, refresh_id, repeats, recency, age, mean_value, alive,
    purchases, order_value, as_of)
SELECT c.id, $1, $2, found.repeats, found.recency, found.age, found.mean_value, found.alive, found.purchases,
    found.order_value, $3
FROM unnest($4::bigint[], $5::integer[], $6::integer[], $7::integer[], $8::double precision[], $9::double precision[],
    $10::double precision[], $11::double precision[])
    AS found(id, repeats, recency, age, mean_value, alive, purchases, order_value)
JOIN contacts AS c ON c.id = found.id
WHERE c.workspace_id = $1 AND NOT c.placeholder AND c.id = ANY($4::bigint[])
ON CONFLICT (contact_id) DO UPDATE SET refresh_id = excluded.refresh_id, repeats = excluded.repeats,
    recency = excluded.recency, age = excluded.age, mean_value = excluded.mean_value, alive = excluded.alive,
    purchases = excluded.purchases, order_value = excluded.order_value, as_of = excluded.as_of"""
SWEEP = "DELETE FROM contact_lifetimes WHERE workspace_id = $1 AND refresh_id < $2"

OF_CONTACT = """
SELECT repeats, recency, age, mean_value, alive, purchases, order_value, as_of
FROM contact_lifetimes WHERE workspace_id = $1 AND contact_id = $2"""

PREDICTING = "SELECT true FROM lifetime_models WHERE workspace_id = $1 AND refresh_id > 0"

STORED = """(SELECT {figure} FROM contact_lifetimes AS l
    WHERE l.contact_id = {s}.id AND l.workspace_id = {s}.workspace_id)"""


def rounded(column: str, digits: int) -> str:
    """A figure of a prediction as it is shown."""
    return f"trim_scale(round(l.{column}::numeric, {digits}))"


def of_contacts(figures: Mapping[str, str]) -> str:
    """The figures of many contacts, each by its name."""
    named = ", ".join(f"{figure} AS {name}" for name, figure in figures.items())
    return f"""SELECT l.contact_id, {named} FROM contact_lifetimes AS l
WHERE l.workspace_id = $1 AND l.contact_id = ANY($2::bigint[])"""
