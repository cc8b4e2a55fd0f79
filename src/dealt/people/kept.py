"""What an erasure leaves alone although it holds free text, and why. A test compares this with the catalogue."""

from __future__ import annotations

from collections.abc import Mapping

_SETTING = "settings of the workspace, written by its members"
_CATALOGUE = "the catalogue, which is about goods"
_NUMBER = "numbers of orders and tasks, which stay; they name no person"
_QUEUE = "work that is due in a moment: it names objects by number and is deleted when it is done"

_MEMBERS = "people who sign in here, who are not contacts"

NAMES_NOBODY: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "aggregators", "attributes", "event_definitions", "lists", "loss_reasons", "pipelines", "product_feeds",
            "roles", "segments", "stages", "tags", "webhooks", "workspaces", "exchange_rates",
        ),
        _SETTING,
    ),
    **dict.fromkeys(("products", "product_custom_ids"), _CATALOGUE),
    **dict.fromkeys(("deal_custom_ids", "task_custom_ids"), _NUMBER),
    **dict.fromkeys(("jobs", "delayed_jobs"), _QUEUE),
    **dict.fromkeys(("stale_objects", "object_wakes"), "numbers of companies and products"),
    "stage_totals": "counts and sums of many deals",
    "stage_deltas": "counts and sums of some deals",
    "audits": "numbers of objects and what was counted; texts are not kept, but for the one that a round has come to",
    "api_tokens": "names of tokens and what they may do",
    "companies": "about firms, which have an erasure of their own: DELETE",
    "company_derived": "what is rolled up of rows that go, computed anew when they are gone",
    "counters": "how many ids were given out",
    "import_parts": "a file that waits to be imported, deleted when it is done or the import is deleted",
    "field_indexes": "names of fields",
    "lifetime_models": "parameters of a whole workspace",
    **dict.fromkeys(
        ("invitations", "members", "password_resets", "second_factors", "sessions", "sign_in_failures"), _MEMBERS
    ),
    "figure_changes": "figures of orders without whose they are, until a worker has counted them",
    "rfm_counts": "when a matrix was counted, and in which time zone",
    "rfm_cuts": "edges between scores of a whole workspace",
    "rfm_setups": "which orders count, and how scores are told apart",
    "saved_views": "columns and filters of lists; look-ups by what names a person are not kept",
    "schema_migrations": "names of files",
    "webhook_lanes": "which objects wait to be told of, by number",
}  # fmt: skip
"""Tables by the reason. Everything else with a free column belongs to a contact or is cleaned by a mover."""
