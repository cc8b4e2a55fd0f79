"""All SQL of companies."""

# A question (kernel/questions.py).
FIND = """
SELECT id, custom_id FROM companies WHERE workspace_id = {} AND id = ANY({}::bigint[])
UNION ALL
SELECT id, custom_id FROM companies WHERE workspace_id = {} AND custom_id = ANY({}::text[])"""

SOURCE = "companies"
COLUMNS = """id, custom_id, name, description, email, country, region, city, address, postal_code, approx_employees,
    phone_numbers, tag_ids, attributes, version, created_at, updated_at"""

NEXT_ID = "SELECT nextval('company_id_seq')"

READ = f"SELECT {COLUMNS} FROM companies WHERE workspace_id = $1 AND id = $2"

NAMES = "SELECT id, name FROM companies WHERE workspace_id = $1 AND id = ANY($2::bigint[])"

LOCK = f"{READ} FOR UPDATE"

HOLD = "SELECT id FROM companies WHERE workspace_id = $1 AND id = $2 FOR SHARE"

# A placeholder is nobody: it belongs to no company.
HOLD_CONTACT = """
SELECT id FROM contacts WHERE workspace_id = $1 AND id = $2 AND NOT placeholder FOR KEY SHARE"""

# Waits for another transaction that is about to use the same custom id.
INSERT = f"""
INSERT INTO companies (workspace_id, {COLUMNS})
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15::jsonb, $16, $17, $18)
ON CONFLICT (workspace_id, custom_id) WHERE custom_id IS NOT NULL DO NOTHING RETURNING id"""

UPDATE = """
UPDATE companies SET custom_id = $3, name = $4, description = $5, email = $6, country = $7, region = $8, city = $9,
    address = $10, postal_code = $11, approx_employees = $12, phone_numbers = $13, tag_ids = $14,
    attributes = $15::jsonb, version = $16, created_at = $17, updated_at = $18
WHERE workspace_id = $1 AND id = $2"""

# In sets. Sorted, so that two writers of the same companies wait for each other in one order.
LOCK_NAMED = f"""
SELECT {COLUMNS} FROM companies WHERE workspace_id = $1 AND custom_id = ANY($2::text[]) ORDER BY custom_id FOR UPDATE"""

NEXT_IDS = "SELECT nextval('company_id_seq') AS id FROM generate_series(1, $1)"

_ROWS = f"SELECT {COLUMNS} FROM json_populate_recordset(NULL::companies, $2::json)"

# Whoever is about to insert the same company is waited for; what they made is then not among the answers.
INSERT_MANY = f"""
INSERT INTO companies (workspace_id, {COLUMNS})
SELECT $1, r.* FROM ({_ROWS} ORDER BY custom_id) AS r
ON CONFLICT (workspace_id, custom_id) WHERE custom_id IS NOT NULL DO NOTHING RETURNING id"""

_CHANGEABLE = [column.strip() for column in COLUMNS.split(",") if column.strip() not in ("id", "created_at")]
UPDATE_MANY = f"""
UPDATE companies AS c SET {", ".join(f"{column} = r.{column}" for column in _CHANGEABLE)}
FROM ({_ROWS}) AS r WHERE c.workspace_id = $1 AND c.id = r.id"""

MEMBERS_OF_MANY = """
SELECT DISTINCT contact_id FROM company_members WHERE workspace_id = $1 AND company_id = ANY($2::bigint[])"""

DELETE = f"DELETE FROM companies WHERE workspace_id = $1 AND id = $2 RETURNING {COLUMNS}"

MEMBER_IDS = "SELECT contact_id FROM company_members WHERE workspace_id = $1 AND company_id = $2 ORDER BY contact_id"

WITH_CUSTOM_ID = "custom_id = {}"

# That there are any is what the index is limited to.
WITH_TAG = "tag_ids <> ARRAY[]::bigint[] AND tag_ids @> ARRAY[{}::bigint]"

EMPLOYEES = """
SELECT c.id, m.contact_id FROM unnest($2::bigint[]) AS c(id) CROSS JOIN LATERAL (
    SELECT contact_id FROM company_members WHERE workspace_id = $1 AND company_id = c.id
    ORDER BY contact_id LIMIT $3) AS m
ORDER BY c.id, m.contact_id"""

ADD_MEMBER = """
INSERT INTO company_members (contact_id, company_id, workspace_id, member_since) VALUES ($3, $2, $1, $4)
ON CONFLICT (contact_id, company_id) DO NOTHING RETURNING member_since"""

REMOVE_MEMBER = """
DELETE FROM company_members WHERE workspace_id = $1 AND company_id = $2 AND contact_id = $3 RETURNING member_since"""

REMOVE_MEMBERS = "DELETE FROM company_members WHERE workspace_id = $1 AND company_id = $2 RETURNING contact_id"
