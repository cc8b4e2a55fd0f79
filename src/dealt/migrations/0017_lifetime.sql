-- Which deals the lifetime models of a workspace are fitted to, when, and what was found the last time.
CREATE TABLE lifetime_models (
    workspace_id    bigint PRIMARY KEY,
    filter          jsonb NOT NULL,
    nightly         boolean NOT NULL DEFAULT true,
    refresh_id      bigint NOT NULL DEFAULT 0,
    state           text NOT NULL DEFAULT 'never' CHECK (state IN ('never', 'queued', 'running', 'done', 'failed')),
    started_at      timestamptz,
    finished_at     timestamptz,
    next_refresh_at timestamptz,
    findings        jsonb NOT NULL DEFAULT '{}'
);

-- What the models of the last refresh say of a contact. Durations are days; money is in the base currency.
CREATE TABLE contact_lifetimes (
    contact_id   bigint PRIMARY KEY,
    workspace_id bigint NOT NULL,
    refresh_id   bigint NOT NULL,
    repeats      integer NOT NULL,
    recency      integer NOT NULL,
    age          integer NOT NULL,
    mean_value   double precision NOT NULL,
    alive        double precision NOT NULL,
    purchases    double precision NOT NULL,
    order_value  double precision,
    as_of        timestamptz NOT NULL
);
CREATE INDEX contact_lifetimes_by_refresh ON contact_lifetimes (workspace_id, refresh_id);
