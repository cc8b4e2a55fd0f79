-- The matrix of an RFM is kept: cells as they were counted, and what figures have changed since. Whoever writes a figure
-- appends what it was and what it is now in the same transaction; a worker folds that into the cells. The truth is the
-- sum of both, by the edges that the cells were counted by.
ALTER TABLE aggregators ADD COLUMN watcher bigint;
COMMENT ON COLUMN aggregators.watcher IS 'the RFM that counts contacts by what it finds';
UPDATE aggregators AS a SET watcher = s.id FROM rfm_setups AS s
WHERE s.workspace_id = a.workspace_id AND a.id = ANY(s.aggregator_ids);

CREATE TABLE figure_changes (
    workspace_id bigint NOT NULL,
    watcher      bigint NOT NULL,
    id           bigint GENERATED ALWAYS AS IDENTITY,
    -- all figures of one contact that the watcher counts by, by their attributes; {} where there are none
    before       jsonb  NOT NULL,
    after        jsonb  NOT NULL,
    PRIMARY KEY (workspace_id, watcher, id)
) WITH (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 10000);

-- By which edges and in which time zone the cells were counted, and when; no row where they never were.
CREATE TABLE rfm_counts (
    workspace_id bigint      NOT NULL,
    rfm_id       bigint      NOT NULL,
    revision     bigint      NOT NULL,
    time_zone    text        NOT NULL,
    counted_at   timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, rfm_id)
);
CREATE TABLE rfm_cells (
    workspace_id bigint   NOT NULL,
    rfm_id       bigint   NOT NULL,
    recency      smallint NOT NULL,
    frequency    smallint NOT NULL,
    monetary     smallint NOT NULL,
    users        bigint   NOT NULL,
    -- of all their orders, in base currency
    value        numeric  NOT NULL,
    PRIMARY KEY (workspace_id, rfm_id, recency, frequency, monetary)
);
