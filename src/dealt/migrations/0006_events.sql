-- What contacts do: named events, product events and page views. Each row is its own record: who told of it, when and
-- why stand in it, and the journal does not repeat it.

-- The name of an event, known from its first occurrence or declared before it. Its attributes stand in attributes,
-- under the domain event:<id>.
CREATE TABLE event_definitions (
    workspace_id bigint NOT NULL,
    id           bigint NOT NULL,
    name         text   NOT NULL,
    description  text   NOT NULL DEFAULT '',
    -- when the first occurrence ever arrived; null while it is only declared
    first_at     timestamptz,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX event_definitions_by_name ON event_definitions (workspace_id, name);

ALTER TABLE attributes DROP CONSTRAINT attributes_domain_check;
ALTER TABLE attributes ADD CONSTRAINT attributes_domain_check
    CHECK (domain IN ('contact', 'company', 'deal', 'product', 'task') OR domain ~ '^event:[1-9][0-9]*$');

-- Ids come from the journal's sequence, because followers' rows name occurrences as they name entries of the journal.
-- Keyed by time within the contact: one index serves the contact's timeline, windows, and a look at one event.
CREATE TABLE events (
    contact_id    bigint NOT NULL,
    happened_at   timestamptz NOT NULL,
    id            bigint NOT NULL,
    workspace_id  bigint NOT NULL,
    definition_id bigint NOT NULL,
    custom_id     text,
    data          jsonb NOT NULL DEFAULT '{}',
    received_at   timestamptz NOT NULL,
    actor         text NOT NULL,
    -- as in the journal
    cause         smallint NOT NULL DEFAULT 0,
    hop           smallint NOT NULL DEFAULT 0,
    PRIMARY KEY (contact_id, happened_at, id)
);
CREATE INDEX events_by_definition ON events (workspace_id, definition_id, happened_at, id);

CREATE TABLE product_events (
    contact_id   bigint NOT NULL,
    happened_at  timestamptz NOT NULL,
    id           bigint NOT NULL,
    workspace_id bigint NOT NULL,
    product_id   bigint NOT NULL,
    event_type   text NOT NULL CHECK (event_type IN ('view', 'detail', 'click', 'promo click', 'liking',
        'add to observation', 'reservation', 'add', 'add to cart', 'remove', 'checkout', 'checkout option', 'order',
        'purchase', 'return', 'refund')),
    custom_id    text,
    custom_data  jsonb NOT NULL DEFAULT '{}',
    received_at  timestamptz NOT NULL,
    actor        text NOT NULL,
    cause        smallint NOT NULL DEFAULT 0,
    hop          smallint NOT NULL DEFAULT 0,
    PRIMARY KEY (contact_id, happened_at, id)
);
CREATE INDEX product_events_by_product ON product_events (workspace_id, product_id, happened_at, id);

CREATE TABLE page_views (
    contact_id      bigint NOT NULL,
    happened_at     timestamptz NOT NULL,
    id              bigint NOT NULL,
    workspace_id    bigint NOT NULL,
    url             text NOT NULL,
    domain          text NOT NULL,
    path            text NOT NULL,
    referrer        text,
    title           text,
    user_agent      text,
    ip_address      text,
    browser_family  text,
    browser_version text,
    os_type         text,
    city            text,
    country         text,
    timezone        text,
    resolution      text,
    custom_id       text,
    extra_data      jsonb NOT NULL DEFAULT '{}',
    received_at     timestamptz NOT NULL,
    actor           text NOT NULL,
    cause           smallint NOT NULL DEFAULT 0,
    hop             smallint NOT NULL DEFAULT 0,
    PRIMARY KEY (contact_id, happened_at, id)
);

-- The client's own ids of what happened, so that a repetition is known. kind: 1 event, 2 product event, 3 page view.
CREATE TABLE event_custom_ids (
    workspace_id bigint NOT NULL,
    kind         smallint NOT NULL CHECK (kind IN (1, 2, 3)),
    custom_id    text NOT NULL,
    contact_id   bigint NOT NULL,
    event_id     bigint NOT NULL,
    PRIMARY KEY (workspace_id, kind, custom_id)
);
