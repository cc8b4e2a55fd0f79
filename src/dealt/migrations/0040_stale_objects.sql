-- Companies and products whose segments are to be looked at; a worker empties this.
CREATE TABLE stale_objects (
    workspace_id bigint NOT NULL,
    id           bigint GENERATED ALWAYS AS IDENTITY,
    subject      text   NOT NULL,
    object_id    bigint NOT NULL,
    marked_at    timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 10000);

-- The next instant at which a window or a relative date of such a segment changes for a company or a product.
CREATE TABLE object_wakes (
    workspace_id bigint NOT NULL,
    subject      text   NOT NULL,
    object_id    bigint NOT NULL,
    wake_at      timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, subject, object_id)
);
CREATE INDEX object_wakes_by_moment ON object_wakes (workspace_id, wake_at);
