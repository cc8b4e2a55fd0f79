"""All SQL of events, product events and page views."""

from __future__ import annotations

from dealt.kernel.journal import MARK

DEFINITION_COLUMNS = "id, name, description, first_at, created_at"

DEFINITIONS = f"SELECT {DEFINITION_COLUMNS} FROM event_definitions WHERE workspace_id = $1 ORDER BY id"

DEFINITION = f"SELECT {DEFINITION_COLUMNS} FROM event_definitions WHERE workspace_id = $1 AND id = $2"

INSERT_DEFINITION = """
INSERT INTO event_definitions (workspace_id, id, name, description, created_at) VALUES ($1, $2, $3, $4, $5)"""

UPDATE_DEFINITION = "UPDATE event_definitions SET name = $3, description = $4 WHERE workspace_id = $1 AND id = $2"

MARK_FIRST = """
UPDATE event_definitions SET first_at = $3
WHERE workspace_id = $1 AND id = ANY($2::bigint[]) AND first_at IS NULL RETURNING id"""

# From here the client's own ids are ours: whoever else names one waits. What is not returned was known before.
CLAIM_CUSTOM_IDS = """
INSERT INTO event_custom_ids (workspace_id, kind, custom_id, contact_id, event_id)
SELECT $1, kind, custom_id, contact_id, event_id
FROM unnest($2::smallint[], $3::text[], $4::bigint[], $5::bigint[]) WITH ORDINALITY
    AS claimed(kind, custom_id, contact_id, event_id, position)
ORDER BY position
ON CONFLICT (workspace_id, kind, custom_id) DO NOTHING RETURNING kind, custom_id"""

FIND_CUSTOM_IDS = """
SELECT k.kind, k.custom_id, k.contact_id, k.event_id
FROM unnest($2::smallint[], $3::text[]) AS wanted(kind, custom_id)
JOIN event_custom_ids AS k ON k.workspace_id = $1 AND k.kind = wanted.kind AND k.custom_id = wanted.custom_id"""

RELEASE_CUSTOM_IDS = """
DELETE FROM event_custom_ids AS k USING unnest($2::smallint[], $3::text[]) AS gone(kind, custom_id)
WHERE k.workspace_id = $1 AND k.kind = gone.kind AND k.custom_id = gone.custom_id"""

_TOLD = "received_at, actor, cause, hop"
_EVENT = "contact_id, happened_at, id, workspace_id, definition_id, custom_id, data"
_PRODUCT_EVENT = "contact_id, happened_at, id, workspace_id, product_id, event_type, custom_id, custom_data"
_PAGE_VIEW = """contact_id, happened_at, id, workspace_id, url, domain, path, referrer, title, user_agent, ip_address,
        browser_family, browser_version, os_type, city, country, timezone, resolution, custom_id, extra_data"""


def _insert(table: str, columns: str, place: int) -> str:
    return f"""
    INSERT INTO {table} ({columns}, {_TOLD})
    SELECT {columns}, $5::timestamptz, actor, cause, hop
    FROM json_populate_recordset(NULL::{table}, ${place}::json)
    RETURNING contact_id, happened_at, id"""


# Everything of a set in one statement. A follower's row names the occurrence itself: the journal has none of it.
# $1 events $2 product events $3 page views $4 workspace $5 now $6 followers $7 stale marks
STORE = f"""
WITH event AS ({_insert("events", _EVENT, 1)}
), product_event AS ({_insert("product_events", _PRODUCT_EVENT, 2)}
), page_view AS ({_insert("page_views", _PAGE_VIEW, 3)}
), occurred AS (
    SELECT 'event.created' AS kind, * FROM event
    UNION ALL SELECT 'product_event.created', * FROM product_event
    UNION ALL SELECT 'page_view.created', * FROM page_view
), followed AS (
    INSERT INTO follows (bucket, workspace_id, follower, contact_id, journal_at, journal_id, kind, object_id)
    SELECT contact_id % 64, $4::bigint, follower, contact_id, happened_at, id, kind, id
    FROM occurred CROSS JOIN unnest($6::smallint[]) AS follower
), marked AS (
    {MARK.format(workspace="$4::bigint", now="$5::timestamptz", marks="$7")}
)
SELECT"""

EVENT_COLUMNS = "contact_id, happened_at, id, definition_id, custom_id, data, received_at"
PRODUCT_EVENT_COLUMNS = "contact_id, happened_at, id, product_id, event_type, custom_id, custom_data, received_at"
PAGE_VIEW_COLUMNS = """contact_id, happened_at, id, url, domain, path, referrer, title, user_agent, ip_address,
    browser_family, browser_version, os_type, city, country, timezone, resolution, custom_id, extra_data, received_at"""


# People who are joined, split or forgotten: the client's own ids of what moves, or goes.
CUSTOM_IDS_OF = """
SELECT custom_id FROM {table}
WHERE workspace_id = $1 AND contact_id = $2 AND id = ANY($3::bigint[]) AND custom_id IS NOT NULL"""

ALL_CUSTOM_IDS_OF = """
SELECT custom_id FROM {table} WHERE workspace_id = $1 AND contact_id = ANY($2::bigint[]) AND custom_id IS NOT NULL"""

MOVE_CUSTOM_IDS = """
UPDATE event_custom_ids SET contact_id = $4 WHERE workspace_id = $1 AND kind = $2 AND custom_id = ANY($3::text[])"""

ERASE_CUSTOM_IDS = """
DELETE FROM event_custom_ids WHERE workspace_id = $1 AND kind = $2 AND custom_id = ANY($3::text[])"""


def _branch(newest: bool, place: int, alias: str, at: str, columns: str, source: str, also: str = "") -> str:
    """One source, bounded, behind a moment and, at that very moment, behind an id of its own."""
    way, behind, within = ("DESC", "<", ">= $10") if newest else ("ASC", ">", "< $10")
    return f"""(
    SELECT {place} AS source, {alias}.id, {alias}.{at} AS at, {columns}
    FROM {source}
    WHERE {alias}.contact_id = $2 AND {alias}.workspace_id = $1 {also}
        AND {place} = ANY($11::int[]) AND {alias}.{at} {within}::timestamptz
        AND ({alias}.{at}, {alias}.id) {behind} ($3::timestamptz, ${place + 4}::bigint)
    ORDER BY {alias}.{at} {way}, {alias}.id {way} LIMIT $9)"""


# That an order was made is told by the order.
_NOT_TOLD = """AND j.kind <> 'deal.created'
        AND ({which}::text = '' OR (j.kind LIKE 'segment.%') = ({which}::text = 'segments'))"""
_BRANCHES = (
    (
        0, "e", "happened_at", "d.name, NULL AS title, NULL AS url, e.data AS content",
        "events AS e JOIN event_definitions AS d ON d.workspace_id = e.workspace_id AND d.id = e.definition_id",
    ),
    (
        1, "e", "happened_at", """e.event_type, p.name, p.product_url, jsonb_build_object('product_id', e.product_id,
        'product_custom_id', p.custom_id, 'custom_data', e.custom_data)""",
        "product_events AS e LEFT JOIN products AS p ON p.workspace_id = e.workspace_id AND p.id = e.product_id",
    ),
    (
        2, "v", "happened_at", "'page view', v.title, v.url, jsonb_build_object('referrer', v.referrer)",
        "page_views AS v",
    ),
    (
        3, "o", "ordered_at", """'order', o.name, NULL, jsonb_build_object('custom_id', o.custom_id, 'value',
        o.value::text, 'currency', o.currency, 'stage', o.stage_id, 'status', o.status)""",
        "deals AS o",
    ),
    (
        4, "j", "at", """j.kind, NULL, NULL, jsonb_build_object('object_type', j.object_type, 'object_id', j.object_id,
        'actor', j.actor, 'changes', j.changes)""",
        "journal AS j", _NOT_TOLD.format(which="$12"),
    ),
)  # fmt: skip


def _timeline(newest: bool) -> str:
    branches = " UNION ALL ".join(_branch(newest, *branch) for branch in _BRANCHES)
    order = "at DESC, source, id DESC" if newest else "at, source DESC, id"
    return f"SELECT * FROM ({branches}) AS happened ORDER BY {order} LIMIT $9"


# $1 workspace $2 contact $3 moment $4 to $8 the id of each source $9 how many $10 the last moment $11 which sources
# $12 of changes all, or only the entries into "segments", or only the "others"
TIMELINE = _timeline(newest=True)
TIMELINE_FORTH = _timeline(newest=False)

_COUNTED = [
    *((table, "happened_at", "") for table in ("events", "product_events", "page_views")),
    ("deals", "ordered_at", ""), ("journal", "at", _NOT_TOLD.format(which="$6")),
]  # fmt: skip
# $1 contact, of whom the caller knows the workspace: so indexes alone tell how many rows there are. $2 how many at most
# $3 since $4 until $5 which sources $6 which changes
COUNT_TIMELINE = "SELECT " + ", ".join(
    f"(SELECT count(*) FROM (SELECT FROM {table} AS j "
    f"WHERE contact_id = $1 AND {place} = ANY($5::int[]) "
    f"AND {at} >= $3::timestamptz AND {at} < $4::timestamptz {also} LIMIT $2) AS counted)"
    for place, (table, at, also) in enumerate(_COUNTED)
)

# What a contact's occurrences are called by the client leads to them. A row that names another occurrence stays.
CHECK_CUSTOM_IDS = """
WITH listed AS MATERIALIZED (
    SELECT e.contact_id, e.id, e.custom_id, k.contact_id AS listed_contact, k.event_id AS listed_id
    FROM {table} AS e LEFT JOIN LATERAL (
        SELECT k.contact_id, k.event_id FROM event_custom_ids AS k
        WHERE k.workspace_id = $1 AND k.kind = {kind} AND k.custom_id = e.custom_id OFFSET 0) AS k ON true
    WHERE e.workspace_id = $1 AND e.contact_id = ANY($2::bigint[]) AND e.custom_id IS NOT NULL
), found AS MATERIALIZED (
    SELECT * FROM listed WHERE (listed_contact, listed_id) IS DISTINCT FROM (contact_id, id)
), mended AS (
    INSERT INTO event_custom_ids AS k (workspace_id, kind, custom_id, contact_id, event_id)
    SELECT DISTINCT ON (custom_id) $1, {kind}, custom_id, contact_id, id FROM found
    ON CONFLICT (workspace_id, kind, custom_id) DO UPDATE SET contact_id = excluded.contact_id
    WHERE k.event_id = excluded.event_id
)
SELECT contact_id, id, listed_id FROM found ORDER BY contact_id, id"""

CHECK_PAGE_VIEWS = """
WITH found AS MATERIALIZED (
    SELECT * FROM (
        SELECT c.id, c.page_views, (SELECT count(*) FROM page_views AS v WHERE v.contact_id = c.id)::integer AS counted
        FROM contacts AS c WHERE c.workspace_id = $1 AND c.id = ANY($2::bigint[]) AND NOT c.placeholder) AS numbers
    WHERE page_views <> counted
), mended AS (
    UPDATE contacts AS c SET page_views = f.counted FROM found AS f WHERE c.id = f.id
)
SELECT id, page_views, counted FROM found ORDER BY id"""
