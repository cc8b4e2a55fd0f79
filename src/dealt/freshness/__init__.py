"""Keeps what is derived from orders exact: contacts that changed are recomputed, as sets, under their locks."""

from dealt.freshness.ages import Age, ages
from dealt.freshness.backfill import Backfill, Progress, read_progress
from dealt.freshness.changing import BACKFILL, definitions_changed, everything_changed
from dealt.freshness.derived import Derived, Plan
from dealt.freshness.derivers import Definition, Deriver, LoadVocabulary, Provided, Run, Vocabulary, Work
from dealt.freshness.model import MOST_CONTACTS, Settler
from dealt.freshness.queries import STALE_DUE, WAKE_DUE
from dealt.freshness.rounds import SettlingRounds
from dealt.freshness.settling import Settling, hold_contacts
from dealt.freshness.strata import check_acyclic, dependents, strata
from dealt.freshness.waking import WakingRounds, wake

__all__ = [
    "BACKFILL",
    "MOST_CONTACTS",
    "STALE_DUE",
    "WAKE_DUE",
    "Age",
    "Backfill",
    "Definition",
    "Derived",
    "Deriver",
    "LoadVocabulary",
    "Plan",
    "Progress",
    "Provided",
    "Run",
    "Settler",
    "Settling",
    "SettlingRounds",
    "Vocabulary",
    "WakingRounds",
    "Work",
    "ages",
    "check_acyclic",
    "definitions_changed",
    "dependents",
    "everything_changed",
    "hold_contacts",
    "read_progress",
    "strata",
    "wake",
]
