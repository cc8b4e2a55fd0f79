"""The composition root of what is derived for contacts: every kind of definition, and what it may speak of."""

from __future__ import annotations

from dealt.aggregators import AggregatorDeriver
from dealt.freshness import Derived
from dealt.rfm import RfmDeriver
from dealt.segments import SegmentDeriver
from dealt.subjects import SubjectVocabulary


def build_derived() -> Derived:
    """The settler of all derived data, with the caches of one process."""
    return Derived([AggregatorDeriver(), RfmDeriver(), SegmentDeriver()], SubjectVocabulary())
