"""What the filter builder can offer: subjects, fields, relations and operators as this server knows them."""

from __future__ import annotations

from typing import Any

from dealt.accounts import MEMBERS, Snapshot
from dealt.contacts import STATUSES as CONTACT_STATUSES
from dealt.deals import Status
from dealt.pipelines import PIPELINES
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
    Names,
    Operator,
    Subject,
)

MOST_OPTIONS = 1_000
"""Tags, lists or segments that a choice offers; others are still found by their id."""
_LABELS = {"in_window": "is in the window", "between": "is between"}


def words_of(catalogue: FilterCatalogue, snapshot: Snapshot) -> dict[str, Any]:
    """Every subject by name, and the operators with what each takes."""
    options = _options(snapshot)
    return {
        "subjects": {name: _subject(subject, options) for name, subject in catalogue.subjects.items()},
        "operators": [_operator(one) for one in OPERATORS.values()],
        "units": UNITS,
        "calendars": CALENDARS,
        "weekdays": WEEKDAYS,
        "measures": MEASURES,
        "picks": PICKS,
        "quantifiers": QUANTIFIERS,
    }


def _subject(subject: Subject, options: dict[tuple[str, str], list[tuple[Any, str]]]) -> dict[str, Any]:
    return {
        "label": subject.label,
        "fields": [_field(one, options.get((subject.name, one.name))) for one in subject.fields.values()],
        "memberships": [_membership(one) for one in subject.memberships.values()],
        "relations": [
            {"name": one.name, "label": one.label, "one": one.one, "target": one.target, "by": one.by}
            for one in subject.relations.values()
        ],
    }


def _field(field: FilterField, options: list[tuple[Any, str]] | None) -> dict[str, Any]:
    shown = {"name": field.name, "label": field.label, "kind": str(field.kind), "whole": field.cast == "bigint"}
    if field.choices:
        options = [(choice, choice) for choice in field.choices]
    return shown | ({"options": options} if options else {})


def _membership(one: Membership) -> dict[str, Any]:
    some = list(one.ids.items())[:MOST_OPTIONS]
    return {"name": one.name, "label": one.label, "options": [[number, name] for name, number in some]}


def _operator(one: Operator) -> dict[str, Any]:
    """Its label is its sentence without field and value."""
    bare = one.sentence.replace("{field}", "").replace("{value}", "…").strip(" …")
    label = _LABELS.get(one.name, " ".join(bare.split()))
    return {"name": one.name, "label": label, "takes": one.takes, "kinds": sorted(str(kind) for kind in one.kinds)}


def names_of(snapshot: Snapshot) -> Names:
    """What people call the values of fields that hold numbers: stages, statuses, members and the like."""
    return {place: dict(options) for place, options in _options(snapshot).items()}


def _options(snapshot: Snapshot) -> dict[tuple[str, str], list[tuple[Any, str]]]:
    """Names for the numbers of stages, pipelines, statuses, loss reasons and members, by subject and field."""
    pipelines = snapshot.part(PIPELINES)
    several = len(pipelines.pipelines) > 1
    stages: list[tuple[Any, str]] = [
        (one.id, f"{pipelines.pipelines[one.pipeline_id].name}: {one.name}" if several else one.name)
        for one in pipelines.stages.values()
    ]
    statuses: list[tuple[Any, str]] = [(int(status), status.name.replace("_", " ").capitalize()) for status in Status]
    members: list[tuple[Any, str]] = list(snapshot.part(MEMBERS).items())
    contact_statuses: list[tuple[Any, str]] = [(key, word.capitalize()) for key, word in CONTACT_STATUSES.items()]
    named: dict[tuple[str, str], list[tuple[Any, str]]] = {
        ("contact", "status"): contact_statuses,
        ("deal", "stage"): stages,
        ("deal", "status"): statuses,
        ("deal", "pipeline"): [(one.id, one.name) for one in pipelines.pipelines.values()],
        ("deal", "loss_reason"): list(pipelines.loss_reasons.items()),
        ("line", "deal_stage"): stages,
        ("line", "deal_status"): statuses,
    }
    return named | {(subject, "assigned_to"): members for subject in ("contact", "deal", "company", "task")}
