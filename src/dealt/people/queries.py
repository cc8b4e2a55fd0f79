"""All SQL of people. Where a function takes the name of a table, it is one that a mover states, never a client's."""

from __future__ import annotations

from dealt.kernel.journal import BUCKETS, Follower

# Rows are moved whole, whatever columns they have: the row's own value, in which only the contact is replaced.
_PLACE = "CROSS JOIN LATERAL jsonb_populate_record({row}, {changes}) AS p"


# In the order of the primary key, so that what is left of it is found at once.
_SAME_ROW = "t.contact_id = c.contact_id AND t.{within} = c.within AND t.{key} = c.row_id"


def _chosen(table: str, key: str, within: str | None, limit: int, which: str = "true") -> str:
    within = within or key
    return f"""chosen AS MATERIALIZED (
    SELECT contact_id, {within} AS within, {key} AS row_id FROM {table}
    WHERE contact_id = ANY($2::bigint[]) AND workspace_id = $1 AND {which}
    ORDER BY contact_id, {within}, {key} LIMIT ${limit}
)"""


def choose(table: str, key: str) -> str:
    """The ids of the first $3 rows of contacts $2."""
    return f"WITH {_chosen(table, key, None, 3)} SELECT row_id FROM chosen"


def choose_remembered(table: str) -> str:
    """The ids of the first $4 rows with contact $2 that are really contact $3's."""
    return f"""
SELECT row_id FROM merged_rows
WHERE contact_id = $2 AND former_id = $3 AND kind = '{table}' AND workspace_id = $1 ORDER BY row_id LIMIT $4"""


def hold(directory: str, key: str) -> str:
    """Hold the rows that say where $2 are, in the order in which every writer does."""
    return f"SELECT FROM {directory} WHERE workspace_id = $1 AND {key} = ANY($2::bigint[]) ORDER BY {key} FOR UPDATE"


def _changes(versioned: bool) -> str:
    return "$4::jsonb || jsonb_build_object('version', (whole).version + 1)" if versioned else "$4::jsonb"


def take(table: str, key: str, within: str | None = None, *, versioned: bool = False) -> str:
    """Move the first $5 rows of contacts $2, of $6 where that is not null, to contact $3; remembers whose they were.

    $4 is what changes of a row, as JSON. A row that the target has already is kept with what is remembered.
    """
    which = f"($6::bigint[] IS NULL OR {key} = ANY($6))"
    return f"""
WITH {_chosen(table, key, within, 5, which)}, gone AS (
    DELETE FROM {table} AS t USING chosen AS c WHERE {_SAME_ROW.format(key=key, within=within or key)}
    RETURNING t AS whole, c.contact_id AS former_id, c.row_id
), ranked AS (
    SELECT whole, former_id, row_id, row_number() OVER (PARTITION BY row_id ORDER BY former_id) AS place FROM gone
), placed AS (
    INSERT INTO {table} SELECT p.* FROM ranked {_PLACE.format(row="whole", changes=_changes(versioned))}
    WHERE place = 1 ON CONFLICT DO NOTHING RETURNING {key} AS row_id
), remembered AS (
    INSERT INTO merged_rows (contact_id, former_id, kind, row_id, workspace_id, dropped)
    SELECT $3, former_id, '{table}', row_id, $1,
        CASE WHEN place > 1 OR row_id NOT IN (SELECT row_id FROM placed) THEN to_jsonb(whole) END
    FROM ranked
)
SELECT former_id, row_id FROM gone"""


def give_back(
    table: str,
    key: str,
    within: str | None = None,
    *,
    versioned: bool = False,
    movable: str = "true",
    can_meet: bool = False,
) -> str:
    """Give the first $5 rows with contact $2 that are really contact $3's back to it; $4 is what changes of a row.

    ``remembered`` counts what was remembered of them, ``moved`` holds the ids that are no longer with $2. What is
    remembered of a row that went elsewhere, was deleted, or is not ``movable``, is forgotten. Of rows that both had
    (``can_meet``) there is one again where $2 has its own still.
    """
    moving = "SELECT row_id FROM chosen WHERE dropped IS NULL"
    # By the primary key where it leads with the id; else all rows of the contact, each looked for in a hash table:
    # IS TRUE keeps the planner, which knows nothing of rows that have just come, from joining them one by one.
    these = f"(t.{key} IN ({moving})) IS TRUE" if within else f"t.{key} = ANY(ARRAY({moving}))"
    still = f"EXISTS (SELECT FROM {table} AS t WHERE t.contact_id = $2 AND t.{key} = row_id)" if can_meet else "true"
    return f"""
WITH chosen AS MATERIALIZED (
    SELECT row_id, dropped FROM merged_rows
    WHERE contact_id = $2 AND former_id = $3 AND kind = '{table}' AND workspace_id = $1 ORDER BY row_id LIMIT $5
), forgotten AS (
    DELETE FROM merged_rows
    WHERE contact_id = $2 AND former_id = $3 AND kind = '{table}' AND row_id = ANY(ARRAY(SELECT row_id FROM chosen))
), gone AS (
    DELETE FROM {table} AS t WHERE t.contact_id = $2 AND {these} AND {movable} RETURNING t AS whole, t.{key} AS row_id
), placed AS (
    INSERT INTO {table} SELECT p.* FROM gone {_PLACE.format(row="whole", changes=_changes(versioned))}
), made AS (
    INSERT INTO {table} SELECT p.* FROM chosen
    {_PLACE.format(row=f"NULL::{table}", changes="dropped || $4::jsonb")}
    WHERE dropped IS NOT NULL AND {still}
)
SELECT (SELECT count(*) FROM chosen) AS remembered, (SELECT array_agg(row_id) FROM gone) AS moved"""


def keep_for_siblings(table: str) -> str:
    """Let contact $1 keep rows $3, which have just gone, where one of the contacts $2 brought the same."""
    return f"""
WITH wanted AS MATERIALIZED (
    SELECT DISTINCT ON (row_id) former_id, row_id, dropped FROM merged_rows
    WHERE contact_id = $1 AND former_id = ANY($2::bigint[]) AND kind = '{table}' AND row_id = ANY($3::bigint[])
        AND dropped IS NOT NULL
    ORDER BY row_id, former_id
), made AS (
    INSERT INTO {table} SELECT p.* FROM wanted
    {_PLACE.format(row=f"NULL::{table}", changes="dropped || $4::jsonb")} ON CONFLICT DO NOTHING
)
UPDATE merged_rows AS m SET dropped = NULL FROM wanted AS w
WHERE m.contact_id = $1 AND m.former_id = w.former_id AND m.kind = '{table}' AND m.row_id = w.row_id"""


def take_parts(table: str, key: str) -> str:
    """Move the rows of contacts $2 whose ``key`` is one of $3; $4 is the target's id as JSON."""
    return f"""
WITH gone AS (
    DELETE FROM {table} AS t
    WHERE t.contact_id = ANY($2::bigint[]) AND t.{key} = ANY($3::bigint[]) AND t.workspace_id = $1 RETURNING t AS whole
)
INSERT INTO {table} SELECT p.* FROM gone {_PLACE.format(row="whole", changes="$4::jsonb")}"""


def redirect(directory: str, key: str) -> str:
    """Say that $2 are with contact $3 now."""
    return f"UPDATE {directory} SET contact_id = $3 WHERE workspace_id = $1 AND {key} = ANY($2::bigint[])"


def drop(table: str, key: str, within: str | None = None) -> str:
    """Delete the first $3 rows of contacts $2; their ids, or null."""
    return f"""
WITH {_chosen(table, key, within, 3)}, gone AS (
    DELETE FROM {table} AS t USING chosen AS c WHERE {_SAME_ROW.format(key=key, within=within or key)}
    RETURNING c.row_id
)
SELECT array_agg(row_id) FROM gone"""


def drop_from_directory(directory: str, key: str) -> str:
    """Forget where $2 were."""
    return f"DELETE FROM {directory} WHERE workspace_id = $1 AND {key} = ANY($2::bigint[])"


def drop_all(table: str) -> str:
    """Delete what is derived for contacts $2."""
    return f"DELETE FROM {table} WHERE workspace_id = $1 AND contact_id = ANY($2::bigint[])"


COUNT_VIEWS = """
UPDATE contacts AS c SET page_views = (SELECT count(*) FROM page_views AS v WHERE v.contact_id = c.id)
WHERE c.workspace_id = $1 AND c.id = ANY($2::bigint[])"""

TAKE_HISTORY = """
WITH gone AS (
    DELETE FROM journal WHERE contact_id = ANY($2::bigint[]) AND object_type = $3 AND object_id = ANY($4::bigint[])
        AND workspace_id = $1
    RETURNING *
), placed AS (
    INSERT INTO journal (contact_id, at, id, workspace_id, kind, object_type, object_id, actor, cause, hop, changes)
    SELECT $5, at, id, workspace_id, kind, object_type, object_id, actor, cause, hop, changes FROM gone
)
SELECT array_agg(id) FROM gone"""

# What is said of the contact itself is remembered; the history of objects is found by them.
# $1 workspace $2 sources $3 target $4 types of objects that have a history of their own $5 how many
TAKE_JOURNAL = """
WITH chosen AS MATERIALIZED (
    SELECT contact_id, at, id FROM journal WHERE contact_id = ANY($2::bigint[]) AND workspace_id = $1
    ORDER BY contact_id, at, id LIMIT $5
), gone AS (
    DELETE FROM journal AS j USING chosen AS c WHERE j.contact_id = c.contact_id AND j.at = c.at AND j.id = c.id
    RETURNING j.*
), placed AS (
    INSERT INTO journal (contact_id, at, id, workspace_id, kind, object_type, object_id, actor, cause, hop, changes)
    SELECT $3, at, id, workspace_id, kind, object_type, object_id, actor, cause, hop, changes FROM gone
), remembered AS (
    INSERT INTO merged_rows (contact_id, former_id, kind, row_id, workspace_id)
    SELECT $3, contact_id, 'journal', id, $1 FROM gone WHERE object_type <> ALL($4::text[])
)
SELECT array_agg(id) FROM gone"""

# $1 workspace $2 source $3 target $4 how many
GIVE_JOURNAL_BACK = """
WITH chosen AS MATERIALIZED (
    SELECT row_id FROM merged_rows
    WHERE contact_id = $2 AND former_id = $3 AND kind = 'journal' AND workspace_id = $1 ORDER BY row_id LIMIT $4
), forgotten AS (
    DELETE FROM merged_rows
    WHERE contact_id = $2 AND former_id = $3 AND kind = 'journal' AND row_id = ANY(ARRAY(SELECT row_id FROM chosen))
), gone AS (
    DELETE FROM journal AS j WHERE j.contact_id = $2 AND (j.id IN (SELECT row_id FROM chosen)) IS TRUE RETURNING j.*
), placed AS (
    INSERT INTO journal (contact_id, at, id, workspace_id, kind, object_type, object_id, actor, cause, hop, changes)
    SELECT $3, at, id, workspace_id, kind, object_type, object_id, actor, cause, hop, changes FROM gone
)
SELECT (SELECT count(*) FROM chosen) AS remembered, (SELECT array_agg(id) FROM gone) AS moved"""

_QUEUED = f"follower = ANY(ARRAY{[int(follower) for follower in Follower]}::smallint[])"

# Followers look an entry up by its contact: they must be told where it went.
# $1 from $2 to $3 ids $4 how their kinds begin $5 kinds that they are not
REDIRECT_FOLLOWS = f"""
UPDATE follows SET contact_id = $2::bigint, bucket = ($2::bigint % {BUCKETS})::smallint
WHERE {_QUEUED} AND bucket = ANY(ARRAY(SELECT (source % {BUCKETS})::smallint FROM unnest($1::bigint[]) AS source))
    AND contact_id = ANY($1::bigint[]) AND journal_id = ANY($3::bigint[])
    AND starts_with(kind, $4) AND kind <> ALL($5::text[])"""

CLEARED_KINDS = ("contact.deleted", "contact.erased")

# What was said of a person, but not the histories of its objects. $3 types with a history $4 how many $5 kept kinds
DROP_JOURNAL = """
WITH chosen AS MATERIALIZED (
    SELECT contact_id, at, id FROM journal WHERE contact_id = ANY($2::bigint[]) AND workspace_id = $1
        AND object_type <> ALL($3::text[]) AND kind <> ALL($5::text[])
    ORDER BY contact_id, at, id LIMIT $4
), gone AS (
    DELETE FROM journal AS j USING chosen AS c WHERE j.contact_id = c.contact_id AND j.at = c.at AND j.id = c.id
    RETURNING j.id
)
SELECT count(*) FROM gone"""

JOURNAL_OF = """
SELECT contact_id, at, id, changes FROM journal
WHERE contact_id = ANY($2::bigint[]) AND workspace_id = $1 AND (contact_id, at, id) > ($3::bigint, $4::timestamptz, $5)
ORDER BY contact_id, at, id LIMIT $6"""

CLEAN_JOURNAL = """
UPDATE journal AS j SET changes = c.changes FROM json_to_recordset($1::json)
    AS c(contact_id bigint, at timestamptz, id bigint, changes jsonb)
WHERE j.contact_id = c.contact_id AND j.at = c.at AND j.id = c.id"""

# The names in a person's row, and those that its history tells of.
NAMES_IN_HISTORY = """
SELECT changes FROM journal WHERE contact_id = ANY($2::bigint[]) AND workspace_id = $1 AND object_type = 'contact'
    AND changes ?| ARRAY['email', 'phone_number', 'first_name', 'last_name', 'custom_id', 'key']
ORDER BY id DESC LIMIT 1000"""

# Merging. All rows of the contacts are held: whoever still adds to them has ended, or will look again.
HOLD = """
SELECT id, placeholder, merged_into, deleted_at, to_jsonb(c) AS image FROM contacts AS c
WHERE id = ANY($2::bigint[]) AND workspace_id = $1 ORDER BY id FOR UPDATE"""

TAKE_NAMES = """
UPDATE {table} SET contact_id = $3, merged_from = merged_from || contact_id
WHERE workspace_id = $1 AND contact_id = ANY($2::bigint[])"""

GIVE_NAMES_BACK = """
UPDATE {table} SET contact_id = $3, merged_from = trim_array(merged_from, 1)
WHERE workspace_id = $1 AND contact_id = $2 AND merged_from[cardinality(merged_from)] = $3"""

NAME_TABLES = ("contact_custom_ids", "contact_keys")

JOIN = """
UPDATE contacts SET placeholder = true, merged_into = merged_into || $3::bigint
WHERE id = ANY($2::bigint[]) AND workspace_id = $1"""

SEPARATE = """
UPDATE contacts SET merged_into = trim_array(merged_into, 1), placeholder = placeholder AND (id <> $3 OR $4)
WHERE id = ANY($2::bigint[]) AND workspace_id = $1"""

TOUCH = """
UPDATE contacts SET updated_at = $3, version = version + 1 WHERE id = ANY($2::bigint[]) AND workspace_id = $1"""


# A contact as it is to be, from JSON with the columns that change; columns of {names} only.
def set_fields(names: list[str]) -> str:
    """Set columns ``names`` of contact $2 to their values in $3, and its change to $4."""
    columns = ", ".join(f"{name} = p.{name}" for name in names)
    return f"""
UPDATE contacts AS c SET {columns + ", " if names else ""}updated_at = $4, version = c.version + 1
FROM jsonb_populate_record(NULL::contacts, $3::jsonb) AS p WHERE c.id = $2 AND c.workspace_id = $1"""


REMEMBER_MERGE = """
INSERT INTO merges (contact_id, workspace_id, former_id, was_placeholder, carried, taken, moved, merged_at, merged_by)
SELECT $2, $1, former_id, was_placeholder, ARRAY(SELECT jsonb_array_elements_text(carried)::bigint), taken, moved,
    $4, $5
FROM jsonb_to_recordset($3::jsonb)
    AS m(former_id bigint, was_placeholder boolean, carried jsonb, taken jsonb, moved jsonb)"""

MERGE_COLUMNS = """id, contact_id, former_id, was_placeholder, carried, taken, moved, merged_at, merged_by, unmerged_at,
    unmerged_by"""

MERGES_IN_FORCE = f"""
SELECT {MERGE_COLUMNS} FROM merges
WHERE workspace_id = $1 AND contact_id = ANY($2::bigint[]) AND unmerged_at IS NULL ORDER BY id"""

MERGE_OF = f"""
SELECT {MERGE_COLUMNS} FROM merges WHERE workspace_id = $1 AND former_id = $2 AND unmerged_at IS NULL"""

COUNT_REMEMBERED = """
SELECT former_id, kind, count(*) AS rows FROM merged_rows
WHERE contact_id = $2 AND former_id = ANY($3::bigint[]) AND workspace_id = $1 GROUP BY former_id, kind"""

# What it had given is told by the journal, and no longer kept here.
END_MERGE = """
UPDATE merges SET unmerged_at = $4, unmerged_by = $5, taken = '{}'
WHERE contact_id = $2 AND id = $3 AND workspace_id = $1"""

SET_TAKEN = """
UPDATE merges AS m SET taken = t.taken FROM jsonb_to_recordset($3::jsonb) AS t(id bigint, taken jsonb)
WHERE m.contact_id = $2 AND m.id = t.id AND m.workspace_id = $1"""

IMAGES = "SELECT id, to_jsonb(c) AS image FROM contacts AS c WHERE id = ANY($2::bigint[]) AND workspace_id = $1"

# A deal or another row that one of a merged contact's names has brought: each contact of the path remembers it.
REMEMBER_NAMED = """
INSERT INTO merged_rows (contact_id, former_id, kind, row_id, workspace_id)
SELECT contact_id, former_id, $2, row_id, $1
FROM unnest($3::bigint[], $4::bigint[], $5::bigint[]) AS named(contact_id, former_id, row_id)
ON CONFLICT DO NOTHING"""

FORGET_NAMED = """
DELETE FROM merged_rows AS m USING unnest($3::bigint[], $4::bigint[]) AS gone(contact_id, row_id)
WHERE m.contact_id = gone.contact_id AND m.row_id = gone.row_id AND m.kind = $2 AND m.workspace_id = $1"""

# Bringing back.
DELETED_WITH = """
SELECT contact_id AS id FROM deleted_rows WHERE workspace_id = $1 AND deletion_id = $2 AND kind = 'contacts'"""

EMAIL_TAKEN = """
SELECT c.id, c.email FROM deleted_rows AS r JOIN contacts AS c
    ON lower(c.email) = lower(r.image ->> 'email') AND c.workspace_id = $1 AND c.email IS NOT NULL AND NOT c.placeholder
WHERE r.workspace_id = $1 AND r.deletion_id = $2 AND r.kind = 'contacts' AND r.contact_id = $3 LIMIT 1"""

# Forgetting.
CARRIED_BY = """
SELECT DISTINCT unnest(carried || former_id) AS id FROM merges
WHERE workspace_id = $1 AND contact_id = $2 AND unmerged_at IS NULL"""

DROP_NAMES = "DELETE FROM {table} WHERE workspace_id = $1 AND contact_id = ANY($2::bigint[])"

DROP_MERGES = "DELETE FROM merges WHERE workspace_id = $1 AND contact_id = ANY($2::bigint[])"

DROP_MERGED_ROWS = "DELETE FROM merged_rows WHERE workspace_id = $1 AND contact_id = ANY($2::bigint[])"

BY_EMAIL = """
SELECT id FROM contacts
WHERE workspace_id = $1 AND email IS NOT NULL AND lower(email) = lower($2) AND NOT placeholder ORDER BY id LIMIT 1000"""

# Whoever was deleted, and whoever is here; not a guest's placeholder, and not one who was merged.
CAN_BE_ERASED = """
SELECT id, placeholder FROM contacts
WHERE workspace_id = $1 AND id = $2 AND (NOT placeholder OR deleted_at IS NOT NULL AND merged_into = '{}')"""


ACCESS = "contact.exported"


def export(table: str) -> str:
    """All rows of contacts $2 in ``table``, as JSON. Who has asked for them ($3) is not about the person."""
    key = "id" if table == "contacts" else "contact_id"
    which = "t.kind <> $3" if table == "journal" else "$3::text <> ''"
    return f"""
SELECT (to_jsonb(t) - 'workspace_id')::text AS row FROM {table} AS t
WHERE t.{key} = ANY($2::bigint[]) AND t.workspace_id = $1 AND {which} ORDER BY t"""
