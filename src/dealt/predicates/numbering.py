"""Writing a filter so that it outlives a change of names."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from dealt.predicates.checked import Checked, FieldTest, Leaf, MemberTest, every_leaf


def by_ids(written: Any, node: Checked) -> Any:
    """The filter as written, but for names: the ids of tags, lists, events and segments stand in their place.

    So do the numbers of what has a word, such as a gender.
    """
    numbered = copy.deepcopy(written)
    for test in every_leaf(node):
        if isinstance(test, MemberTest):
            _at(numbered, test)["value"] = list(test.value)
        elif isinstance(test, FieldTest) and test.field.words and test.operator.takes in ("one", "many"):
            place = _at(numbered, test)
            place["value"] = _numbers(place["value"], test.field.words)
    return numbered


def _numbers(value: Any, words: Mapping[str, int]) -> Any:
    if isinstance(value, list):
        return [_numbers(one, words) for one in value]
    return words.get(value.strip().lower(), value) if isinstance(value, str) else value


def _at(written: Any, test: Leaf) -> Any:
    found = written
    for part in _parts(test.path):
        found = found[int(part) if isinstance(found, list) else part]
    return found


def _parts(path: str) -> Iterator[str]:
    return iter(path.split(".")[1:])
