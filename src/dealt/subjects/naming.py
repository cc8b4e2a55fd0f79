"""What people call the values of fields that hold numbers: stages, statuses, members and the like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from dealt.accounts import MEMBERS, Snapshot
from dealt.contacts import GENDERS
from dealt.contacts import STATUSES as CONTACT_STATUSES
from dealt.deals import Status
from dealt.pipelines import PIPELINES

Named: TypeAlias = Mapping[tuple[str, str], Mapping[int, str]]
"""Names by number, for the fields of subjects."""

_DEAL_STATUSES = {status.name.replace("_", " ").lower(): int(status) for status in Status}
WORDS: Mapping[tuple[str, str], Mapping[str, int]] = {
    ("contact", "gender"): {word: number for number, word in GENDERS.items()},
    ("contact", "status"): {word: number for number, word in CONTACT_STATUSES.items()},
    ("deal", "status"): _DEAL_STATUSES,
    ("line", "deal_status"): _DEAL_STATUSES,
}
"""Words that stay as they are, whatever people do, and may stand in a filter instead of the number."""


def names_of(snapshot: Snapshot) -> Named:
    """The names of stages, pipelines, statuses, loss reasons and members, as they are now."""
    pipelines, members = snapshot.part(PIPELINES), dict(snapshot.part(MEMBERS))
    several = len(pipelines.pipelines) > 1
    stages = {
        one.id: f"{pipelines.pipelines[one.pipeline_id].name}: {one.name}" if several else one.name
        for one in pipelines.stages.values()
    }
    named: dict[tuple[str, str], Mapping[int, str]] = {
        place: {number: word.capitalize() for word, number in words.items()} for place, words in WORDS.items()
    }
    named |= {
        ("deal", "stage"): stages,
        ("deal", "pipeline"): {one.id: one.name for one in pipelines.pipelines.values()},
        ("deal", "loss_reason"): pipelines.loss_reasons,
        ("line", "deal_stage"): stages,
    }
    return named | {(subject, "assigned_to"): members for subject in ("contact", "deal", "company", "task")}
