"""The environment that PostgreSQL's programs are started with."""

from __future__ import annotations

import os


def clean_environment() -> dict[str, str]:
    """Ours without ``PG*`` and locale variables, which would silently change port, user or language."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_", "LANG"))}
    return {**kept, "LC_ALL": "C"}
