"""SQL of the first minutes."""

EMPTY = """
SELECT NOT EXISTS (SELECT FROM deal_ids WHERE workspace_id = $1)
    AND NOT EXISTS (SELECT FROM contacts WHERE workspace_id = $1 AND NOT placeholder)"""

NEWEST_CONTACT = """
SELECT id, coalesce(nullif(trim(concat_ws(' ', first_name, last_name)), ''), email, custom_id) AS name, created_at
FROM contacts WHERE workspace_id = $1 AND NOT placeholder ORDER BY id DESC LIMIT 1"""

NEWEST_DEAL = """
SELECT d.id, d.name, d.value, d.currency, d.created_at
FROM (SELECT contact_id, deal_id FROM deal_ids WHERE workspace_id = $1 ORDER BY deal_id DESC LIMIT 1) AS newest
JOIN deals AS d ON d.contact_id = newest.contact_id AND d.id = newest.deal_id"""

DEALS = "SELECT count(*) FROM (SELECT FROM deal_ids WHERE workspace_id = $1 LIMIT 100000) AS counted"

DEMO = """
SELECT kind FROM journal WHERE contact_id = 0 AND object_type = 'workspace' AND object_id = $1
    AND kind IN ('demo.started', 'demo.loaded')"""
