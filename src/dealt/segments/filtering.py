"""Reading the filter of a segment, and writing it so that it outlives a change of names."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from dealt.freshness import Vocabulary
from dealt.predicates import Checked, MemberTest, check_filter, member_tests, parse_filter

PLACE = "filter"


def read_filter(written: Any, subject: str, vocabulary: Vocabulary) -> Checked:
    """The filter as a tree that makes sense. Raises InvalidInput naming the place."""
    return check_filter(parse_filter(written, PLACE), vocabulary.catalogue, subject, vocabulary.zone)


def by_ids(written: Any, node: Checked) -> Any:
    """The filter as written, but for the names of tags, lists, events and segments: their ids stand in their place."""
    numbered = copy.deepcopy(written)
    for test in member_tests(node):
        _at(numbered, test)["value"] = list(test.value)
    return numbered


def _at(written: Any, test: MemberTest) -> Any:
    found = written
    for part in _parts(test.path):
        found = found[int(part) if isinstance(found, list) else part]
    return found


def _parts(path: str) -> Iterator[str]:
    return iter(path.split(".")[1:])
