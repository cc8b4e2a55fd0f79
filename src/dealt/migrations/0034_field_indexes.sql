-- Fields that a workspace has asked to have indexed, so that its lists are sorted and narrowed by them at once. Each has an
-- index of its own over the rows of this workspace, built beside everybody's work.
CREATE TABLE field_indexes (
    workspace_id bigint NOT NULL,
    domain       text   NOT NULL,
    -- an attribute's standard name, or a field that everybody has
    field        text   NOT NULL,
    -- the type for which it was built: one of another type serves nothing
    value_type   text   NOT NULL,
    -- empty for an attribute
    column_name  text   NOT NULL,
    asked_at     timestamptz NOT NULL,
    built_at     timestamptz,
    error        text NOT NULL DEFAULT '',
    PRIMARY KEY (workspace_id, domain, field)
);
ALTER TABLE attributes DROP COLUMN indexed;
