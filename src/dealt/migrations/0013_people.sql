-- Joining contacts, separating them again, and forgetting them.

-- Where a contact's names lead since it was merged: into whom, into whom that one was merged, and so on; the last is
-- the contact that they mean now. Its own row waits, invisible, as it was.
ALTER TABLE contacts ADD COLUMN merged_into bigint[] NOT NULL DEFAULT '{}';
-- Set where a person was deleted; what is left is the owner of its orders.
ALTER TABLE contacts ADD COLUMN deleted_at timestamptz;

-- Whose name it was, through which merges: the first contact had it, the last was merged into contact_id.
ALTER TABLE contact_custom_ids ADD COLUMN merged_from bigint[] NOT NULL DEFAULT '{}';
ALTER TABLE contact_keys ADD COLUMN merged_from bigint[] NOT NULL DEFAULT '{}';
CREATE INDEX contact_custom_ids_by_contact ON contact_custom_ids (contact_id);
CREATE INDEX contact_keys_by_contact ON contact_keys (contact_id);

CREATE SEQUENCE merge_id_seq;

-- One row for each contact that was merged into another.
CREATE TABLE merges (
    contact_id      bigint NOT NULL,
    id              bigint NOT NULL DEFAULT nextval('merge_id_seq'),
    workspace_id    bigint NOT NULL,
    -- the contact that was merged, whether it was invisible before, and those that it had taken in earlier
    former_id       bigint NOT NULL,
    was_placeholder boolean NOT NULL,
    carried         bigint[] NOT NULL DEFAULT '{}',
    -- {"fields": {name: [before, after]}, "attributes": {...}, "tags": [ids], "page_views": n}: what the parent took
    taken           jsonb NOT NULL,
    -- {"deals": 3}: how many rows of each table
    moved           jsonb NOT NULL,
    merged_at       timestamptz NOT NULL,
    merged_by       text NOT NULL,
    unmerged_at     timestamptz,
    unmerged_by     text,
    PRIMARY KEY (contact_id, id)
);
CREATE INDEX merges_by_former ON merges (workspace_id, former_id) WHERE unmerged_at IS NULL;

-- Rows that are with contact_id now and are really those of a contact that was merged into it: moved by the merge, or
-- named by one of that contact's names since.
CREATE TABLE merged_rows (
    contact_id   bigint NOT NULL,
    former_id    bigint NOT NULL,
    -- the table
    kind         text   NOT NULL,
    row_id       bigint NOT NULL,
    workspace_id bigint NOT NULL,
    -- the row itself, where the parent had the same one already
    dropped      jsonb,
    PRIMARY KEY (contact_id, former_id, kind, row_id)
);
