-- For pgbench: one new user with exactly the rows that Dealt stores for it, in a transaction of its own, one statement a
-- table. :workspace comes from the command line.
\set key random(1, 1000000000000000)
\set points random(0, 999)
BEGIN;
SELECT nextval('contact_id_seq') AS contact_id, 'person-' || :key::text AS custom_id,
    substr(md5(:key::text), 1, 12) AS cookie \gset
INSERT INTO contact_custom_ids (workspace_id, custom_id, contact_id) VALUES (:workspace, :custom_id, :contact_id);
INSERT INTO contact_keys (workspace_id, key, contact_id) VALUES (:workspace, :cookie, :contact_id);
INSERT INTO contacts (id, workspace_id, key, custom_id, email, first_name, last_name, attributes, first_seen, created_at,
    updated_at)
VALUES (:contact_id, :workspace, :cookie, :custom_id, :custom_id || '@example.com', 'Person', :key::text,
    ('{"loyalty_points": ' || :points::text || '}')::jsonb, now(), now(), now());
WITH journalled AS (
    INSERT INTO journal (contact_id, at, workspace_id, kind, object_type, object_id, actor, changes)
    VALUES (:contact_id::bigint, now(), :workspace::bigint, 'contact.created', 'contact', :contact_id::bigint, 'token:1',
        format('{"key": [null, "%s"], "email": [null, "%s@example.com"], "last_name": [null, "%s"], '
            '"custom_id": [null, "%s"], "first_name": [null, "Person"], "loyalty_points": [null, %s]}',
            :cookie::text, :custom_id::text, :key::text, :custom_id::text, :points::text)::jsonb)
    RETURNING contact_id, at, id, kind, object_id
)
INSERT INTO follows (bucket, workspace_id, follower, contact_id, journal_at, journal_id, kind, object_id)
SELECT contact_id % 64, :workspace, 1, contact_id, at, id, kind, object_id FROM journalled;
INSERT INTO stale (contact_id, workspace_id, lane, cause, hop, marked_at)
VALUES (:contact_id, :workspace, 0, 0, 0, now());
COMMIT;
