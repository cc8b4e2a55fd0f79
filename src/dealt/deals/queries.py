"""All SQL of deals."""

from __future__ import annotations

import msgspec

from dealt.deals.model import Deal, Line
from dealt.deals.queries_of_totals import append, one
from dealt.freshness import LOOKED_AT_BY_SEGMENTS
from dealt.kernel.journal import MARK, WRITE_ENTRIES, encode

DEAL_COLUMNS = ", ".join(Deal.__struct_fields__)
LINE_COLUMNS = ", ".join(Line.__struct_fields__)
# Tasks keep open_tasks; the database finds the rate.
_KEPT = ("contact_id", "id", "workspace_id", "created_at", "open_tasks")
_INSERTED = [name for name in Deal.__struct_fields__ if name not in ("base_rate", "base_value")]
_UPDATED = [name for name in Deal.__struct_fields__ if name not in _KEPT]


def blank(table: str, kind: type[msgspec.Struct]) -> str:
    """SQL for a row of ``table`` that holds the defaults of ``kind``, which its JSON leaves out."""
    known = {f.name: f.default for f in msgspec.structs.fields(kind) if f.default not in (msgspec.NODEFAULT, None)}
    made = {f.name: f.default_factory() for f in msgspec.structs.fields(kind) if callable(f.default_factory)}
    return f"json_populate_record(NULL::{table}, '{encode(known | made)}')"


# One row for each deal with what it refers to; ``d`` is the deal.
_IMAGES = f"""
SELECT {", ".join("d." + name for name in Deal.__struct_fields__)},
    c.placeholder AS guest, c.custom_id AS user_custom_id, co.custom_id AS company_custom_id,
    d.company_id IS NOT NULL AND co.id IS NULL AS company_gone, {{lines}}
FROM deals AS d
JOIN contacts AS c ON c.id = d.contact_id
LEFT JOIN companies AS co ON co.workspace_id = d.workspace_id AND co.id = d.company_id
WHERE d.workspace_id = $1 AND {{which}}"""
_MANY = "(d.contact_id, d.id) IN (SELECT * FROM unnest($2::bigint[], $3::bigint[]))"
_LINES = """(SELECT json_agg({line} ORDER BY l.position) FROM deal_lines AS l
    WHERE l.contact_id = d.contact_id AND l.deal_id = d.id) AS {name}"""

# To be edited: with whole lines. To be shown: with their receipts, as the JSON that they are answered with.
IMAGES = _IMAGES.format(lines=_LINES.format(line="l", name="lines"), which=_MANY)
_RECEIPTS = _LINES.format(line="l.receipt", name="receipts")
SHOWN = _IMAGES.format(lines=_RECEIPTS, which=_MANY)
# Asked by a list of one, PostgreSQL plans it anew each time, which takes five times as long as reading the deal.
SHOWN_ONE = _IMAGES.format(lines=_RECEIPTS, which="d.contact_id = $2 AND d.id = $3")

FIND_BY_ID = (
    "SELECT deal_id, contact_id, custom_id FROM deal_ids WHERE workspace_id = $1 AND deal_id = ANY($2::bigint[])"
)

FIND_ONE = "SELECT contact_id FROM deal_ids WHERE workspace_id = $1 AND deal_id = $2"

FIND_ONE_BY_CUSTOM_ID = """
SELECT deal_id FROM deal_custom_ids WHERE workspace_id = $1 AND custom_id = $2 AND deleted_at IS NULL"""

FIND_BY_CUSTOM_ID = """
SELECT custom_id, deal_id FROM deal_custom_ids
WHERE workspace_id = $1 AND custom_id = ANY($2::text[]) AND deleted_at IS NULL"""

# From here the key is ours: whoever else names it waits. An existing row is locked and told, not changed.
CLAIM_CUSTOM_IDS = """
INSERT INTO deal_custom_ids AS k (workspace_id, custom_id, deal_id)
SELECT $1, custom_id, deal_id FROM unnest($2::text[], $3::bigint[]) AS claimed(custom_id, deal_id)
ON CONFLICT (workspace_id, custom_id) DO UPDATE SET deal_id = k.deal_id
RETURNING custom_id, deal_id, deleted_at, source_updated_at"""

LOCK_CUSTOM_IDS = """
SELECT custom_id FROM deal_custom_ids WHERE workspace_id = $1 AND custom_id = ANY($2::text[])
ORDER BY custom_id FOR UPDATE"""

REVIVE_CUSTOM_IDS = """
UPDATE deal_custom_ids AS k SET deal_id = revived.deal_id, deleted_at = NULL, source_updated_at = NULL
FROM unnest($2::text[], $3::bigint[]) AS revived(custom_id, deal_id)
WHERE k.workspace_id = $1 AND k.custom_id = revived.custom_id"""

RELEASE_CUSTOM_IDS = """
DELETE FROM deal_custom_ids AS k USING unnest($2::text[], $3::bigint[]) AS released(custom_id, deal_id)
WHERE k.workspace_id = $1 AND k.custom_id = released.custom_id AND k.deal_id = released.deal_id"""

BURY_CUSTOM_IDS = """
UPDATE deal_custom_ids AS k SET deleted_at = $4, source_updated_at = buried.source_updated_at
FROM unnest($2::text[], $3::timestamptz[]) AS buried(custom_id, source_updated_at)
WHERE k.workspace_id = $1 AND k.custom_id = buried.custom_id"""

# A tombstone for a deal that has not been told of, or a later time for one that is there; a live deal keeps its row.
BURY_UNKNOWN = """
INSERT INTO deal_custom_ids AS k (workspace_id, custom_id, deal_id, deleted_at, source_updated_at)
SELECT $1, custom_id, nextval('deal_id_seq'), $4, source_updated_at
FROM unnest($2::text[], $3::timestamptz[]) AS buried(custom_id, source_updated_at)
ON CONFLICT (workspace_id, custom_id) DO UPDATE SET source_updated_at = CASE WHEN k.deleted_at IS NULL
    THEN k.source_updated_at ELSE greatest(k.source_updated_at, EXCLUDED.source_updated_at) END"""

LOCK_IDS = """
SELECT deal_id, contact_id, custom_id FROM deal_ids
WHERE workspace_id = $1 AND deal_id = ANY($2::bigint[]) ORDER BY deal_id FOR UPDATE"""

INSERT_PLACEHOLDERS = """
INSERT INTO contacts (id, workspace_id, placeholder, created_at, updated_at)
SELECT id, $1, true, $3, $3 FROM unnest($2::bigint[]) AS id"""

DELETE_LINES = """
DELETE FROM deal_lines AS l USING unnest($1::bigint[], $2::bigint[]) AS gone(contact_id, deal_id)
WHERE l.contact_id = gone.contact_id AND l.deal_id = gone.deal_id"""

DELETE_LINKS = """
DELETE FROM deal_products AS p USING unnest($1::bigint[], $2::bigint[]) AS gone(contact_id, deal_id)
WHERE p.contact_id = gone.contact_id AND p.deal_id = gone.deal_id"""

DELETE_DEALS = """
DELETE FROM deals AS d USING unnest($1::bigint[], $2::bigint[]) AS gone(contact_id, id)
WHERE d.contact_id = gone.contact_id AND d.id = gone.id"""

DELETE_IDS = "DELETE FROM deal_ids WHERE workspace_id = $1 AND deal_id = ANY($2::bigint[])"

OF_COMPANY = "SELECT id FROM deals WHERE workspace_id = $1 AND company_id = $2 ORDER BY ordered_at, id LIMIT $3"

UNLINK_COMPANY = """
UPDATE deals AS d SET company_id = NULL, version = version + 1, updated_at = $5
FROM unnest($2::bigint[], $3::bigint[]) AS held(contact_id, id)
WHERE d.contact_id = held.contact_id AND d.id = held.id AND d.workspace_id = $1 AND d.company_id = $4
RETURNING d.contact_id, d.id"""

RELINK_COMPANY = """
UPDATE deals AS d SET company_id = $4, version = version + 1, updated_at = $5
FROM unnest($2::bigint[], $3::bigint[]) AS held(contact_id, id)
WHERE d.contact_id = held.contact_id AND d.id = held.id AND d.workspace_id = $1 AND d.company_id IS NULL
RETURNING d.contact_id, d.id"""

# Counted no further than to $2, from the index alone.
WITH_MANY = """
SELECT contact_id, counted.deals FROM unnest($1::bigint[]) AS asked(contact_id) CROSS JOIN LATERAL (
    SELECT count(*) AS deals FROM (SELECT FROM deals AS d WHERE d.contact_id = asked.contact_id LIMIT $2) AS first
) AS counted WHERE counted.deals > $3"""

VERSION = "SELECT version FROM deals WHERE workspace_id = $1 AND contact_id = $2 AND id = $3"

LAST_CHANGE = """
SELECT id, kind, changes FROM journal
WHERE contact_id = $2 AND object_type = 'deal' AND object_id = $3 AND workspace_id = $1 AND kind LIKE 'deal.%'
ORDER BY id DESC LIMIT 1"""

# A deal's history follows it when it moves to another contact: a distributed row cannot change its contact.
MOVE_HISTORY = """
WITH moved AS (
    DELETE FROM journal WHERE contact_id = $2 AND object_type = 'deal' AND object_id = $3 RETURNING *
)
INSERT INTO journal (contact_id, at, id, workspace_id, kind, object_type, object_id, actor, cause, hop, changes)
SELECT $1, at, id, workspace_id, kind, object_type, object_id, actor, cause, hop, changes FROM moved"""

# Everything of a set in one statement: deals with their value in base currency, directory, lines, links, journal,
# followers, stale marks, and what stages gain and lose.
# $1 deals $2 lines $3 linked deals $4 entries $5 now $6 workspace $7 followers $8 base currency $9 stale marks
# $10 time zone $11 linked products $12 what stood in stages before
STORE = f"""
WITH deal AS MATERIALIZED (
    SELECT * FROM json_populate_recordset({blank("deals", Deal)}, $1::json)
), listed AS (
    INSERT INTO deal_ids AS i (workspace_id, deal_id, contact_id, custom_id)
    SELECT $6, id, contact_id, custom_id FROM deal
    ON CONFLICT (workspace_id, deal_id) DO UPDATE SET contact_id = EXCLUDED.contact_id, custom_id = EXCLUDED.custom_id
    WHERE i.contact_id <> EXCLUDED.contact_id OR i.custom_id IS DISTINCT FROM EXCLUDED.custom_id
), stored AS (
    INSERT INTO deals ({", ".join(_INSERTED)}, base_rate, base_value)
    SELECT {", ".join("deal." + name for name in _INSERTED)}, at_day.rate,
        CASE WHEN abs(round(deal.value * at_day.rate, 6)) < 1e14 THEN round(deal.value * at_day.rate, 6) END
    FROM deal CROSS JOIN LATERAL (SELECT CASE
        WHEN deal.currency = $8 THEN 1
        WHEN deal.currency IS NOT NULL THEN (
            SELECT rate FROM exchange_rates AS r
            WHERE r.workspace_id = $6 AND r.currency = deal.currency
                AND r.valid_from <= (deal.ordered_at AT TIME ZONE $10)::date
            ORDER BY r.valid_from DESC LIMIT 1)
        END AS rate OFFSET 0) AS at_day
    ON CONFLICT (contact_id, id) DO UPDATE SET {", ".join(f"{name} = EXCLUDED.{name}" for name in _UPDATED)}
    RETURNING id, stage_id, status, currency, value, base_rate, base_value
), counted AS (
    {
    append(
        "$6::bigint",
        f'''SELECT {one("stored")} FROM stored
    UNION ALL SELECT {one("gone", "-")} FROM json_to_recordset($12::json) AS gone(
        stage_id bigint, status smallint, currency text, value numeric, base_value numeric)''',
    )
}
), lined AS (
    INSERT INTO deal_lines ({LINE_COLUMNS})
    SELECT {LINE_COLUMNS} FROM json_populate_recordset({blank("deal_lines", Line)}, $2::json)
), linked AS (
    INSERT INTO deal_products (contact_id, deal_id, product_id, workspace_id, ordered_at)
    SELECT deal.contact_id, deal.id, link.product_id, $6, deal.ordered_at
    FROM unnest($3::bigint[], $11::bigint[]) AS link(deal_id, product_id) JOIN deal ON deal.id = link.deal_id
), entry AS (
    SELECT * FROM json_to_recordset($4::json) AS e(contact_id bigint, kind text, object_type text,
        object_id bigint, actor text, cause smallint, hop smallint, changes jsonb)
), {WRITE_ENTRIES.format(now="$5::timestamptz", workspace="$6::bigint", followers="$7::smallint[]")}, marked AS (
    {MARK.format(workspace="$6::bigint", now="$5::timestamptz", marks="$9")}
), products_marked AS (
    INSERT INTO stale_objects (workspace_id, subject, object_id, marked_at)
    SELECT $6, 'product', product_id, $5::timestamptz FROM unnest($13::bigint[]) AS product_id
    WHERE {LOOKED_AT_BY_SEGMENTS.format(workspace="$6")}
)
SELECT id, base_rate, base_value FROM stored"""

_RATE = """CASE WHEN d.currency = {base}::text THEN 1 ELSE (
        SELECT rate FROM exchange_rates AS r
        WHERE r.workspace_id = $1 AND r.currency = d.currency
            AND r.valid_from <= (d.ordered_at AT TIME ZONE {zone}::text)::date
        ORDER BY r.valid_from DESC LIMIT 1) END"""

# The ids of deals whose rate is another one now, and how far the walk came.
# $1 workspace $2 and $3 behind which order time and id $4 how many $5 currency or null $6 base currency $7 time zone
RERATED = f"""
WITH walked AS MATERIALIZED (
    SELECT id, ordered_at, currency, base_rate FROM deals
    WHERE workspace_id = $1 AND (ordered_at, id) > ($2::timestamptz, $3::bigint)
    ORDER BY ordered_at, id LIMIT $4
)
SELECT (SELECT array_agg(d.id) FROM walked AS d WHERE ($5::text IS NULL OR d.currency = $5)
        AND d.base_rate IS DISTINCT FROM {_RATE.format(base="$6", zone="$7")}) AS ids,
    last.ordered_at AS last_ordered_at, last.id AS last_id
FROM (SELECT 1) AS one LEFT JOIN LATERAL (
    SELECT ordered_at, id FROM walked ORDER BY ordered_at DESC, id DESC LIMIT 1) AS last ON true"""

# Deals whose directory rows are held: what stages gain is told from what was there, and nobody may come between.
# $1 workspace $2 contacts $3 deals $4 base currency $5 time zone
CONVERT = f"""
WITH rated AS MATERIALIZED (
    SELECT d.contact_id, d.id, d.stage_id, d.status, d.currency, d.value, d.base_value,
        {_RATE.format(base="$4", zone="$5")} AS rate
    FROM deals AS d JOIN unnest($2::bigint[], $3::bigint[]) AS held(contact_id, id) USING (contact_id, id)
    WHERE d.workspace_id = $1
), converted AS (
    UPDATE deals AS d SET base_rate = rated.rate,
        base_value = CASE WHEN abs(round(rated.value * rated.rate, 6)) < 1e14
            THEN round(rated.value * rated.rate, 6) END
    FROM rated WHERE d.contact_id = rated.contact_id AND d.id = rated.id AND d.base_rate IS DISTINCT FROM rated.rate
    RETURNING d.contact_id, d.id, d.stage_id, d.status, d.currency, d.value, d.base_value
), counted AS (
    {
    append(
        "$1::bigint",
        f'''SELECT {one("converted")} FROM converted
    UNION ALL SELECT {one("rated", "-")} FROM rated JOIN converted USING (contact_id, id)''',
    )
}
)
SELECT DISTINCT contact_id FROM converted"""

# Deals behind an order time and id, with what their pipeline's date attribute holds.
DATED = """
SELECT d.contact_id, d.id, d.ordered_at, d.created_at, d.attributes -> p.date_attribute AS value
FROM deals AS d JOIN pipelines AS p ON p.workspace_id = d.workspace_id AND p.id = d.pipeline_id
WHERE d.workspace_id = $1 AND (d.ordered_at, d.id) > ($2::timestamptz, $3::bigint)
    AND ($5::bigint IS NULL OR d.pipeline_id = $5)
ORDER BY d.ordered_at, d.id LIMIT $4"""

TIME_ZONE = "SELECT time_zone FROM workspaces WHERE id = $1"

REDATE = """
UPDATE deals AS d SET ordered_at = moved.ordered_at
FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[]) AS moved(contact_id, id, ordered_at)
WHERE d.contact_id = moved.contact_id AND d.id = moved.id"""

REDATE_LINKS = """
UPDATE deal_products AS p SET ordered_at = moved.ordered_at
FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[]) AS moved(contact_id, id, ordered_at)
WHERE p.contact_id = moved.contact_id AND p.deal_id = moved.id"""

# Everything of a deal in which somebody may be named, in order of contact and id. $3, $4 behind which $5 how many
_TEXTS = """
SELECT d.contact_id, d.id, d.name, d.loss_reason_description, d.attributes, (
    SELECT json_agg(json_build_object('id', l.id, 'receipt', l.receipt) ORDER BY l.id) FROM deal_lines AS l
    WHERE l.contact_id = d.contact_id AND l.deal_id = d.id) AS lines
FROM deals AS d"""

TEXTS = f"""{_TEXTS}
WHERE d.contact_id = ANY($2::bigint[]) AND d.workspace_id = $1 AND (d.contact_id, d.id) > ($3::bigint, $4::bigint)
ORDER BY d.contact_id, d.id LIMIT $5"""

TEXTS_OF = f"""{_TEXTS} JOIN unnest($2::bigint[], $3::bigint[]) AS held(contact_id, id) USING (contact_id, id)
WHERE d.workspace_id = $1"""

CLEAN = """
UPDATE deals AS d SET name = c.name, loss_reason_description = c.loss_reason_description, attributes = c.attributes,
    version = d.version + 1, updated_at = $3
FROM json_to_recordset($2::json)
    AS c(contact_id bigint, id bigint, name text, loss_reason_description text, attributes jsonb)
WHERE d.contact_id = c.contact_id AND d.id = c.id AND d.workspace_id = $1"""

CLEAN_LINES = """
UPDATE deal_lines AS l SET receipt = c.receipt
FROM json_to_recordset($2::json) AS c(contact_id bigint, deal_id bigint, id integer, receipt jsonb)
WHERE l.contact_id = c.contact_id AND l.deal_id = c.deal_id AND l.id = c.id AND l.workspace_id = $1"""
