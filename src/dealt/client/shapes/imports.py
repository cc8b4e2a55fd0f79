"""Imports of files."""

from __future__ import annotations

from typing import Any, Literal, TypedDict


class Import(TypedDict):
    """How far an import is, and what it did; ``progress`` is between 0 and 1."""

    id: int
    kind: Literal["orders", "contacts", "companies", "products", "events"]
    file_name: str
    mapping: str
    silent: bool
    state: Literal["waiting", "queued", "running", "done", "failed"]
    progress: float
    created: int
    updated: int
    older: int
    refused: int
    error: str | None
    created_at: str
    started_at: str | None
    finished_at: str | None


class ImportReject(TypedDict):
    """A row that was refused."""

    row: int
    reason: str
    cells: list[Any]
