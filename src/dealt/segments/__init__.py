"""Segments: saved filters over contacts, deals, products and companies, whose members are kept exact."""

from dealt.segments.auditing import check_objects
from dealt.segments.defaults import DEFAULTS, set_up_segments
from dealt.segments.deriving import SegmentDeriver
from dealt.segments.keeping import (
    Keeper,
    create_segment,
    delete_segment,
    read_segment,
    restore_segment,
    snapshot_segment,
    update_segment,
)
from dealt.segments.model import DYNAMIC, KIND, OBJECTS, STATIC, SUBJECTS, Segment
from dealt.segments.moving import move_deal_members
from dealt.segments.objects import ObjectRounds
from dealt.segments.previewing import Changes, Preview, Some, explain_member, preview, preview_changes
from dealt.segments.reading import (
    Standing,
    known_as_of,
    page_of_contacts_segments,
    page_of_members,
    page_of_segments,
    standings,
)
from dealt.segments.settling_objects import leave_gone

__all__ = [
    "DEFAULTS",
    "DYNAMIC",
    "KIND",
    "OBJECTS",
    "STATIC",
    "SUBJECTS",
    "Changes",
    "Keeper",
    "ObjectRounds",
    "Preview",
    "Segment",
    "SegmentDeriver",
    "Some",
    "Standing",
    "check_objects",
    "create_segment",
    "delete_segment",
    "explain_member",
    "known_as_of",
    "leave_gone",
    "move_deal_members",
    "page_of_contacts_segments",
    "page_of_members",
    "page_of_segments",
    "preview",
    "preview_changes",
    "read_segment",
    "restore_segment",
    "set_up_segments",
    "snapshot_segment",
    "standings",
    "update_segment",
]
