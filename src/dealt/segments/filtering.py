"""Reading the filter of a segment."""

from __future__ import annotations

from typing import Any

from dealt.freshness import Vocabulary
from dealt.predicates import Checked, check_filter, parse_filter

PLACE = "filter"


def read_filter(written: Any, subject: str, vocabulary: Vocabulary) -> Checked:
    """The filter as a tree that makes sense. Raises InvalidInput naming the place."""
    return check_filter(parse_filter(written, PLACE), vocabulary.catalogue, subject, vocabulary.zone)
