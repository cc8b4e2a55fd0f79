"""Derived data: what it costs to compute it for all contacts, and for one that was edited."""
