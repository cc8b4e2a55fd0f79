"""Scores as columns that lists of contacts are narrowed and ordered by."""

from __future__ import annotations

from collections.abc import Sequence

from dealt.kernel.lookups import Column
from dealt.rfm.model import SCORED, Rfm
from dealt.rfm.scoring import scores, stored


def score_column(alias: str, known: Sequence[Rfm], attribute: str) -> Column | None:
    """What ``attribute`` shows of a contact, which a statement calls ``alias``; None where it is no score."""
    for rfm in known:
        for name in SCORED:
            if rfm.attribute(name) == attribute:
                score = scores(stored(rfm), rfm.edges)[name]
                whose = f"FROM contact_derived AS derived WHERE derived.contact_id = {alias}.id"
                kind = "string" if name == "group" else "integer"
                return Column(f"(SELECT {score.text} {whose})", kind, score.values)
    return None
