"""What can be asked: subjects with their fields and relations, as the domains and a workspace's attributes say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from dealt.kernel.journal import ANYTHING
from dealt.kernel.sql import Sql, sql


class Kind(StrEnum):
    """What a field holds, which decides by what it can be compared."""

    TEXT = "text"
    NUMBER = "number"
    TRUTH = "truth"
    DATE = "date"
    MOMENT = "moment"
    CHOICE = "choice"
    CHOICES = "choices"
    MEMBERSHIP = "membership"
    JSON = "json"

    @property
    def phrase(self) -> str:
        """What a field of this kind is, in a sentence."""
        return _PHRASES[self]


_PHRASES = {
    Kind.TEXT: "a text",
    Kind.NUMBER: "a number",
    Kind.TRUTH: "true or false",
    Kind.DATE: "a date",
    Kind.MOMENT: "a date-time",
    Kind.CHOICE: "one of several choices",
    Kind.CHOICES: "any of several choices",
    Kind.MEMBERSHIP: "a set to belong to",
    Kind.JSON: "JSON",
}


Read = Callable[[str], Sql]
"""From the alias of a subject's row to the expression of a field; NULL where the field is not set."""


@dataclass(frozen=True, slots=True)
class FilterField:
    """A field of a subject.

    ``cast`` is the SQL type that a number is compared in: ``bigint`` lets an index of a whole-number column serve.
    ``choices`` are the only values, where they are known. ``refers_to`` names a definition that the field follows from
    (``aggregator:7``). ``facets`` are the bits that say what it is read from; all of them where nobody says. ``names``
    is what people call its values, where these are numbers: stages, statuses, members. ``words`` are names that a
    filter may have in their place, because nobody renames them. ``amount`` is there where it is an amount of money.
    """

    name: str
    kind: Kind
    label: str
    read: Read
    cast: str = "numeric"
    choices: tuple[str, ...] = ()
    refers_to: str = ""
    beside: Beside | None = None
    facets: int = ANYTHING
    names: Mapping[Any, str] = field(default_factory=dict)
    words: Mapping[str, int] = field(default_factory=dict)
    amount: Amount | None = None
    happens: bool = False
    """Whether its label says what happened then, as Ordered does: "Ordered in the last 30 days"."""

    def in_base(self) -> FilterField:
        """What figures over many rows are taken of: an amount of money in base currency, anything else as it is."""
        if self.amount is None:
            return self
        return replace(self, read=self.amount.converted, label=f"{self.label} ({self.amount.currency})")


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of money: as it is, in its own ``currency``, and ``converted`` to the base currency.

    ``converted`` is NULL where the rate is not known. ``currency`` is the base currency.
    """

    own: Read
    converted: Read
    currency: str


@dataclass(frozen=True, slots=True)
class Membership:
    """A set of things by id that a subject belongs to: tags, lists, segments.

    ``among`` gives, for an alias and a place for ids, the condition of belonging to one of them; ``ids`` are the ids
    that exist, by name. ``kind`` prefixes what a condition refers to (``segment:3``), where it is a definition.
    ``beside`` reads the ids of all that one subject belongs to, as an array. ``facets`` are as those of a field.
    """

    name: str
    label: str
    among: Callable[[str, list[int]], Sql]
    ids: Mapping[str, int]
    kind: str = ""
    beside: Beside | None = None
    facets: int = ANYTHING
    is_single: bool = False
    """Whether it belongs to exactly one, as an event to its kind."""


@dataclass(frozen=True, slots=True)
class Relation:
    """Rows of another subject that belong to a subject's row.

    ``source`` is the FROM item with ``{r}`` for the related row's alias. A row belongs to the subject's row where
    ``owner``, over ``{r}``, equals ``key``, over ``{s}``. ``workspace`` is the expression of the related row's
    workspace, where the index that serves begins with it. ``by`` is the date that tells the first and the last, where
    none is named. ``facets`` are as those of a field. ``of_others``: the rows may be anybody's, so that what they say
    is followed by companies and products alone, which are looked at apart.
    """

    name: str
    target: str
    label: str
    one: str
    source: str
    owner: str
    key: str = "{s}.id"
    workspace: str = ""
    by: str = ""
    facets: int = ANYTHING
    lean: str = ""
    of_others: bool = False


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a subject's row in another table, so that a batch reads that once for all who ask.

    ``aggregate`` makes one value of the rows ``{r}`` of ``relation``; ``read`` takes the field out of that value, which
    is given as an expression.
    """

    relation: Relation
    aggregate: str
    read: Callable[[str], Sql]


@dataclass(frozen=True, slots=True)
class Subject:
    """A kind of object that filters speak about. ``key`` tells its rows apart, over ``{s}``."""

    name: str
    label: str
    table: str
    key: str
    fields: Mapping[str, FilterField]
    memberships: Mapping[str, Membership] = field(default_factory=dict)
    relations: Mapping[str, Relation] = field(default_factory=dict)
    shown: str = "{s}.id"
    """The id that people know it by."""

    def keys(self, alias: str) -> list[str]:
        """The columns of the key of the row ``alias``, all of them numbers."""
        return self.key.replace("{s}", alias).strip("()").split(", ")


@dataclass(frozen=True, slots=True)
class FilterCatalogue:
    """Every subject by name."""

    subjects: Mapping[str, Subject]

    def subject(self, name: str) -> Subject:
        """The subject called ``name``. Raises KeyError."""
        return self.subjects[name]


def column(name: str) -> Read:
    """Reads a column of the subject's own table."""
    return lambda alias: Sql(f"{alias}.{name}")


# A day that the calendar has, between 1900 and 2199: casting it cannot fail.
_DAY = (
    "(?:(?:19|20|21)[0-9]{2}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:(?:19|20|21)(?:0[48]|[2468][048]|[13579][26])|2000)-02-29)"
)
_TIME = r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?Z"


def attribute(name: str, kind: Kind, stored: str = "attributes") -> Read:
    """Reads a custom attribute from the column ``stored``.

    A stored value of another type than ``kind`` reads as not set; nothing fails. Where ``stored`` is empty, the alias
    itself is the JSON object.
    """

    def read(alias: str) -> Sql:
        held = f"{alias}.{stored}" if stored else alias
        whole, text = f"{held} -> {{}}::text", f"{held} ->> {{}}::text"
        if kind is Kind.NUMBER:
            return sql(f"CASE WHEN jsonb_typeof({whole}) = 'number' THEN ({text})::numeric END", name, name)
        if kind is Kind.TRUTH:
            return sql(f"CASE WHEN jsonb_typeof({whole}) = 'boolean' THEN ({text})::boolean END", name, name)
        if kind is Kind.DATE:
            return sql(f"CASE WHEN {text} ~ '^{_DAY}$' THEN ({text})::date END", name, name)
        if kind is Kind.MOMENT:
            return sql(f"CASE WHEN {text} ~ '^{_DAY}{_TIME}$' THEN ({text})::timestamptz END", name, name)
        if kind in (Kind.CHOICES, Kind.JSON):
            return sql(f"({whole})", name)
        return sql(f"({text})", name)

    return read
