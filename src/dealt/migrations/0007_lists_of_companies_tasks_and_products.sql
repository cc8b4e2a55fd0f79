-- What lists of companies, tasks and products are narrowed and ordered by.

CREATE INDEX companies_by_update ON companies (workspace_id, updated_at, id);
CREATE INDEX companies_by_name ON companies (workspace_id, lower(name) text_pattern_ops);

-- A company's orders and tasks: to list them, and to take the link away when the company is deleted.
CREATE INDEX deals_by_company ON deals (workspace_id, company_id, ordered_at, id) WHERE company_id IS NOT NULL;
CREATE INDEX tasks_by_company ON tasks (workspace_id, company_id, due_at, id) WHERE company_id IS NOT NULL;

-- Done or not; tasks_by_due holds the open ones alone.
CREATE INDEX tasks_by_time ON tasks (workspace_id, due_at, id);
CREATE INDEX tasks_by_member ON tasks (workspace_id, assigned_to, due_at, id) WHERE assigned_to IS NOT NULL;

CREATE INDEX products_by_price ON products (workspace_id, price, id) WHERE price IS NOT NULL;
CREATE INDEX products_by_words ON products USING gin (to_tsvector('simple', name));
