-- What stands in each stage, by status and currency ('' where a deal names none). Writes of deals append differences in
-- their own transaction, without waiting for each other; a worker folds them into the totals. The truth is the sum of both.
CREATE TABLE stage_totals (
    workspace_id bigint   NOT NULL,
    stage_id     bigint   NOT NULL,
    status       smallint NOT NULL,
    currency     text     NOT NULL,
    deals        bigint   NOT NULL,
    value        numeric  NOT NULL,
    base_value   numeric  NOT NULL,
    -- deals with a value that has no rate into the base currency
    unconverted  bigint   NOT NULL,
    PRIMARY KEY (workspace_id, stage_id, status, currency)
);
CREATE TABLE stage_deltas (
    workspace_id bigint   NOT NULL,
    id           bigint GENERATED ALWAYS AS IDENTITY,
    stage_id     bigint   NOT NULL,
    status       smallint NOT NULL,
    currency     text     NOT NULL,
    deals        bigint   NOT NULL,
    value        numeric  NOT NULL,
    base_value   numeric  NOT NULL,
    unconverted  bigint   NOT NULL,
    PRIMARY KEY (workspace_id, id)
) WITH (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 10000);

INSERT INTO stage_totals (workspace_id, stage_id, status, currency, deals, value, base_value, unconverted)
SELECT workspace_id, stage_id, status, coalesce(currency, ''), count(*), coalesce(sum(value), 0),
    coalesce(sum(base_value), 0), count(*) FILTER (WHERE value IS NOT NULL AND base_value IS NULL)
FROM deals GROUP BY 1, 2, 3, 4;

-- Columns of a board are read in these orders, and newest first by deals_by_stage.
CREATE INDEX deals_by_stage_value ON deals (workspace_id, stage_id, (coalesce(base_value, -1e15)), id);
CREATE INDEX deals_by_stage_age ON deals (workspace_id, stage_id, stage_entered_at, id);
-- What is somebody's own; most orders are nobody's.
CREATE INDEX deals_by_assignee ON deals (workspace_id, assigned_to, stage_id, ordered_at, id)
WHERE assigned_to IS NOT NULL;
