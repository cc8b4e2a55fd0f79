-- For pgbench: one order with exactly the rows that Dealt stores for it, in a transaction of its own, one statement a
-- table. :workspace, :contacts, :products and :base (the first product's id less one) come from the command line.
\set key random(1, 1000000000000000)
\set contact_number random(1, :contacts)
\set first random(1, :products)
\set second (:first + random(0, :products - 2)) % :products + 1
\set first_id :base + :first
\set second_id :base + :second
\set cents random(100, 30000)
\set other_cents random(100, 30000)
\set age random(0, 3600)
BEGIN;
-- The look-up of the contact; texts that another client would make for itself come along.
SELECT contact_id, nextval('deal_id_seq') AS deal_id, 'order-' || :key::text AS custom_id,
    (:cents::int / 100.0)::numeric(20, 2) AS price, (:other_cents::int / 100.0)::numeric(20, 2) AS other_price,
    ((:cents::int + :other_cents::int) / 100.0)::numeric(20, 2) AS total,
    to_char(now() - :age::int * interval '1 second', 'YYYY-MM-DD"T"HH24":"MI":"SS"Z"') AS ordered_at,
    format('{"id": 1, "name": "Product SKU-%1$s", "value": %2$s, "currency": "EUR", "quantity": 1, '
        '"image_url": "https://shop.example/SKU-%1$s.jpg", "product_url": "https://shop.example/SKU-%1$s", '
        '"product_custom_id": "SKU-%1$s"}', :first::text, round(:cents::int / 100.0, 2)) AS receipt,
    format('{"id": 2, "name": "Product SKU-%1$s", "value": %2$s, "currency": "EUR", "quantity": 1, '
        '"image_url": "https://shop.example/SKU-%1$s.jpg", "product_url": "https://shop.example/SKU-%1$s", '
        '"product_custom_id": "SKU-%1$s"}', :second::text, round(:other_cents::int / 100.0, 2)) AS other_receipt
FROM contact_custom_ids WHERE workspace_id = :workspace AND custom_id = 'contact-' || :contact_number::text \gset
INSERT INTO deal_custom_ids (workspace_id, custom_id, deal_id) VALUES (:workspace, :custom_id, :deal_id);
INSERT INTO deal_ids (workspace_id, deal_id, contact_id, custom_id)
VALUES (:workspace, :deal_id, :contact_id, :custom_id);
INSERT INTO deals (contact_id, id, workspace_id, custom_id, name, value, currency, lines_total, net_value, base_rate,
    base_value, pipeline_id, stage_id, stage_entered_at, status, product_ids, product_custom_ids, attributes,
    ordered_at, last_line_id, created_at, updated_at)
VALUES (:contact_id, :deal_id, :workspace, :custom_id, 'Order ' || :key::text, :total, 'EUR', :total, :total, 1,
    :total, 1, 1, now(), 1, ARRAY[:first_id::bigint, :second_id::bigint],
    ARRAY['SKU-' || :first::text, 'SKU-' || :second::text],
    ('{"order_date": "' || :ordered_at || '", "order_method": "Online"}')::jsonb,
    :ordered_at, 2, now(), now());
INSERT INTO deal_lines (contact_id, deal_id, id, workspace_id, position, product_id, quantity, value, currency, total,
    receipt)
VALUES (:contact_id::bigint, :deal_id::bigint, 1, :workspace::bigint, 0, :first_id::bigint, 1, :price::numeric, 'EUR',
        :price::numeric, :receipt::jsonb),
    (:contact_id, :deal_id, 2, :workspace, 1, :second_id, 1, :other_price, 'EUR', :other_price, :other_receipt);
INSERT INTO deal_products (contact_id, deal_id, product_id, workspace_id, ordered_at)
VALUES (:contact_id::bigint, :deal_id::bigint, :first_id::bigint, :workspace::bigint, :ordered_at::timestamptz),
    (:contact_id, :deal_id, :second_id, :workspace, :ordered_at);
WITH journalled AS (
    INSERT INTO journal (contact_id, at, workspace_id, kind, object_type, object_id, actor, changes)
    VALUES (:contact_id, now(), :workspace, 'deal.created', 'deal', :deal_id, 'token:1',
        format('{"name": [null, "Order %s"], "stage": [null, 1], "value": [null, "%s"], "status": [null, 1], '
            '"user_id": [null, %s], "currency": [null, "EUR"], "pipeline": [null, 1], "products": [null, [%s, %s]], '
            '"custom_id": [null, "%s"], "order_date": [null, "%s"], "order_method": [null, "Online"], '
            '"order_products.1": [null, %s], "order_products.2": [null, %s], '
            '"products_custom_id": [null, ["SKU-%s", "SKU-%s"]]}',
            :key::text, :total::text, :contact_id::text, :first_id::text, :second_id::text, :custom_id::text,
            :ordered_at::text, :receipt::text, :other_receipt::text, :first::text, :second::text)::jsonb)
    RETURNING contact_id, at, id, kind, object_id
)
INSERT INTO follows (bucket, workspace_id, follower, contact_id, journal_at, journal_id, kind, object_id)
SELECT contact_id % 64, :workspace, 1, contact_id, at, id, kind, object_id FROM journalled;
COMMIT;
