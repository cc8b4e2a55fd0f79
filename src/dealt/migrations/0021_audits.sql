-- Rounds of the auditor: everything that is derived, compared with a computation from nothing.
CREATE TABLE audits (
    workspace_id bigint      NOT NULL,
    id           bigint      NOT NULL,
    -- a command is somebody's; the workers' rounds follow each other for ever
    made_by      text        NOT NULL CHECK (made_by IN ('workers', 'command')),
    started_at   timestamptz NOT NULL,
    finished_at  timestamptz,
    -- how far it is: contacts first, then companies and products, each up to this id
    stage        text        NOT NULL DEFAULT 'contact',
    last_id      bigint      NOT NULL DEFAULT 0,
    looked       bigint      NOT NULL DEFAULT 0,
    -- contacts that were stale, and said so
    waiting      bigint      NOT NULL DEFAULT 0,
    drift        bigint      NOT NULL DEFAULT 0,
    mended       boolean     NOT NULL DEFAULT false,
    -- the first of what differed, without texts that may name a person
    findings     jsonb       NOT NULL DEFAULT '[]',
    PRIMARY KEY (workspace_id, id)
);
