-- What changed, and the queues that are written in the same transaction as the change.

CREATE SEQUENCE journal_id_seq;

-- Append-only: who changed what, when, from what to what, and why. Changes of settings, companies and products
-- stand under contact 0. Partitioned by month; the worker makes partitions ahead of time.
CREATE TABLE journal (
    contact_id   bigint NOT NULL,
    at           timestamptz NOT NULL,
    id           bigint NOT NULL DEFAULT nextval('journal_id_seq'),
    workspace_id bigint NOT NULL,
    kind         text   NOT NULL,
    object_type  text   NOT NULL,
    object_id    bigint NOT NULL,
    -- 'token:3', 'member:1', 'import', 'system'
    actor        text   NOT NULL,
    -- 0 live, 1 silent, 2 backfill, 3 merge
    cause        smallint NOT NULL DEFAULT 0,
    hop          smallint NOT NULL DEFAULT 0,
    -- {"field": [before, after]}
    changes      jsonb  NOT NULL,
    PRIMARY KEY (contact_id, at, id)
) PARTITION BY RANGE (at);
CREATE INDEX journal_by_object ON journal (contact_id, object_type, object_id, id);
CREATE TABLE journal_default PARTITION OF journal DEFAULT;

-- Contacts whose derived data is to be recomputed. lane 0 interactive, 1 bulk.
CREATE TABLE stale (
    contact_id   bigint NOT NULL,
    id           bigint GENERATED ALWAYS AS IDENTITY,
    workspace_id bigint NOT NULL,
    lane         smallint NOT NULL DEFAULT 0,
    cause        smallint NOT NULL DEFAULT 0,
    hop          smallint NOT NULL DEFAULT 0,
    marked_at    timestamptz NOT NULL,
    PRIMARY KEY (contact_id, id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 10000);
CREATE INDEX stale_by_lane ON stale (lane, id);

-- One row for each journal entry and follower (live pages, later webhooks and automations).
CREATE TABLE follows (
    bucket       smallint NOT NULL,
    id           bigint GENERATED ALWAYS AS IDENTITY,
    workspace_id bigint NOT NULL,
    follower     smallint NOT NULL,
    contact_id   bigint NOT NULL,
    journal_at   timestamptz NOT NULL,
    journal_id   bigint NOT NULL,
    kind         text NOT NULL,
    object_id    bigint NOT NULL,
    PRIMARY KEY (follower, bucket, id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 10000);

-- Work that is due, work that is not due yet, and work that was given up.
CREATE TABLE jobs (
    workspace_id bigint NOT NULL,
    id           bigint GENERATED ALWAYS AS IDENTITY,
    kind         text NOT NULL,
    payload      jsonb NOT NULL DEFAULT '{}',
    attempts     smallint NOT NULL DEFAULT 0,
    leased_until timestamptz,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX jobs_by_lease ON jobs (leased_until NULLS FIRST, id);

CREATE TABLE delayed_jobs (
    workspace_id bigint NOT NULL,
    id           bigint GENERATED ALWAYS AS IDENTITY,
    run_at       timestamptz NOT NULL,
    kind         text NOT NULL,
    payload      jsonb NOT NULL DEFAULT '{}',
    attempts     smallint NOT NULL DEFAULT 0,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX delayed_jobs_by_time ON delayed_jobs (run_at);

CREATE TABLE dead_jobs (
    workspace_id bigint NOT NULL,
    id           bigint NOT NULL,
    kind         text NOT NULL,
    payload      jsonb NOT NULL,
    attempts     smallint NOT NULL,
    error        text NOT NULL,
    created_at   timestamptz NOT NULL,
    died_at      timestamptz NOT NULL,
    PRIMARY KEY (id)
);
