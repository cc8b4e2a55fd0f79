-- Walks over the contacts of a workspace that bring each up to a version of the definitions: the latest one.
CREATE TABLE backfills (
    workspace_id bigint NOT NULL,
    version      bigint NOT NULL,
    -- contacts up to this id are done
    last_id      bigint NOT NULL,
    done         bigint NOT NULL,
    total        bigint NOT NULL,
    started_at   timestamptz NOT NULL,
    finished_at  timestamptz,
    PRIMARY KEY (workspace_id)
);
