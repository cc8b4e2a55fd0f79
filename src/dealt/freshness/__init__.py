"""Keeps what is derived from orders exact: contacts that changed are recomputed, as sets, under their locks."""

from dealt.freshness import facets
from dealt.freshness.ages import Age, ages
from dealt.freshness.auditing import Drift, Found, check_derived, check_reads, is_spreading, mend_derived
from dealt.freshness.backfill import Backfill, Progress, read_progress
from dealt.freshness.changing import BACKFILL, definitions_changed, everything_changed
from dealt.freshness.derived import Derived, Plan, Step, run_steps
from dealt.freshness.derivers import Definition, Deriver, LoadVocabulary, Provided, Run, Stored, Unit, Vocabulary, Work
from dealt.freshness.fanning import FAN_OUT, definitions_name, do_fan_out, fan_out
from dealt.freshness.following import follow_companies, mark_objects
from dealt.freshness.giving_way import give_way
from dealt.freshness.large import Large
from dealt.freshness.model import MOST_CONTACTS, Settler
from dealt.freshness.narrowing import Narrowing
from dealt.freshness.quarantine import Failed
from dealt.freshness.queries import BEGIN_SETTLING, CONTACTS_OF, LOOKED_AT_BY_SEGMENTS, STALE_DUE, WAKE_DUE
from dealt.freshness.rounds import SettlingRounds
from dealt.freshness.settling import Settling, hold_contacts
from dealt.freshness.strata import check_acyclic, dependents, strata
from dealt.freshness.waking import WakingRounds, wake

__all__ = [
    "BACKFILL",
    "BEGIN_SETTLING",
    "CONTACTS_OF",
    "FAN_OUT",
    "LOOKED_AT_BY_SEGMENTS",
    "MOST_CONTACTS",
    "STALE_DUE",
    "WAKE_DUE",
    "Age",
    "Backfill",
    "Definition",
    "Derived",
    "Deriver",
    "Drift",
    "Failed",
    "Found",
    "Large",
    "LoadVocabulary",
    "Narrowing",
    "Plan",
    "Progress",
    "Provided",
    "Run",
    "Settler",
    "Settling",
    "SettlingRounds",
    "Step",
    "Stored",
    "Unit",
    "Vocabulary",
    "WakingRounds",
    "Work",
    "ages",
    "check_acyclic",
    "check_derived",
    "check_reads",
    "definitions_changed",
    "definitions_name",
    "dependents",
    "do_fan_out",
    "everything_changed",
    "facets",
    "fan_out",
    "follow_companies",
    "give_way",
    "hold_contacts",
    "is_spreading",
    "mark_objects",
    "mend_derived",
    "read_progress",
    "run_steps",
    "strata",
    "wake",
]
