"""What the document says of imports."""

from __future__ import annotations

from dealt.importing import KINDS
from dealt.publicapi import imports
from dealt.publicapi.described.parts import or_null, recorded
from dealt.publicapi.openapi import (
    PAGING,
    Answer,
    Body,
    Chapter,
    Operation,
    Parameter,
    Shape,
    anything,
    array,
    choice,
    deleted,
    flag,
    identifier,
    made,
    moment,
    nullable,
    number,
    obj,
    page_of,
    said,
    text,
    whole,
)

_PATHS = ("/imports/<int:id>/",)
_FIELDS = {
    "kind": choice(tuple(KINDS), "What the file holds."),
    "file_name": text("Its ending says what the file is: .csv, .xlsx, .ndjson or .parquet.", longest=255),
    "mapping": text("TOML; without it one is guessed.", longest=100_000),
    "silent": flag("Whether automations and webhooks are not told."),
}
_COUNTS = ("created", "updated", "older", "refused")
IMPORT = recorded(
    "Import",
    obj({
        "id": identifier(), **_FIELDS, "mapping": text("What was sent, or guessed when it was run."),
        "state": choice(("waiting", "queued", "running", "done", "failed"), "How far it is."),
        "progress": number("From 0 to 1.", least=0),
        **{name: whole(least=0) for name in _COUNTS},
        "error": or_null(text(), "Why the file could not be read."),
        "created_at": moment(), "started_at": nullable(moment()), "finished_at": nullable(moment()),
    }),
)  # fmt: skip
_SENT = obj(
    _FIELDS | {
        "tags": array(text(longest=255), "Tags for all contacts or products.", most=100),
        "list": text("The list that all contacts are put on.", longest=255),
    },
    required=["kind", "file_name"],
)  # fmt: skip
_REJECT = Shape(
    "ImportReject",
    obj({
        "row": whole("Its number in the file.", least=1), "reason": text(),
        "cells": array(anything(), "The rows themselves."),
    }),
    {"row": 7, "reason": "email: Enter a valid email address.", "cells": [{"E-mail": "ann", "City": "Oslo"}]},
)  # fmt: skip
CHAPTER = Chapter(
    "Imports",
    "Files of orders, contacts, companies, products or events: described, sent in parts, and imported by a worker.",
    {
        imports.list_imports: Operation(
            id="listImports", summary="List imports", query=PAGING, lists=_PATHS, refusals=(404,),
            answers={200: Answer("One page.", page_of(IMPORT))},
        ),
        imports.add_import: Operation(
            id="createImport", summary="Describe a file to import", makes=_PATHS, answers=made(IMPORT), refusals=(409,),
            body=Body(_SENT, {"kind": "contacts", "file_name": "people.csv", "tags": ["moved"]}),
        ),
        imports.get_import: Operation(id="getImport", summary="Read an import", answers=said(IMPORT)),
        imports.remove_import: Operation(id="deleteImport", summary="Delete an import", answers=deleted),
        imports.put_part: Operation(
            id="sendImportPart", summary="Send a part of the file", refusals=(409,),
            path={"part": Parameter("part", whole(least=1, most=2_000), "Its number, from 1.", 1, required=True)},
            body=Body(text(), "email\nann@shop.example\n", media="application/octet-stream"),
            answers={204: Answer("It is kept.")},
        ),
        imports.start: Operation(
            id="startImport", summary="Start an import", refusals=(409,),
            answers={202: Answer("A worker imports it when it is free.", IMPORT)},
        ),
        imports.rejected: Operation(
            id="listImportRejects", summary="List the refused rows", query=PAGING,
            answers={200: Answer("One page.", page_of(_REJECT))},
        ),
    },
)  # fmt: skip
