"""Dealt: every order is an editable deal."""

__version__ = "0.1.0"
