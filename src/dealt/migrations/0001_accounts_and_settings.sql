-- Workspaces, the people and tokens that may enter them, and the small tables of definitions.
-- Settings tables lead their keys with workspace_id: stage 1 of two workspaces are two stages.

CREATE TABLE workspaces (
    id                  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name                text NOT NULL,
    time_zone           text NOT NULL DEFAULT 'UTC',
    base_currency       text NOT NULL DEFAULT 'EUR',
    -- raised by every change of a settings table; a process compares it inside its transaction before it trusts its cache
    settings_version    bigint NOT NULL DEFAULT 1,
    -- raised by every change of a definition of derived data
    definitions_version bigint NOT NULL DEFAULT 1,
    created_at          timestamptz NOT NULL
);

-- The last id given out for each kind of settings row of a workspace.
CREATE TABLE counters (
    workspace_id bigint NOT NULL,
    kind         text   NOT NULL,
    last         bigint NOT NULL,
    PRIMARY KEY (workspace_id, kind)
);

CREATE TABLE members (
    workspace_id  bigint NOT NULL,
    id            bigint NOT NULL,
    email         text   NOT NULL,
    name          text   NOT NULL DEFAULT '',
    role          text   NOT NULL DEFAULT 'admin' CHECK (role IN ('admin', 'member', 'read-only')),
    password_hash text   NOT NULL,
    created_at    timestamptz NOT NULL,
    disabled_at   timestamptz,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX members_by_email ON members (workspace_id, lower(email));

CREATE TABLE api_tokens (
    workspace_id bigint NOT NULL,
    id           bigint NOT NULL,
    name         text   NOT NULL,
    digest       bytea  NOT NULL,
    scope        text   NOT NULL DEFAULT 'full' CHECK (scope IN ('read', 'write', 'full')),
    networks     cidr[] NOT NULL DEFAULT '{}',
    created_at   timestamptz NOT NULL,
    last_used_at timestamptz,
    revoked_at   timestamptz,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX api_tokens_by_digest ON api_tokens (digest);

CREATE TABLE attributes (
    workspace_id           bigint  NOT NULL,
    id                     bigint  NOT NULL,
    domain                 text    NOT NULL CHECK (domain IN ('contact', 'company', 'deal', 'product', 'task')),
    name                   text    NOT NULL,
    name_std               text    NOT NULL,
    value_type             text    NOT NULL CHECK (value_type IN
        ('boolean', 'integer', 'float', 'string', 'date', 'datetime', 'fixed', 'json')),
    choices                jsonb   NOT NULL DEFAULT '[]',
    allow_multiple_choices boolean NOT NULL DEFAULT false,
    description            text    NOT NULL DEFAULT '',
    -- a declared type refuses what does not fit; an inferred one is widened to string, and says so in warning
    declared               boolean NOT NULL,
    warning                text    NOT NULL DEFAULT '',
    indexed                boolean NOT NULL DEFAULT false,
    created_at             timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX attributes_by_name ON attributes (workspace_id, domain, name_std);

CREATE TABLE tags (
    workspace_id bigint NOT NULL,
    id           bigint NOT NULL,
    name         text   NOT NULL,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX tags_by_name ON tags (workspace_id, name);

CREATE TABLE lists (
    workspace_id bigint NOT NULL,
    id           bigint NOT NULL,
    name         text   NOT NULL,
    description  text   NOT NULL DEFAULT '',
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

CREATE TABLE pipelines (
    workspace_id   bigint NOT NULL,
    id             bigint NOT NULL,
    name           text   NOT NULL,
    position       integer NOT NULL,
    -- the deal attribute that says when an order happened
    date_attribute text   NOT NULL DEFAULT 'order_date',
    created_at     timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

CREATE TABLE stages (
    workspace_id bigint NOT NULL,
    id           bigint NOT NULL,
    pipeline_id  bigint NOT NULL,
    name         text   NOT NULL,
    position     integer NOT NULL,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, pipeline_id) REFERENCES pipelines (workspace_id, id)
);
CREATE INDEX stages_by_pipeline ON stages (workspace_id, pipeline_id, position);

CREATE TABLE loss_reasons (
    workspace_id bigint NOT NULL,
    id           bigint NOT NULL,
    name         text   NOT NULL,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX loss_reasons_by_name ON loss_reasons (workspace_id, name);

-- What one unit of a currency is worth in the workspace's base currency, from a day on until the next row.
CREATE TABLE exchange_rates (
    workspace_id bigint NOT NULL,
    currency     text   NOT NULL,
    valid_from   date   NOT NULL,
    rate         numeric(24, 12) NOT NULL CHECK (rate > 0),
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, currency, valid_from)
);

-- First answers of requests that carried an Idempotency-Key; status 0 means that the first one is still under way.
CREATE TABLE idempotency_keys (
    workspace_id bigint NOT NULL,
    key          text   NOT NULL,
    fingerprint  bytea  NOT NULL,
    status       smallint NOT NULL DEFAULT 0,
    body         bytea  NOT NULL DEFAULT '',
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
