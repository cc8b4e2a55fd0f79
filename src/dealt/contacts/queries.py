"""All SQL of contacts."""

from dealt.contacts.model import BLANK
from dealt.kernel.journal import MARK, WRITE_ENTRIES

# One statement for all three ways. The directories are asked alone: rows of deleted contacts are not in them.
# A question (kernel/questions.py). Cookie keys, and names of merged contacts, are followed to the contact's row, one
# contact at a time.
FIND = """
SELECT 'id' AS way, NULL AS asked, id AS asked_id, coalesce(merged_into[cardinality(merged_into)], id) AS id,
    CASE WHEN merged_into = ARRAY[]::bigint[] THEN custom_id
        ELSE (SELECT p.custom_id FROM contacts AS p WHERE p.id = c.merged_into[cardinality(c.merged_into)])
    END AS custom_id,
    CASE WHEN merged_into = ARRAY[]::bigint[] THEN merged_into
        ELSE array_prepend(id, trim_array(merged_into, 1)) END AS merged_from
FROM contacts AS c
WHERE workspace_id = {} AND id = ANY({}::bigint[]) AND (NOT placeholder OR merged_into <> ARRAY[]::bigint[])
UNION ALL
SELECT 'custom_id', custom_id, NULL, contact_id, CASE WHEN merged_from = ARRAY[]::bigint[] THEN custom_id
    ELSE (SELECT p.custom_id FROM contacts AS p WHERE p.id = contact_id) END, merged_from
FROM contact_custom_ids WHERE workspace_id = {} AND custom_id = ANY({}::text[])
UNION ALL
SELECT 'key', key, NULL, contact_id, (SELECT custom_id FROM contacts WHERE id = contact_id), merged_from
FROM contact_keys WHERE workspace_id = {} AND key = ANY({}::text[])"""

# For one, a plan that is kept; a list of one is planned anew each time, which takes longer than the look.
ID_OF = "SELECT contact_id FROM contact_custom_ids WHERE workspace_id = $1 AND custom_id = $2"

COLUMNS = """id, key, custom_id, email, first_name, last_name, phone_number, gender, status, score, unsubscribed,
    notifications, country, region, city, timezone, last_ip, browser, browser_language, os_type, resolution, page_views,
    facebook_url, linkedin_url, twitter_url, google_url, gravatar_url, assigned_to, tag_ids, attributes, first_seen,
    last_seen, last_contacted, created_at, updated_at"""

READ = f"SELECT {COLUMNS} FROM contacts WHERE id = $2 AND workspace_id = $1 AND NOT placeholder"

READ_MANY = f"""
SELECT {COLUMNS} FROM contacts WHERE id = ANY($2::bigint[]) AND workspace_id = $1 AND NOT placeholder"""

# Held, a contact cannot be deleted until the commit.
HOLD = """
SELECT id FROM contacts WHERE id = $2 AND workspace_id = $1 AND NOT placeholder FOR KEY SHARE"""

# Where a merged contact's names lead now.
MERGED_INTO = """
SELECT merged_into[cardinality(merged_into)] FROM contacts WHERE id = $2 AND workspace_id = $1"""

# Both kinds in one statement: whoever reads a contact asks for both.
MEMBERSHIPS_OF = """
SELECT m.contact_id, true AS of_company, c.id, c.name, m.member_since, NULL AS description
FROM company_members m JOIN companies c ON c.workspace_id = m.workspace_id AND c.id = m.company_id
WHERE m.contact_id = ANY($2::bigint[]) AND m.workspace_id = $1
UNION ALL
SELECT m.contact_id, false, l.id, l.name, NULL, l.description
FROM list_members m JOIN lists l ON l.workspace_id = m.workspace_id AND l.id = m.list_id
WHERE m.contact_id = ANY($2::bigint[]) AND m.workspace_id = $1
ORDER BY contact_id, of_company, member_since DESC, id"""

# Directory rows. Whoever gives, moves or takes away a custom id first holds its row here, then the contact's.
CUSTOM_ID_OF = "SELECT custom_id FROM contacts WHERE id = $2 AND workspace_id = $1 AND NOT placeholder"

HOLD_CUSTOM_ID = """
SELECT contact_id FROM contact_custom_ids WHERE workspace_id = $1 AND custom_id = $2 FOR UPDATE"""

CLAIM_CUSTOM_ID = """
INSERT INTO contact_custom_ids (workspace_id, custom_id, contact_id)
VALUES ($1, $2, coalesce($3::bigint, nextval('contact_id_seq')))
ON CONFLICT (workspace_id, custom_id) DO NOTHING RETURNING contact_id"""

# What a merged contact was called goes on meaning the one that it was merged into.
RELEASE_CUSTOM_ID = """
DELETE FROM contact_custom_ids
WHERE workspace_id = $1 AND custom_id = $2 AND contact_id = $3 AND merged_from = '{}'"""

NAMES_ALREADY = """
SELECT FROM contact_custom_ids
WHERE workspace_id = $1 AND custom_id = $2 AND contact_id = $3 AND merged_from <> '{}' """

HOLD_CUSTOM_IDS = """
SELECT custom_id, contact_id FROM contact_custom_ids
WHERE workspace_id = $1 AND custom_id = ANY($2::text[]) ORDER BY custom_id FOR UPDATE"""

RELEASE_CLAIMED = """
DELETE FROM contact_custom_ids AS d USING unnest($2::text[], $3::bigint[]) AS claimed(custom_id, contact_id)
WHERE d.workspace_id = $1 AND d.custom_id = claimed.custom_id AND d.contact_id = claimed.contact_id"""

CLAIM_CUSTOM_IDS = """
INSERT INTO contact_custom_ids (workspace_id, custom_id, contact_id)
SELECT $1, custom_id, nextval('contact_id_seq')
FROM unnest($2::text[]) WITH ORDINALITY AS wanted(custom_id, position) ORDER BY position
ON CONFLICT (workspace_id, custom_id) DO NOTHING RETURNING custom_id, contact_id"""

CLAIM_KEYS = """
INSERT INTO contact_keys (workspace_id, key, contact_id)
SELECT $1, key, contact_id FROM unnest($2::text[], $3::bigint[]) AS proposed(key, contact_id)
ON CONFLICT (workspace_id, key) DO NOTHING RETURNING key, contact_id"""

CLAIM_KEY = """
INSERT INTO contact_keys (workspace_id, key, contact_id) VALUES ($1, $2, $3)
ON CONFLICT (workspace_id, key) DO NOTHING RETURNING key"""

NEXT_ID = "SELECT nextval('contact_id_seq')"

NEXT_IDS = "SELECT nextval('contact_id_seq') AS id FROM generate_series(1, $1::int)"

LOCK = f"SELECT {COLUMNS} FROM contacts WHERE id = $2 AND workspace_id = $1 AND NOT placeholder FOR UPDATE"

# The contact as it is to be: $1 workspace, $2 id, then every column that clients write, in the order of BLANK.
_PLACES = {
    name: f"${place}::jsonb" if name == "attributes" else f"${place}" for place, name in enumerate(BLANK, start=4)
}

INSERT = f"""
INSERT INTO contacts (workspace_id, id, first_seen, created_at, updated_at, {", ".join(_PLACES)}, key)
VALUES ($1, $2, $3, $3, $3, {", ".join(_PLACES.values())}, ${len(_PLACES) + 4})"""

INSERT_MANY = f"""
INSERT INTO contacts (workspace_id, first_seen, created_at, updated_at, id, key, {", ".join(BLANK)})
SELECT $1, $2, $2, $2, id, key, {", ".join(BLANK)} FROM json_populate_recordset(NULL::contacts, $3::json)"""

UPDATE = f"""
UPDATE contacts SET updated_at = $3, version = version + 1, {", ".join(f"{n} = {p}" for n, p in _PLACES.items())}
WHERE id = $2 AND workspace_id = $1"""

TAGGED = """
SELECT id FROM contacts
WHERE workspace_id = $1 AND NOT placeholder AND tag_ids <> '{}' AND tag_ids @> ARRAY[$2::bigint]"""

# Many contacts are not locked together: each is written where it still has the version that was read.
READ_VERSIONS = f"""
SELECT {COLUMNS}, version FROM contacts WHERE id = ANY($2::bigint[]) AND workspace_id = $1 AND NOT placeholder"""

ATTRIBUTES_ALIKE = "attributes = (c.attributes - {}::text[]) || {}::jsonb"

# Each tag once, in the order in which they came.
TAGS_ALIKE = """tag_ids = array(
    SELECT tag_id FROM unnest(c.tag_ids || {}::bigint[]) WITH ORDINALITY AS given(tag_id, place)
    WHERE tag_id <> ALL({}::bigint[]) GROUP BY tag_id ORDER BY min(place))"""

AS_READ = """
FROM unnest({}::bigint[], {}::integer[]) AS seen(id, version)
WHERE c.id = seen.id AND c.version = seen.version AND c.workspace_id = {} AND NOT c.placeholder RETURNING c.id"""

# Holds the companies until the commit: they cannot be deleted under the memberships.
JOIN_PAIRS = """
WITH held AS (
    SELECT id FROM companies WHERE workspace_id = $1 AND id = ANY($3::bigint[]) ORDER BY id FOR KEY SHARE
)
INSERT INTO company_members (contact_id, company_id, workspace_id, member_since)
SELECT pair.contact_id, held.id, $1, $4
FROM unnest($2::bigint[], $3::bigint[]) AS pair(contact_id, company_id) JOIN held ON held.id = pair.company_id
ON CONFLICT (contact_id, company_id) DO NOTHING RETURNING contact_id, company_id"""

# A set of contacts as they are to be, each written where it is new or still has the version that was read, with its
# journal entry and its stale mark.
# $1 contacts $2 now $3 workspace $4 entries $5 followers $6 stale marks
STORE = f"""
WITH contact AS MATERIALIZED (
    SELECT * FROM json_populate_recordset(NULL::contacts, $1::json)
), stored AS (
    INSERT INTO contacts AS c (id, workspace_id, key, first_seen, created_at, updated_at, version, {", ".join(BLANK)})
    SELECT id, $3, key, $2, $2, $2, version, {", ".join(BLANK)} FROM contact
    ON CONFLICT (id) DO UPDATE SET updated_at = excluded.updated_at, version = excluded.version,
        {", ".join(f"{name} = excluded.{name}" for name in BLANK)}
    WHERE c.version = excluded.version - 1 AND NOT c.placeholder
    RETURNING c.id
), entry AS (
    SELECT e.* FROM json_to_recordset($4::json) AS e(contact_id bigint, kind text, object_type text, object_id bigint,
        actor text, cause smallint, hop smallint, changes jsonb) JOIN stored ON stored.id = e.contact_id
), {WRITE_ENTRIES.format(now="$2::timestamptz", workspace="$3::bigint", followers="$5::smallint[]")}, marked AS (
    {MARK.format(workspace="$3::bigint", now="$2::timestamptz", marks="$6")} JOIN stored ON stored.id = m.contact_id
)
SELECT id FROM stored"""

COMPANY_IDS_OF_MANY = """
SELECT contact_id, company_id FROM company_members WHERE contact_id = ANY($2::bigint[]) AND workspace_id = $1
ORDER BY contact_id, company_id"""

HOLD_COMPANY = "SELECT id FROM companies WHERE workspace_id = $1 AND id = $2 FOR KEY SHARE"

JOIN_MANY = """
INSERT INTO company_members (contact_id, company_id, workspace_id, member_since)
SELECT id, $3, $1, $4 FROM contacts
WHERE id = ANY($2::bigint[]) AND workspace_id = $1 AND NOT placeholder ORDER BY id
ON CONFLICT (contact_id, company_id) DO NOTHING RETURNING contact_id"""

COMPANY_IDS_OF = """
SELECT company_id FROM company_members WHERE contact_id = $2 AND workspace_id = $1 ORDER BY company_id"""

# Holds the company until the commit: it cannot be deleted under the membership.
JOIN_COMPANY = """
INSERT INTO company_members (contact_id, company_id, workspace_id, member_since)
SELECT $2, id, workspace_id, $4 FROM companies WHERE workspace_id = $1 AND id = $3 FOR KEY SHARE
RETURNING company_id"""

# What is left of deleted contacts: the invisible owners of their orders, about whom nothing is known.
STRIP = """
UPDATE contacts SET placeholder = true, key = NULL, custom_id = NULL, email = NULL, first_name = NULL, last_name = NULL,
    phone_number = NULL, gender = 1, status = 1, score = 0, unsubscribed = false, notifications = true, country = NULL,
    region = NULL, city = NULL, timezone = NULL, last_ip = NULL, browser = NULL, browser_language = NULL,
    os_type = NULL, resolution = NULL, page_views = 0, facebook_url = NULL, linkedin_url = NULL, twitter_url = NULL,
    google_url = NULL, gravatar_url = NULL, assigned_to = NULL, tag_ids = '{}', attributes = '{}', first_seen = NULL,
    last_seen = NULL, last_contacted = NULL, merged_into = '{}', deleted_at = coalesce(deleted_at, $3), updated_at = $3,
    version = version + 1
WHERE id = ANY($2::bigint[]) AND workspace_id = $1"""

_STRIPPED = (
    "placeholder", "key", "custom_id", "email", "first_name", "last_name", "phone_number", "gender", "status", "score",
    "unsubscribed", "notifications", "country", "region", "city", "timezone", "last_ip", "browser", "browser_language",
    "os_type", "resolution", "page_views", "facebook_url", "linkedin_url", "twitter_url", "google_url", "gravatar_url",
    "assigned_to", "tag_ids", "attributes", "first_seen", "last_seen", "last_contacted", "merged_into", "deleted_at",
)  # fmt: skip

RESTORE = f"""
UPDATE contacts AS c SET {", ".join(f"{name} = p.{name}" for name in _STRIPPED)}, updated_at = $3,
    version = c.version + 1
FROM deleted_rows AS r CROSS JOIN LATERAL jsonb_populate_record(NULL::contacts, r.image) AS p
WHERE r.workspace_id = $1 AND r.deletion_id = $2 AND r.kind = 'contacts' AND c.id = r.contact_id
    AND c.workspace_id = $1"""

WITH_EMAILS = """
SELECT id, custom_id, lower(email) AS email FROM contacts
WHERE workspace_id = $1 AND lower(email) = ANY($2::text[]) AND email IS NOT NULL AND NOT placeholder ORDER BY id"""

# A visit is no edit: neither version nor updated_at changes.
NOTE_VISITS = """
UPDATE contacts AS c SET page_views = c.page_views + v.page_views, first_seen = least(c.first_seen, v.first_at),
    last_seen = greatest(c.last_seen, v.last_at)
FROM unnest($2::bigint[], $3::integer[], $4::timestamptz[], $5::timestamptz[])
    AS v(contact_id, page_views, first_at, last_at)
WHERE c.id = v.contact_id AND c.workspace_id = $1 AND NOT c.placeholder"""

# Of these contacts, those whose name leads elsewhere or nowhere; nowhere is mended.
CHECK_NAMES = """
WITH named AS MATERIALIZED (
    SELECT c.id, c.{column} AS name, (
        SELECT n.contact_id FROM {table} AS n WHERE n.workspace_id = c.workspace_id AND n.{column} = c.{column}
    ) AS listed
    FROM contacts AS c
    WHERE c.workspace_id = $1 AND c.id = ANY($2::bigint[]) AND NOT c.placeholder AND c.{column} IS NOT NULL
), mended AS (
    INSERT INTO {table} (workspace_id, {column}, contact_id)
    SELECT $1, name, id FROM named WHERE listed IS NULL ON CONFLICT DO NOTHING
)
SELECT id, name, listed FROM named WHERE listed IS DISTINCT FROM id"""
