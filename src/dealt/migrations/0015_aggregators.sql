-- Roll-ups of what contacts did into attributes of theirs.
CREATE TABLE aggregators (
    workspace_id   bigint   NOT NULL,
    id             bigint   NOT NULL,
    name           text     NOT NULL,
    description    text     NOT NULL DEFAULT '',
    source         text     NOT NULL CHECK (source IN ('deals', 'order_products', 'events', 'product_events')),
    function       text     NOT NULL,
    field          text,
    -- the date that windows, the first and the last go by
    by_field       text,
    last_n         smallint NOT NULL DEFAULT 5,
    net_of_returns boolean  NOT NULL DEFAULT false,
    filter         jsonb    NOT NULL DEFAULT '{}',
    period         jsonb    NOT NULL DEFAULT '{}',
    -- the attribute that shows it
    target         text     NOT NULL,
    value_type     text     NOT NULL,
    -- the workspace's definitions_version that the last change brought
    version        bigint   NOT NULL,
    -- in quarantine since, and why
    failed_at      timestamptz,
    error          text     NOT NULL DEFAULT '',
    -- its values are being removed; then the row goes
    deleted_at     timestamptz,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

-- The attribute of a contact that an aggregator fills; nobody else writes it.
ALTER TABLE attributes ADD COLUMN aggregator_id bigint;
