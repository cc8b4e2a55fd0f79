-- Files that were sent over the API to be imported, in parts, and what became of them.

CREATE TABLE imports (
    workspace_id bigint  NOT NULL,
    id           bigint  NOT NULL,
    kind         text    NOT NULL,
    file_name    text    NOT NULL,
    -- TOML; empty: guessed when it is run, and then what was guessed
    mapping      text    NOT NULL DEFAULT '',
    silent       boolean NOT NULL DEFAULT false,
    state        text    NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'queued', 'running', 'done', 'failed')),
    -- how much of the file has been read, in rows or bytes, and how many objects are done with
    done         bigint  NOT NULL DEFAULT 0,
    total        bigint  NOT NULL DEFAULT 0,
    position     bigint  NOT NULL DEFAULT 0,
    counts       jsonb   NOT NULL DEFAULT '{}',
    error        text,
    actor        text    NOT NULL,
    created_at   timestamptz NOT NULL,
    started_at   timestamptz,
    finished_at  timestamptz,
    PRIMARY KEY (workspace_id, id)
);

-- Removed when the import is done.
CREATE TABLE import_parts (
    workspace_id bigint  NOT NULL,
    import_id    bigint  NOT NULL,
    part         integer NOT NULL,
    content      bytea   NOT NULL,
    PRIMARY KEY (workspace_id, import_id, part)
);

CREATE TABLE import_rejects (
    workspace_id bigint NOT NULL,
    import_id    bigint NOT NULL,
    -- the number of the row in the file
    id           bigint NOT NULL,
    cells        jsonb  NOT NULL,
    reason       text   NOT NULL,
    PRIMARY KEY (workspace_id, import_id, id)
);
