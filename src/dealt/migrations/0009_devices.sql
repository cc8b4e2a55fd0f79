-- Phones and tablets on which a shop's app runs, and the tokens that apps carry.

ALTER TABLE api_tokens DROP CONSTRAINT api_tokens_scope_check;
ALTER TABLE api_tokens ADD CONSTRAINT api_tokens_scope_check CHECK (scope IN ('read', 'write', 'full', 'sdk'));

CREATE SEQUENCE device_id_seq;

CREATE TABLE devices (
    contact_id   bigint NOT NULL,
    id           bigint NOT NULL,
    workspace_id bigint NOT NULL,
    -- what tells a contact's devices apart
    identity     text   NOT NULL,
    -- where notifications are sent; null when it wants none any more
    fcm_key      text,
    identifier   text,
    os_type      text,
    os_version   text,
    sdk          text,
    device       text,
    model        text,
    manufacturer text,
    lib_version  text,
    is_root      boolean,
    created_at   timestamptz NOT NULL,
    seen_at      timestamptz NOT NULL,
    PRIMARY KEY (contact_id, id)
);
CREATE UNIQUE INDEX devices_by_identity ON devices (contact_id, identity);

-- A directory: a key is one device's, whoever signs in on it.
CREATE TABLE device_keys (
    workspace_id bigint NOT NULL,
    fcm_key      text   NOT NULL,
    contact_id   bigint NOT NULL,
    PRIMARY KEY (workspace_id, fcm_key)
);
