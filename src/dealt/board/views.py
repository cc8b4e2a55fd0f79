"""Views of a pipeline's board, kept as those of lists are: filters, order and grouping under a name."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from dealt.accounts import Snapshot
from dealt.board.narrowing import read_asked
from dealt.browsing import Shelf, forget_view, keep_view
from dealt.builders import Filtered, may_name_people, written_out
from dealt.kernel.http import Response
from dealt.pipelines import PIPELINES, Pipeline
from dealt.web import Visit

KEPT = ("status", "assigned", "tag", "least", "sort", "group", "filter")
"""The arguments that a view keeps: all but the search, which may name a person."""
_LONGEST = 8_000


def shelf(pipeline_id: int) -> Shelf:
    """Where the views of a pipeline's board are kept."""
    return Shelf(f"board:{pipeline_id}", f"/board/{pipeline_id}/", "deals")


def to_keep(query: Mapping[str, str]) -> str:
    """What a view keeps of an address."""
    kept = {name: query[name] for name in KEPT if query.get(name, "").strip()}
    return written_out({name: value for name, value in kept.items() if (name, value) != ("sort", "newest")})


async def keep(visit: Visit) -> Response:
    """The board as it is, under a name."""
    snapshot = await visit.snapshot()
    pipeline = pipeline_of(visit, snapshot)
    pairs = parse_qsl(visit.text("query")[:_LONGEST])
    query = {name: value for name, value in pairs if name in KEPT and "\x00" not in value}
    told = (await read_asked(visit, snapshot, pipeline.id, query))[1]
    left_out = ""
    if _may_name_people(told):
        left_out = "Its filter may name a person, and is not kept."
        del query["filter"]
    async with visit.writing() as connection:
        return await keep_view(visit, connection, shelf(pipeline.id), [], to_keep(query), left_out=left_out)


async def forget(visit: Visit) -> Response:
    """A view less."""
    return await forget_view(visit, shelf(pipeline_of(visit, await visit.snapshot()).id))


def pipeline_of(visit: Visit, snapshot: Snapshot) -> Pipeline:
    """The pipeline that the path names. Raises NotFound."""
    pipeline = snapshot.part(PIPELINES).pipelines.get(visit.id())
    if pipeline is None:
        raise visit.not_found("pipeline")
    return pipeline


def _may_name_people(told: Filtered | None) -> bool:
    return told is not None and may_name_people(told.node, "deal")
