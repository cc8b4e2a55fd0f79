"""What a search finds."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

Kind = Literal["contact", "company", "product", "deal"]
KINDS: tuple[Kind, ...] = get_args(Kind)
LONGEST_TEXT = 200
"""Characters of a text that is searched for."""
MOST_HITS = 50
"""Hits of each kind that a search answers at most."""


class Hit(msgspec.Struct, frozen=True):
    """One object that was found. ``detail`` tells it from others of the same name; ``image_url`` only of products."""

    kind: Kind
    id: int
    name: str
    detail: str | None
    custom_id: str | None
    image_url: str | None = None
