"""The named groups: which scores for recency and frequency make which, all 25 cells exactly once."""

from __future__ import annotations

from dataclasses import dataclass

SCORES = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Group:
    """Scores from the first to the last of a pair, both included; what was spent decides nothing here."""

    name: str
    recency: tuple[int, int]
    frequency: tuple[int, int]
    description: str

    def holds(self, recency: int, frequency: int) -> bool:
        """Whether a contact of these scores belongs."""
        return (
            self.recency[0] <= recency <= self.recency[1] and self.frequency[0] <= frequency <= self.frequency[1]
        )  # fmt: skip


GROUPS = (
    Group("Champions", (5, 5), (4, 5), "Ordered just now, and order often"),
    Group("Loyal", (3, 4), (4, 5), "Order often, the last time not long ago"),
    Group("Potential loyalists", (4, 5), (2, 3), "Ordered lately, and more than the least"),
    Group("New", (5, 5), (1, 1), "Ordered just now, and hardly before"),
    Group("Promising", (4, 4), (1, 1), "Ordered lately, and hardly before"),
    Group("Need attention", (3, 3), (3, 3), "In the middle of both"),
    Group("About to sleep", (3, 3), (1, 2), "Ordered seldom, and not lately"),
    Group("At risk", (1, 2), (3, 4), "Ordered often, but long ago"),
    Group("Cannot lose them", (1, 2), (5, 5), "Ordered most often, but long ago"),
    Group("Hibernating", (2, 2), (1, 2), "Ordered seldom, and long ago"),
    Group("Lost", (1, 1), (1, 2), "Ordered seldom, the longest ago"),
)


def group_of(recency: int, frequency: int) -> str:
    """The group of a cell."""
    return next(group.name for group in GROUPS if group.holds(recency, frequency))


CELLS = tuple(group_of(recency, frequency) for recency in SCORES for frequency in SCORES)
"""The groups of all cells: the five of recency 1 by frequency, then those of recency 2, and so on."""
