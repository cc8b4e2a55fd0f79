-- What members need to sign in on pages: sessions, roles of the workspace's own, and the count of failed tries.

-- What a member may do who is no admin, member or reader: areas maps an area to 'read' or 'write'.
CREATE TABLE roles (
    workspace_id bigint  NOT NULL,
    id           bigint  NOT NULL,
    name         text    NOT NULL,
    areas        jsonb   NOT NULL,
    -- sees and changes only the deals that are assigned to the member
    own_deals    boolean NOT NULL DEFAULT false,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX roles_by_name ON roles (workspace_id, lower(name));

ALTER TABLE members DROP CONSTRAINT members_role_check;
ALTER TABLE members ADD CONSTRAINT members_role_check CHECK (role IN ('admin', 'member', 'read-only', 'custom'));
-- the role of a member whose role is 'custom'
ALTER TABLE members ADD COLUMN role_id bigint CHECK ((role = 'custom') = (role_id IS NOT NULL));
CREATE INDEX members_by_email_anywhere ON members (lower(email));

-- Found by the digest of a cookie before the workspace is known, hence the second index.
CREATE TABLE sessions (
    workspace_id bigint NOT NULL,
    id           bigint NOT NULL,
    member_id    bigint NOT NULL,
    digest       bytea  NOT NULL,
    -- where it was opened, and from what browser, for the member's own list
    address      text   NOT NULL,
    browser      text   NOT NULL,
    -- scheme and host by which the pages were reached: links in mails begin with an admin's
    origin       text   NOT NULL,
    created_at   timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX sessions_by_digest ON sessions (digest);
CREATE INDEX sessions_by_member ON sessions (workspace_id, member_id);
CREATE INDEX sessions_by_age ON sessions (last_seen_at);

-- Failed tries to sign in, by 'email:...' and 'address:...'; they stand under workspace 0, as nobody is known yet.
CREATE TABLE sign_in_failures (
    workspace_id bigint  NOT NULL,
    key          text    NOT NULL,
    failures     integer NOT NULL,
    since        timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, key)
);
CREATE INDEX sign_in_failures_by_age ON sign_in_failures (since);
