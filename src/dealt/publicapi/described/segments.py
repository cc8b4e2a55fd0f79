"""What the document says of segments."""

from __future__ import annotations

from dealt.publicapi import segments
from dealt.publicapi.described.parts import or_null, recorded
from dealt.publicapi.described.user_shapes import USER
from dealt.publicapi.openapi import (
    PAGING,
    Answer,
    Body,
    Chapter,
    Operation,
    anything,
    argument,
    array,
    choice,
    deleted,
    enlarged,
    flag,
    identifier,
    link,
    made,
    moment,
    nullable,
    obj,
    page_of,
    partial,
    said,
    text,
    whole,
)
from dealt.segments import SUBJECTS

_ONE = "/segments/<int:id>/"
_FILTER = {"type": "object", "description": "Who belongs, in the filter language; an empty one: everybody."}
_SUBJECT = choice(SUBJECTS, "What belongs to it; a segment keeps its subject.")
_SET = {"name": text(longest=255), "description": or_null(text(longest=10_000)), "filter": _FILTER}
_FIELDS = obj({
    "id": identifier(),
    "name": text(longest=255), "description": text(longest=10_000),
    "users": or_null(link(), "Where its users are; null for other subjects."),
    "object_count": whole("How many belong.", least=0),
    "too_heavy": flag("Whether it was put aside, because computing it failed or took too long."),
    "update_interval": whole("Always 0: members follow every change at once."),
    "last_counted": moment(), "updated_at": moment(), "created_at": moment(),
    "subject": _SUBJECT, "kind": choice(("dynamic", "static"), "A static one is a copy of members."),
    "filter": _FILTER, "sentence": text("The filter in English."),
    "members": link("Where whatever belongs is, with the time it entered."),
    "error": text("Why nobody belongs, where it cannot be computed."),
    "as_of": or_null(moment(), "The moment whose changes are all followed; null while all are looked at."),
    "progress": nullable(obj({"done": whole(least=0), "total": or_null(whole(least=0))})),
})  # fmt: skip
_SEGMENT = recorded("Segment", _FIELDS)
OF_USER = recorded("SegmentOfUser", enlarged(_FIELDS, {"entered_at": moment()}, required=("entered_at",)))
_SENT = obj({**_SET, "subject": _SUBJECT}, required=("name", "filter"))
_LISTED = obj({"id": identifier(), "custom_id": or_null(text()), "name": or_null(text())})
_MEMBER = recorded("SegmentMember", enlarged(_LISTED, {"entered_at": moment()}, required=("entered_at",)))
_SOME = obj({"count": whole(least=0), "sample": array(_LISTED, "The first of them.", most=10)})
_PREVIEW = recorded("SegmentPreview", enlarged(_SOME, {"subject": _SUBJECT, "sentence": text()}))
_CHANGES = recorded("SegmentChanges", obj({"sentence": text(), "entering": _SOME, "leaving": _SOME}))
_CONDITION = obj({
    "path": text("Where in the filter."), "sentence": text(), "holds": flag(),
    "figure": anything("What was counted or computed, or null."),
    "related": array(identifier(), "What is behind it, such as deals.", most=10),
    "related_to": or_null(text("What these are: deal, event, product ...")),
    "decides": flag("Whether the whole answer turns round with this condition alone."),
    "flips": text("How it stands, and what would change it."),
    "changes_at": or_null(moment(), "When it may change by itself."),
})  # fmt: skip
_EXPLAINED = recorded("SegmentExplained", obj({"id": identifier(), "holds": flag(), "conditions": array(_CONDITION)}))
_EXAMPLE = {
    "name": "Buyers", "description": "Bought for more than 100",
    "filter": {"relation": "deals", "where": {"field": "value", "op": "greater", "value": 100}},
}  # fmt: skip
CHAPTER = Chapter(
    "Segments",
    "Saved filters over users, deals, products and companies, whose members follow every change at once.",
    {
        segments.list_segments: Operation(
            id="listSegments", summary="List segments", query=PAGING, lists=(_ONE,), refusals=(404,),
            answers={200: Answer("One page.", page_of(_SEGMENT))},
        ),
        segments.add_segment: Operation(
            id="createSegment", summary="Create a segment", body=Body(_SENT, _EXAMPLE), makes=(_ONE,),
            answers=made(_SEGMENT), description="Its members are found in the background.", refusals=(409,),
        ),
        segments.preview_segment: Operation(
            id="previewSegment", summary="Count who passes a filter", answers=said(_PREVIEW),
            body=Body(obj({"subject": _SUBJECT, "filter": _FILTER}, required=("filter",)),
                      {"filter": _EXAMPLE["filter"]}),
            description="Nothing is saved. A filter that takes longer than 5 seconds is refused.",
        ),
        segments.get_segment: Operation(id="getSegment", summary="Read a segment", answers=said(_SEGMENT)),
        segments.change_segment: Operation(
            id="updateSegment", summary="Change a segment", answers=said(_SEGMENT),
            body=Body(partial(_SENT), {"description": "Bought for more than 100 at once"}),
        ),
        segments.remove_segment: Operation(
            id="deleteSegment", summary="Delete a segment", answers=deleted, refusals=(409,),
            description="One that others name is not deleted.",
        ),
        segments.list_users: Operation(
            id="listUsersOfSegment", summary="List the users of a segment", query=PAGING,
            answers={200: Answer("One page.", page_of(USER))},
        ),
        segments.list_members: Operation(
            id="listMembersOfSegment", summary="List the members of a segment", query=PAGING,
            answers={200: Answer("One page.", page_of(_MEMBER))},
        ),
        segments.changes_of_segment: Operation(
            id="previewSegmentChanges", summary="Count who would enter and leave", answers=said(_CHANGES),
            body=Body(obj({"filter": _FILTER}), {"filter": {}}), description="If the filter were this one.",
        ),
        segments.explain_segment: Operation(
            id="explainSegment", summary="Explain why somebody belongs", answers=said(_EXPLAINED),
            query=(
                argument("user_id", identifier(), "The user."),
                argument("user_custom_id", text(), "Your own id of the user.", "john-doe-01"),
                argument("user_key", text(), "The key of the user's cookie."),
                argument("id", identifier(), "The deal, product or company, for segments of those."),
            ),
        ),
        segments.snapshot: Operation(
            id="snapshotSegment", summary="Copy the members of a segment", refusals=(409,),
            body=Body(obj({"name": text(longest=255), "description": or_null(text(longest=10_000))},
                          required=("name",)), {"name": "Buyers of January"}),
            answers={201: Answer("A static segment.", _SEGMENT)},
        ),
    },
)  # fmt: skip
