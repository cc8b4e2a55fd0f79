"""All SQL of devices."""

# Whoever gives a key to a device first holds its row here: a key is one device's of one contact.
HOLD_KEY = """
INSERT INTO device_keys AS k (workspace_id, fcm_key, contact_id) VALUES ($1, $2, $3)
ON CONFLICT (workspace_id, fcm_key) DO UPDATE SET contact_id = k.contact_id
RETURNING contact_id"""

GIVE_KEY = "UPDATE device_keys SET contact_id = $3 WHERE workspace_id = $1 AND fcm_key = $2"

FIND_KEY = "SELECT contact_id FROM device_keys WHERE workspace_id = $1 AND fcm_key = $2 FOR UPDATE"

FORGET_KEY = "DELETE FROM device_keys WHERE workspace_id = $1 AND fcm_key = $2"

REMOVE = "DELETE FROM devices WHERE workspace_id = $1 AND contact_id = $2 AND fcm_key = $3 AND identity <> $4"

REMOVE_LIKE = "DELETE FROM devices WHERE workspace_id = $1 AND contact_id = $2 AND identity = $3 AND fcm_key IS NULL"

# What an app does not say stays as it is.
KEEP = """
INSERT INTO devices AS d (contact_id, id, workspace_id, identity, fcm_key, identifier, os_type, os_version, sdk, device,
    model, manufacturer, lib_version, is_root, created_at, seen_at)
VALUES ($2, nextval('device_id_seq'), $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)
ON CONFLICT (contact_id, identity) DO UPDATE SET
    fcm_key = coalesce(excluded.fcm_key, d.fcm_key), identifier = coalesce(excluded.identifier, d.identifier),
    os_type = coalesce(excluded.os_type, d.os_type), os_version = coalesce(excluded.os_version, d.os_version),
    sdk = coalesce(excluded.sdk, d.sdk), device = coalesce(excluded.device, d.device),
    model = coalesce(excluded.model, d.model), manufacturer = coalesce(excluded.manufacturer, d.manufacturer),
    lib_version = coalesce(excluded.lib_version, d.lib_version), is_root = coalesce(excluded.is_root, d.is_root),
    seen_at = excluded.seen_at
RETURNING id, xmax = 0 AS is_new"""

UNLINK = """
UPDATE devices SET fcm_key = NULL WHERE workspace_id = $1 AND contact_id = $2 AND fcm_key = $3 RETURNING id"""

# People who are joined, split or forgotten.
KEYS_OF = """
SELECT fcm_key FROM devices
WHERE workspace_id = $1 AND contact_id = $2 AND id = ANY($3::bigint[]) AND fcm_key IS NOT NULL"""

ALL_KEYS_OF = """
SELECT fcm_key FROM devices WHERE workspace_id = $1 AND contact_id = ANY($2::bigint[]) AND fcm_key IS NOT NULL"""

MOVE_KEYS = "UPDATE device_keys SET contact_id = $3 WHERE workspace_id = $1 AND fcm_key = ANY($2::text[])"

FORGET_KEYS = "DELETE FROM device_keys WHERE workspace_id = $1 AND fcm_key = ANY($2::text[])"

# A device is known by another key now, or was dropped by a merge: what nobody has any more is not kept.
LET_GO = """
DELETE FROM device_keys WHERE workspace_id = $1 AND contact_id = $2 AND fcm_key = (
    SELECT fcm_key FROM devices WHERE workspace_id = $1 AND contact_id = $2 AND identity = $3 AND fcm_key <> $4)"""

DROP_KEYS = """
DELETE FROM device_keys
WHERE workspace_id = $1 AND contact_id = ANY($2::bigint[]) AND fcm_key = ANY($3::text[])"""

# Devices that come back have their keys again, but for those that somebody else has by now.
LIST_KEYS = """
INSERT INTO device_keys (workspace_id, fcm_key, contact_id)
SELECT workspace_id, fcm_key, contact_id FROM devices
WHERE workspace_id = $1 AND contact_id = $2 AND fcm_key IS NOT NULL ORDER BY fcm_key ON CONFLICT DO NOTHING"""
UNLINK_TAKEN = """
UPDATE devices AS d SET fcm_key = NULL WHERE workspace_id = $1 AND contact_id = $2 AND EXISTS (
    SELECT FROM device_keys AS k WHERE k.workspace_id = $1 AND k.fcm_key = d.fcm_key AND k.contact_id <> $2)"""

CHECK_KEYS = """
WITH named AS MATERIALIZED (
    SELECT d.contact_id, d.fcm_key, (
        SELECT k.contact_id FROM device_keys AS k WHERE k.workspace_id = d.workspace_id AND k.fcm_key = d.fcm_key
    ) AS listed
    FROM devices AS d WHERE d.workspace_id = $1 AND d.contact_id = ANY($2::bigint[]) AND d.fcm_key IS NOT NULL
), mended AS (
    INSERT INTO device_keys (workspace_id, fcm_key, contact_id)
    SELECT $1, fcm_key, contact_id FROM named WHERE listed IS NULL ON CONFLICT DO NOTHING
)
SELECT contact_id, listed FROM named WHERE listed IS DISTINCT FROM contact_id ORDER BY contact_id"""
