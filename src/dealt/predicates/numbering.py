"""Writing a filter so that it outlives a change of names."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from dealt.predicates.checked import Checked, MemberTest, member_tests


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
