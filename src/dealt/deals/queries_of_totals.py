"""The SQL of what stands in each stage: totals, and the differences that writes append to them."""

from __future__ import annotations

_KEY = "stage_id, status, currency"
_SUMS = ("deals", "value", "base_value", "unconverted")
_SUMMED = ", ".join(f"sum({name}) AS {name}" for name in _SUMS)

INSERT_DELTAS = f"INSERT INTO stage_deltas (workspace_id, {_KEY}, {', '.join(_SUMS)})"


def one(deal: str, sign: str = "") -> str:
    """SQL for what a row of ``deal`` adds to its stage, or takes from it where the sign is "-"."""
    return f"""{deal}.stage_id, {deal}.status, coalesce({deal}.currency, '') AS currency, {sign}1 AS deals,
        {sign}coalesce({deal}.value, 0) AS value, {sign}coalesce({deal}.base_value, 0) AS base_value,
        {sign}({deal}.value IS NOT NULL AND {deal}.base_value IS NULL)::int AS unconverted"""


def append(workspace: str, rows: str) -> str:
    """SQL that appends the sum of ``rows``, each of ``one``; nothing where they cancel each other out."""
    return f"""{INSERT_DELTAS}
    SELECT {workspace}, {_KEY}, {_SUMMED} FROM ({rows}) AS one GROUP BY {_KEY}
    HAVING {" OR ".join(f"sum({name}) <> 0" for name in _SUMS)}"""


# Two must not fold at once: each would wait for rows that the other holds.
HOLD_FOLDING = "SELECT pg_try_advisory_xact_lock(hashtext('dealt.stage_totals'))"

FOLDING_DUE = "SELECT EXISTS (SELECT FROM stage_deltas)"

FOLD = f"""
WITH taken AS (
    DELETE FROM stage_deltas WHERE (workspace_id, id) IN (
        SELECT workspace_id, id FROM stage_deltas ORDER BY workspace_id, id LIMIT $1)
    RETURNING *
), folded AS (
    INSERT INTO stage_totals AS t (workspace_id, {_KEY}, {", ".join(_SUMS)})
    SELECT workspace_id, {_KEY}, {_SUMMED} FROM taken GROUP BY workspace_id, {_KEY}
    ON CONFLICT (workspace_id, {_KEY}) DO UPDATE
        SET {", ".join(f"{name} = t.{name} + excluded.{name}" for name in _SUMS)}
)
SELECT count(*) FROM taken"""

# A stage that nothing stands in leaves no row, so that nothing remains of deleted ones.
SWEEP = f"DELETE FROM stage_totals WHERE {' AND '.join(f'{name} = 0' for name in _SUMS)}"

_KEPT = f"""SELECT {_KEY}, {_SUMMED} FROM (
        SELECT {_KEY}, {", ".join(_SUMS)} FROM stage_totals WHERE workspace_id = $1
        UNION ALL SELECT {_KEY}, {", ".join(_SUMS)} FROM stage_deltas WHERE workspace_id = $1) AS kept_or_appended
    GROUP BY {_KEY}"""

# $2 the stages
TOTALS = f"SELECT * FROM ({_KEPT}) AS kept WHERE stage_id = ANY($2::bigint[]) AND deals <> 0"

# Both sides are seen by one snapshot, so what differs is missing for good; it is appended as any other difference.
CHECK_STAGES = f"""
WITH counted AS (
    SELECT {_KEY}, {_SUMMED} FROM (SELECT {one("d")} FROM deals AS d WHERE d.workspace_id = $1) AS one GROUP BY {_KEY}
), kept AS ({_KEPT}), found AS MATERIALIZED (
    SELECT {_KEY}, {", ".join(f"coalesce(k.{n}, 0) AS {n}, coalesce(c.{n}, 0) AS new_{n}" for n in _SUMS)}
    FROM counted AS c FULL JOIN kept AS k USING ({_KEY})
    WHERE {" OR ".join(f"coalesce(k.{n}, 0) <> coalesce(c.{n}, 0)" for n in _SUMS)}
), mended AS (
    {INSERT_DELTAS} SELECT $1, {_KEY}, {", ".join(f"new_{n} - {n}" for n in _SUMS)} FROM found
)
SELECT * FROM found ORDER BY {_KEY}"""
