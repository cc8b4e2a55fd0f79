"""All SQL of tags."""

LOAD = "SELECT id, name FROM tags WHERE workspace_id = $1 ORDER BY id"

FIND = "SELECT id, name FROM tags WHERE workspace_id = $1 AND name = ANY($2::text[])"

COUNT = "SELECT count(*) FROM tags WHERE workspace_id = $1"

INSERT = "INSERT INTO tags (workspace_id, id, name, created_at) VALUES ($1, $2, $3, $4)"

NAME_OF = "SELECT name FROM tags WHERE workspace_id = $1 AND id = $2"

RENAME = "UPDATE tags SET name = $3 WHERE workspace_id = $1 AND id = $2"

DELETE = "DELETE FROM tags WHERE workspace_id = $1 AND id = $2"
