"""One search over contacts, companies, products and deals."""

from __future__ import annotations

from typing import Any, cast

from dealt.kernel.errors import InvalidInput
from dealt.kernel.http import Response, Route
from dealt.publicapi.call import Call, answer
from dealt.searching import KINDS, MOST_HITS, Hit, Kind, search

_DEFAULT = 8


async def search_all(call: Call) -> Response:
    """GET /search/: what may be meant by ``q``, best first; at most ``limit`` of each of ``object_types``."""
    args = call.request.query
    text = args.get("q", "")
    if not text.strip():
        raise InvalidInput.of("q", "Say what to search for.")
    async with call.reading() as connection:
        hits = await search(
            connection, call.workspace_id, text, kinds=_kinds(args.get("object_types")), limit=_limit(args.get("limit"))
        )
    return answer({"hits": [_shape(hit) for hit in hits]})


def _kinds(text: str | None) -> tuple[Kind, ...]:
    if not text:
        return KINDS
    named = text.split(",")
    for kind in named:
        if kind not in KINDS:
            raise InvalidInput.of("object_types", f"Name some of {', '.join(KINDS)}.")
    return cast("tuple[Kind, ...]", tuple(named))


def _limit(text: str | None) -> int:
    if text is None:
        return _DEFAULT
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MOST_HITS)) and 0 < int(text) <= MOST_HITS):
        raise InvalidInput.of("limit", f"A number from 1 to {MOST_HITS} is needed.")
    return int(text)


def _shape(hit: Hit) -> dict[str, Any]:
    return {
        "object_type": hit.kind, "id": hit.id, "name": hit.name, "detail": hit.detail, "custom_id": hit.custom_id,
        "image_url": hit.image_url,
    }  # fmt: skip


ROUTES: list[Route[Call]] = [Route(("GET",), "/search/", search_all, "read")]
