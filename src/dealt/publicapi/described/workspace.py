"""What the document says of the workspace's settings."""

from __future__ import annotations

from dealt.publicapi import workspace
from dealt.publicapi.described.parts import CURRENCY, or_null, recorded
from dealt.publicapi.openapi import Body, Chapter, Operation, identifier, obj, partial, said, text, whole

_FIELDS = {
    "name": text(longest=255),
    "time_zone": text("An IANA name. Days and windows are counted in it."),
    "base_currency": CURRENCY | {"description": "What values in other currencies are converted to."},
    "longest_filter_ms": whole(
        "A filter that takes longer to look at everybody, in milliseconds, is refused.", least=100, most=30_000
    ),
    "requests_per_second": or_null(whole(least=0), "How many a token may send; 0 is no limit, null the server's."),
}
_WORKSPACE = recorded("Workspace", obj({"id": identifier(), **_FIELDS}))
CHAPTER = Chapter(
    "Workspace",
    "The settings of the workspace that the token belongs to.",
    {
        workspace.get_workspace: Operation(
            id="getWorkspace", summary="Read the workspace's settings", answers=said(_WORKSPACE)
        ),
        workspace.change_workspace: Operation(
            id="updateWorkspace",
            summary="Change the workspace's settings",
            body=Body(partial(obj(_FIELDS)), {"name": "Fernhill shop", "time_zone": "Europe/Warsaw"}),
            answers=said(_WORKSPACE),
        ),
    },
)
