"""All SQL of workspaces, members and tokens."""

INSERT_WORKSPACE = """
INSERT INTO workspaces (name, time_zone, base_currency, created_at) VALUES ($1, $2, $3, $4) RETURNING id"""

READ_WORKSPACE = """
SELECT id, name, time_zone, base_currency, requests_per_second, longest_filter_ms FROM workspaces WHERE id = $1"""

UPDATE_WORKSPACE = """
UPDATE workspaces SET name = $2, time_zone = $3, requests_per_second = $4, longest_filter_ms = $5,
    definitions_version = definitions_version + CASE WHEN time_zone = $3 THEN 0 ELSE 1 END
WHERE id = $1"""

LOCAL_TIME = "SELECT $1::timestamptz AT TIME ZONE $2::text"

INSERT_MEMBER = """
INSERT INTO members (workspace_id, id, email, name, role, password_hash, created_at, role_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"""

SET_PASSWORD = """
UPDATE members SET password_hash = $3 WHERE workspace_id = $1 AND lower(email) = lower($2) RETURNING id"""

LIST_MEMBERS = """
SELECT m.id, m.email, m.name, m.role, m.role_id, m.created_at, m.disabled_at,
    (SELECT max(s.last_seen_at) FROM sessions AS s WHERE s.workspace_id = m.workspace_id AND s.member_id = m.id)
        AS last_seen_at,
    EXISTS (SELECT FROM second_factors AS f WHERE f.workspace_id = m.workspace_id AND f.member_id = m.id
        AND f.confirmed_at IS NOT NULL) AS has_factor
FROM members AS m WHERE m.workspace_id = $1 ORDER BY m.id LIMIT 1000"""

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

_DOOR = """
SELECT m.workspace_id, m.id, m.password_hash, w.name AS shop, EXISTS (SELECT FROM second_factors AS f
    WHERE f.workspace_id = m.workspace_id AND f.member_id = m.id AND f.confirmed_at IS NOT NULL) AS needs_code"""
MEMBERS_BY_EMAIL = f"""{_DOOR}
FROM members AS m JOIN workspaces AS w ON w.id = m.workspace_id
WHERE lower(m.email) = lower($1) AND m.disabled_at IS NULL ORDER BY m.workspace_id LIMIT 5"""

# The members that a session's doors lead to: $1 their workspaces, $2 their numbers.
MEMBERS_BEHIND = f"""{_DOOR}
FROM unnest($1::bigint[], $2::bigint[]) AS door(workspace_id, id) JOIN members AS m USING (workspace_id, id)
JOIN workspaces AS w ON w.id = m.workspace_id WHERE m.disabled_at IS NULL ORDER BY m.workspace_id"""
DOORS_OF = "SELECT doors FROM sessions WHERE workspace_id = $1 AND id = $2"

INSERT_SESSION = """
INSERT INTO sessions (workspace_id, id, member_id, digest, address, browser, origin, created_at, last_seen_at, doors)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)"""

FIND_SESSION = """
SELECT s.workspace_id, s.id AS session_id, s.last_seen_at, m.id, m.email, m.name, m.role, w.name AS shop,
    r.areas, r.own_deals, cardinality(s.doors) > 0 AS has_doors
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

READ_MEMBER = "SELECT id, email, name, role, role_id, disabled_at FROM members WHERE workspace_id = $1 AND id = $2"

SET_ROLE = "UPDATE members SET role = $3, role_id = $4 WHERE workspace_id = $1 AND id = $2"

SET_DISABLED = "UPDATE members SET disabled_at = $3 WHERE workspace_id = $1 AND id = $2"

SET_PASSWORD_BY_ID = "UPDATE members SET password_hash = $3 WHERE workspace_id = $1 AND id = $2"

OTHER_ADMINS = """
SELECT EXISTS (SELECT FROM members WHERE workspace_id = $1 AND id <> $2 AND role = 'admin' AND disabled_at IS NULL)"""

IS_MEMBER = "SELECT EXISTS (SELECT FROM members WHERE workspace_id = $1 AND lower(email) = lower($2))"

LIST_ROLES = """
SELECT r.id, r.name, r.areas, r.own_deals, (SELECT count(*) FROM members AS m
    WHERE m.workspace_id = r.workspace_id AND m.role_id = r.id) AS members
FROM roles AS r WHERE r.workspace_id = $1 ORDER BY r.id LIMIT 100"""

COUNT_ROLES = "SELECT count(*) FROM roles WHERE workspace_id = $1"

ROLE_EXISTS = "SELECT id FROM roles WHERE workspace_id = $1 AND id = $2 FOR KEY SHARE"

INSERT_ROLE = """
INSERT INTO roles (workspace_id, id, name, areas, own_deals, created_at) VALUES ($1, $2, $3, $4::jsonb, $5, $6)
RETURNING id"""

UPDATE_ROLE = """
UPDATE roles SET name = $3, areas = $4::jsonb, own_deals = $5 WHERE workspace_id = $1 AND id = $2
    AND $6::timestamptz IS NOT NULL RETURNING id"""

ROLE_IS_GIVEN = """
SELECT EXISTS (SELECT FROM members WHERE workspace_id = $1 AND role_id = $2)
    OR EXISTS (SELECT FROM invitations WHERE workspace_id = $1 AND role_id = $2)"""

DELETE_ROLE = "DELETE FROM roles WHERE workspace_id = $1 AND id = $2 RETURNING name"

COUNT_INVITATIONS = "SELECT count(*) FROM invitations WHERE workspace_id = $1"

INSERT_INVITATION = """
INSERT INTO invitations (workspace_id, id, email, role, role_id, digest, invited_by, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"""

LIST_INVITATIONS = """
SELECT i.id, i.email, i.role, r.name AS role_name, i.created_at, i.expires_at FROM invitations AS i
LEFT JOIN roles AS r ON r.workspace_id = i.workspace_id AND r.id = i.role_id
WHERE i.workspace_id = $1 AND i.expires_at > $2 ORDER BY i.id DESC LIMIT 1000"""

WITHDRAW = "DELETE FROM invitations WHERE workspace_id = $1 AND id = $2 RETURNING email"

WITHDRAW_BY_EMAIL = "DELETE FROM invitations WHERE workspace_id = $1 AND lower(email) = lower($2)"

FIND_INVITATION = """
SELECT i.workspace_id, i.id, i.email, i.role, i.role_id, i.invited_by, w.name AS shop
FROM invitations AS i JOIN workspaces AS w ON w.id = i.workspace_id WHERE i.digest = $1 AND i.expires_at > $2"""

INSERT_RESET = """
INSERT INTO password_resets (workspace_id, member_id, digest, created_at, expires_at)
SELECT workspace_id, id, $3, $4, $5 FROM members WHERE workspace_id = $1 AND id = $2 AND disabled_at IS NULL
ON CONFLICT (workspace_id, member_id) DO UPDATE SET digest = $3, created_at = $4, expires_at = $5
RETURNING member_id"""

FIND_RESET = "SELECT workspace_id, member_id FROM password_resets WHERE digest = $1 AND expires_at > $2"

USE_RESET = "DELETE FROM password_resets WHERE digest = $1 AND expires_at > $2 RETURNING workspace_id, member_id"

BEGIN_FACTOR = """
INSERT INTO second_factors AS f (workspace_id, member_id, secret, created_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (workspace_id, member_id) DO UPDATE SET secret = $3, created_at = $4 WHERE f.confirmed_at IS NULL
RETURNING member_id"""

READ_FACTOR = """
SELECT secret, last_step, recovery, confirmed_at FROM second_factors WHERE workspace_id = $1 AND member_id = $2"""

LOCK_FACTOR = f"{READ_FACTOR} FOR UPDATE"

CONFIRM_FACTOR = """
UPDATE second_factors SET confirmed_at = $5, last_step = $3, recovery = $4 WHERE workspace_id = $1 AND member_id = $2"""

REMOVE_FACTOR = "DELETE FROM second_factors WHERE workspace_id = $1 AND member_id = $2 RETURNING member_id"

USE_STEP = "UPDATE second_factors SET last_step = $3 WHERE workspace_id = $1 AND member_id = $2"

USE_PAPER = """
UPDATE second_factors SET recovery = array_remove(recovery, $3) WHERE workspace_id = $1 AND member_id = $2"""

ADMINS_ORIGIN = """
SELECT s.origin FROM sessions AS s JOIN members AS m ON m.workspace_id = s.workspace_id AND m.id = s.member_id
WHERE s.workspace_id = $1 AND m.role = 'admin' AND m.disabled_at IS NULL ORDER BY s.last_seen_at DESC LIMIT 1"""
