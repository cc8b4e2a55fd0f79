-- What each member keeps of a list of records: columns in their order, filters and sort under a name. The one without a
-- name holds the columns of the plain list.
CREATE TABLE saved_views (
    workspace_id bigint NOT NULL,
    member_id    bigint NOT NULL,
    kind         text   NOT NULL,
    name         text   NOT NULL,
    columns      text[] NOT NULL,
    -- arguments as in an address
    query        text   NOT NULL,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, member_id, kind, name)
);
