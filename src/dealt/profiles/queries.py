"""All SQL of the profiles."""

# What the catalogue says now of products on a receipt.
PRODUCTS_NOW = """
SELECT id, custom_id, name, price, currency, quantity, image_url FROM products
WHERE workspace_id = $1 AND id = ANY($2::bigint[])"""

# Of one contact: how many orders, what those that were won are worth in base currency, and when the last one was.
NUMBERS = """
SELECT count(*) AS orders, sum(base_value) FILTER (WHERE status = 2) AS spent,
    count(*) FILTER (WHERE status = 2 AND value IS NOT NULL AND base_value IS NULL) AS unconverted,
    max(ordered_at) AS last_ordered_at
FROM deals WHERE contact_id = $2 AND workspace_id = $1"""

# Of one record, newest first; $3 what it is, $5 an entry's id, behind which the older ones are, $6 how many.
CHANGES = """
SELECT id, at, kind, actor, cause, changes FROM journal
WHERE contact_id = $2 AND object_type = $3 AND object_id = $4 AND workspace_id = $1
    AND starts_with(kind, $3 || '.') AND ($5::bigint IS NULL OR id < $5) ORDER BY id DESC LIMIT $6"""

# How the price of a product went, newest first.
PRICES = """
SELECT at, changes -> 'price' AS price FROM journal
WHERE contact_id = 0 AND object_type = 'product' AND object_id = $2 AND workspace_id = $1
    AND kind = 'product.updated' AND changes ? 'price' ORDER BY id DESC LIMIT $3"""

# When a deal came into which stage, oldest first.
STAGES_ENTERED = """
SELECT at, (changes -> 'stage' ->> 1)::bigint AS stage_id FROM journal
WHERE contact_id = $2 AND object_type = 'deal' AND object_id = $3 AND workspace_id = $1 AND changes ? 'stage'
    AND changes -> 'stage' ->> 1 IS NOT NULL
ORDER BY id LIMIT 500"""

TASKS = """
SELECT id, name, due_at, done, assigned_to FROM tasks
WHERE contact_id = $2 AND deal_id = $3 AND workspace_id = $1 ORDER BY done, due_at, id LIMIT 20"""
TASKS_OF_CONTACT = """
SELECT id, name, due_at, done, assigned_to FROM tasks AS t
WHERE contact_id = $2 AND workspace_id = $1 AND ($3::bigint IS NULL OR deal_id IS NULL OR EXISTS (
    SELECT FROM deals AS d WHERE d.contact_id = t.contact_id AND d.id = t.deal_id AND d.assigned_to = $3))
ORDER BY done, CASE WHEN NOT done THEN due_at END, due_at DESC, id LIMIT 10"""
TASKS_OF_COMPANY = """
SELECT id, name, due_at, done, assigned_to FROM tasks
WHERE workspace_id = $1 AND company_id = $2 AND ($3::bigint IS NULL OR deal_id IS NULL)
ORDER BY done, CASE WHEN NOT done THEN due_at END, due_at DESC, id LIMIT 10"""

# Beside a deal in its stage, by the time of ordering: the next older and the next newer one.
_BESIDE = """
SELECT id FROM deals WHERE workspace_id = $1 AND stage_id = $2 AND (ordered_at, id) {sign} ($3, $4)
    AND ($5::bigint IS NULL OR assigned_to = $5) ORDER BY ordered_at {way}, id {way} LIMIT 1"""
OLDER = _BESIDE.format(sign="<", way="DESC")
NEWER = _BESIDE.format(sign=">", way="ASC")

TOKEN_NAMES = "SELECT id, name FROM api_tokens WHERE workspace_id = $1 AND id = ANY($2::bigint[])"
CONTACT_NAMES = """
SELECT id, first_name, last_name, email, custom_id FROM contacts
WHERE workspace_id = $1 AND id = ANY($2::bigint[]) AND NOT placeholder"""
# Those that were merged into one are called as they were.
FORMER_NAMES = """
SELECT id, first_name, last_name, email, custom_id FROM contacts
WHERE workspace_id = $1 AND id = ANY($2::bigint[])"""
DEAL_NAMES = """
SELECT d.id, d.name FROM deal_ids AS i JOIN deals AS d ON d.contact_id = i.contact_id AND d.id = i.deal_id
WHERE i.workspace_id = $1 AND i.deal_id = ANY($2::bigint[]) AND d.workspace_id = $1"""
COMPANY_NAME = "SELECT name FROM companies WHERE workspace_id = $1 AND id = $2"

# A contact's orders, newest first; $3 only those of this member, $4 and $5 behind which, $6 how many.
ORDERS = """
SELECT id, name, custom_id, value, currency, stage_id, status, ordered_at FROM deals
WHERE contact_id = $2 AND workspace_id = $1 AND ($3::bigint IS NULL OR assigned_to = $3)
    AND ($4::timestamptz IS NULL OR (ordered_at, id) < ($4, $5::bigint))
ORDER BY ordered_at DESC, id DESC LIMIT $6"""
ORDERED_AT = "SELECT ordered_at, id FROM deals WHERE contact_id = $2 AND workspace_id = $1 AND id = $3"
LISTS = "SELECT id, name FROM lists WHERE workspace_id = $1 ORDER BY lower(name), id LIMIT 200"

# Whom somebody means: $2 an own id or an e-mail address, $3 a number.
NAMED = """
SELECT id FROM contacts WHERE workspace_id = $1 AND NOT placeholder
    AND (id = $3 OR lower(email) = lower($2)
        OR id = (SELECT contact_id FROM contact_custom_ids WHERE workspace_id = $1 AND custom_id = $2))
ORDER BY id LIMIT 3"""
OTHER_SEGMENTS = """
SELECT id, name FROM segments WHERE workspace_id = $1 AND subject = 'contact' AND deleted_at IS NULL
    AND id <> ALL($2::bigint[]) ORDER BY lower(name), id LIMIT 100"""
SEGMENT_NAMES = "SELECT id, name FROM segments WHERE workspace_id = $1 AND id = ANY($2::bigint[])"

# The newest deals with a product, with whom they are of; $3 only those of this member, $4 how many, $5 among how many
# of the newest. These are chosen first: a planner that joins before does not know that each deal is found.
DEALS_WITH = """
WITH recent AS MATERIALIZED (
    SELECT contact_id, deal_id, ordered_at FROM deal_products WHERE workspace_id = $1 AND product_id = $2
    ORDER BY ordered_at DESC, deal_id DESC LIMIT $5
)
SELECT d.id, d.name, d.value, d.currency, d.status, d.ordered_at, d.contact_id
FROM recent AS p JOIN deals AS d ON d.contact_id = p.contact_id AND d.id = p.deal_id
WHERE d.workspace_id = $1 AND ($3::bigint IS NULL OR d.assigned_to = $3)
ORDER BY p.ordered_at DESC, p.deal_id DESC LIMIT $4"""

# What else stands in the newest 200 deals with a product.
BOUGHT_WITH = """
WITH recent AS MATERIALIZED (
    SELECT contact_id, deal_id FROM deal_products WHERE workspace_id = $1 AND product_id = $2
    ORDER BY ordered_at DESC, deal_id DESC LIMIT 200
), beside AS (
    SELECT o.product_id, count(*) AS deals FROM recent JOIN deal_products AS o USING (contact_id, deal_id)
    WHERE o.product_id <> $2 GROUP BY o.product_id ORDER BY deals DESC, o.product_id LIMIT 8
)
SELECT beside.product_id AS id, beside.deals, q.name, q.custom_id, q.image_url
FROM beside JOIN products AS q ON q.workspace_id = $1 AND q.id = beside.product_id
ORDER BY beside.deals DESC, beside.product_id"""

DEALS_OF_COMPANY = """
SELECT id, name, value, currency, status, ordered_at, contact_id FROM deals
WHERE workspace_id = $1 AND company_id = $2 AND ($3::bigint IS NULL OR assigned_to = $3)
ORDER BY ordered_at DESC, id DESC LIMIT $4"""
PEOPLE_OF_COMPANY = """
SELECT c.id, c.first_name, c.last_name, c.email, c.custom_id, m.member_since
FROM company_members AS m JOIN contacts AS c ON c.id = m.contact_id
WHERE m.workspace_id = $1 AND m.company_id = $2 ORDER BY m.member_since DESC, c.id LIMIT $3"""
