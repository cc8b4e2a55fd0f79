"""All SQL of products."""

FIND_IDS = """
SELECT custom_id, product_id FROM product_custom_ids
WHERE workspace_id = $1 AND custom_id = ANY($2::text[])"""

# Sorted, so that two writers who reserve the same ids wait for each other in one order.
RESERVE = """
INSERT INTO product_custom_ids (workspace_id, custom_id)
SELECT $1, custom_id FROM unnest($2::text[]) WITH ORDINALITY AS wanted(custom_id, position) ORDER BY position
ON CONFLICT (workspace_id, custom_id) DO NOTHING RETURNING custom_id, product_id"""

RELEASE = "DELETE FROM product_custom_ids WHERE workspace_id = $1 AND custom_id = ANY($2::text[])"

RESERVE_FOR = """
INSERT INTO product_custom_ids (workspace_id, custom_id, product_id) VALUES ($1, $2, $3)
ON CONFLICT (workspace_id, custom_id) DO NOTHING"""

# A question (kernel/questions.py).
FACTS = """
SELECT id, custom_id, name, image_url, product_url FROM products
WHERE workspace_id = {} AND id = ANY({}::bigint[])"""

NEXT_ID = "SELECT nextval('product_id_seq')"

SOURCE = "products"
COLUMNS = """id, custom_id, name, description, category, price, currency, quantity, product_url, image_url, tag_ids,
    attributes, version, created_at, updated_at"""

READ = f"SELECT {COLUMNS} FROM products WHERE workspace_id = $1 AND id = $2"

LOCK = f"{READ} FOR UPDATE"

INSERT = f"""
INSERT INTO products (workspace_id, {COLUMNS})
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::jsonb, $14, $15, $16)
ON CONFLICT (workspace_id, id) DO NOTHING RETURNING id"""

UPDATE = """
UPDATE products SET custom_id = $3, name = $4, description = $5, category = $6, price = $7, currency = $8,
    quantity = $9, product_url = $10, image_url = $11, tag_ids = $12, attributes = $13::jsonb, version = $14,
    created_at = $15, updated_at = $16
WHERE workspace_id = $1 AND id = $2"""

# In sets. Sorted, so that two writers of the same products wait for each other in one order.
LOCK_MANY = f"""
SELECT {COLUMNS} FROM products WHERE workspace_id = $1 AND id = ANY($2::bigint[]) ORDER BY id FOR UPDATE"""

_ROWS = f"SELECT {COLUMNS} FROM json_populate_recordset(NULL::products, $2::json)"

# Whoever is about to insert the same product is waited for; what they made is then not among the answers.
INSERT_MANY = f"""
INSERT INTO products (workspace_id, {COLUMNS})
SELECT $1, r.* FROM ({_ROWS} ORDER BY id) AS r
ON CONFLICT (workspace_id, id) DO NOTHING RETURNING id"""

_CHANGEABLE = [column.strip() for column in COLUMNS.split(",") if column.strip() not in ("id", "created_at")]
UPDATE_MANY = f"""
UPDATE products AS p SET {", ".join(f"{column} = r.{column}" for column in _CHANGEABLE)}
FROM ({_ROWS}) AS r WHERE p.workspace_id = $1 AND p.id = r.id"""

DELETE = f"DELETE FROM products WHERE workspace_id = $1 AND id = $2 RETURNING {COLUMNS}"

BY_CUSTOM_ID = "id = (SELECT product_id FROM product_custom_ids WHERE workspace_id = {} AND custom_id = {})"

# Every word is the beginning of a word of the name.
BY_WORDS = "to_tsvector('simple', name) @@ to_tsquery('simple', {})"

HISTORY_COLUMNS = "id, at, kind, actor, cause, changes"

# A question (kernel/questions.py): products that exist, by id and by any of their custom ids.
EXISTING = """
SELECT NULL AS asked, id FROM products WHERE workspace_id = {} AND id = ANY({}::bigint[])
UNION ALL
SELECT k.custom_id, p.id FROM product_custom_ids AS k
JOIN products AS p ON p.workspace_id = k.workspace_id AND p.id = k.product_id
WHERE k.workspace_id = {} AND k.custom_id = ANY({}::text[])"""

READ_MANY = f"SELECT {COLUMNS} FROM products WHERE workspace_id = $1 AND id = ANY($2::bigint[])"
