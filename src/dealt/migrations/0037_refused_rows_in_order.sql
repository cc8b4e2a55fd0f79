-- What stands in a refused row keeps the order of the file's columns, so that it can be given back as it was.
ALTER TABLE import_rejects ALTER COLUMN cells TYPE json USING cells::json;
