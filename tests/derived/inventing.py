"""Definitions made up at random: filters of every subject, aggregators of every function, windows of every kind."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.derived.adding import kind_of
from tests.derived.fields import CHOICES, DATE, MOMENT, NUMBER, TEXT, TRUTH, kinds_of
from tests.derived.reckoning import TARGETS, WEEKDAYS
from tests.derived.scoring import KEY, SCORES

SUBJECTS = ("contact", "deal", "product", "company")
FUNCTIONS = (
    "count", "count_distinct", "sum", "average", "min", "max", "median", "first", "last", "most_common", "days_since",
    "last_values",
)  # fmt: skip
TAGS = ("vip", "sale")
LISTS = ("news", "friends")
EVENTS = ("visited", "asked")
TEXTS = ("PL", "DE", "pl", "Anna", "DHL", "EUR", "USD", "books", "SKU-1", "")
_RELATIONS = {
    "contact": (
        "deals",
        "deals",
        "order_products",
        "events",
        "product_events",
        "page_views",
        "companies",
        "tasks",
        "products",
    ),
    "deal": ("order_products", "contact", "company", "tasks", "products"),
    "line": ("deal", "product"),
    "product": ("deals",),
    "product_event": ("product",),
    "company": ("contacts", "deals", "order_products", "events", "product_events"),
}
_SPANS = (
    {"minutes": 90}, {"hours": 1}, {"hours": 25}, {"days": 1}, {"days": 7}, {"days": 30}, {"weeks": 2}, {"months": 1},
    {"months": 3}, {"years": 1},
)  # fmt: skip
_WINDOWS = (
    {"from": {"days": -14}, "to": {"days": -7}}, {"from": {"months": -1}, "to": {"days": 0}},
    {"from": {"hours": -5}, "to": {"hours": 5}}, {"from": {"days": 1}, "to": {"weeks": 2}},
)  # fmt: skip
_CALENDARS = ("day", "week", "month", "quarter", "year")
_OPERATORS = {
    TEXT: ("equals", "not_equals", "in", "not_in", "contains", "not_contains", "starts_with", "ends_with"),
    NUMBER: ("equals", "not_equals", "in", "not_in", "greater", "greater_or_equal", "less", "less_or_equal", "between"),
    TRUTH: ("is_true", "is_false"),
}
_CHOOSING = ("equals", "not_equals", "in", "not_in")
_TIMES = (
    "before", "after", "on", "between", "in_last", "in_next", "more_than_ago", "more_than_ahead", "in_window",
    "in_current", "anniversary_today", "day_of_week",
)  # fmt: skip


class Inventor:
    """Makes up what fits the definitions that there are: ``aggregators`` by target, ``segments`` by name."""

    def __init__(
        self, rng: Random, year: int, aggregators: dict[str, dict[str, Any]], segments: dict[str, dict[str, Any]]
    ) -> None:
        self._rng, self._year = rng, year
        self._aggregators, self._segments = aggregators, segments

    def segment(self, name: str) -> dict[str, Any]:
        """A segment of any subject."""
        subject = self._rng.choice(SUBJECTS[:1] * 4 + SUBJECTS[:2] * 2 + SUBJECTS)
        return {"name": name, "subject": subject, "filter": self.filter(subject)}

    def aggregator(self, name: str) -> dict[str, Any]:
        """An aggregator of any source and function; its target is its name."""
        rng = self._rng
        source = rng.choice(("deals", "deals", "order_products", "events", "product_events"))
        subject, function = TARGETS[source], rng.choice(FUNCTIONS)
        body: dict[str, Any] = {"name": name, "target": name, "source": source, "function": function}
        body["subject"] = rng.choice(("contact", "contact", "company"))
        body |= {"filter": self.filter(subject, 2) if rng.random() < 0.6 else {}, "window": self.window()}
        if subject == "deal" and rng.random() < 0.3:
            body["by"] = rng.choice(("created_at", "paid_at", "stage_entered_at"))
            if function != "days_since" and rng.random() < 0.5:
                body["by"] = "due"
        if function not in ("count", "days_since"):
            body["field"] = self._field_for(subject, function)
        if body.get("field") in ("value", "total", "quantity") and subject in ("deal", "line"):
            nets = {"deal": ("value",), "line": ("total", "quantity")}[subject]
            body["net_of_returns"] = body["field"] in nets and rng.random() < 0.5
        if function == "last_values":
            body["last_n"] = rng.randint(1, 4)
        return body

    def window(self) -> dict[str, Any]:
        """A window of any kind."""
        rng = self._rng
        first, last = sorted(f"{self._year}-{rng.randint(1, 12):02}-{rng.choice((1, 15, 28))}" for _ in range(2))
        first, last = (day if len(day) == 10 else day[:8] + "0" + day[8:] for day in (first, last))
        return dict(
            rng.choice(
                (
                    {}, {}, {"last": rng.choice(_SPANS)}, {"last": rng.choice(_SPANS)},
                    {"current": rng.choice(_CALENDARS)}, rng.choice(_WINDOWS), {"from": min(first, last)},
                    {"from": min(first, last), "to": max(first, last)},
                )
            )
        )  # fmt: skip

    def filter(self, subject: str, depth: int = 3, *, own: bool | None = None) -> dict[str, Any]:
        """A condition, or a group of some; of ``own`` rows only, unless companies or products are asked."""
        self._own = subject not in ("product", "company") if own is None else own
        rng = self._rng
        if depth and rng.random() < 0.35:
            parts = [self.filter(subject, depth - 1, own=self._own) for _ in range(rng.randint(1, 3))]
            return rng.choice(({"all": parts}, {"any": parts}, {"not": parts[0]}))
        reachable = not self._own or subject not in ("product", "company")
        if depth and reachable and subject in _RELATIONS and rng.random() < 0.5:
            return self._relation(subject, depth - 1)
        return self._member(subject) or self._leaf(subject)

    def _relation(self, subject: str, depth: int) -> dict[str, Any]:
        rng = self._rng
        name = rng.choice(_RELATIONS[subject])
        target = TARGETS[name]
        node: dict[str, Any] = {"relation": name}
        if rng.random() < 0.6:
            node["where"] = self.filter(target, depth, own=self._own)
        way = rng.choice(("quantifier", "measure", "pick"))
        if way == "measure":
            return node | self._measure(target)
        if way == "pick" and target in ("deal", "line", "event", "product_event", "page_view", "task"):
            return node | {"pick": rng.choice(("first", "last")), "is": self.filter(target, depth, own=self._own)}
        quantifier = rng.choice(("any", "none", "at_least", "at_most"))
        counted = {"count": rng.randint(0, 3)} if quantifier.startswith("at_") else {}
        return node | {"quantifier": quantifier, **counted}

    def _measure(self, target: str) -> dict[str, Any]:
        rng = self._rng
        measure = rng.choice(("count", "count_distinct", "sum", "average", "min", "max"))
        told: dict[str, Any] = {"measure": measure}
        kind = NUMBER
        if measure != "count":
            kinds = {NUMBER, DATE, MOMENT} if measure in ("min", "max") else {NUMBER}
            kinds = kinds | {TEXT, TRUTH} if measure == "count_distinct" else kinds
            fitting = [name for name, one in kinds_of(target).items() if one in kinds]
            if not fitting:
                return {"measure": "count", "op": "greater", "value": 1}
            told["field"] = rng.choice(fitting)
            kind = kinds_of(target)[told["field"]] if measure in ("min", "max") else NUMBER
        return told | self._compared(kind, "")

    def _member(self, subject: str) -> dict[str, Any] | None:
        rng = self._rng
        choices: list[tuple[str, tuple[str, ...]]] = []
        if subject in ("contact", "deal", "product", "company"):
            choices.append(("tags", TAGS))
        if subject == "contact":
            choices.append(("lists", LISTS))
        if subject == "event":
            choices.append(("event", EVENTS))
        nested = tuple(name for name, one in self._segments.items() if one["subject"] == subject)
        if nested:
            choices += [("segments", nested)] * 2
        if not choices or rng.random() < 0.6:
            return None
        name, members = rng.choice(choices)
        value = rng.sample(members, rng.randint(1, min(2, len(members))))
        return {"field": name, "op": rng.choice(("in_any", "in_all", "in_none")), "value": value}

    def _leaf(self, subject: str) -> dict[str, Any]:
        kinds = dict(kinds_of(subject))
        if subject in ("contact", "company"):
            derived = {
                name: kind_of(one)
                for name, one in self._aggregators.items()
                if one["function"] != "last_values" and one.get("subject", "contact") == subject
            }
            if subject == "contact" and f"{KEY}_orders" in self._aggregators:
                derived |= dict.fromkeys(SCORES, NUMBER) | {f"{KEY}_group": TEXT}
            if derived and self._rng.random() < 0.5:
                kinds = derived
        name = self._rng.choice(sorted(kinds))
        return {"field": name, **self._compared(kinds[name], name)}

    def _compared(self, kind: str, name: str) -> dict[str, Any]:
        rng = self._rng
        if rng.random() < 0.15:
            return {"op": rng.choice(("is_set", "is_not_set"))}
        choices = CHOICES.get(name, ())
        op = rng.choice(_CHOOSING if choices else _OPERATORS.get(kind, _TIMES))
        if op in ("is_true", "is_false", "anniversary_today"):
            return {"op": op}
        return {"op": op, "value": self._value(kind, op, choices)}

    def _value(self, kind: str, op: str, choices: Any) -> Any:
        rng = self._rng
        told: dict[str, Any] = {
            "in_last": _SPANS, "in_next": _SPANS, "more_than_ago": _SPANS, "more_than_ahead": _SPANS,
            "in_window": _WINDOWS, "in_current": _CALENDARS, "day_of_week": [list(WEEKDAYS[:3]), list(WEEKDAYS[4:])],
        }  # fmt: skip
        if op in told:
            return rng.choice(told[op])
        if op == "on":
            return self._single(DATE, ())
        if op == "between":
            return sorted(self._single(kind, choices) for _ in range(2))
        if op in ("in", "not_in"):
            return [self._single(kind, choices) for _ in range(rng.randint(1, 3))]
        return self._single(kind, choices)

    def _single(self, kind: str, choices: Any) -> Any:
        rng = self._rng
        if kind == NUMBER:
            return rng.choice((0, 1, 2, 3, 10, 10.5, 20, 50, 100))
        if kind == TEXT:
            return rng.choice(choices or TEXTS)
        day = f"{self._year}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
        return day if kind == DATE else f"{day}T{rng.randint(0, 23):02}:30:00+00:00"

    def _field_for(self, subject: str, function: str) -> str:
        kinds = {NUMBER}
        if function in ("min", "max"):
            kinds |= {DATE, MOMENT}
        if function in ("count_distinct", "first", "last", "most_common", "last_values"):
            kinds |= {DATE, MOMENT, TEXT, TRUTH}
        return self._rng.choice(sorted(name for name, kind in kinds_of(subject).items() if kind in kinds))
