"""All SQL of searches. The words' expressions are those of the indexes of trigrams (migration 0019)."""

from __future__ import annotations

from dealt.searching.model import Kind

MOST_LOOKED_AT = 500
"""Rows among which the best are chosen: a text that so many match is too short to say which are meant."""

WORDS: dict[Kind, str] = {
    "contact": """lower(' ' || coalesce(first_name, '') || ' ' || coalesce(last_name, '') || ' '
        || coalesce(email, '') || ' ' || coalesce(phone_number, '') || ' ' || coalesce(custom_id, ''))""",
    "company": "lower(' ' || name || ' ' || coalesce(email, '') || ' ' || coalesce(custom_id, ''))",
    "product": "lower(' ' || name || ' ' || coalesce(custom_id, ''))",
    "deal": "lower(' ' || name || ' ' || coalesce(custom_id, ''))",
}

_TABLES: dict[Kind, str] = {
    "contact": "contacts WHERE NOT placeholder AND",
    "company": "companies WHERE",
    "product": "products WHERE",
    "deal": "deals WHERE",
}
_SHOWN: dict[Kind, str] = {
    "contact": """coalesce(nullif(concat_ws(' ', first_name, last_name), ''), email, custom_id, '') AS name,
        coalesce(email, phone_number) AS detail, NULL AS image_url""",
    "company": "name, concat_ws(', ', city, country) AS detail, NULL AS image_url",
    "product": "name, category AS detail, image_url",
    "deal": "name, concat_ws(' ', round(value, 2)::text, currency) AS detail, NULL AS image_url",
}

# A whole id is looked for by itself: among many that contain it, it is the one that is meant.
EXACT: dict[Kind, str] = {
    "contact": "SELECT contact_id AS id FROM contact_custom_ids WHERE workspace_id = $1 AND custom_id = $2",
    "company": "SELECT id FROM companies WHERE workspace_id = $1 AND custom_id = $2",
    "product": "SELECT product_id AS id FROM product_custom_ids WHERE workspace_id = $1 AND custom_id = $2",
    "deal": "SELECT contact_id, deal_id AS id FROM deal_ids WHERE workspace_id = $1 AND deal_id = (\n"
    "    SELECT deal_id FROM deal_custom_ids WHERE workspace_id = $1 AND custom_id = $2 AND deleted_at IS NULL)",
}


def found(kind: Kind) -> tuple[str, str]:
    """What stands before the conditions, and behind them; the place there is for how many."""
    before = f"SELECT id, custom_id, {_SHOWN[kind]} FROM (SELECT * FROM {_TABLES[kind]} "
    return before, f" LIMIT {MOST_LOOKED_AT}) AS t ORDER BY updated_at DESC, id DESC LIMIT {{}}"
