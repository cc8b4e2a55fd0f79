-- The audit log, newest first: what members changed, of whatever it was. Programs write a thousand times as much, and
-- find no row here to keep.
CREATE INDEX journal_by_hand ON journal (workspace_id, at, id) WHERE actor LIKE 'member:%';
