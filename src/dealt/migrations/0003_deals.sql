-- Deals: directories, the order itself, its receipt, its live links to products, and tasks.

CREATE SEQUENCE deal_id_seq;

-- Whoever writes a deal in any way first holds its row here. contact_id says where the deal lives.
CREATE TABLE deal_ids (
    workspace_id bigint NOT NULL,
    deal_id      bigint NOT NULL,
    contact_id   bigint NOT NULL,
    custom_id    text,
    PRIMARY KEY (workspace_id, deal_id)
);

-- A deleted deal leaves its row as a tombstone, so that a late repetition of an old message does not bring it back.
CREATE TABLE deal_custom_ids (
    workspace_id      bigint NOT NULL,
    custom_id         text   NOT NULL,
    deal_id           bigint NOT NULL,
    deleted_at        timestamptz,
    source_updated_at timestamptz,
    PRIMARY KEY (workspace_id, custom_id)
);

CREATE TABLE deals (
    contact_id              bigint NOT NULL,
    id                      bigint NOT NULL,
    workspace_id            bigint NOT NULL,
    custom_id               text,
    name                    text NOT NULL,
    value                   numeric(20, 6),
    currency                text,
    -- derived from the lines
    lines_total             numeric(20, 6),
    refunded_total          numeric(20, 6) NOT NULL DEFAULT 0,
    net_value               numeric(20, 6),
    -- value in the workspace's base currency at the order's own day; null where the rate is not known
    base_rate               numeric(24, 12),
    base_value              numeric(20, 6),
    pipeline_id             bigint NOT NULL,
    stage_id                bigint NOT NULL,
    stage_entered_at        timestamptz NOT NULL,
    status                  smallint NOT NULL CHECK (status BETWEEN 0 AND 4),
    won_at                  timestamptz,
    lost_at                 timestamptz,
    loss_reason_id          bigint,
    loss_reason_description text NOT NULL DEFAULT '',
    expected_close_date     date,
    scope                   integer NOT NULL DEFAULT 2,
    assigned_to             bigint,
    restricted_to           bigint,
    created_by              bigint,
    company_id              bigint,
    participants            bigint[] NOT NULL DEFAULT '{}',
    -- live links, in the order sent; both lists are parallel, with null where a side is not known
    product_ids             bigint[] NOT NULL DEFAULT '{}',
    product_custom_ids      text[]   NOT NULL DEFAULT '{}',
    tag_ids                 bigint[] NOT NULL DEFAULT '{}',
    open_tasks              integer  NOT NULL DEFAULT 0,
    attributes              jsonb NOT NULL DEFAULT '{}',
    -- when the order happened: windows, exchange rates and dashboards go by it
    ordered_at              timestamptz NOT NULL,
    last_line_id            integer NOT NULL DEFAULT 0,
    source_updated_at       timestamptz,
    content_hash            bigint,
    version                 integer NOT NULL DEFAULT 1,
    created_at              timestamptz NOT NULL,
    updated_at              timestamptz NOT NULL,
    PRIMARY KEY (contact_id, id)
) WITH (fillfactor = 90);
CREATE INDEX deals_by_order_time ON deals (workspace_id, ordered_at, id);
CREATE INDEX deals_by_stage ON deals (workspace_id, stage_id, ordered_at, id);
CREATE INDEX deals_by_status ON deals (workspace_id, status, ordered_at, id);
CREATE INDEX deals_by_update ON deals (workspace_id, updated_at, id);

-- The receipt. The catalogue never changes it.
CREATE TABLE deal_lines (
    contact_id        bigint NOT NULL,
    deal_id           bigint NOT NULL,
    id                integer NOT NULL,
    workspace_id      bigint NOT NULL,
    position          integer NOT NULL,
    product_id        bigint,
    quantity          numeric(20, 6) NOT NULL,
    value             numeric(20, 6) NOT NULL,
    currency          text,
    total             numeric(20, 6) NOT NULL,
    returned_quantity numeric(20, 6) NOT NULL DEFAULT 0,
    refunded_value    numeric(20, 6) NOT NULL DEFAULT 0,
    -- the line as it was sent, every key, with what the catalogue knew at that moment
    receipt           jsonb NOT NULL,
    PRIMARY KEY (contact_id, deal_id, id)
);

-- Which products a deal is about: those linked and those bought.
CREATE TABLE deal_products (
    contact_id   bigint NOT NULL,
    deal_id      bigint NOT NULL,
    product_id   bigint NOT NULL,
    workspace_id bigint NOT NULL,
    ordered_at   timestamptz NOT NULL,
    PRIMARY KEY (contact_id, deal_id, product_id)
);
CREATE INDEX deal_products_by_product ON deal_products (workspace_id, product_id, ordered_at, deal_id);

CREATE SEQUENCE task_id_seq;

-- Whoever writes a task first holds its row here; a task without a contact lives with contact 0.
CREATE TABLE task_ids (
    workspace_id bigint NOT NULL,
    task_id      bigint NOT NULL,
    contact_id   bigint NOT NULL,
    PRIMARY KEY (workspace_id, task_id)
);

CREATE TABLE task_custom_ids (
    workspace_id bigint NOT NULL,
    custom_id    text   NOT NULL,
    task_id      bigint NOT NULL,
    PRIMARY KEY (workspace_id, custom_id)
);

CREATE TABLE tasks (
    contact_id       bigint NOT NULL,
    id               bigint NOT NULL,
    workspace_id     bigint NOT NULL,
    custom_id        text,
    activity_type    integer NOT NULL DEFAULT 1,
    name             text NOT NULL,
    description      text NOT NULL DEFAULT '',
    due_at           timestamptz NOT NULL,
    duration_minutes integer,
    assigned_to      bigint,
    created_by       bigint,
    company_id       bigint,
    deal_id          bigint,
    done             boolean NOT NULL DEFAULT false,
    done_at          timestamptz,
    attributes       jsonb NOT NULL DEFAULT '{}',
    version          integer NOT NULL DEFAULT 1,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    PRIMARY KEY (contact_id, id)
);
CREATE INDEX tasks_by_due ON tasks (workspace_id, due_at, id) WHERE NOT done;
CREATE INDEX tasks_by_deal ON tasks (contact_id, deal_id) WHERE deal_id IS NOT NULL;
