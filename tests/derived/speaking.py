"""Which definitions speak of what is not there any more."""

from __future__ import annotations

from typing import Any

from tests.derived.facts import Facts
from tests.derived.fields import ATTRIBUTES

NESTED = ("filter", "all", "any", "not", "where", "is")
"""Where conditions stand in conditions."""
_CUSTOM = {name for names in ATTRIBUTES.values() for name in names}


def speaks_of(node: Any, facts: Facts) -> list[str]:
    """What a definition speaks of that is not there any more."""
    if isinstance(node, list):
        return [gone for one in node for gone in speaks_of(one, facts)]
    if not isinstance(node, dict):
        return []
    gone = [gone for key in NESTED if key in node for gone in speaks_of(node[key], facts)]
    known = {"tags": facts.tags, "lists": facts.lists, "event": facts.events}
    if node.get("field") in known and "op" in node:
        return gone + [str(one) for one in node["value"] if one not in known[node["field"]].values()]
    read = [node[key] for key in ("field", "by") if key in node]
    return gone + [name for name in read if name in _CUSTOM and name not in facts.attributes]
