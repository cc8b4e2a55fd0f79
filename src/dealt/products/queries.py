"""All SQL of products."""

FIND_IDS = """
SELECT custom_id, product_id FROM product_custom_ids
WHERE workspace_id = $1 AND custom_id = ANY($2::text[])"""

# Sorted, so that two writers who reserve the same ids wait for each other in one order.
RESERVE = """
INSERT INTO product_custom_ids (workspace_id, custom_id)
SELECT $1, custom_id FROM unnest($2::text[]) WITH ORDINALITY AS wanted(custom_id, position) ORDER BY position
ON CONFLICT (workspace_id, custom_id) DO NOTHING RETURNING custom_id, product_id"""

FACTS = """
SELECT id, custom_id, name, image_url, product_url FROM products
WHERE workspace_id = $1 AND id = ANY($2::bigint[])"""
