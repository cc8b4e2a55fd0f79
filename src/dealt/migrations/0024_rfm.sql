-- Scores of contacts by how recently, how often and for how much they ordered: what they are made of.
CREATE TABLE rfm_setups (
    workspace_id    bigint  NOT NULL,
    id              bigint  NOT NULL,
    name            text    NOT NULL,
    description     text    NOT NULL DEFAULT '',
    -- begins the names of its attributes
    key             text    NOT NULL,
    filter          jsonb   NOT NULL,
    period          jsonb   NOT NULL,
    net_of_returns  boolean NOT NULL,
    -- NULL where quintiles tell the scores apart
    thresholds      jsonb,
    -- orders, last order, value; recency, frequency, monetary, group; one for each group
    aggregator_ids  bigint[] NOT NULL,
    attribute_ids   bigint[] NOT NULL,
    segment_ids     bigint[] NOT NULL DEFAULT '{}',
    -- counts the changes of what the edges follow from; edges that were found for another one are not taken
    edition         bigint  NOT NULL DEFAULT 1,
    -- which of rfm_cuts is in force; 0: none yet
    revision        bigint  NOT NULL DEFAULT 0,
    -- the workspace's definitions_version that the last change of it or of its edges brought
    version         bigint  NOT NULL,
    refreshed_at    timestamptz,
    next_refresh_at timestamptz,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX rfm_setups_by_key ON rfm_setups (workspace_id, key);

-- The edges between scores: what reaches the n-th has the score n + 1 at least. NULL is reached by nobody.
CREATE TABLE rfm_cuts (
    workspace_id bigint    NOT NULL,
    rfm_id       bigint    NOT NULL,
    revision     bigint    NOT NULL,
    -- four of each: recency, frequency, monetary
    edges        jsonb     NOT NULL,
    -- how many had an order that counts; NULL where thresholds were given
    customers    bigint,
    made_at      timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, rfm_id, revision)
);
