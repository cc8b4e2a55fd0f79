"""What shops call the fields of their exports; the likelier name stands first."""

from __future__ import annotations

ORDER: dict[str, tuple[str, ...]] = {
    "custom_id": (
        "custom_id", "order_id", "order_number", "order_no", "order_nr", "order_ref", "order_reference", "orderid",
        "ordernumber", "basket_id", "cart_id", "transaction_id", "purchase_id", "sale_id", "invoice_id",
        "invoice_number", "invoice_no", "invoiceno", "invoice", "receipt_id", "receipt_number", "order", "number",
        "id",
    ),
    "user_custom_id": (
        "user_custom_id", "customer_id", "customerid", "client_id", "buyer_id", "user_id", "household_id", "member_id",
        "contact_id", "shopper_id", "customer_number", "customer_no", "customer_custom_id", "customer_email",
        "buyer_email", "client_email", "billing_email", "user_email", "customer_e_mail", "customer_mail", "email",
        "e_mail", "mail", "customer", "client",
    ),
    "name": ("order_name", "deal_name", "order_title"),
    "value": (
        "order_total", "grand_total", "order_value", "total_price", "total_amount", "total_paid", "order_amount",
        "total", "value", "amount", "revenue", "sum", "paid",
    ),
    "currency": ("currency", "currency_code", "order_currency"),
    "status": ("status", "order_status", "financial_status", "payment_status", "state"),
    "order_date": (
        "order_date", "ordered_at", "orderdate", "purchase_date", "purchased_at", "transaction_timestamp",
        "transaction_date", "invoice_date", "invoicedate", "order_time", "order_datetime", "created_at", "created",
        "processed_at", "paid_at", "timestamp", "datetime", "date",
    ),
}  # fmt: skip

LINES: dict[str, tuple[str, ...]] = {
    "product_custom_id": (
        "product_custom_id", "sku", "product_sku", "item_sku", "lineitem_sku", "line_item_sku", "product_id",
        "productid", "item_id", "article_id", "article_number", "stock_code", "stockcode", "product_code", "item_code",
        "ean", "upc", "gtin", "isbn", "variant_id",
    ),
    "name": (
        "product_name", "item_name", "lineitem_name", "line_item_name", "product_title", "product", "item", "article",
        "title", "description",
    ),
    "quantity": ("quantity", "qty", "lineitem_quantity", "item_quantity", "pieces", "units", "count"),
    "value": ("unit_price", "unitprice", "item_price", "lineitem_price", "product_price", "price"),
    "total": (
        "line_total", "row_total", "item_total", "lineitem_total", "sales_value", "line_amount", "line_value", "total",
        "amount", "value",
    ),
    "discount": ("line_discount", "lineitem_discount", "item_discount"),
    "tax": ("line_tax", "lineitem_tax", "item_tax"),
}  # fmt: skip

CONTACT: dict[str, tuple[str, ...]] = {
    "email": (
        "email", "customer_email", "buyer_email", "client_email", "billing_email", "user_email", "e_mail",
        "customer_e_mail", "customer_mail", "mail",
    ),
    "first_name": ("first_name", "firstname", "billing_first_name", "customer_first_name"),
    "last_name": ("last_name", "lastname", "surname", "billing_last_name", "customer_last_name"),
    "name": ("customer_name", "billing_name", "client_name", "buyer_name", "full_name", "customer", "client", "buyer"),
    "phone_number": ("phone_number", "phone", "telephone", "mobile", "billing_phone", "customer_phone"),
    "country": ("country", "billing_country", "customer_country", "shipping_country"),
    "city": ("city", "billing_city", "customer_city", "shipping_city"),
}  # fmt: skip

CONTACTS: dict[str, tuple[str, ...]] = {
    "custom_id": (
        "custom_id", "user_id", "userid", "user_custom_id", "customer_id", "customerid", "client_id", "contact_id",
        "member_id", "external_id", "customer_number", "customer_no", "id",
    ),
    **CONTACT,
    "region": ("region", "state", "province", "billing_state", "customer_region"),
    "gender": ("gender", "sex"),
    "timezone": ("timezone", "time_zone"),
    "unsubscribed": ("unsubscribed", "opted_out", "opt_out"),
    "score": ("score",),
    "tags": ("tags", "tag", "labels"),
    "company_custom_id": ("company_custom_id", "company_id", "account_id"),
}  # fmt: skip

COMPANY: dict[str, tuple[str, ...]] = {
    "custom_id": (
        "custom_id", "company_custom_id", "company_id", "companyid", "account_id", "external_id", "vat_id", "id",
    ),
    "name": ("name", "company_name", "company", "account_name", "title"),
    "description": ("description", "about"),
    "email": ("email", "e_mail", "company_email", "mail"),
    "country": ("country", "country_code"),
    "region": ("region", "state", "province"),
    "city": ("city", "town"),
    "address": ("address", "street", "street_address"),
    "postal_code": ("postal_code", "postcode", "zip", "zip_code"),
    "approx_employees": ("approx_employees", "employees", "employee_count", "size"),
    "phone_numbers": ("phone_numbers", "phone_number", "phone", "telephone"),
    "tags": ("tags", "tag", "labels"),
}  # fmt: skip

PRODUCT: dict[str, tuple[str, ...]] = {
    "custom_id": (
        "custom_id", "product_custom_id", "sku", "product_sku", "product_id", "productid", "item_id", "article_id",
        "article_number", "stock_code", "product_code", "variant_id", "variant_sku", "ean", "gtin", "upc", "isbn", "id",
    ),
    "name": ("name", "product_name", "title", "product_title", "item_name"),
    "description": ("description", "body_html", "long_description", "summary"),
    "category": ("category", "product_category", "google_product_category", "product_type", "category_name"),
    "price": ("price", "unit_price", "variant_price", "regular_price", "sale_price", "amount"),
    "currency": ("currency", "currency_code"),
    "quantity": ("quantity", "qty", "stock", "stock_quantity", "inventory", "in_stock"),
    "product_url": ("product_url", "url", "link", "permalink"),
    "image_url": ("image_url", "image", "image_link", "image_src", "picture"),
    "tags": ("tags", "tag", "labels"),
}  # fmt: skip

EVENT: dict[str, tuple[str, ...]] = {
    "custom_id": ("event_custom_id", "event_id", "eventid", "occurrence_id", "uuid"),
    "user_custom_id": (
        "user_custom_id", "customer_id", "customerid", "client_id", "user_id", "userid", "contact_id", "member_id",
        "external_id", "distinct_id",
    ),
    "name": ("name", "event_name", "event", "event_type", "action", "activity"),
    "timestamp": (
        "timestamp", "happened_at", "occurred_at", "event_time", "event_date", "created_at", "created", "datetime",
        "time", "date",
    ),
}  # fmt: skip

LISTS_OF_LINES = ("line_items", "items", "lines", "order_items", "order_lines", "positions", "products")

STATUS_WORDS: dict[str, int] = {
    **dict.fromkeys(("abandoned", "expired"), 0),
    **dict.fromkeys(("open", "new", "pending", "processing", "unpaid", "on-hold", "in progress", "authorized"), 1),
    **dict.fromkeys(("won", "paid", "completed", "complete", "closed", "fulfilled", "shipped", "delivered", "done"), 2),
    **dict.fromkeys(("lost", "cancelled", "canceled", "refunded", "voided", "failed", "rejected"), 3),
    "archived": 4,
}

DATE_FORMATS = (
    "%Y-%m-%d %H:%M:%S %z", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M",
    "%d/%m/%Y", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y", "%d-%m-%Y %H:%M:%S", "%d-%m-%Y %H:%M", "%d-%m-%Y",
    "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d",
)  # fmt: skip
"""Tried in this order; where day and month could change places, the day stands first."""
