-- What searches and lists of contacts find by.

-- Of all contacts, not only of those with an address: of an expression in a partial index PostgreSQL uses no statistics,
-- takes one address for thousands of contacts, and reads the whole table in the order of ids instead.
-- text_pattern_ops finds by how an address begins, too, whatever the server's language.
DROP INDEX contacts_by_email;
CREATE INDEX contacts_by_email ON contacts (workspace_id, lower(email) text_pattern_ops);

CREATE INDEX contacts_by_tag ON contacts USING gin (tag_ids) WHERE tag_ids <> '{}' AND NOT placeholder;
CREATE INDEX companies_by_tag ON companies USING gin (tag_ids) WHERE tag_ids <> '{}';
