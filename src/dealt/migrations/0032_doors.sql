-- A member of several workspaces: which others the password of this session opens, as workspace:member:digest of what the
-- password is kept as, so that a changed password closes the door.
ALTER TABLE sessions ADD COLUMN doors text[] NOT NULL DEFAULT '{}';
