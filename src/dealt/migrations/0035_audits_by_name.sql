-- Directories that are keyed by what clients say are audited in the order of their keys: how far a round under way is.
ALTER TABLE audits ADD COLUMN last_key text NOT NULL DEFAULT '';
