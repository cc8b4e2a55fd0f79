-- Roll-ups of companies: what was ordered for them and what their people did, as attributes of theirs.
ALTER TABLE aggregators ADD COLUMN subject text NOT NULL DEFAULT 'contact' CHECK (subject IN ('contact', 'company'));

-- What is derived for a company, apart from what the API writes.
CREATE TABLE company_derived (
    workspace_id        bigint NOT NULL,
    company_id          bigint NOT NULL,
    aggregates          jsonb  NOT NULL DEFAULT '{}',
    -- the next instant at which a window or a relative date of this company changes
    wake_at             timestamptz,
    computed_at         timestamptz NOT NULL,
    definitions_version bigint NOT NULL,
    PRIMARY KEY (workspace_id, company_id)
);
CREATE INDEX company_derived_by_wake ON company_derived (workspace_id, wake_at) WHERE wake_at IS NOT NULL;

-- Companies for which something changed; a worker empties this.
CREATE TABLE stale_companies (
    workspace_id bigint NOT NULL,
    id           bigint GENERATED ALWAYS AS IDENTITY,
    company_id   bigint NOT NULL,
    cause        smallint NOT NULL DEFAULT 0,
    hop          smallint NOT NULL DEFAULT 0,
    marked_at    timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 10000);
CREATE INDEX stale_companies_by_company ON stale_companies (workspace_id, company_id);

-- The companies that a contact's orders named, and that it belonged to, when it was last computed: whichever it has
-- left since is found here.
CREATE TABLE contact_companies (
    contact_id   bigint NOT NULL,
    company_id   bigint NOT NULL,
    workspace_id bigint NOT NULL,
    PRIMARY KEY (contact_id, company_id)
);
CREATE INDEX contact_companies_by_company ON contact_companies (workspace_id, company_id, contact_id);
