"""What a list of records is: told once for each kind, shown and acted on by one set of handlers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from dealt.accounts import Snapshot
from dealt.kernel.db import Connection
from dealt.kernel.paging import Page, PageRequest
from dealt.kernel.sql import Sql
from dealt.publicapi import Listing
from dealt.web import Undo, Visit

Show = Literal[
    "name", "text", "when", "date", "number", "money", "base", "tags", "badge", "contact", "deal", "stock", "plain"
]
Choices: TypeAlias = Callable[[Snapshot], Sequence[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Column:
    """``name`` is the value's in a row; ``sort`` what the list is ordered by for it, where that is possible."""

    name: str
    label: str
    show: Show = "text"
    sort: str = ""

    @property
    def is_number(self) -> bool:
        return self.show in ("number", "money", "base", "stock")


@dataclass(frozen=True, slots=True)
class Filter:
    """A control above the list: a choice, or a day where there are no ``choices``; ``name`` is the argument's.

    ``means`` is the condition of the filter language that a value of it stands for.
    """

    name: str
    label: str
    choices: Choices | None = None
    means: Callable[[str], Mapping[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its values by the names of columns, as they are shown."""

    id: int
    called: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Done:
    """What a bulk action says, and the way back."""

    said: str
    undo: Undo | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """Something that is done to the selected: ``do`` gets their ids and the value that was chosen or typed.

    ``choices`` None means that the value is typed. One that takes no value is a button.
    """

    name: str
    label: str
    do: Callable[[Visit, list[int], str], Awaitable[Done]]
    choices: Callable[[Visit, Snapshot, Connection], Awaitable[Sequence[tuple[str, str]]]] | None = None
    takes_value: bool = True


Read: TypeAlias = Callable[
    [Visit, Connection, Snapshot, Mapping[str, str], PageRequest], Awaitable[tuple[Page, list[Row]]]
]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record with a list. ``one`` is what one is called; ``about`` and ``empty`` are sentences.

    ``alias`` is what conditions of the filter language call a row. ``slow`` are arguments that no index serves although
    the listing takes them; ``search`` the condition that a typed text asks for. ``steady`` is an order that no act
    changes, in which all of a list are gone through. ``presets`` are tabs that everybody has: what they are called, and
    their filters. ``picture`` names the value that is a picture's address, shown beside the name.
    """

    name: str
    one: str
    title: str
    path: str
    area: str
    domain: str
    about: str
    empty: str
    listing: Listing
    columns: Sequence[Column]
    default: Sequence[str]
    ordering: str
    filters: Sequence[Filter]
    search: Callable[[str], Sql]
    read: Read
    alias: str
    steady: str
    acts: Sequence[Act] = ()
    slow: frozenset[str] = field(default_factory=frozenset)
    picture: str = ""
    presets: Callable[[Visit, Snapshot], Sequence[tuple[str, Mapping[str, str]]]] | None = None
