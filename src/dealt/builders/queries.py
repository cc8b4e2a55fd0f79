"""SQL of builders, but for what the filter language compiles."""

from __future__ import annotations

TABLES = {
    "contact": "contacts", "deal": "deals", "product": "products", "company": "companies", "task": "tasks",
}  # fmt: skip
"""Where the objects stand that lists are of."""
ESCAPED = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})
LONGEST_VALUE = 100
"""Longer texts are no values that somebody chooses."""
