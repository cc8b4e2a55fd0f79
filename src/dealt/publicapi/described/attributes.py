"""What the document says of custom attributes."""

from __future__ import annotations

from dealt.attributes import VALUE_TYPES
from dealt.publicapi import attributes
from dealt.publicapi.described.parts import recorded
from dealt.publicapi.openapi import (
    PAGING,
    Answer,
    Body,
    Chapter,
    Operation,
    any_of,
    argument,
    array,
    choice,
    deleted,
    enlarged,
    flag,
    identifier,
    made,
    obj,
    page_of,
    partial,
    said,
    text,
)

_CONTENT = choice(("clientuser", "company", "deal", "product", "activity", "event"), "Which kind of object has it.")
_TYPE = choice(sorted(VALUE_TYPES), "What its values are.")
_PATHS = ("/attributes/<int:id>/",)
_COMMON = {
    "name": text("As people read it.", longest=255),
    "value_type": _TYPE,
    "content_type": _CONTENT,
    "choices": array(text(longest=255), "The values that it may have; any, where there are none.", most=1000),
    "allow_multiple_choices": flag(),
    "description": text(longest=10_000),
}
_EVENT = {"event": identifier("The event that has it, where `content_type` is `event`.")}
_ANSWERED = enlarged(
    obj({
        "id": identifier(), **_COMMON, "name_std": text("The key by which objects carry it."),
        "declared": flag("Whether it was made here, and refuses other values; else its type was inferred."),
        "warning": text("What a client should know of its values, such as that its type was widened."),
    }),
    _EVENT,
)  # fmt: skip
_CONTENT_1 = choice(("user", "company", "deal", "product", "activity", "event"), "Which kind of object has it.")
_ATTRIBUTE = recorded("Attribute", _ANSWERED, enlarged(_ANSWERED, {"content_type": _CONTENT_1}))
_SENT = obj(
    _COMMON
    | _EVENT
    | {"value_type": any_of(_TYPE, choice((1, 2, 3, 4, 5, 6, 7), "Its number."), description="What it holds.")},
    required=["name", "value_type", "content_type"],
)
CHAPTER = Chapter(
    "Attributes",
    "Custom attributes: their types, and what objects of each kind may carry.",
    {
        attributes.list_all: Operation(
            id="listAttributes", summary="List attributes", lists=_PATHS, refusals=(404,),
            query=(argument("content_type", _CONTENT, "Attributes of this kind of object.", "deal"),
                   argument("event", identifier(), "Attributes of this event."), *PAGING),
            answers={200: Answer("One page.", page_of(_ATTRIBUTE))},
        ),
        attributes.add: Operation(
            id="createAttribute", summary="Declare an attribute", makes=_PATHS,
            body=Body(_SENT, {"name": "Gift wrapping", "value_type": "boolean", "content_type": "deal"}),
            answers=made(_ATTRIBUTE),
        ),
        attributes.get: Operation(id="getAttribute", summary="Read an attribute", answers=said(_ATTRIBUTE)),
        attributes.change: Operation(
            id="updateAttribute", summary="Change an attribute", body=Body(partial(_SENT), {"description": "A bow."}),
            answers=said(_ATTRIBUTE),
        ),
        attributes.remove: Operation(
            id="deleteAttribute", summary="Delete an attribute", answers=deleted,
        ),
    },
)  # fmt: skip
