"""All SQL of tasks."""

_WRITTEN = (
    "custom_id", "activity_type", "name", "description", "due_at", "duration_minutes", "assigned_to", "created_by",
    "company_id", "deal_id", "done", "done_at", "attributes",
)  # fmt: skip
_ROW = ("contact_id", "id", "workspace_id", "version", "created_at", "updated_at", *_WRITTEN)

# When the first open task of a deal ``d`` is due, as an expression; the count on the deal saves the look where none is.
NEXT_OF_DEAL = (
    "(CASE WHEN d.open_tasks > 0 THEN (SELECT min(t.due_at) FROM tasks AS t WHERE t.contact_id = d.contact_id"
    " AND t.deal_id = d.id AND NOT t.done) END)"
)

NEXT_ID = "SELECT nextval('task_id_seq')"

WHERE_IS = "SELECT contact_id FROM task_ids WHERE workspace_id = $1 AND task_id = $2"

WHICH_IS = "SELECT task_id FROM task_custom_ids WHERE workspace_id = $1 AND custom_id = $2"

WHICH_DEAL_IS = """
SELECT deal_id FROM deal_custom_ids WHERE workspace_id = $1 AND custom_id = $2 AND deleted_at IS NULL"""

WHERE_DEAL_IS = "SELECT contact_id FROM deal_ids WHERE workspace_id = $1 AND deal_id = $2"

HOLD = WHERE_IS + " FOR UPDATE"

# Whoever writes a deal, its count of open tasks too, first holds its row here.
HOLD_DEALS = """
SELECT deal_id, contact_id FROM deal_ids WHERE workspace_id = $1 AND deal_id = ANY($2::bigint[])
ORDER BY deal_id FOR UPDATE"""

INSERT_ID = "INSERT INTO task_ids (workspace_id, task_id, contact_id) VALUES ($1, $2, $3)"

DELETE_ID = "DELETE FROM task_ids WHERE workspace_id = $1 AND task_id = $2"

CLAIM_CUSTOM_ID = """
INSERT INTO task_custom_ids (workspace_id, custom_id, task_id) VALUES ($1, $2, $3)
ON CONFLICT (workspace_id, custom_id) DO NOTHING RETURNING task_id"""

RELEASE_CUSTOM_ID = "DELETE FROM task_custom_ids WHERE workspace_id = $1 AND custom_id = $2 AND task_id = $3"

ROW = f"SELECT {', '.join(_ROW)} FROM tasks WHERE contact_id = $2 AND id = $3 AND workspace_id = $1"

INSERT = f"""
INSERT INTO tasks (workspace_id, contact_id, id, version, created_at, updated_at, {", ".join(_WRITTEN)})
VALUES ($1, $2, $3, $4, $5, $6, {", ".join(f"${place}" for place in range(7, 7 + len(_WRITTEN)))})"""

UPDATE = f"""
UPDATE tasks SET version = $4, created_at = $5, updated_at = $6,
    {", ".join(f"{name} = ${place}" for place, name in enumerate(_WRITTEN, 7))}
WHERE contact_id = $2 AND id = $3 AND workspace_id = $1"""

DELETE = "DELETE FROM tasks WHERE contact_id = $2 AND id = $3 AND workspace_id = $1"

COUNT_OPEN = """
UPDATE deals AS d SET open_tasks = (
    SELECT count(*) FROM tasks AS t WHERE t.contact_id = d.contact_id AND t.deal_id = d.id AND NOT t.done
) WHERE d.contact_id = $1 AND d.id = $2"""

MOVE_OF_DEAL = f"""
WITH moving AS (
    DELETE FROM tasks WHERE contact_id = $3 AND deal_id = $2 AND workspace_id = $1 RETURNING *
)
INSERT INTO tasks (contact_id, {", ".join(_ROW[1:])}) SELECT $4, {", ".join(_ROW[1:])} FROM moving RETURNING id"""

MOVE_IDS = "UPDATE task_ids SET contact_id = $3 WHERE workspace_id = $1 AND task_id = ANY($2::bigint[])"

MOVE_HISTORY = """
WITH moved AS (
    DELETE FROM journal WHERE contact_id = $2 AND object_type = 'task' AND object_id = ANY($3::bigint[]) RETURNING *
)
INSERT INTO journal (contact_id, at, id, workspace_id, kind, object_type, object_id, actor, cause, hop, changes)
SELECT $1, at, id, workspace_id, kind, object_type, object_id, actor, cause, hop, changes FROM moved"""

RELEASE_OF_DEAL = """
UPDATE tasks SET deal_id = NULL, version = version + 1, updated_at = $4
WHERE contact_id = $3 AND deal_id = $2 AND workspace_id = $1 RETURNING id"""

OF_COMPANY = "SELECT id FROM tasks WHERE workspace_id = $1 AND company_id = $2 ORDER BY due_at, id LIMIT $3"

HOLD_MANY = """
SELECT task_id, contact_id FROM task_ids WHERE workspace_id = $1 AND task_id = ANY($2::bigint[])
ORDER BY task_id FOR UPDATE"""

LEAVE_COMPANY = """
UPDATE tasks AS t SET company_id = NULL, version = version + 1, updated_at = $5
FROM unnest($2::bigint[], $3::bigint[]) AS held(contact_id, id)
WHERE t.contact_id = held.contact_id AND t.id = held.id AND t.workspace_id = $1 AND t.company_id = $4
RETURNING t.contact_id, t.id"""

LEAVE_DEAL = "UPDATE tasks SET deal_id = NULL WHERE contact_id = $2 AND id = $3 AND workspace_id = $1"

JOIN_COMPANY = """
UPDATE tasks AS t SET company_id = $4, version = version + 1, updated_at = $5
FROM unnest($2::bigint[], $3::bigint[]) AS held(contact_id, id)
WHERE t.contact_id = held.contact_id AND t.id = held.id AND t.workspace_id = $1 AND t.company_id IS NULL
RETURNING t.contact_id, t.id"""

REJOIN_DEAL = """
UPDATE tasks SET deal_id = $2, version = version + 1, updated_at = $4
WHERE contact_id = $3 AND id = ANY($5::bigint[]) AND deal_id IS NULL AND workspace_id = $1 RETURNING id"""

# A task of a guest's order lives with an invisible contact, which answers do not show, nor a company that was deleted.
SHOWN = f"""
{", ".join(f"t.{name}" for name in _ROW if name not in ("contact_id", "company_id"))}, co.id AS company_id,
CASE WHEN c.placeholder THEN NULL ELSE c.id END AS contact_id"""

SOURCE = """tasks AS t LEFT JOIN contacts AS c ON c.id = t.contact_id
LEFT JOIN companies AS co ON co.workspace_id = t.workspace_id AND co.id = t.company_id"""

READ = f"SELECT {SHOWN} FROM {SOURCE} WHERE t.contact_id = $2 AND t.id = $3 AND t.workspace_id = $1"

# People who are joined, split or forgotten.
OF_DEALS = """
SELECT id FROM tasks WHERE contact_id = $2 AND deal_id = ANY($3::bigint[]) AND workspace_id = $1 ORDER BY id"""

TOUCH = """
UPDATE tasks SET version = version + 1, updated_at = $4
WHERE contact_id = $2 AND id = ANY($3::bigint[]) AND workspace_id = $1"""

ABOUT_NO_DEAL = """
SELECT id, custom_id FROM tasks
WHERE contact_id = ANY($2::bigint[]) AND deal_id IS NULL AND workspace_id = $1 ORDER BY id"""

DROP = "DELETE FROM tasks WHERE workspace_id = $1 AND id = ANY($2::bigint[]) AND contact_id = ANY($3::bigint[])"
DROP_IDS = "DELETE FROM task_ids WHERE workspace_id = $1 AND task_id = ANY($2::bigint[])"
DROP_CUSTOM_IDS = """
DELETE FROM task_custom_ids
WHERE workspace_id = $1 AND custom_id = ANY($2::text[]) AND task_id = ANY($3::bigint[])"""

TEXTS = """
SELECT contact_id, id, name, description, attributes FROM tasks
WHERE contact_id = ANY($2::bigint[]) AND workspace_id = $1 AND (contact_id, id) > ($3::bigint, $4::bigint)
ORDER BY contact_id, id LIMIT $5"""

TEXTS_OF = """
SELECT t.contact_id, t.id, t.name, t.description, t.attributes
FROM tasks AS t JOIN unnest($2::bigint[], $3::bigint[]) AS held(contact_id, id) USING (contact_id, id)
WHERE t.workspace_id = $1"""

CLEAN = """
UPDATE tasks AS t SET name = c.name, description = c.description, attributes = c.attributes, version = t.version + 1,
    updated_at = $3
FROM json_to_recordset($2::json) AS c(contact_id bigint, id bigint, name text, description text, attributes jsonb)
WHERE t.contact_id = c.contact_id AND t.id = c.id AND t.workspace_id = $1"""

# Tasks of contacts $2 that are listed elsewhere, or not at all, by their number and by their custom id.
CHECK_IDS = """
WITH listed AS MATERIALIZED (
    SELECT t.contact_id, t.id, (
        SELECT i.contact_id FROM task_ids AS i WHERE i.workspace_id = t.workspace_id AND i.task_id = t.id) AS listed
    FROM tasks AS t WHERE t.workspace_id = $1 AND t.contact_id = ANY($2::bigint[])
), found AS MATERIALIZED (
    SELECT * FROM listed WHERE listed IS DISTINCT FROM contact_id
), mended AS (
    INSERT INTO task_ids (workspace_id, task_id, contact_id) SELECT $1, id, contact_id FROM found
    ON CONFLICT (workspace_id, task_id) DO UPDATE SET contact_id = excluded.contact_id
)
SELECT contact_id, id, listed, contact_id AS wanted FROM found ORDER BY contact_id, id"""

CHECK_CUSTOM_IDS = """
WITH listed AS MATERIALIZED (
    SELECT t.contact_id, t.id, t.custom_id, (
        SELECT k.task_id FROM task_custom_ids AS k
        WHERE k.workspace_id = t.workspace_id AND k.custom_id = t.custom_id) AS listed
    FROM tasks AS t WHERE t.workspace_id = $1 AND t.contact_id = ANY($2::bigint[]) AND t.custom_id IS NOT NULL
), mended AS (
    INSERT INTO task_custom_ids (workspace_id, custom_id, task_id)
    SELECT $1, custom_id, id FROM listed WHERE listed IS NULL ON CONFLICT DO NOTHING
)
SELECT contact_id, id, listed, id AS wanted FROM listed WHERE listed IS DISTINCT FROM id ORDER BY contact_id, id"""
