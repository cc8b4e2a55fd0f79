"""Filters asked of plain rows: slow and obvious, and nothing in common with the compiler but the language itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tests.derived.facts import Facts, Row
from tests.derived.fields import DATE, MOMENT, MONEY, NUMBER, TEXT, in_base, kinds_of, read_field
from tests.derived.scoring import KEY, SCORES, score
from tests.derived.times import day_of, is_anniversary, later, midnight, same

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TARGETS = {
    "deals": "deal", "order_products": "line", "events": "event", "product_events": "product_event",
    "contact": "contact", "contacts": "contact", "deal": "deal", "companies": "company", "company": "company",
    "page_views": "page_view", "tasks": "task", "products": "product", "product": "product",
}  # fmt: skip
_BY = {
    "deal": "ordered_at", "line": "ordered_at", "event": "happened_at", "product_event": "happened_at",
    "page_view": "happened_at", "task": "due_date",
}  # fmt: skip
_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "equals": lambda read, value: read == value,
    "greater": lambda read, value: read > value,
    "greater_or_equal": lambda read, value: read >= value,
    "less": lambda read, value: read < value,
    "less_or_equal": lambda read, value: read <= value,
    "before": lambda read, value: read < value,
    "after": lambda read, value: read > value,
    "in": lambda read, value: read in value,
    "between": lambda read, value: value[0] <= read <= value[1],
    "contains": lambda read, value: value.lower() in read.lower(),
    "starts_with": lambda read, value: read.lower().startswith(value.lower()),
    "ends_with": lambda read, value: read.lower().endswith(value.lower()),
}
_OPPOSITE = {"not_equals": "equals", "not_in": "in", "not_contains": "contains", "is_not_set": "is_set"}


@dataclass
class Reckoner:
    """``aggregators`` and ``segments`` are definitions as they were sent, by target and by name."""

    facts: Facts
    aggregators: dict[str, dict[str, Any]]
    segments: dict[str, dict[str, Any]]
    value_of: Callable[[Reckoner, str, Row], Any]
    kind_of: Callable[[dict[str, Any]], str]
    broken: frozenset[str] = frozenset()
    """Definitions that speak of what is gone: nothing is computed by them, and nobody belongs."""
    _members: dict[tuple[str, Any], bool] = field(default_factory=dict)

    def holds(self, node: Any, subject: str, row: Row) -> bool:
        """Whether a row passes."""
        if not node:
            return True
        if "all" in node:
            return all(self.holds(part, subject, row) for part in node["all"])
        if "any" in node:
            return any(self.holds(part, subject, row) for part in node["any"])
        if "not" in node:
            return not self.holds(node["not"], subject, row)
        if "relation" in node:
            return self._related(node, subject, row)
        return self._compare(node, subject, row)

    def is_member(self, name: str, row: Row) -> bool:
        """Whether a row is in a segment."""
        segment = self.segments[name]
        subject = segment["subject"]
        key = (name, row["id"])
        if key not in self._members:
            counts = name not in self.broken and (subject != "contact" or not row["placeholder"])
            self._members[key] = counts and (
                row["id"] in self.facts.static.get(segment["static"], ())
                if "static" in segment
                else self.holds(segment["filter"], subject, row)
            )
        return self._members[key]

    def related(self, subject: str, row: Row, relation: str) -> list[Row]:
        """The rows of a relation."""
        tables, facts = self.facts.tables, self.facts
        match subject, relation:
            case "contact", "order_products":
                return facts.of_contact("deal_lines", row["id"])
            case "contact", "companies":
                joined = {one["company_id"] for one in facts.of_contact("company_members", row["id"])}
                return [one for one in tables["companies"] if one["id"] in joined]
            case "contact", "products":
                # Once for each order that has it.
                bought = [one["product_id"] for one in facts.of_contact("deal_products", row["id"])]
                return [one for product_id in bought for one in tables["products"] if one["id"] == product_id]
            case "contact", _:
                return facts.of_contact(relation, row["id"])
            case "deal", "order_products":
                return [one for one in facts.of_contact("deal_lines", row["contact_id"]) if one["deal_id"] == row["id"]]
            case "deal", "tasks":
                return [one for one in facts.of_contact("tasks", row["contact_id"]) if one["deal_id"] == row["id"]]
            case "deal", "products":
                linked = facts.of_contact("deal_products", row["contact_id"])
                bought = [one["product_id"] for one in linked if one["deal_id"] == row["id"]]
                return [one for product_id in bought for one in tables["products"] if one["id"] == product_id]
            case "deal", "contact":
                return [one for one in facts.contacts if one["id"] == row["contact_id"]]
            case "deal", "company":
                return [one for one in tables["companies"] if one["id"] == row["company_id"]]
            case (("line" | "product_event"), "product"):
                return [one for one in tables["products"] if one["id"] == row["product_id"]]
            case "line", "deal":
                return [row["deal"]]
            case "product", "deals":
                ids = {one["deal_id"] for one in tables["deal_products"] if one["product_id"] == row["id"]}
                return [one for one in tables["deals"] if one["id"] in ids]
        if relation == "deals":
            return [one for one in tables["deals"] if one["company_id"] == row["id"]]
        if relation == "order_products":
            return [one for one in tables["deal_lines"] if one["deal"]["company_id"] == row["id"]]
        members = {one["contact_id"] for one in tables["company_members"] if one["company_id"] == row["id"]}
        if relation == "contacts":
            return [one for one in facts.contacts if one["id"] in members]
        return [one for one in tables[relation] if one["contact_id"] in members]

    def read(self, subject: str, row: Row, name: str) -> tuple[Any, str]:
        """What a row has in a field, and the kind of the field."""
        if subject == "contact" and name in (*SCORES, f"{KEY}_group"):
            figures = [self._figure(f"{KEY}_{one}", row) for one in ("orders", "last_order", "value")]
            return score(self.facts, name, *figures), NUMBER if name in SCORES else TEXT
        if name in self.aggregators and subject == self.aggregators[name].get("subject", "contact"):
            return self._figure(name, row), self.kind_of(self.aggregators[name])
        return read_field(subject, row, name), kinds_of(subject)[name]

    def _figure(self, target: str, row: Row) -> Any:
        return None if row.get("placeholder") or target in self.broken else self.value_of(self, target, row)

    def _related(self, node: Any, subject: str, row: Row) -> bool:
        target = TARGETS[node["relation"]]
        passing = [
            one
            for one in self.related(subject, row, node["relation"])
            if self.holds(node.get("where"), target, one)
        ]  # fmt: skip
        if "measure" in node:
            return self._measured(node, target, passing)
        if "pick" in node:
            return self._picked(node, target, passing)
        match node.get("quantifier", "any"):
            case "any":
                return bool(passing)
            case "none":
                return not passing
            case "at_least":
                return len(passing) >= int(node["count"])
        return len(passing) <= int(node["count"])

    def _measured(self, node: Any, target: str, rows: list[Row]) -> bool:
        measure, kind = node["measure"], NUMBER
        if measure == "count":
            return self.passes(Decimal(len(rows)), NUMBER, node["op"], node.get("value"))
        found = [value for row in rows if (value := self.read(target, row, node["field"])[0]) is not None]
        if measure == "count_distinct":
            return self.passes(Decimal(len(set(found))), NUMBER, node["op"], node.get("value"))
        if node["field"] in MONEY.get(target, ()):
            amounts = (in_base(target, row, self.read(target, row, node["field"])[0]) for row in rows)
            found = [amount for amount in amounts if amount is not None]
        if measure in ("min", "max"):
            kind = kinds_of(target)[node["field"]]
            figure = (min if measure == "min" else max)(found, default=None)
        elif measure == "sum":
            figure = sum(found, Decimal(0))
        else:
            figure = sum(found, Decimal(0)) / len(found) if found else None
        return self.passes(figure, kind, node["op"], node.get("value"))

    def _picked(self, node: Any, target: str, rows: list[Row]) -> bool:
        by = node.get("by") or _BY[target]
        dated = [(value, key_of(target, row), row) for row in rows if (value := self.read(target, row, by)[0])]
        if not dated:
            return False
        picked = (min if node["pick"] == "first" else max)(dated, key=lambda one: one[:2])
        return self.holds(node.get("is"), target, picked[2])

    def _compare(self, node: Any, subject: str, row: Row) -> bool:
        name, op, value = node["field"], node["op"], node.get("value")
        if name == "segments":
            return _among(op, [self.is_member(one, row) for one in value])
        if name == "tags":
            return _among(op, [self.facts.tags.get(one, one) in row["tag_ids"] for one in value])
        if name == "lists":
            joined = {one["list_id"] for one in self.facts.of_contact("list_members", row["id"])}
            return _among(op, [self.facts.lists.get(one, one) in joined for one in value])
        if name == "event":
            return _among(op, [self.facts.events.get(one, one) == row["definition_id"] for one in value])
        read, kind = self.read(subject, row, name)
        return self.passes(read, kind, op, value)

    def passes(self, read: Any, kind: str, op: str, value: Any) -> bool:
        """Whether a value passes an operator; what is not set passes none but the opposites."""
        if op in _OPPOSITE:
            return not self.passes(read, kind, _OPPOSITE[op], value)
        if read is None or (op == "is_set" and kind == TEXT and read == ""):
            return False
        if op in ("is_set", "is_true", "is_false"):
            return op == "is_set" or read is (op == "is_true")
        if op in _COMPARED:
            many = isinstance(value, list)
            wanted = [self._typed(one, kind) for one in value] if many else self._typed(value, kind)
            return _COMPARED[op](read, wanted)
        return self._in_time(read, op, value)

    def _in_time(self, read: datetime | date, op: str, value: Any) -> bool:
        zone, now = self.facts.zone, self.facts.now
        is_moment = isinstance(read, datetime)
        day = day_of(read, zone) if isinstance(read, datetime) else read
        at = read if isinstance(read, datetime) else midnight(read, zone)
        today = day_of(now, zone)

        def moved(span: dict[str, int], sign: int = 1) -> datetime:
            ((unit, amount),) = span.items()
            return later(at, sign * amount, unit, zone)

        match op:
            case "on":
                return day == date.fromisoformat(value)
            case "day_of_week":
                return WEEKDAYS[day.weekday()] in value
            case "in_last":
                return at <= now < moved(value)
            case "in_next":
                return moved(value, -1) <= now < at
            case "more_than_ago":
                return moved(value) <= now
            case "more_than_ahead":
                return moved(value, -1) > now
            case "in_window":
                return moved(value["to"], -1) <= now < moved(value["from"], -1)
            case "in_current":
                return same(value, day, today)
            case "anniversary_today":
                return is_anniversary(day, today)
        raise AssertionError((op, is_moment))

    def _typed(self, value: Any, kind: str) -> Any:
        if kind == NUMBER:
            return Decimal(str(value))
        if kind == DATE:
            return date.fromisoformat(value)
        return datetime.fromisoformat(value) if kind == MOMENT else value


def key_of(subject: str, row: Row) -> Any:
    """What tells rows of the same moment apart: the order in which they were made."""
    if subject == "deal":
        return row["contact_id"], row["id"]
    return (row["deal_id"], row["id"]) if subject == "line" else row["id"]


def _among(op: str, found: list[bool]) -> bool:
    return {"in_any": any(found), "in_all": all(found), "in_none": not any(found)}[op]
