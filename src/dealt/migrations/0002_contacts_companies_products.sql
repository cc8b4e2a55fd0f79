-- Contacts and what belongs to one; companies; the catalogue.

CREATE SEQUENCE contact_id_seq;

CREATE TABLE contacts (
    id               bigint PRIMARY KEY DEFAULT nextval('contact_id_seq'),
    workspace_id     bigint NOT NULL,
    -- the invisible owner of an order without a contact: in no list, count, segment or score
    placeholder      boolean NOT NULL DEFAULT false,
    key              text,
    custom_id        text,
    email            text,
    first_name       text,
    last_name        text,
    phone_number     text,
    gender           smallint NOT NULL DEFAULT 1 CHECK (gender IN (1, 2, 3)),
    status           smallint NOT NULL DEFAULT 1 CHECK (status IN (1, 2)),
    score            integer  NOT NULL DEFAULT 0,
    unsubscribed     boolean  NOT NULL DEFAULT false,
    notifications    boolean  NOT NULL DEFAULT true,
    country          text,
    region           text,
    city             text,
    timezone         text,
    last_ip          text,
    browser          text,
    browser_language text,
    os_type          text,
    resolution       text,
    page_views       integer NOT NULL DEFAULT 0,
    facebook_url     text,
    linkedin_url     text,
    twitter_url      text,
    google_url       text,
    gravatar_url     text,
    assigned_to      bigint,
    tag_ids          bigint[] NOT NULL DEFAULT '{}',
    attributes       jsonb NOT NULL DEFAULT '{}',
    first_seen       timestamptz,
    last_seen        timestamptz,
    last_contacted   timestamptz,
    version          integer NOT NULL DEFAULT 1,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL
);
CREATE INDEX contacts_by_workspace ON contacts (workspace_id, id) WHERE NOT placeholder;
CREATE INDEX contacts_by_email ON contacts (workspace_id, lower(email)) WHERE email IS NOT NULL;
CREATE INDEX contacts_by_phone ON contacts (workspace_id, phone_number) WHERE phone_number IS NOT NULL;
CREATE INDEX contacts_by_update ON contacts (workspace_id, updated_at, id) WHERE NOT placeholder;

-- Directories: uniqueness that is not local to one contact lives apart, in tables keyed by what is unique.
CREATE TABLE contact_custom_ids (
    workspace_id bigint NOT NULL,
    custom_id    text   NOT NULL,
    contact_id   bigint NOT NULL,
    PRIMARY KEY (workspace_id, custom_id)
);

CREATE TABLE contact_keys (
    workspace_id bigint NOT NULL,
    key          text   NOT NULL,
    contact_id   bigint NOT NULL,
    PRIMARY KEY (workspace_id, key)
);

-- What is derived for a contact lives apart from what the API writes.
CREATE TABLE contact_derived (
    contact_id          bigint PRIMARY KEY,
    workspace_id        bigint NOT NULL,
    aggregates          jsonb  NOT NULL DEFAULT '{}',
    -- the next instant at which a window or a relative date of this contact changes
    wake_at             timestamptz,
    computed_at         timestamptz NOT NULL,
    definitions_version bigint NOT NULL
);
CREATE INDEX contact_derived_by_wake ON contact_derived (wake_at) WHERE wake_at IS NOT NULL;

CREATE TABLE list_members (
    contact_id   bigint NOT NULL,
    list_id      bigint NOT NULL,
    workspace_id bigint NOT NULL,
    added_at     timestamptz NOT NULL,
    PRIMARY KEY (contact_id, list_id)
);
CREATE INDEX list_members_by_list ON list_members (workspace_id, list_id, contact_id);

CREATE SEQUENCE company_id_seq;

CREATE TABLE companies (
    workspace_id     bigint NOT NULL,
    id               bigint NOT NULL DEFAULT nextval('company_id_seq'),
    custom_id        text,
    name             text NOT NULL,
    description      text,
    email            text,
    country          text,
    region           text,
    city             text,
    address          text,
    postal_code      text,
    approx_employees integer,
    phone_numbers    text[] NOT NULL DEFAULT '{}',
    tag_ids          bigint[] NOT NULL DEFAULT '{}',
    attributes       jsonb NOT NULL DEFAULT '{}',
    version          integer NOT NULL DEFAULT 1,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX companies_by_custom_id ON companies (workspace_id, custom_id) WHERE custom_id IS NOT NULL;

CREATE TABLE company_members (
    contact_id   bigint NOT NULL,
    company_id   bigint NOT NULL,
    workspace_id bigint NOT NULL,
    member_since timestamptz NOT NULL,
    PRIMARY KEY (contact_id, company_id)
);
CREATE INDEX company_members_by_company ON company_members (workspace_id, company_id, contact_id);

CREATE SEQUENCE product_id_seq;

-- A custom id keeps its product id for ever, from the first time anything names it: an order may name a product
-- that the catalogue learns of later, and its link then resolves by itself.
CREATE TABLE product_custom_ids (
    workspace_id bigint NOT NULL,
    custom_id    text   NOT NULL,
    product_id   bigint NOT NULL DEFAULT nextval('product_id_seq'),
    PRIMARY KEY (workspace_id, custom_id)
);

CREATE TABLE products (
    workspace_id bigint NOT NULL,
    id           bigint NOT NULL DEFAULT nextval('product_id_seq'),
    custom_id    text,
    name         text NOT NULL DEFAULT '',
    description  text,
    category     text,
    price        numeric(20, 6),
    currency     text,
    quantity     numeric(20, 6),
    product_url  text,
    image_url    text,
    tag_ids      bigint[] NOT NULL DEFAULT '{}',
    attributes   jsonb NOT NULL DEFAULT '{}',
    version      integer NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX products_by_update ON products (workspace_id, updated_at, id);
CREATE INDEX products_by_category ON products (workspace_id, category, id) WHERE category IS NOT NULL;
CREATE INDEX products_by_name ON products (workspace_id, lower(name) text_pattern_ops);
