"""The filter builder beside a list or a board: what its templates show of a filter that stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dealt.builders.filtering import spelled


@dataclass(frozen=True, slots=True)
class Panel:
    """For ``builders/_panel.html``.

    ``path`` is where the filter is asked for, with ``kept`` as the other arguments; ``cleared`` the address without a
    filter. ``within`` is a filter that holds besides, for the count. ``errors`` stand at their places.
    """

    subject: str
    path: str
    cleared: str
    written: Any = field(default_factory=dict)
    sentence: str = ""
    kept: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    other: Any = None
    saves: bool = False

    @property
    def within(self) -> str:
        return spelled(self.other)

    @property
    def conditions(self) -> int:
        """How many conditions there are, those about related records as one."""
        return _leaves(self.written)


def _leaves(node: Any) -> int:
    if not isinstance(node, Mapping) or not node:
        return 0
    for key in ("all", "any"):
        if isinstance(node.get(key), list):
            return sum(_leaves(one) for one in node[key])
    return _leaves(node["not"]) if "not" in node else 1
