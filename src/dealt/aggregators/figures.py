"""From an aggregator as it was written to one that makes sense: every name found, its filter and window checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from dealt.aggregators.functions import FUNCTIONS, TIMES, Function
from dealt.aggregators.model import DEFAULT_BY, Aggregator
from dealt.aggregators.money import net_field
from dealt.freshness import Vocabulary
from dealt.kernel.clock import parse_date
from dealt.kernel.errors import InvalidInput
from dealt.kernel.shown import shown
from dealt.predicates import (
    AllOf,
    Amount,
    Checked,
    CountTest,
    FilterField,
    Kind,
    Relation,
    Subject,
    check_filter,
    facets_of,
    field_of,
    parse_filter,
    references,
)

_CURRENT = ("day", "week", "month", "quarter", "year")
_WINDOWS = (
    'A window is {}, {"last": {"days": 30}}, {"from": {"days": -14}, "to": {"days": -7}}, '
    '{"from": "2025-01-01", "to": "2025-12-31"} or {"current": "month"}.'
)


@dataclass(frozen=True, slots=True)
class Figure:
    """What is to be computed for each ``owner``. ``where`` holds the filter and the window."""

    owner: Subject
    function: Function
    relation: Relation
    rows: Subject
    where: Checked
    by: FilterField
    field: FilterField | None
    amount: Amount | None
    n: int
    value_type: str
    filtered: Checked
    """The filter alone."""

    @property
    def passing(self) -> CountTest:
        """How many rows it is made of, as a condition."""
        return CountTest("filter", self.relation, self.rows, "any", 1, self.where)

    @property
    def follows(self) -> frozenset[str]:
        """The definitions that it reads."""
        read = references(self.where) | {self.by.refers_to, self.field.refers_to if self.field else ""}
        return frozenset(read - {""})

    @property
    def facets(self) -> int:
        """The bits of what it reads. Amounts are converted by the deal, whose lines are part of it."""
        read = facets_of(self.passing) | self.by.facets
        return read | (self.field.facets if self.field else 0)


def read_figure(written: Aggregator, vocabulary: Vocabulary) -> Figure:
    """What an aggregator computes. Raises InvalidInput that names the place."""
    catalogue, zone = vocabulary.catalogue, vocabulary.zone
    owner = catalogue.subject(written.subject)
    relation = owner.relations[written.source]
    rows = catalogue.subject(relation.target)
    function = FUNCTIONS[written.function]
    by = _field(rows, written.by or DEFAULT_BY[written.source], "by")
    if by.kind not in TIMES:
        raise InvalidInput.of("by", f"{by.label} is no date.")
    if function.name == "days_since" and by.kind is not Kind.MOMENT:
        raise InvalidInput.of("by", "Days are counted since a date-time; the max of a date gives the date itself.")
    field, amount = _what(written, rows, function)
    filtered = check_filter(parse_filter(written.filter), catalogue, relation.target, zone)
    asked = parse_filter(_window(written.window, by), "window")
    window = _in_place(written.window, lambda: check_filter(asked, catalogue, relation.target, zone))
    where = AllOf(tuple(part for part in (filtered, window) if part != AllOf(())))
    kind = field.kind if field else Kind.NUMBER
    value_type = function.type_of(kind, whole=field is not None and field.cast == "bigint")
    return Figure(owner, function, relation, rows, where, by, field, amount, written.last_n, value_type, filtered)


def _what(written: Aggregator, rows: Subject, function: Function) -> tuple[FilterField | None, Amount | None]:
    if not function.kinds:
        if written.field is not None:
            raise InvalidInput.of("field", f"{function.name} has no field.")
        if written.net_of_returns:
            raise InvalidInput.of("net_of_returns", "This goes with an amount or a quantity.")
        return None, None
    if written.field is None:
        raise InvalidInput.of("field", f"Say of which field the {function.name} is to be taken.")
    name: str | None = written.field
    if written.net_of_returns:
        name = net_field(written.source, written.field)
        if name is None:
            raise InvalidInput.of("net_of_returns", f"{shown(written.field)} is nothing that can be returned.")
    field = _field(rows, name or "", "field")
    if field.kind not in function.kinds:
        kinds = ", ".join(sorted(kind.phrase for kind in function.kinds))
        told = f"{field.label} is {field.kind.phrase}; the {function.name.replace('_', ' ')} is taken of {kinds}."
        raise InvalidInput.of("field", told)
    amount = None if function.name == "count_distinct" else field.amount
    return field, amount


def _field(rows: Subject, name: str, place: str) -> FilterField:
    return field_of(rows, name, place)


def _window(window: Any, by: FilterField) -> Any:
    """The window as a filter of the rows; a stored date that is not set is in no window."""
    if not isinstance(window, dict):
        raise InvalidInput.of("window", _WINDOWS)
    if not window:
        return {}
    if window.keys() == {"last"}:
        return {"field": by.name, "op": "in_last", "value": window["last"]}
    if window.keys() == {"current"}:
        if window["current"] not in _CURRENT:
            raise InvalidInput.of("window.current", f"There are: {', '.join(_CURRENT)}.")
        return {"field": by.name, "op": "in_current", "value": window["current"]}
    if not window.keys() <= {"from", "to"}:
        raise InvalidInput.of("window", _WINDOWS)
    if any(isinstance(edge, dict) for edge in window.values()):
        return {"field": by.name, "op": "in_window", "value": window}
    return _calendar(window, by)


def _in_place(window: Any, check: Callable[[], Checked]) -> Checked:
    """What is wrong with a window is told where it was written."""
    try:
        return check()
    except InvalidInput as refused:
        place = "window.last" if "last" in window else "window"
        raise InvalidInput.of(place, "; ".join(one for some in refused.fields.values() for one in some)) from None


def _calendar(window: Mapping[str, Any], by: FilterField) -> Any:
    """From the first day to the last one, both included; either may be missing."""
    days = {}
    for edge, value in window.items():
        try:
            days[edge] = parse_date(value)
        except ValueError as error:
            raise InvalidInput.of(f"window.{edge}", str(error)) from None
    if len(days) == 2 and days["from"] > days["to"]:
        raise InvalidInput.of("window", "The window ends before it begins.")
    parts: list[Any] = [{"field": by.name, "op": "is_set"}]
    if "from" in days:
        parts.append({"not": {"field": by.name, "op": "before", "value": days["from"].isoformat()}})
    if "to" in days:
        after = days["to"] + timedelta(days=1)
        if after.year > 2199:
            raise InvalidInput.of("window.to", "The last day is 2199-12-30.")
        parts.append({"field": by.name, "op": "before", "value": after.isoformat()})
    return {"all": parts}
