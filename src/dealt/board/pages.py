"""The pages of the board."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

from dealt.accounts import MEMBERS, Snapshot, sees_only
from dealt.board import queries
from dealt.board.changing import Changed, change, undo
from dealt.board.grouping import choices
from dealt.board.model import CARDS_AT_FIRST, MOST_CHANGED, SORTS, Asked
from dealt.board.narrowing import read_asked, read_quick
from dealt.board.reading import Reader
from dealt.board.rooms import Boards, View, update
from dealt.board.views import forget, keep, pipeline_of, shelf, to_keep
from dealt.browsing import opening, tabs_of, views_of
from dealt.builders import Filtered, Panel, as_equals, joined, read_written, spelled, written_out
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
    pipeline = pipeline_of(visit, snapshot)
    if shorter := _spelled_out(visit.query):
        return visit.go(f"/board/{pipeline.id}/{shorter}")
    wrong, told = dict[str, list[str]](), None
    kept = shelf(pipeline.id)
    async with visit.reading() as connection:
        views = await views_of(connection, visit.member, kept.kind)
    if elsewhere := opening(kept.path, visit.query, views):
        return visit.go(elsewhere)
    try:
        asked, told = await read_asked(visit, snapshot, pipeline.id, visit.query)
        async with visit.reading() as connection:
            columns = await _reader(visit, snapshot, asked).columns(connection, CARDS_AT_FIRST)
    except InvalidInput as error:
        wrong = dict(error.fields)
        asked, columns = Asked(pipeline.id, own=sees_only(visit.member)), []
    pipelines = snapshot.part(PIPELINES)
    return await visit.page(
        "board/board.html", 400 if wrong else 200, columns=columns, pipeline=pipeline,
        pipelines=pipelines.pipelines.values(), asked=asked,
        refused=_sentences(wrong), sorts=SORTS.values(), groups=choices(visit, snapshot),
        statuses=_STATUSES, members=snapshot.part(MEMBERS),
        tags=snapshot.part(TAGS), base=snapshot.base_currency, query=visit.query,
        filtering=_panel(visit, pipeline, told, wrong), as_list=_as_list(visit, pipeline),
        views=views, view=views.get(visit.query.get("view", "")) if visit.query.get("view") else None,
        tabs=tabs_of(kept.path, views), to_keep=to_keep(visit.query),
        about={
            "pipeline": pipeline.id,
            "now": iso(visit.now),
            "sort": {"key": asked.sort.key, "down": asked.sort.descending},
            "grouped": asked.group.name if asked.group else "",
            "narrowed": bool(asked.filter is not None or asked.text or asked.status is not None),
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
    pipeline = pipeline_of(visit, snapshot)
    stage = snapshot.part(PIPELINES).stages.get(visit.id("stage"))
    if stage is None or stage.pipeline_id != pipeline.id:
        raise visit.not_found("stage")
    asked, _ = await read_asked(visit, snapshot, pipeline.id, visit.query)
    reader = _reader(visit, snapshot, asked)
    async with visit.reading() as connection:
        query = visit.query
        cards, after, groups = await reader.more(connection, stage.id, query.get("after", ""), query.get("past", ""))
    html = visit.house.templates.render("board/_cards.html", cards=cards, groups=groups)
    return visit.json({"html": html, "after": after})


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
    pipeline_of(visit, snapshot)
    return await _answer(visit, await change(visit, snapshot, visit.form))


async def go_back(visit: Visit) -> Response:
    """Take a change back."""
    snapshot = await visit.snapshot()
    pipeline_of(visit, snapshot)
    return await _answer(visit, await undo(visit, snapshot, visit.form))


async def live(visit: Visit) -> Response:
    """What changes on the board, as server-sent events: ``data`` is an update, ``gap`` says to look anew."""
    pipeline = pipeline_of(visit, await visit.snapshot())
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
    pipeline = pipeline_of(visit, snapshot)
    asked, _ = await read_asked(visit, snapshot, pipeline.id, visit.query)
    reader = _reader(visit, snapshot, asked)
    async with visit.reading() as connection:
        cards = await reader.cards(connection, ids)
        heads = await reader.heads(connection)
        groups = await reader.groups(connection, heads) if asked.group else None
    return visit.json(update(visit.house, cards, heads, ids, groups) | also)


def _sentences(wrong: Mapping[str, list[str]]) -> str:
    return " ".join(dict.fromkeys(one for each in wrong.values() for one in each))


def _spelled_out(query: Mapping[str, str]) -> str:
    """The same query with its filter spelled shorter, where a form has sent it as JSON. Raises InvalidInput."""
    text = query.get("filter", "")
    if not text.lstrip().startswith("{"):
        return ""
    try:
        return f"?{written_out({**query, 'filter': spelled(read_written(text))})}"
    except InvalidInput:
        # Said on the page.
        return ""


def _panel(visit: Visit, pipeline: Pipeline, told: Filtered | None, wrong: Mapping[str, list[str]]) -> Panel:
    kept = {name: value for name, value in visit.query.items() if value and name != "filter"}
    try:
        written, quick = read_written(visit.query.get("filter", "")), read_quick(visit.query)
    except InvalidInput:
        written, quick = {}, []
    return Panel(
        "deal", f"/board/{pipeline.id}/", f"/board/{pipeline.id}/?{written_out(kept) or 'view='}", written,
        told.sentence if told else "", kept, {place: one for place, one in wrong.items() if place.startswith("filter")},
        joined(as_equals("pipeline", pipeline.id), *quick), visit.may("segments", "write"),
    )  # fmt: skip


def _as_list(visit: Visit, pipeline: Pipeline) -> str:
    """The same deals as a list, where all of them can be changed together or taken along as a file."""
    try:
        wanted = joined(*read_quick(visit.query), read_written(visit.query.get("filter", "")))
        args = {"q": visit.query.get("q", ""), "filter": spelled(wanted), "pipeline": str(pipeline.id)}
    except InvalidInput:
        return "/deals/"
    return f"/deals/?{written_out(args)}"


def _reader(visit: Visit, snapshot: Snapshot, asked: Asked) -> Reader:
    return Reader(snapshot, asked, visit.now, names=visit.may("contacts"))


ROUTES: list[PageRoute] = [
    page("/board/", first, "deals"),
    page("/board/<int:id>/", show, "deals"),
    page("/board/<int:id>/column/<int:stage>/", more, "deals"),
    page("/board/<int:id>/cards/", some, "deals"),
    page("/board/<int:id>/live/", live, "deals"),
    action("/board/<int:id>/change/", act, "deals"),
    action("/board/<int:id>/undo/", go_back, "deals"),
    action("/board/<int:id>/views/", keep, "deals", reads=True),
    action("/board/<int:id>/views/delete/", forget, "deals", reads=True),
]
