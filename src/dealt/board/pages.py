"""The pages of the board."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from dealt.accounts import MEMBERS, Snapshot, sees_only
from dealt.board import queries
from dealt.board.changing import Changed, change, undo
from dealt.board.model import CARDS_AT_FIRST, MOST_CHANGED, SORTS, Asked
from dealt.board.narrowing import read_asked
from dealt.board.reading import Reader
from dealt.board.rooms import Boards, View, update
from dealt.kernel.clock import iso, parse_datetime
from dealt.kernel.errors import InvalidInput
from dealt.kernel.http import Response
from dealt.pipelines import PIPELINES, Pipeline
from dealt.tags import TAGS
from dealt.web import PageRoute, Visit, action, page, stream

ON_ITS_WAY = timedelta(seconds=5)
"""A write has its moment before it is seen."""
UTC_ZONE = ZoneInfo("UTC")
_STATUSES = {1: "In progress", 2: "Won", 3: "Lost", 0: "Abandoned", 4: "Archived"}


async def first(visit: Visit) -> Response:
    """The board of the first pipeline."""
    pipeline = (await visit.snapshot()).part(PIPELINES).default_pipeline()
    return Response(303, headers={"Location": f"/board/{pipeline.id}/"})


async def show(visit: Visit) -> Response:
    """A pipeline's stages with their first deals."""
    snapshot = await visit.snapshot()
    pipeline = _pipeline(visit, snapshot)
    refused = ""
    try:
        asked = read_asked(pipeline.id, visit.query, visit.member)
        async with visit.reading() as connection:
            columns = await _reader(visit, snapshot, asked).columns(connection, CARDS_AT_FIRST)
    except InvalidInput as error:
        refused = " ".join(sentence for each in error.fields.values() for sentence in each)
        asked, columns = Asked(pipeline.id, own=sees_only(visit.member)), []
    pipelines = snapshot.part(PIPELINES)
    return await visit.page(
        "board/board.html", columns=columns, pipeline=pipeline, pipelines=pipelines.pipelines.values(), asked=asked,
        refused=refused, sorts=SORTS.values(), statuses=_STATUSES, members=snapshot.part(MEMBERS),
        tags=snapshot.part(TAGS), base=snapshot.base_currency, query=visit.query,
        about={
            "pipeline": pipeline.id,
            "now": iso(visit.now),
            "sort": {"key": asked.sort.key, "down": asked.sort.descending},
            "narrowed": bool(asked.filter or asked.text or asked.status is not None),
            "writes": visit.may("deals", "write"),
            "stages": [{"id": one.id, "name": one.name} for one in pipelines.stages_of(pipeline.id)],
            "reasons": [{"id": key, "name": name} for key, name in pipelines.loss_reasons.items()],
            "members": [{"id": key, "name": name} for key, name in snapshot.part(MEMBERS).items()],
            "statuses": [{"id": key, "name": name} for key, name in _STATUSES.items()],
        },
    )  # fmt: skip


async def more(visit: Visit) -> Response:
    """The cards of a column behind a place."""
    snapshot = await visit.snapshot()
    pipeline = _pipeline(visit, snapshot)
    stage = snapshot.part(PIPELINES).stages.get(visit.id("stage"))
    if stage is None or stage.pipeline_id != pipeline.id:
        raise visit.not_found("stage")
    reader = _reader(visit, snapshot, read_asked(pipeline.id, visit.query, visit.member))
    async with visit.reading() as connection:
        cards, after = await reader.more(connection, stage.id, visit.query.get("after", ""))
    render = visit.house.templates.render
    return visit.json({"html": "".join(render("board/_card.html", card=card) for card in cards), "after": after})


async def some(visit: Visit) -> Response:
    """What became of some deals on this board as it is narrowed."""
    if "since" in visit.query:
        return await _since(visit)
    text = visit.query.get("ids", "")
    ids = [int(one) for one in text.split(",") if one.isascii() and one.isdigit() and len(one) < 19]
    if len(ids) > MOST_CHANGED:
        raise InvalidInput.of("ids", f"At most {MOST_CHANGED} deals are told at once.")
    return await _updated(visit, ids)


async def _since(visit: Visit) -> Response:
    """What was written while a page was on its way; where that is too much, the page looks anew."""
    try:
        since = parse_datetime(visit.query["since"], UTC_ZONE) - ON_ITS_WAY
    except ValueError as error:
        raise InvalidInput.of("since", str(error)) from None
    async with visit.reading() as connection:
        rows = await connection.fetch(queries.SINCE, visit.workspace_id, since, MOST_CHANGED + 1)
    if len(rows) > MOST_CHANGED:
        return visit.json({"cards": [], "gone": [], "heads": {}, "gap": True})
    return await _updated(visit, [row["id"] for row in rows])


async def act(visit: Visit) -> Response:
    """Move or edit deals."""
    snapshot = await visit.snapshot()
    _pipeline(visit, snapshot)
    return await _answer(visit, await change(visit, snapshot, visit.form))


async def go_back(visit: Visit) -> Response:
    """Take a change back."""
    snapshot = await visit.snapshot()
    _pipeline(visit, snapshot)
    return await _answer(visit, await undo(visit, snapshot, visit.form))


async def live(visit: Visit) -> Response:
    """What changes on the board, as server-sent events: ``data`` is an update, ``gap`` says to look anew."""
    pipeline = _pipeline(visit, await visit.snapshot())
    view = View(pipeline.id, sees_only(visit.member), visit.may("contacts"))
    return stream(visit, visit.of(Boards).listen(visit.house, visit.workspace_id, view))


async def _answer(visit: Visit, changed: Changed) -> Response:
    if changed.asks:
        return visit.json({"asks": changed.asks})
    if changed.refused and not changed.deal_ids:
        raise InvalidInput.of("deals", changed.refused[0])
    return await _updated(visit, changed.deal_ids, undo=changed.undo, refused=changed.refused[:3])


async def _updated(visit: Visit, ids: list[int], **also: object) -> Response:
    snapshot = await visit.snapshot()
    pipeline = _pipeline(visit, snapshot)
    reader = _reader(visit, snapshot, read_asked(pipeline.id, visit.query, visit.member))
    async with visit.reading() as connection:
        cards = await reader.cards(connection, ids)
        heads = await reader.heads(connection)
    return visit.json(update(visit.house, cards, heads, ids) | also)


def _reader(visit: Visit, snapshot: Snapshot, asked: Asked) -> Reader:
    return Reader(snapshot, asked, visit.now, names=visit.may("contacts"))


def _pipeline(visit: Visit, snapshot: Snapshot) -> Pipeline:
    pipeline = snapshot.part(PIPELINES).pipelines.get(visit.id())
    if pipeline is None:
        raise visit.not_found("pipeline")
    return pipeline


ROUTES: list[PageRoute] = [
    page("/board/", first, "deals"),
    page("/board/<int:id>/", show, "deals"),
    page("/board/<int:id>/column/<int:stage>/", more, "deals"),
    page("/board/<int:id>/cards/", some, "deals"),
    page("/board/<int:id>/live/", live, "deals"),
    action("/board/<int:id>/change/", act, "deals"),
    action("/board/<int:id>/undo/", go_back, "deals"),
]
