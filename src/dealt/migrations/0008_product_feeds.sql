-- Product feeds that are read every night, and which products each of them brought.

CREATE TABLE product_feeds (
    workspace_id     bigint  NOT NULL,
    id               bigint  NOT NULL,
    name             text    NOT NULL,
    description      text    NOT NULL DEFAULT '',
    url              text    NOT NULL,
    nightly          boolean NOT NULL DEFAULT true,
    -- whether products that the feed no longer has are marked as out of stock
    mark_unavailable boolean NOT NULL DEFAULT false,
    -- counts the syncs that were asked for; a job for an earlier one does nothing
    sync_id          bigint  NOT NULL DEFAULT 0,
    sync_state       text    NOT NULL DEFAULT 'never'
        CHECK (sync_state IN ('never', 'queued', 'running', 'done', 'failed')),
    started_at       timestamptz,
    finished_at      timestamptz,
    result           jsonb   NOT NULL DEFAULT '{}',
    next_sync_at     timestamptz,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

CREATE TABLE feed_products (
    workspace_id bigint NOT NULL,
    feed_id      bigint NOT NULL,
    product_id   bigint NOT NULL,
    seen_at      timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, feed_id, product_id)
);
CREATE INDEX feed_products_by_time ON feed_products (workspace_id, feed_id, seen_at);
