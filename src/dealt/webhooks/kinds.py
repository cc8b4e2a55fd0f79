"""Patterns of the journal's kinds: ``deal.created``, ``deal.*`` or ``*``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from dealt.kernel.schema import list_of
from dealt.kernel.shown import shown

MOST_PATTERNS = 100
_is_pattern = re.compile(r"\*|[a-z][a-z_]{0,63}\.(?:\*|[a-z][a-z_]{0,63})").fullmatch


def read_patterns(value: Any) -> list[str]:
    """Reads a list of patterns, each once. Raises ValueError."""
    patterns = list(dict.fromkeys(list_of(_pattern, MOST_PATTERNS)(value)))
    if not patterns:
        raise ValueError('At least one kind is needed, such as "deal.*".')
    return patterns


def matches(patterns: Iterable[str], kind: str) -> bool:
    """Whether one of the patterns stands for the kind."""
    wide = f"{kind.partition('.')[0]}.*"
    return any(pattern in ("*", wide, kind) for pattern in patterns)


def _pattern(value: Any) -> str:
    if not isinstance(value, str) or not _is_pattern(value):
        raise ValueError(f'{shown(value)} is not a kind such as "deal.created", "deal.*" or "*".')
    return value
