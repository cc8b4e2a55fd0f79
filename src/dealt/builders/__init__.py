"""The pages on which people say what they want computed: segments, aggregators and RFM, each with a preview."""

from dealt.builders.aggregators import ROUTES as AGGREGATORS
from dealt.builders.filtering import (
    NAMING,
    Filtered,
    as_equals,
    filtered,
    joined,
    may_name_people,
    read_written,
    spelled,
    written_out,
)
from dealt.builders.looking import ROUTES as LOOKING
from dealt.builders.panel import Panel
from dealt.builders.rfm import ROUTES as RFM
from dealt.builders.segments import ROUTES as SEGMENTS
from dealt.web import Place

ROUTES = [*LOOKING, *SEGMENTS, *AGGREGATORS, *RFM]
PLACES = [
    Place("Segments", "/segments/", "segments", order=70, icon="segments", keys="g s"),
    Place("Aggregators", "/aggregators/", "aggregators", order=80, icon="aggregators", keys="g a"),
    Place("RFM", "/rfm/", "segments", order=85, icon="chart", keys="g r"),
]

__all__ = [
    "NAMING",
    "PLACES",
    "ROUTES",
    "Filtered",
    "Panel",
    "as_equals",
    "filtered",
    "joined",
    "may_name_people",
    "read_written",
    "spelled",
    "written_out",
]
