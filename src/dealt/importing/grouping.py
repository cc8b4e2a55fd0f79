"""From rows to orders: which rows belong together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from dealt.importing.errors import UnreadableFile
from dealt.importing.rows import Row
from dealt.importing.sorting import Keyed

MOST_ROWS = 1_000
REMEMBERED = 250_000


@dataclass(slots=True)
class Group:
    """The rows of one order. ``first`` is the number of its first row; ``key`` is empty where no row names one.

    ``is_cut``: the order has more than ``MOST_ROWS`` rows, and these are some of them.
    """

    key: str
    first: int
    rows: list[Row] = field(default_factory=list)
    is_cut: bool = False


def alone(rows: Iterable[Keyed]) -> Iterator[Group]:
    """Every row is an order."""
    for key, number, row in rows:
        yield Group(key, number, [row])


def together(rows: Iterable[Keyed]) -> Iterator[Group]:
    """Rows that follow each other with the same key are one order; those without a key stand alone."""
    group: Group | None = None
    for key, number, row in rows:
        if group is not None and key and key == group.key:
            if len(group.rows) == MOST_ROWS:
                group.is_cut = True
                yield group
                group = Group(key, number, is_cut=True)
            group.rows.append(row)
            continue
        if group is not None:
            yield group
        group = Group(key, number, [row])
    if group is not None:
        yield group


def once(groups: Iterable[Group], remembered: int = REMEMBERED) -> Iterator[Group]:
    """The groups as they come. Raises UnreadableFile where an order goes on after other orders.

    The second part would replace the first. The last ``remembered`` orders are watched.
    """
    seen: dict[int, int] = {}
    for group in groups:
        mark = hash(group.key)
        if group.key and not group.is_cut:
            if mark in seen:
                raise UnreadableFile(
                    f'The order "{group.key}" has rows from {seen[mark]} on, and again from {group.first} on. '
                    'Say rows = "anywhere" in the mapping, and import with --restart.'
                )
            seen[mark] = group.first
            if len(seen) > remembered:
                del seen[next(iter(seen))]
        yield group


def text_of(cell: object) -> str:
    """A cell as the text of an id: what was a whole number, 41 or 41.0, is 41; nothing is an empty text."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip()


KeyOf = Callable[[Row], str]
