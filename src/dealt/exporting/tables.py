"""What an export holds of each table, and why it leaves others out. A test compares this with the catalogue."""

from __future__ import annotations

from collections.abc import Mapping

EXPORTED: tuple[str, ...] = (
    "workspaces", "counters", "roles", "members", "attributes", "tags", "lists", "pipelines", "stages", "loss_reasons",
    "exchange_rates", "product_feeds", "lifetime_models", "event_definitions", "aggregators",
    "segments", "rfm_setups", "rfm_cuts",
    "contacts", "contact_custom_ids", "contact_keys", "merges", "merged_rows", "list_members",
    "segment_members",
    "devices", "device_keys",
    "companies", "company_members",
    "products", "product_custom_ids", "feed_products", "object_segment_members",
    "deals", "deal_ids", "deal_custom_ids", "deal_lines", "deal_products", "deal_segment_members",
    "tasks", "task_ids", "task_custom_ids",
    "events", "product_events", "page_views", "event_custom_ids",
    "journal",
)  # fmt: skip
"""In the order in which they are loaded: a stage after its pipeline."""

LEFT_OUT: Mapping[str, str] = {
    "schema_migrations": "says what this database is, not what a workspace holds",
    "deletions": "what members of this installation can bring back, for 30 days",
    "deleted_rows": "what members of this installation can bring back, for 30 days",
    "saved_views": "how members have their lists at this installation",
    "field_indexes": "which fields this installation has indexes of",
    "sessions": "who is signed in at this installation",
    "sign_in_failures": "who tried to sign in at this installation",
    "invitations": "links that lead to this installation",
    "password_resets": "links that lead to this installation",
    "second_factors": "sealed by the key of this installation; members set up their telephones anew",
    "api_tokens": "a token opens one installation; make new ones",
    "imports": "what was sent to this installation; what it wrote is exported",
    "import_parts": "files that wait to be imported here",
    "import_rejects": "rows that this installation refused",
    "idempotency_keys": "first answers of requests, kept for a day",
    "contact_derived": "computed anew from what is imported",
    "company_derived": "computed anew from what is imported",
    "contact_companies": "noted anew from what is imported",
    "stale_companies": "what is to be computed; everything is, after an import",
    "stale_objects": "what is to be looked at; everything is, after an import",
    "object_wakes": "computed anew from what is imported",
    "contact_lifetimes": "predicted anew when the models are fitted",
    "rfm_counts": "counted anew from what is imported",
    "rfm_cells": "counted anew from what is imported",
    "figure_changes": "a queue: what is not in the cells of RFMs yet",
    "stage_totals": "counted anew from what is imported",
    "stage_deltas": "a queue: what is not in the totals of stages yet",
    "audits": "what the auditor found in this installation",
    "backfills": "how far this installation is with computing",
    "stale": "what is to be computed; everything is, after an import",
    "follows": "a queue: what followers have not seen yet",
    "followers": "who follows this installation's journal",
    "webhooks": "receivers would be told by two installations, and secrets are sealed by the key of this one",
    "webhook_lanes": "a queue: what receivers of webhooks have not taken yet",
    "webhook_deliveries": "what was sent from here, kept for 30 days",
    "jobs": "a queue: work that is due",
    "delayed_jobs": "a queue: work that is not due yet; nights of product feeds are planned anew",
    "dead_jobs": "work that this installation gave up",
}

WITHOUT: Mapping[str, Mapping[str, str]] = {"members": {"password_hash": "!"}}
"""Columns that stay at home, with what stands for them elsewhere: whoever has the folder can guess no password with it.

No hash begins like this, so no password opens it.
"""

SEQUENCES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "contact_id_seq": (("contacts", "id"), ("contact_custom_ids", "contact_id")),
    "merge_id_seq": (("merges", "id"),),
    "company_id_seq": (("companies", "id"),),
    "product_id_seq": (("products", "id"), ("product_custom_ids", "product_id")),
    "deal_id_seq": (("deal_ids", "deal_id"), ("deal_custom_ids", "deal_id")),
    "task_id_seq": (("task_ids", "task_id"), ("task_custom_ids", "task_id")),
    "journal_id_seq": (("journal", "id"), ("events", "id"), ("product_events", "id"), ("page_views", "id")),
    "device_id_seq": (("devices", "id"),),
}
"""Where the ids of a sequence stand: no id that was imported is given out again."""

FILLED: tuple[str, ...] = ("contacts", "companies", "products", "deals", "tasks", "events")
"""What a workspace must have nothing of to be imported into."""
