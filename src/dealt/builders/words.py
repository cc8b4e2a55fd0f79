"""What the filter builder can offer: subjects, fields, relations and operators as this server knows them."""

from __future__ import annotations

from typing import Any

from dealt.predicates import (
    CALENDARS,
    MEASURES,
    OPERATORS,
    PICKS,
    QUANTIFIERS,
    UNITS,
    WEEKDAYS,
    FilterCatalogue,
    FilterField,
    Membership,
    Operator,
    Subject,
)

MOST_OPTIONS = 1_000
"""Tags, lists or segments that a choice offers; others are still found by their id."""
_LABELS = {"in_window": "is in the window", "in_current": "is in this", "between": "is between"}


def words_of(catalogue: FilterCatalogue) -> dict[str, Any]:
    """Every subject by name, and the operators with what each takes."""
    return {
        "subjects": {name: _subject(subject) for name, subject in catalogue.subjects.items()},
        "operators": [_operator(one) for one in OPERATORS.values()],
        "units": UNITS,
        "calendars": CALENDARS,
        "weekdays": WEEKDAYS,
        "measures": MEASURES,
        "picks": PICKS,
        "quantifiers": QUANTIFIERS,
    }


def _subject(subject: Subject) -> dict[str, Any]:
    return {
        "label": subject.label,
        "fields": [_field(one) for one in subject.fields.values()],
        "memberships": [_membership(one) for one in subject.memberships.values()],
        "relations": [
            {"name": one.name, "label": one.label, "one": one.one, "target": one.target, "by": one.by}
            for one in subject.relations.values()
        ],
    }


def _field(field: FilterField) -> dict[str, Any]:
    shown = {"name": field.name, "label": field.label, "kind": str(field.kind), "whole": field.cast == "bigint"}
    options: list[tuple[Any, str]] = [(choice, choice) for choice in field.choices] or list(field.names.items())
    return shown | ({"options": options} if options else {})


def _membership(one: Membership) -> dict[str, Any]:
    some = list(one.ids.items())[:MOST_OPTIONS]
    return {"name": one.name, "label": one.label, "options": [[number, name] for name, number in some]}


def _operator(one: Operator) -> dict[str, Any]:
    """Its label is its sentence without field and value."""
    bare = one.sentence.replace("{field}", "").replace("{value}", "…").strip(" …")
    label = _LABELS.get(one.name, " ".join(bare.split()))
    return {"name": one.name, "label": label, "takes": one.takes, "kinds": sorted(str(kind) for kind in one.kinds)}
