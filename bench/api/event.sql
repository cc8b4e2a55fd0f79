-- For pgbench: one event with exactly the rows that Dealt stores for it, in a transaction of its own, one statement a
-- table. :workspace, :contacts and :names (how many names of events there are) come from the command line.
\set contact_number random(1, :contacts)
\set definition random(1, :names)
\set seats random(1, 50)
\set cents random(100, 30000)
\set age random(0, 3600)
BEGIN;
SELECT contact_id, nextval('journal_id_seq') AS event_id,
    date_trunc('second', now() - :age::int * interval '1 second') AS happened_at,
    format('{"plan": "gold", "seats": %s, "total": %s}', :seats::text, round(:cents::int / 100.0, 2)) AS data
FROM contact_custom_ids WHERE workspace_id = :workspace AND custom_id = 'contact-' || :contact_number::text \gset
INSERT INTO events (contact_id, happened_at, id, workspace_id, definition_id, data, received_at, actor)
VALUES (:contact_id, :happened_at, :event_id, :workspace, :definition, :data::jsonb, now(), 'token:1');
INSERT INTO follows (bucket, workspace_id, follower, contact_id, journal_at, journal_id, kind, object_id)
VALUES (:contact_id % 64, :workspace, 1, :contact_id, :happened_at, :event_id, 'event.created', :event_id);
COMMIT;
