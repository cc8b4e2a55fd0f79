"""SQL of the pages that an admin looks after."""

_ENTRY = "at, id, kind, object_type, object_id, actor, cause, changes"
# What every branch narrows by: $2 and $3 are where the page before ended, or a moment ahead of everything, $4 the first
# moment, $5 what kind of object, $6 who, $7 how many.
_NARROWED = """workspace_id = $1 AND (at, id) < ($2, $3) AND at >= $4 AND ($5::text IS NULL OR object_type = $5)
    AND ($6::text IS NULL OR actor = $6)"""
_NEWEST = "ORDER BY at DESC, id DESC LIMIT $7"

# Settings, members, companies and products stand with contact 0, in the order of the primary key; what members did to
# anything else in that of journal_by_hand.
JOURNAL = f"""
(SELECT {_ENTRY} FROM journal WHERE contact_id = 0 AND {_NARROWED} {_NEWEST})
UNION ALL
(SELECT {_ENTRY} FROM journal WHERE contact_id <> 0 AND actor LIKE 'member:%' AND {_NARROWED} {_NEWEST})
{_NEWEST}"""

# What programs did to contacts and their deals: no order serves this, so that it is asked of one day at a time.
BY_PROGRAMS = f"""
SELECT {_ENTRY} FROM journal WHERE contact_id <> 0 AND actor NOT LIKE 'member:%' AND {_NARROWED} {_NEWEST}"""

# Everything about one object, by whomever; $8 is the contact with whom its history stands, $9 its number.
OF_OBJECT = f"""
SELECT {_ENTRY} FROM journal WHERE contact_id = $8 AND object_id = $9 AND {_NARROWED} {_NEWEST}"""
HOMES = {
    "deal": "SELECT contact_id FROM deal_ids WHERE workspace_id = $1 AND deal_id = $2",
    "task": "SELECT contact_id FROM task_ids WHERE workspace_id = $1 AND task_id = $2",
    "contact": "SELECT id FROM contacts WHERE workspace_id = $1 AND id = $2",
}

STORAGE = """
SELECT relname AS name, pg_total_relation_size(oid) AS bytes, greatest(reltuples, 0)::bigint AS rows
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND NOT relispartition
ORDER BY 2 DESC LIMIT 8"""

DATABASE = "SELECT pg_database_size(current_database()) AS bytes, current_setting('server_version') AS version"
