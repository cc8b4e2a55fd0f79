"""All SQL of exchange rates and of the base currency."""

BASE_CURRENCY = "SELECT base_currency FROM workspaces WHERE id = $1"

SET_BASE_CURRENCY = "UPDATE workspaces SET base_currency = $2 WHERE id = $1"

FIND = """
SELECT r.currency, r.valid_from, r.rate
FROM exchange_rates AS r JOIN unnest($2::text[], $3::date[]) AS given(currency, valid_from) USING (currency, valid_from)
WHERE r.workspace_id = $1"""

SET = """
INSERT INTO exchange_rates (workspace_id, currency, valid_from, rate, created_at)
SELECT $1, given.currency, given.valid_from, given.rate, $5
FROM unnest($2::text[], $3::date[], $4::numeric[]) AS given(currency, valid_from, rate)
ON CONFLICT (workspace_id, currency, valid_from) DO UPDATE SET rate = excluded.rate, created_at = excluded.created_at"""

DELETE = """
DELETE FROM exchange_rates WHERE workspace_id = $1 AND currency = $2 AND valid_from = $3 RETURNING rate"""

DELETE_ALL = "DELETE FROM exchange_rates WHERE workspace_id = $1 RETURNING currency, valid_from, rate"

COLUMNS = "currency, valid_from, rate, created_at, place"

# A list needs a number to go on from: this one sorts as currency and day do, and no two rates share it.
NUMBERED = """(
    SELECT *, (valid_from - date '0001-01-01') + 10000000::bigint
        * ((ascii(currency) * 256 + ascii(substr(currency, 2))) * 256 + ascii(substr(currency, 3))) AS place
    FROM exchange_rates
) AS rates"""
