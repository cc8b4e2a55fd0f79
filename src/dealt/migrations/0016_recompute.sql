-- Contacts whose values are of an older definitions_version than this lack everything that is derived.
ALTER TABLE workspaces ADD COLUMN recompute_version bigint NOT NULL DEFAULT 0;
