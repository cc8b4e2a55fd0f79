"""All SQL of lists and their members."""

READ = "SELECT id, name, description, created_at FROM lists WHERE workspace_id = $1 AND id = $2"

NAMED = "SELECT id FROM lists WHERE workspace_id = $1 AND name = $2 ORDER BY id LIMIT 1"

# Of several lists of one name the oldest has it.
IDS = "SELECT name, min(id) AS id FROM lists WHERE workspace_id = $1 GROUP BY name ORDER BY 2 LIMIT 10000"

# Whoever adds members holds the list against its deletion.
HOLD = "SELECT id FROM lists WHERE workspace_id = $1 AND id = $2 FOR KEY SHARE"

INSERT = "INSERT INTO lists (workspace_id, id, name, description, created_at) VALUES ($1, $2, $3, $4, $5)"

UPDATE = "UPDATE lists SET name = $3, description = $4 WHERE workspace_id = $1 AND id = $2"

DELETE = "DELETE FROM lists WHERE workspace_id = $1 AND id = $2"

MEMBERS_OF = "SELECT contact_id FROM list_members WHERE workspace_id = $1 AND list_id = $2"

DELETE_MEMBERS = "DELETE FROM list_members WHERE workspace_id = $1 AND list_id = $2 RETURNING contact_id"

ADD = """
INSERT INTO list_members (contact_id, list_id, workspace_id, added_at)
SELECT c.id, $2, $1, $4 FROM contacts AS c
WHERE c.id = ANY($3::bigint[]) AND c.workspace_id = $1 AND NOT c.placeholder ORDER BY c.id
ON CONFLICT (contact_id, list_id) DO NOTHING RETURNING contact_id"""

REMOVE = """
DELETE FROM list_members WHERE workspace_id = $1 AND list_id = $2 AND contact_id = ANY($3::bigint[])
RETURNING contact_id"""

LISTS_OF = """
SELECT m.contact_id, l.id, l.name, l.description
FROM list_members AS m JOIN lists AS l ON l.workspace_id = m.workspace_id AND l.id = m.list_id
WHERE m.contact_id = ANY($2::bigint[]) AND m.workspace_id = $1 ORDER BY m.contact_id, l.id"""

# Columns, source, and the key by which members are in order: alone, and beside what their contacts are narrowed by.
MEMBERS = ("m.contact_id, m.added_at", "list_members AS m", "m.contact_id")
MEMBERS_NARROWED = (
    "m.contact_id, m.added_at, s.id, s.updated_at",
    "list_members AS m JOIN contacts AS s ON s.workspace_id = m.workspace_id AND s.id = m.contact_id",
    "s.id",
)
