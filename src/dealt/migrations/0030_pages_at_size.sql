-- What pages ask for at a million rows.

-- A contact's orders by time, and what happened to a contact besides them: almost all entries of a journal say that an
-- order was created, which the order itself tells.
CREATE INDEX deals_by_contact ON deals (contact_id, ordered_at, id);
CREATE INDEX journal_by_contact ON journal (contact_id, at, id) WHERE kind <> 'deal.created';

CREATE INDEX deals_by_tag ON deals USING gin (tag_ids) WHERE tag_ids <> '{}';
CREATE INDEX products_by_tag ON products USING gin (tag_ids) WHERE tag_ids <> '{}';

-- The few that a list offers to narrow to, in the order that it has.
CREATE INDEX products_sold_out ON products (workspace_id, updated_at, id) WHERE quantity <= 0;
CREATE INDEX contacts_unsubscribed ON contacts (workspace_id, updated_at, id) WHERE unsubscribed AND NOT placeholder;
CREATE INDEX contacts_known ON contacts (workspace_id, updated_at, id) WHERE status = 2 AND NOT placeholder;

-- The planner takes no statistics from an index of a part of the rows, so it took every search for a rare one.
CREATE STATISTICS contacts_words ON (lower(' ' || coalesce(first_name, '') || ' ' || coalesce(last_name, '') || ' '
    || coalesce(email, '') || ' ' || coalesce(phone_number, '') || ' ' || coalesce(custom_id, ''))) FROM contacts;
