"""What the document says of the search over everything."""

from __future__ import annotations

from dealt.publicapi import searching
from dealt.publicapi.described.parts import recorded
from dealt.publicapi.openapi import (
    Chapter,
    Operation,
    argument,
    array,
    choice,
    identifier,
    nullable,
    obj,
    said,
    text,
    whole,
)
from dealt.searching import KINDS, LONGEST_TEXT, MOST_HITS

_HIT = obj(
    {
        "object_type": choice(KINDS),
        "id": identifier(),
        "name": text(),
        "detail": nullable(text("What tells it from others of the same name.")),
        "custom_id": nullable(text()),
        "image_url": nullable(text("Of a product.")),
    }
)
_HITS = recorded("Hits", obj({"hits": array(_HIT)}))

CHAPTER = Chapter(
    "Search",
    "Contacts, companies, products and deals by any part of what names them.",
    {
        searching.search_all: Operation(
            id="searchEverything", summary="Search everything",
            query=(
                argument("q", text(minLength=1, longest=LONGEST_TEXT),
                    "Every word must occur; words of one or two characters at the beginning of a word.", "mug",
                    required=True),
                argument("object_types", text(), f"Some of {', '.join(KINDS)}, with commas between them.", "product"),
                argument("limit", whole(least=1, most=MOST_HITS), "Hits of each kind; 8 unless told."),
            ),
            answers=said(_HITS, "By kind, best first."),
        ),
    },
)  # fmt: skip
