-- Webhooks: who is told of changes, what is waiting for whom, and the log of what was sent.

-- Followers of the journal that follow only some workspaces; live pages follow all.
CREATE TABLE followers (
    workspace_id bigint   NOT NULL,
    follower     smallint NOT NULL,
    PRIMARY KEY (workspace_id, follower)
);

CREATE TABLE webhooks (
    workspace_id  bigint  NOT NULL,
    id            bigint  NOT NULL,
    url           text    NOT NULL,
    description   text    NOT NULL DEFAULT '',
    -- patterns of kinds: 'deal.*', 'deal.created', '*'
    kinds         text[]  NOT NULL,
    -- sealed; the former one signs too until former_until
    secret        bytea   NOT NULL,
    former_secret bytea,
    former_until  timestamptz,
    -- off: nothing is queued for it; paused: what is queued waits
    enabled       boolean NOT NULL DEFAULT true,
    paused_at     timestamptz,
    -- attempts that failed since one was taken, and since when
    failures      integer NOT NULL DEFAULT 0,
    failing_since timestamptz,
    last_error    text    NOT NULL DEFAULT '',
    last_error_at timestamptz,
    -- until when the receiver asked not to be asked
    rest_until    timestamptz,
    created_by    text    NOT NULL,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

-- One row for each object of which a webhook has something waiting: its deliveries go one after the other.
CREATE TABLE webhook_lanes (
    workspace_id bigint   NOT NULL,
    webhook_id   bigint   NOT NULL,
    object_type  text     NOT NULL,
    object_id    bigint   NOT NULL,
    -- when the first delivery is to be tried; while a worker tries it, when another may; null while the webhook is held
    due_at       timestamptz,
    -- raised by every claim: tells a worker's claim from a later one
    claim        integer  NOT NULL DEFAULT 0,
    attempts     smallint NOT NULL DEFAULT 0,
    PRIMARY KEY (workspace_id, webhook_id, object_type, object_id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 10000);
CREATE INDEX webhook_lanes_by_time ON webhook_lanes (workspace_id, webhook_id, due_at);
CREATE INDEX webhook_lanes_due ON webhook_lanes (due_at) WHERE due_at IS NOT NULL;

-- The log, and until they are sent the queue. What is about a contact lies with the contact.
CREATE TABLE webhook_deliveries (
    contact_id   bigint   NOT NULL,
    id           bigint   GENERATED ALWAYS AS IDENTITY,
    workspace_id bigint   NOT NULL,
    webhook_id   bigint   NOT NULL,
    object_type  text     NOT NULL,
    object_id    bigint   NOT NULL,
    -- the id of the journal entry: ascends for each object
    sequence     bigint   NOT NULL,
    kind         text     NOT NULL,
    body         text     NOT NULL,
    status       text     NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'delivered', 'failed')),
    attempts     smallint NOT NULL DEFAULT 0,
    -- headers of the last request, and what the last few attempts led to
    headers      jsonb    NOT NULL DEFAULT '{}',
    answers      jsonb    NOT NULL DEFAULT '[]',
    created_at   timestamptz NOT NULL,
    finished_at  timestamptz,
    PRIMARY KEY (contact_id, id)
);
CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries
    (workspace_id, webhook_id, object_type, object_id, sequence, id) WHERE status = 'waiting';
CREATE INDEX webhook_deliveries_log ON webhook_deliveries (workspace_id, webhook_id, id);
CREATE INDEX webhook_deliveries_by_status ON webhook_deliveries (workspace_id, webhook_id, status, id);
CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (created_at);
