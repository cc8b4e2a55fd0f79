"""All SQL of workspaces, members and tokens."""

INSERT_WORKSPACE = """
INSERT INTO workspaces (name, time_zone, base_currency, created_at) VALUES ($1, $2, $3, $4) RETURNING id"""

READ_WORKSPACE = "SELECT id, name, time_zone, base_currency, requests_per_second FROM workspaces WHERE id = $1"

UPDATE_WORKSPACE = """
UPDATE workspaces SET name = $2, time_zone = $3, requests_per_second = $4,
    definitions_version = definitions_version + CASE WHEN time_zone = $3 THEN 0 ELSE 1 END
WHERE id = $1"""

LOCAL_TIME = "SELECT $1::timestamptz AT TIME ZONE $2::text"

INSERT_MEMBER = """
INSERT INTO members (workspace_id, id, email, name, role, password_hash, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)"""

SET_PASSWORD = """
UPDATE members SET password_hash = $3 WHERE workspace_id = $1 AND lower(email) = lower($2) RETURNING id"""

LIST_MEMBERS = """
SELECT id, email, name, role, created_at, disabled_at FROM members WHERE workspace_id = $1 ORDER BY id LIMIT 1000"""

MEMBER_NAMES = """
SELECT id, coalesce(nullif(name, ''), email) AS name FROM members WHERE workspace_id = $1 ORDER BY id"""

INSERT_TOKEN = """
INSERT INTO api_tokens (workspace_id, id, name, digest, scope, networks, requests_per_second, created_at)
VALUES ($1, $2, $3, $4, $5, $6::cidr[], $7, $8)"""

FIND_TOKEN = """
SELECT t.workspace_id, t.id, t.scope, t.networks::text[] AS networks,
    coalesce(t.requests_per_second, w.requests_per_second) AS requests_per_second
FROM api_tokens AS t JOIN workspaces AS w ON w.id = t.workspace_id
WHERE t.digest = $1 AND t.revoked_at IS NULL"""

LIST_TOKENS = """
SELECT id, name, scope, networks::text[] AS networks, requests_per_second, created_at, last_used_at, revoked_at
FROM api_tokens WHERE workspace_id = $1 ORDER BY id LIMIT 1000"""

REVOKE_TOKEN = """
UPDATE api_tokens SET revoked_at = $3 WHERE workspace_id = $1 AND id = $2 AND revoked_at IS NULL RETURNING id"""

TOKENS_USED = """
UPDATE api_tokens AS t SET last_used_at = $3
FROM unnest($1::bigint[], $2::bigint[]) AS used(workspace_id, id)
WHERE t.workspace_id = used.workspace_id AND t.id = used.id"""
