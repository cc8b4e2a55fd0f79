"""All SQL of the lists of records."""

# $1 workspace, $2 the member, $3 the kind of list: those of the member, the first of which, without a name, holds the
# columns of the plain list and what it opens with; and those that others share.
VIEWS = """
SELECT v.* FROM (
    SELECT name, columns, query, shared, opens, true AS own, created_at FROM saved_views
    WHERE workspace_id = $1 AND member_id = $2 AND kind = $3
    UNION ALL (
        SELECT name, columns, query, shared, '', false, created_at FROM saved_views
        WHERE workspace_id = $1 AND kind = $3 AND shared AND member_id <> $2 ORDER BY created_at, name LIMIT 100)
) AS v ORDER BY v.own DESC, v.name <> '', v.created_at, v.name LIMIT 200"""
SAVE = """
INSERT INTO saved_views (workspace_id, member_id, kind, name, columns, query, shared, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (workspace_id, member_id, kind, name) DO UPDATE
SET columns = excluded.columns, query = excluded.query, shared = excluded.shared"""
OPEN_WITH = """
INSERT INTO saved_views (workspace_id, member_id, kind, name, columns, query, opens, created_at)
VALUES ($1, $2, $3, '', '{}', '', $4, $5)
ON CONFLICT (workspace_id, member_id, kind, name) DO UPDATE SET opens = excluded.opens"""
# $5 whether it is one that another shares.
DELETE = """
DELETE FROM saved_views WHERE workspace_id = $1 AND kind = $3 AND name = $4
    AND CASE WHEN $5 THEN shared AND member_id <> $2 ELSE member_id = $2 END
RETURNING name"""

# What bulk actions have to know of deals: $1 workspace, $2 ids.
DEALS = """
SELECT d.id, d.assigned_to, d.stage_id, d.tag_ids FROM deal_ids AS i
JOIN deals AS d ON d.contact_id = i.contact_id AND d.id = i.deal_id
WHERE i.workspace_id = $1 AND i.deal_id = ANY($2::bigint[]) AND d.workspace_id = $1"""
LISTS = "SELECT id, name FROM lists WHERE workspace_id = $1 ORDER BY lower(name), id LIMIT 200"

# Of tasks ``t``: those about no deal, or about one that is assigned to the member in the place.
ABOUT_OWN_DEALS = """(t.deal_id IS NULL OR EXISTS (
    SELECT FROM deals AS own WHERE own.contact_id = t.contact_id AND own.id = t.deal_id AND own.assigned_to = {}))"""
TASKS_SEEN = f"""
SELECT count(*) FROM task_ids AS i JOIN tasks AS t ON t.contact_id = i.contact_id AND t.id = i.task_id
WHERE i.workspace_id = $1 AND i.task_id = ANY($2::bigint[]) AND {ABOUT_OWN_DEALS.format("$3")}"""

# What a list of contacts is sorted by besides its fields, about a row of it.
LAST_ORDER = "(SELECT max(o.ordered_at) FROM deals AS o WHERE o.contact_id = contacts.id)"
# When the first open task of some deals is due: $1 workspace, then contacts and deals.
NEXT_TASKS = """
SELECT t.deal_id, min(t.due_at) AS due_at FROM tasks AS t
WHERE t.workspace_id = $1 AND (t.contact_id, t.deal_id) IN (SELECT * FROM unnest($2::bigint[], $3::bigint[]))
    AND NOT t.done
GROUP BY t.deal_id"""
# The last one is read from the end of an index: of some contacts there are very many.
LAST_ORDERS = """
SELECT c.id AS contact_id, d.ordered_at AS last FROM unnest($2::bigint[]) AS c(id) CROSS JOIN LATERAL (
    SELECT o.ordered_at FROM deals AS o WHERE o.contact_id = c.id AND o.workspace_id = $1
    ORDER BY o.ordered_at DESC, o.id DESC LIMIT 1) AS d"""
