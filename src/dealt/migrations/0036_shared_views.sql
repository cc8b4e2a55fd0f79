-- A view may be shown to everybody who sees that list, and the plain one says with which view the list opens.
ALTER TABLE saved_views ADD COLUMN shared boolean NOT NULL DEFAULT false, ADD COLUMN opens text NOT NULL DEFAULT '';
CREATE INDEX saved_views_shared ON saved_views (workspace_id, kind) WHERE shared;
