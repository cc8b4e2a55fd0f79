-- What people type into a search box is found by any part of it. The expressions are those of searching/queries.py.
-- Where the extension cannot be had, searches read all rows of the workspace and are bounded by time.
DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
    RAISE NOTICE 'pg_trgm cannot be created: searches will read all rows';
END $$;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
        CREATE INDEX contacts_by_trigrams ON contacts USING gin (lower(' ' || coalesce(first_name, '') || ' '
            || coalesce(last_name, '') || ' ' || coalesce(email, '') || ' ' || coalesce(phone_number, '') || ' '
            || coalesce(custom_id, '')) gin_trgm_ops) WHERE NOT placeholder;
        CREATE INDEX companies_by_trigrams ON companies USING gin (lower(' ' || name || ' ' || coalesce(email, '') || ' '
            || coalesce(custom_id, '')) gin_trgm_ops);
        CREATE INDEX products_by_trigrams ON products USING gin (lower(' ' || name || ' '
            || coalesce(custom_id, '')) gin_trgm_ops);
        CREATE INDEX deals_by_trigrams ON deals USING gin (lower(' ' || name || ' '
            || coalesce(custom_id, '')) gin_trgm_ops);
    END IF;
END $$;
