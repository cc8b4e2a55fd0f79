-- Saved filters whose members are kept exact, and who belongs to them.
CREATE TABLE segments (
    workspace_id     bigint  NOT NULL,
    id               bigint  NOT NULL,
    name             text    NOT NULL,
    description      text    NOT NULL DEFAULT '',
    subject          text    NOT NULL CHECK (subject IN ('contact', 'deal', 'product', 'company')),
    -- a static one is a copy of members, which only deletion takes out
    kind             text    NOT NULL CHECK (kind IN ('dynamic', 'static')),
    filter           jsonb   NOT NULL DEFAULT '{}',
    -- the workspace's definitions_version that the last change brought
    version          bigint  NOT NULL,
    -- of companies and products: the version of which all were looked at last, and when
    computed_version bigint  NOT NULL DEFAULT 0,
    computed_at      timestamptz,
    -- in quarantine since, and why
    failed_at        timestamptz,
    error            text    NOT NULL DEFAULT '',
    -- its members are being removed; then the row goes
    deleted_at       timestamptz,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX segments_by_name ON segments (workspace_id, subject, name) WHERE deleted_at IS NULL;

CREATE TABLE segment_members (
    contact_id   bigint NOT NULL,
    segment_id   bigint NOT NULL,
    workspace_id bigint NOT NULL,
    entered_at   timestamptz NOT NULL,
    PRIMARY KEY (contact_id, segment_id)
);
CREATE INDEX segment_members_by_segment ON segment_members (workspace_id, segment_id, contact_id);

CREATE TABLE deal_segment_members (
    contact_id   bigint NOT NULL,
    deal_id      bigint NOT NULL,
    segment_id   bigint NOT NULL,
    workspace_id bigint NOT NULL,
    entered_at   timestamptz NOT NULL,
    PRIMARY KEY (contact_id, deal_id, segment_id)
);
CREATE INDEX deal_segment_members_by_segment ON deal_segment_members (workspace_id, segment_id, deal_id);

-- Companies and products, which belong to nobody.
CREATE TABLE object_segment_members (
    workspace_id bigint NOT NULL,
    segment_id   bigint NOT NULL,
    object_id    bigint NOT NULL,
    entered_at   timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, segment_id, object_id)
);

-- Orders without a contact are looked at, too, when a definition is new.
CREATE INDEX contacts_placeholders ON contacts (workspace_id, id) WHERE placeholder;
