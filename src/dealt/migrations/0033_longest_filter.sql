-- A filter that takes longer to look at everybody is refused: in previews, lists, and when a segment is saved.
ALTER TABLE workspaces ADD COLUMN longest_filter_ms integer NOT NULL DEFAULT 5000
    CHECK (longest_filter_ms BETWEEN 100 AND 30000);
