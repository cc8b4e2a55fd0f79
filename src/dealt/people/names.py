"""What names a person, and texts without it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

ERASED = "[erased]"
LEAST_DIGITS = 7
"""Fewer digits than this are no telephone number that names anybody."""
_NAME_KEY = re.compile(r"name|nazwisk|imi[eę]", re.IGNORECASE)
_FIELDS = ("email", "phone_number", "first_name", "last_name", "custom_id", "key")


@dataclass(frozen=True, slots=True)
class Names:
    """Everything a person is or was called: values of the contact's fields, by field."""

    known: Mapping[str, frozenset[str]]
    pattern: re.Pattern[str] | None
    """E-mail addresses, telephone numbers and whole names, wherever they stand in a text."""
    parts: frozenset[str]
    """First and last names: they name somebody only where a field says that it holds a name."""

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]]) -> Names:
        """The names in ``rows`` of fields; a field may hold one value, or those before and after a change."""
        known: dict[str, set[str]] = {name: set() for name in _FIELDS}
        for row in rows:
            for name in _FIELDS:
                values = row.get(name)
                for value in values if isinstance(values, list | tuple) else [values]:
                    if isinstance(value, str) and value.strip():
                        known[name].add(value.strip())
        patterns = [re.escape(address) for address in known["email"]]
        patterns += [_phone(number) for number in known["phone_number"] if len(_digits(number)) >= LEAST_DIGITS]
        for first in known["first_name"]:
            patterns += [_whole_name(first, last) for last in known["last_name"]]
        pattern = re.compile(rf"(?<!\w)(?:{'|'.join(sorted(patterns))})(?!\w)", re.IGNORECASE) if patterns else None
        parts = frozenset(part.casefold() for name in ("first_name", "last_name") for part in known[name])
        return cls({name: frozenset(values) for name, values in known.items()}, pattern, parts)

    @property
    def any(self) -> bool:
        """Whether a text can hold any of them."""
        return bool(self.pattern or self.parts)

    def clean(self, value: Any, key: str = "") -> Any:
        """A JSON value without the names, in it or in what it holds; ``key`` is what the value is called.

        What holds none of them is given back as it is.
        """
        if isinstance(value, str):
            return self.clean_text(value, key)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return None if self._is_phone(value) else value
        if isinstance(value, dict):
            cleaned = {name: self.clean(inner, name) for name, inner in value.items()}
            return value if cleaned == value else cleaned
        if isinstance(value, list):
            items = [self.clean(item, key) for item in value]
            return value if items == value else items
        return value

    def clean_text(self, text: str, key: str = "") -> str:
        """A text without the names."""
        if text.strip().casefold() in self.parts and _NAME_KEY.search(key):
            return ERASED
        return self.pattern.sub(ERASED, text) if self.pattern else text

    def are_in(self, value: Any) -> bool:
        """Whether a JSON value, such as a row of a file, is about the person.

        An address, a number, a whole name or a custom id says so; a first and a last name do where both are there.
        """
        texts = set(_texts(value))
        if self.pattern and any(self.pattern.search(text) for text in texts):
            return True
        if not texts.isdisjoint(self.known["custom_id"] | self.known["key"]):
            return True
        folded = {text.casefold() for text in texts}
        halves = ({part.casefold() for part in self.known[name]} for name in ("first_name", "last_name"))
        return all(not half.isdisjoint(folded) for half in halves)

    def in_answers(self) -> list[bytes]:
        """How the names stand in stored JSON answers: for a search in their bytes."""
        found = {*self.known["email"], *self.known["phone_number"]}
        found |= {f'"{name}"' for field in ("custom_id", "key") for name in self.known[field]}
        for first in self.known["first_name"]:
            found |= {f"{first} {last}" for last in self.known["last_name"]}
        return sorted(name.encode() for name in found)

    def _is_phone(self, number: float) -> bool:
        return any(
            len(digits) >= LEAST_DIGITS and number == int(digits) for digits in map(_digits, self.known["phone_number"])
        )


def _texts(value: Any) -> Iterator[str]:
    """Every text and number in a JSON value, as stripped text."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value.strip()
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield str(value)


def _digits(number: str) -> str:
    return "".join(letter for letter in number if letter.isascii() and letter.isdigit())


def _phone(number: str) -> str:
    """The number however it is grouped, with or without a country's code before it."""
    return r"(?:\+?\d{1,3}[\s().-]*)?" + r"[\s().-]*".join(_digits(number))


def _whole_name(first: str, last: str) -> str:
    one, other = re.escape(first), re.escape(last)
    return rf"{one}\s+{other}|{other},?\s+{one}"
