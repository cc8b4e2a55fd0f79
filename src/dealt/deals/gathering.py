"""Concurrent writes of deals, gathered and written as sets."""

from __future__ import annotations


class DealWriter:
    """Being written."""
