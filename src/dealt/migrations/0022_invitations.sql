-- How members come in and come back: invitations, links to a new password, a second factor.

CREATE TABLE invitations (
    workspace_id bigint NOT NULL,
    id           bigint NOT NULL,
    email        text   NOT NULL,
    role         text   NOT NULL CHECK (role IN ('admin', 'member', 'read-only', 'custom')),
    role_id      bigint CHECK ((role = 'custom') = (role_id IS NOT NULL)),
    digest       bytea  NOT NULL,
    invited_by   text   NOT NULL,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX invitations_by_digest ON invitations (digest);
CREATE UNIQUE INDEX invitations_by_email ON invitations (workspace_id, lower(email));

-- One link a member; a new one ends the one before.
CREATE TABLE password_resets (
    workspace_id bigint NOT NULL,
    member_id    bigint NOT NULL,
    digest       bytea  NOT NULL,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, member_id)
);
CREATE UNIQUE INDEX password_resets_by_digest ON password_resets (digest);

-- The second factor: the sealed secret, the step that was used last so that no code is taken twice, and the digests of
-- codes for a lost telephone. It counts once confirmed_at is set.
CREATE TABLE second_factors (
    workspace_id bigint NOT NULL,
    member_id    bigint NOT NULL,
    secret       bytea  NOT NULL,
    last_step    bigint NOT NULL DEFAULT 0,
    recovery     bytea[] NOT NULL DEFAULT '{}',
    created_at   timestamptz NOT NULL,
    confirmed_at timestamptz,
    PRIMARY KEY (workspace_id, member_id)
);
