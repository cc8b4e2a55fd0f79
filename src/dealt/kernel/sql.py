"""Pieces of SQL with their bound values: what compilers and lists build statements from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

_cast = re.compile(r"::[a-z0-9]+(?:\[\])?").match


@dataclass(frozen=True, slots=True)
class Late:
    """Stands among the values of a statement for one that is told when it runs; give it a cast wherever it stands.

    ``shift`` is added to a moment that is told.
    """

    name: str
    shift: timedelta = timedelta(0)

    def __add__(self, shift: timedelta) -> Late:
        return Late(self.name, self.shift + shift)

    def __sub__(self, shift: timedelta) -> Late:
        return Late(self.name, self.shift - shift)

    def of(self, told: Mapping[str, Any]) -> Any:
        """The value, of those that were told."""
        return told[self.name] + self.shift if self.shift else told[self.name]


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that is built once and run often."""

    text: str
    values: tuple[Any, ...]

    def bound(self, **late: Any) -> list[Any]:
        """Its values, with these in the places of the late ones."""
        return [value.of(late) if isinstance(value, Late) else value for value in self.values]


@dataclass(frozen=True, slots=True)
class Sql:
    """SQL text in which each ``{}`` stands for one of ``values``; the text itself never holds a value."""

    text: str
    values: tuple[Any, ...] = ()

    def __add__(self, other: Sql) -> Sql:
        return Sql(self.text + other.text, self.values + other.values)

    def render(self, first: int = 1) -> tuple[str, list[Any]]:
        """The text with ``$n`` parameters, numbered from ``first``, and their values."""
        pieces = self.text.split("{}")
        if len(pieces) != len(self.values) + 1:
            raise AssertionError(f"{len(self.values)} values for {len(pieces) - 1} places in: {self.text}")
        text = pieces[0] + "".join(f"${first + i}{piece}" for i, piece in enumerate(pieces[1:]))
        return text, list(self.values)

    def prepared(self) -> Statement:
        """The text with ``$n`` parameters; a value that stands in several places with one cast is sent once."""
        pieces = self.text.split("{}")
        if len(pieces) != len(self.values) + 1:
            raise AssertionError(f"{len(self.values)} values for {len(pieces) - 1} places in: {self.text}")
        text, values, places = [pieces[0]], list[Any](), dict[Any, int]()
        for value, piece in zip(self.values, pieces[1:], strict=True):
            cast = _cast(piece)
            key = (type(value), value, cast.group()) if cast and not isinstance(value, list) else object()
            if key not in places:
                values.append(value)
                places[key] = len(values)
            text += [f"${places[key]}", piece]
        return Statement("".join(text), tuple(values))


def sql(text: str, *values: Any) -> Sql:
    """``sql("stage_id = {}", 3)``."""
    return Sql(text, values)


def join(separator: str, parts: Iterable[Sql]) -> Sql:
    """The parts with ``separator`` between them."""
    listed = list(parts)
    return Sql(separator.join(part.text for part in listed), tuple(v for part in listed for v in part.values))


def all_of(parts: Iterable[Sql]) -> Sql:
    """The conjunction of conditions; true where there is none."""
    listed = list(parts)
    return join(" AND ", listed) if listed else Sql("true")
