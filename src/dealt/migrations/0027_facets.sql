-- What changed of a contact, as bits (freshness/facets.py); all of them where nobody said what.
ALTER TABLE stale ADD COLUMN facets bigint NOT NULL DEFAULT -1;

-- The bits that definitions of a workspace look at: what meets none of them marks no contact.
ALTER TABLE workspaces ADD COLUMN reads bigint NOT NULL DEFAULT -1;
