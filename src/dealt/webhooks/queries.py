"""All SQL of webhooks. Who locks several rows locks the webhooks first, then lanes, each in the order of their keys."""

from dealt.kernel.following import BY_INDEX
from dealt.kernel.watch import has_come

# How transactions open that claim and settle. What a crash of the server takes back of them is only sent again, so they
# need not wait for the disk.
OPENING = f"{BY_INDEX}; SET LOCAL synchronous_commit = off"

COLUMNS = """workspace_id, id, url, description, kinds, secret, former_secret, former_until, enabled, paused_at,
    failures, failing_since, last_error, last_error_at, rest_until, created_by, created_at, updated_at"""

FIND = f"SELECT {COLUMNS} FROM webhooks WHERE workspace_id = $1 AND id = $2"
LOCK = f"{FIND} FOR NO KEY UPDATE"
COUNT = "SELECT count(*) FROM webhooks WHERE workspace_id = $1"
ANY_ENABLED = "SELECT EXISTS (SELECT FROM webhooks WHERE workspace_id = $1 AND enabled)"

INSERT = """
INSERT INTO webhooks (workspace_id, id, url, description, kinds, secret, enabled, created_by, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)"""

UPDATE = """
UPDATE webhooks SET url = $3, description = $4, kinds = $5, enabled = $6, updated_at = $7
WHERE workspace_id = $1 AND id = $2"""

ROTATE = """
UPDATE webhooks SET former_secret = secret, former_until = $4, secret = $3, updated_at = $5
WHERE workspace_id = $1 AND id = $2"""

PAUSE = "UPDATE webhooks SET paused_at = $3, updated_at = $3 WHERE workspace_id = $1 AND id = $2"

# Whoever resumes a webhook, or enables it, wants it tried at once as if nothing had been.
FRESH = """
UPDATE webhooks SET paused_at = NULL, failures = 0, failing_since = NULL, rest_until = NULL, updated_at = $3
WHERE workspace_id = $1 AND id = $2"""

# What is held, and what waits for a later attempt; what a worker tries just now ($4: no lease goes beyond) stays.
RELEASE = """
UPDATE webhook_lanes SET due_at = $3, attempts = 0
WHERE workspace_id = $1 AND webhook_id = $2 AND (due_at IS NULL OR due_at > $4)"""

DELETE = "DELETE FROM webhooks WHERE workspace_id = $1 AND id = $2"
DELETE_LANES = "DELETE FROM webhook_lanes WHERE workspace_id = $1 AND webhook_id = $2"

# Of the workspaces that changes came from: held until they are queued, so that none of them is deleted in between.
LISTENING = """
SELECT workspace_id, id, kinds FROM webhooks WHERE workspace_id = ANY($1::bigint[]) AND enabled
ORDER BY workspace_id, id FOR KEY SHARE"""

# What the follower's rows speak of, by the first word of their kind: a record of its own, else an entry of the journal.
# Each gives the columns of an entry, and ``object`` where the record says all that there is to say of it.
_ENTRY = "id, object_type, object_id, contact_id, at, actor, cause, changes, NULL::jsonb AS object FROM journal AS r"
_OCCURRED = """r.id, '{0}' AS object_type, r.id AS object_id, r.contact_id, r.happened_at AS at, r.actor, r.cause,
    '{{}}'::jsonb AS changes, jsonb_strip_nulls(jsonb_build_object('id', r.id, 'user_id', r.contact_id, 'timestamp',
    r.happened_at, 'custom_id', r.custom_id, {1})) AS object FROM {2}"""
_EVENT = "events AS r JOIN event_definitions AS n ON n.workspace_id = r.workspace_id AND n.id = r.definition_id"
_RECORDS = {
    "": ("at", _ENTRY),
    "event": ("happened_at", _OCCURRED.format("event", "'name', n.name, 'data', r.data", _EVENT)),
    "product_event": ("happened_at", _OCCURRED.format("product_event",
        "'product_id', r.product_id, 'event_type', r.event_type, 'custom_data', r.custom_data", "product_events AS r")),
    "page_view": ("happened_at", _OCCURRED.format("page_view",
        "'url', r.url, 'referrer', r.referrer, 'title', r.title, 'extra_data', r.extra_data", "page_views AS r")),
}  # fmt: skip
# $1 contacts $2 moments $3 ids: the records' keys.
ENTRIES = {
    word: f"""SELECT {record}
WHERE (r.contact_id, r.{at}, r.id) IN (SELECT * FROM unnest($1::bigint[], $2::timestamptz[], $3::bigint[]))"""
    for word, (at, record) in _RECORDS.items()
}
# What went to another contact in the meantime. There is no index for this, and it is rare.
MOVED_ENTRIES = {
    word: f"SELECT {record} WHERE r.{at} = ANY($1::timestamptz[]) AND r.id = ANY($2::bigint[])"
    for word, (at, record) in _RECORDS.items()
}

# $1 deliveries $2 now. A lane that is there already is locked and told, not changed: see SETTLE.
QUEUE = """
WITH made AS (
    INSERT INTO webhook_deliveries (contact_id, workspace_id, webhook_id, object_type, object_id, sequence, kind, body,
        created_at)
    SELECT contact_id, workspace_id, webhook_id, object_type, object_id, sequence, kind, body, $2
    FROM json_to_recordset($1::json) AS d(contact_id bigint, workspace_id bigint, webhook_id bigint, object_type text,
        object_id bigint, sequence bigint, kind text, body text) ORDER BY sequence, webhook_id
    RETURNING id, workspace_id, webhook_id, object_type, object_id
), laned AS (
    INSERT INTO webhook_lanes AS l (workspace_id, webhook_id, object_type, object_id, due_at)
    SELECT DISTINCT workspace_id, webhook_id, object_type, object_id, $2::timestamptz FROM made ORDER BY 1, 2, 3, 4
    ON CONFLICT (workspace_id, webhook_id, object_type, object_id) DO UPDATE SET due_at = l.due_at
)
SELECT id FROM made"""

DUE = has_come("webhook_lanes", "due_at")

DUE_WEBHOOKS = f"""
SELECT {COLUMNS} FROM webhooks AS w WHERE EXISTS (
    SELECT FROM webhook_lanes AS l WHERE l.workspace_id = w.workspace_id AND l.webhook_id = w.id AND l.due_at <= $1)"""

# Hands out the first lanes of each webhook: $1 workspaces $2 webhooks $3 how many of each $4 pings only $5 now
# $6 the end of the lease.
CLAIM = """
UPDATE webhook_lanes SET due_at = $6, claim = claim + 1, attempts = attempts + 1 WHERE ctid = ANY(ARRAY(
    SELECT l.place FROM unnest($1::bigint[], $2::bigint[], $3::int[], $4::bool[]) AS w(workspace_id, id, room, pings)
    CROSS JOIN LATERAL (
        SELECT ctid AS place FROM webhook_lanes AS l
        WHERE l.workspace_id = w.workspace_id AND l.webhook_id = w.id AND l.due_at <= $5::timestamptz
            AND (NOT w.pings OR l.object_type = 'ping')
        ORDER BY l.due_at LIMIT w.room FOR UPDATE SKIP LOCKED) AS l))
RETURNING workspace_id, webhook_id, object_type, object_id, claim, attempts"""

FIRST = """
SELECT lane.*, d.contact_id, d.id, d.body, d.answers
FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[]) AS lane(workspace_id, webhook_id, object_type,
    object_id)
CROSS JOIN LATERAL (
    SELECT contact_id, id, body, answers FROM webhook_deliveries AS d
    WHERE d.workspace_id = lane.workspace_id AND d.webhook_id = lane.webhook_id AND d.object_type = lane.object_type
        AND d.object_id = lane.object_id AND d.status = 'waiting'
    ORDER BY sequence, id LIMIT 1) AS d"""

LOCK_SEVERAL = f"""
SELECT {COLUMNS} FROM webhooks
WHERE (workspace_id, id) IN (SELECT * FROM unnest($1::bigint[], $2::bigint[]))
ORDER BY workspace_id, id FOR NO KEY UPDATE"""

# Lanes that are due while their webhook may not be asked: held ($3 null), or put off.
PUT_OFF = """
UPDATE webhook_lanes SET due_at = $3 WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM webhook_lanes
    WHERE workspace_id = $1 AND webhook_id = $2 AND due_at <= $4 AND object_type <> 'ping'
    ORDER BY due_at LIMIT $5 FOR UPDATE SKIP LOCKED))"""

LOCK_LANES = """
SELECT l.workspace_id, l.webhook_id, l.object_type, l.object_id FROM webhook_lanes AS l
JOIN unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::int[])
    AS ours(workspace_id, webhook_id, object_type, object_id, claim)
    USING (workspace_id, webhook_id, object_type, object_id)
WHERE l.claim = ours.claim ORDER BY 1, 2, 3, 4 FOR UPDATE OF l"""

LOG = """
UPDATE webhook_deliveries AS d
SET status = a.status, attempts = d.attempts + 1, headers = a.headers, answers = a.answers, finished_at = a.finished_at
FROM json_to_recordset($1::json) AS a(contact_id bigint, id bigint, status text, headers jsonb, answers jsonb,
    finished_at timestamptz)
WHERE d.contact_id = a.contact_id AND d.id = a.id"""

# Lanes that were locked before: with a next delivery they go on at $5, without one they end.
SETTLE = """
WITH done AS (
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[]) AS done(workspace_id, webhook_id,
        object_type, object_id)
), told AS (
    SELECT done.*, EXISTS (SELECT FROM webhook_deliveries AS d
        WHERE d.workspace_id = done.workspace_id AND d.webhook_id = done.webhook_id
            AND d.object_type = done.object_type AND d.object_id = done.object_id AND d.status = 'waiting') AS goes_on
    FROM done
), gone AS (
    DELETE FROM webhook_lanes AS l USING told AS t
    WHERE NOT t.goes_on AND l.workspace_id = t.workspace_id AND l.webhook_id = t.webhook_id
        AND l.object_type = t.object_type AND l.object_id = t.object_id
)
UPDATE webhook_lanes AS l SET due_at = $5, attempts = 0 FROM told AS t
WHERE t.goes_on AND l.workspace_id = t.workspace_id AND l.webhook_id = t.webhook_id
    AND l.object_type = t.object_type AND l.object_id = t.object_id"""

RETRY = """
UPDATE webhook_lanes AS l SET due_at = t.due_at
FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::timestamptz[])
    AS t(workspace_id, webhook_id, object_type, object_id, due_at)
WHERE l.workspace_id = t.workspace_id AND l.webhook_id = t.webhook_id AND l.object_type = t.object_type
    AND l.object_id = t.object_id"""

NOTE = """
UPDATE webhooks SET failures = $3, failing_since = $4, last_error = $5, last_error_at = $6, rest_until = $7
WHERE workspace_id = $1 AND id = $2"""

DELIVERY_COLUMNS = """id, contact_id, object_type, object_id, sequence, kind, status, attempts, created_at, finished_at,
    answers -> -1 AS last_answer"""

DELIVERY = f"""
SELECT {DELIVERY_COLUMNS}, headers, body, answers FROM webhook_deliveries
WHERE workspace_id = $1 AND webhook_id = $2 AND id = $3"""

# When the lanes of $3 object types and $4 object ids go on, and with which delivery.
NEXT = """
SELECT l.due_at, (
    SELECT d.id FROM webhook_deliveries AS d
    WHERE d.workspace_id = l.workspace_id AND d.webhook_id = l.webhook_id AND d.object_type = l.object_type
        AND d.object_id = l.object_id AND d.status = 'waiting'
    ORDER BY d.sequence, d.id LIMIT 1) AS id
FROM webhook_lanes AS l JOIN (SELECT DISTINCT * FROM unnest($3::text[], $4::bigint[]) AS t(object_type, object_id)) AS t
    USING (object_type, object_id)
WHERE l.workspace_id = $1 AND l.webhook_id = $2"""

# The lane of one delivery, unless a worker tries it just now ($5: no lease goes beyond) or its webhook is held.
HURRY = """
UPDATE webhook_lanes SET due_at = $4
WHERE workspace_id = $1 AND webhook_id = $2 AND due_at > $5
    AND (object_type, object_id) IN (SELECT object_type, object_id FROM webhook_deliveries
        WHERE workspace_id = $1 AND webhook_id = $2 AND id = $3)"""

# $3 one delivery, or $4 those that were given up since a moment. $5 now.
RESEND = """
WITH again AS (
    UPDATE webhook_deliveries AS d SET status = 'waiting', finished_at = NULL
    FROM (
        SELECT contact_id, id FROM webhook_deliveries WHERE workspace_id = $1 AND webhook_id = $2 AND id = $3
        UNION ALL
        SELECT contact_id, id FROM webhook_deliveries
        WHERE workspace_id = $1 AND webhook_id = $2 AND status = 'failed' AND finished_at >= $4::timestamptz
    ) AS chosen
    WHERE d.contact_id = chosen.contact_id AND d.id = chosen.id AND d.status <> 'waiting'
    RETURNING d.object_type, d.object_id
), laned AS (
    INSERT INTO webhook_lanes AS l (workspace_id, webhook_id, object_type, object_id, due_at)
    SELECT DISTINCT $1::bigint, $2::bigint, object_type, object_id, $5::timestamptz FROM again ORDER BY 3, 4
    ON CONFLICT (workspace_id, webhook_id, object_type, object_id) DO UPDATE SET due_at = l.due_at
)
SELECT count(*) FROM again"""

FORGET = """
DELETE FROM webhook_deliveries WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM webhook_deliveries WHERE created_at < $1 ORDER BY created_at LIMIT $2
    FOR UPDATE SKIP LOCKED))"""

FORGET_CONTACTS = "DELETE FROM webhook_deliveries WHERE workspace_id = $1 AND contact_id = ANY($2::bigint[])"
