"""Where a page of a column begins, and which of its cards are read from there on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from dealt.board import queries
from dealt.board.filling import filled
from dealt.board.model import NONE, Card, Group, Sort
from dealt.board.narrowing import Narrowed
from dealt.kernel.errors import InvalidInput
from dealt.kernel.sql import Sql, sql

EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_LARGEST = Decimal("1e16")
_LONGEST_NAME = 1_000


@dataclass(frozen=True, slots=True)
class Place:
    """From ``group`` on, empty for the first: its cards for which ``row`` is true, none where there is no row."""

    group: str = ""
    row: Sql | None = None


def read_place(sort: Sort, group: Group | None, after: str, past: str) -> Place:
    """The place behind a card, as ``place_of`` tells it, or behind the whole group ``past``. Raises InvalidInput."""
    if group and past:
        return Place(past)
    key, rest = _read_group(after) if group else ("", after)
    at, deal_id = _read_row(sort, rest)
    sign = "<" if sort.descending else ">"
    return Place(key, sql(f"({sort.column}, d.id) {sign} ({{}}::{sort.cast}, {{}}::bigint)", at, deal_id))


def behind(group: Group | None, place: Place) -> Sql:
    """What is true of the cards behind a place, begun by AND."""
    if group is None:
        return Sql(" AND ") + place.row if place.row else Sql("")
    if not place.group:
        return Sql("")
    later = group.key + sql(" > {}::text", place.group)
    if place.row is None:
        return Sql(" AND ") + later
    same = group.key + sql(" = {}::text", place.group)
    return Sql(" AND (") + later + Sql(" OR (") + same + Sql(" AND ") + place.row + Sql("))")


def parts(sort: Sort, people: Mapping[str, int], place: Place, narrowed: Narrowed, workspace: Sql, limit: int) -> Sql:
    """The first cards of the group that the place is in, of each person behind it, and of nobody."""

    def part(of: Sql) -> Sql:
        return filled(
            queries.PART, source=narrowed.source, workspace=workspace, conditions=narrowed.conditions, of=of,
            column=Sql(sort.column), way=Sql(sort.way), limit=sql("{}", limit),
        )  # fmt: skip

    nobody = sql(" AND (d.assigned_to IS NULL OR d.assigned_to <> ALL({}::bigint[]))", list(people.values()))
    later = [one for key, one in people.items() if key > place.group]
    of_person = part(Sql(" AND d.assigned_to = person.id"))
    whole = of_people = filled(queries.OF_PEOPLE, people=sql("{}", later), part=of_person)
    if place.group < NONE:
        # Those of nobody are looked for only where people have not filled the page: where all are somebody's, the
        # search would go through the whole stage.
        few = Sql(" AND (SELECT count(*) FROM ") + of_people + sql(" AS earlier) < {}", limit)
        whole += Sql(" UNION ALL ") + part(nobody + few)
    if place.row is not None and (place.group in people or place.group == NONE):
        here = nobody if place.group == NONE else sql(" AND d.assigned_to = {}::bigint", people[place.group])
        whole += Sql(" UNION ALL ") + part(here + Sql(" AND ") + place.row)
    return whole


def place_of(sort: Sort, card: Card) -> str:
    """Where the cards behind this one begin, as text."""
    group = f"{len(card.group)}.{card.group}" if card.group else ""
    return f"{group}{card.keys[sort.key]}_{card.id}"


def _read_group(text: str) -> tuple[str, str]:
    """The group of a place, told with its length before it, and the rest."""
    length, dot, rest = text.partition(".")
    if not (dot and length.isascii() and length.isdigit() and len(length) < 4):
        raise InvalidInput.of("after", "This is no place in a column.")
    return rest[: int(length)], rest[int(length) :]


def _read_row(sort: Sort, text: str) -> tuple[datetime | Decimal | str, int]:
    at, _, deal_id = text.rpartition("_")
    try:
        last = int(deal_id[:20])
        if sort.cast == "text":
            return at[:_LONGEST_NAME], last
        number = EPOCH + int(at[:20]) * MICROSECOND if sort.cast == "timestamptz" else Decimal(at[:30])
        if 0 <= last < 2**63 and (isinstance(number, datetime) or abs(number) < _LARGEST):
            return number, last
        raise InvalidInput.of("after", "This is no place in a column.")
    except (ValueError, ArithmeticError):
        raise InvalidInput.of("after", "This is no place in a column.") from None
