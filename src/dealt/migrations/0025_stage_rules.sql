-- What a stage asks for when somebody moves a deal there by hand: fields and attributes that must be filled, and the
-- status that the deal gets. Orders that arrive over the API are taken as they are.
ALTER TABLE stages ADD COLUMN required text[] NOT NULL DEFAULT '{}', ADD COLUMN sets_status smallint;
