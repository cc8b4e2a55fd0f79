"""What a board is asked for, and what stands on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from dealt.deals import Total
from dealt.kernel.sql import Sql
from dealt.tasks import NEXT_OF_DEAL

CARDS_AT_FIRST, CARDS_A_PAGE = 12, 30
MOST_COUNTED = 10_000
"""A narrowed column is counted up to here."""
MOST_CHANGED = 200
"""Deals that one request moves or edits at most."""
MOST_GROUPS = 100
"""Groups of a column whose deals are counted at once."""
MOST_GROUPED = 2_000
"""Of a column that is too large to count, so many deals are grouped."""


NEXT_TASK = f"coalesce({NEXT_OF_DEAL}, timestamptz '9000-01-01 00:00Z')"
"""When a deal's first open task is due; far ahead where there is none."""


@dataclass(frozen=True, slots=True)
class Sort:
    """An order of the cards in a column: by ``column`` of ``d``, then by id the same way.

    Those that are ``indexed`` are as quick in a column of a million deals; the others are found in two seconds, or
    refused.
    """

    name: str
    label: str
    column: str
    descending: bool
    cast: str
    key: str
    """The card's attribute that the page sorts by."""
    indexed: bool = True

    @property
    def way(self) -> str:
        return "DESC" if self.descending else "ASC"


SORTS: Mapping[str, Sort] = {
    one.name: one
    for one in (
        Sort("newest", "Newest order first", "d.ordered_at", True, "timestamptz", "ordered"),
        Sort("oldest", "Oldest order first", "d.ordered_at", False, "timestamptz", "ordered"),
        Sort("value", "Highest value first", "coalesce(d.base_value, -1e15)", True, "numeric", "value"),
        Sort("changed", "Last changed first", "d.updated_at", True, "timestamptz", "changed", indexed=False),
        Sort("task", "Next task first", NEXT_TASK, False, "timestamptz", "task", indexed=False),
        Sort("name", "Name", "lower(d.name)", False, "text", "name", indexed=False),
        Sort("waiting", "Longest in stage first", "d.stage_entered_at", False, "timestamptz", "entered"),
    )
}


NONE = "b"
"""The key of the group of those that have none; all others begin with an a."""


@dataclass(frozen=True, slots=True)
class Group:
    """What the cards of a column stand under. ``key`` of ``d`` is what groups go by, in the order they are shown in,
    and ``label`` the name, empty for none."""

    name: str
    key: Sql
    label: Sql
    people: Mapping[str, int] | None = None
    """Where these are people, each with an index of its deals: whom a key stands for."""

    @property
    def is_walked(self) -> bool:
        """Whether the deals of each group are found by an index, however many there are."""
        return self.people is not None


@dataclass(frozen=True, slots=True)
class Asked:
    """``filter`` is one of the filter language about ``d``, ``text`` what was typed into the search; ``own`` is the
    member whose deals alone may be seen."""

    pipeline_id: int
    sort: Sort = SORTS["newest"]
    status: int | None = None
    filter: Sql | None = None
    text: str = ""
    own: int | None = None
    group: Group | None = None

    @property
    def is_narrowed(self) -> bool:
        """Whether the totals that every write keeps do not tell what is shown."""
        return bool(self.filter is not None or self.text or self.own is not None)


@dataclass(frozen=True, slots=True)
class Card:
    """A deal as its card shows it; ``keys`` are what columns are sorted by, as numbers."""

    id: int
    stage_id: int
    name: str
    value: Decimal | None
    currency: str | None
    contact: str
    picture: str
    lines: int
    age: str
    entered: str
    tags: list[str]
    status: int
    version: int
    keys: Mapping[str, str]
    group: str = ""
    """The key of its group, empty where cards are not grouped."""
    group_label: str = ""

    @property
    def more(self) -> int:
        """Products besides the one in the picture."""
        return max(self.lines - 1, 0)


@dataclass(frozen=True, slots=True)
class Head:
    """What the head of a column says. ``total`` is None where there are too many to count."""

    stage_id: int
    name: str
    base: str
    total: Total | None
    share: int
    """Of a hundred: how much of the board's deals stand here."""


@dataclass(frozen=True, slots=True)
class Column:
    """A stage with its first cards; ``after`` is where the next ones begin."""

    head: Head
    cards: list[Card]
    after: str
    groups: Mapping[str, int]
    """How many deals stand in a group, by its key; what is too much to count is not among them."""
    cut: int = 0
    """So many of its deals are grouped, and shown; 0 for all of them."""
