"""From JSON to the tree of a filter: its shape and its size are checked here, its words by ``check``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from dealt.kernel.errors import InvalidInput
from dealt.kernel.shown import shown
from dealt.predicates.nodes import (
    MEASURES,
    PICKS,
    QUANTIFIERS,
    All,
    Compare,
    Measured,
    Node,
    Not,
    Picked,
    Related,
    Some,
)

DEEPEST = 20
MOST_LEAVES = 500
LARGEST_COUNT = 1_000_000
LONGEST_NAME = 255
_RELATED = {"relation", "quantifier", "count", "where"}
_MEASURED = {"relation", "measure", "field", "where", "op", "value"}
_PICKED = {"relation", "pick", "by", "where", "is"}


def parse_filter(value: Any, path: str = "filter") -> Node:
    """The tree that ``value`` (decoded JSON) says; an empty object is the filter that everything passes.

    Groups are ``{"all": [...]}``, ``{"any": [...]}`` and ``{"not": {...}}``; ``nodes`` shows the leaves.
    Raises InvalidInput naming the place, such as ``filter.all.1.value``, for a wrong shape, a tree deeper than 20 and
    more than 500 leaves.
    """
    return _Parser().node(value, path, 1)


class _Parser:
    def __init__(self) -> None:
        self._leaves = 0

    def node(self, value: Any, path: str, depth: int) -> Node:
        if not isinstance(value, dict):
            raise InvalidInput.of(path, "A condition is an object.")
        if depth > DEEPEST:
            raise InvalidInput.of(path, f"A filter is at most {DEEPEST} levels deep.")
        if not value:
            return All(path, ())
        for key, build in (("all", All), ("any", Some)):
            if key in value:
                _only(value, {key}, path)
                return build(path, self._parts(value[key], f"{path}.{key}", depth))
        if "not" in value:
            _only(value, {"not"}, path)
            return Not(path, self.node(value["not"], f"{path}.not", depth + 1))
        self._leaves += 1
        if self._leaves > MOST_LEAVES:
            raise InvalidInput.of(path, f"A filter has at most {MOST_LEAVES} conditions.")
        if "relation" in value:
            return self._relation(value, path, depth)
        if "field" in value:
            _only(value, {"field", "op", "value"}, path)
            return Compare(path, _name(value, "field", path), _operator(value, path), value.get("value"))
        raise InvalidInput.of(path, "A condition has one of: all, any, not, field, relation.")

    def _parts(self, value: Any, path: str, depth: int) -> tuple[Node, ...]:
        if not isinstance(value, list):
            raise InvalidInput.of(path, "A list of conditions is needed.")
        return tuple(self.node(part, f"{path}.{place}", depth + 1) for place, part in enumerate(value))

    def _where(self, value: Mapping[str, Any], key: str, path: str, depth: int) -> Node:
        where = value.get(key)
        return self.node({} if where is None else where, f"{path}.{key}", depth + 1)

    def _relation(self, value: Mapping[str, Any], path: str, depth: int) -> Node:
        relation = _name(value, "relation", path)
        where = self._where(value, "where", path, depth)
        if "measure" in value:
            _only(value, _MEASURED, path)
            field = _name(value, "field", path) if value.get("field") is not None else None
            measure = _choice(value, "measure", MEASURES, path)
            op = _operator(value, path)
            return Measured(path, relation, measure, field, where, op, value.get("value"))
        if "pick" in value:
            _only(value, _PICKED, path)
            by = _name(value, "by", path) if value.get("by") is not None else None
            wanted = self._where(value, "is", path, depth)
            return Picked(path, relation, _choice(value, "pick", PICKS, path), by, where, wanted)
        _only(value, _RELATED, path)
        quantifier = _choice({"quantifier": "any"} | dict(value), "quantifier", QUANTIFIERS, path)
        return Related(path, relation, quantifier, _count(value, quantifier, path), where)


def _only(value: Mapping[str, Any], known: Collection[str], path: str) -> None:
    for key in value:
        if key not in known:
            raise InvalidInput.of(f"{path}.{key}", f"Not known here; there may be {', '.join(sorted(known))}.")


def _name(value: Mapping[str, Any], key: str, path: str) -> str:
    name = value.get(key)
    if not isinstance(name, str) or not name or len(name) > LONGEST_NAME or "\x00" in name:
        raise InvalidInput.of(f"{path}.{key}", "A name is needed.")
    return name


def _operator(value: Mapping[str, Any], path: str) -> str:
    if value.get("op") is None:
        raise InvalidInput.of(f"{path}.op", 'Say how it is compared, such as "equals".')
    return _name(value, "op", path)


def _choice(value: Mapping[str, Any], key: str, choices: tuple[Any, ...], path: str) -> Any:
    if value[key] not in choices:
        raise InvalidInput.of(f"{path}.{key}", f"{shown(value[key])} is not one of: {', '.join(choices)}.")
    return value[key]


def _count(value: Mapping[str, Any], quantifier: str, path: str) -> int:
    if quantifier in ("any", "none"):
        if "count" in value:
            raise InvalidInput.of(f"{path}.count", f'"{quantifier}" has no count; use at_least or at_most.')
        return 1 if quantifier == "any" else 0
    count = value.get("count")
    if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= LARGEST_COUNT:
        raise InvalidInput.of(f"{path}.count", f"A whole number from 0 to {LARGEST_COUNT} is needed.")
    return count
