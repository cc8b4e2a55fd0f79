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

MEMBERS_BY_EMAIL = """
SELECT workspace_id, id, password_hash FROM members
WHERE lower(email) = lower($1) AND disabled_at IS NULL ORDER BY workspace_id LIMIT 5"""

INSERT_SESSION = """
INSERT INTO sessions (workspace_id, id, member_id, digest, address, browser, origin, created_at, last_seen_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)"""

FIND_SESSION = """
SELECT s.workspace_id, s.id AS session_id, s.last_seen_at, m.id, m.email, m.name, m.role, w.name AS shop,
    r.areas, r.own_deals
FROM sessions AS s JOIN members AS m ON m.workspace_id = s.workspace_id AND m.id = s.member_id
JOIN workspaces AS w ON w.id = s.workspace_id
LEFT JOIN roles AS r ON r.workspace_id = m.workspace_id AND r.id = m.role_id
WHERE s.digest = $1 AND s.last_seen_at > $2 AND s.created_at > $3 AND m.disabled_at IS NULL"""

SESSION_SEEN = "UPDATE sessions SET last_seen_at = $3 WHERE workspace_id = $1 AND id = $2"

LIST_SESSIONS = """
SELECT id, address, browser, created_at, last_seen_at FROM sessions
WHERE workspace_id = $1 AND member_id = $2 AND last_seen_at > $3 AND created_at > $4
ORDER BY last_seen_at DESC LIMIT 100"""

END_SESSION = "DELETE FROM sessions WHERE workspace_id = $1 AND member_id = $2 AND id = $3"

END_SESSIONS = "DELETE FROM sessions WHERE workspace_id = $1 AND member_id = $2 AND id <> $3"

FORGET_OLD_SESSIONS = "DELETE FROM sessions WHERE last_seen_at <= $1 OR created_at <= $2"

COUNT_TRY = """
INSERT INTO sign_in_failures AS f (workspace_id, key, failures, since)
SELECT $1, key, 1, $3 FROM unnest($2::text[]) AS key ORDER BY key
ON CONFLICT (workspace_id, key) DO UPDATE SET
    failures = CASE WHEN f.since > $4 THEN f.failures + 1 ELSE 1 END,
    since = CASE WHEN f.since > $4 THEN f.since ELSE $3 END
RETURNING key, failures, since"""

FORGET_TRIES = """
UPDATE sign_in_failures SET failures = CASE WHEN key = $2 THEN 0 ELSE greatest(failures - 1, 0) END
WHERE workspace_id = $1 AND key IN ($2, $3)"""

FORGET_OLD_TRIES = "DELETE FROM sign_in_failures WHERE since <= $1"

RENAME_MEMBER = "UPDATE members SET name = $3 WHERE workspace_id = $1 AND id = $2"

PASSWORD_OF = "SELECT password_hash FROM members WHERE workspace_id = $1 AND id = $2"
