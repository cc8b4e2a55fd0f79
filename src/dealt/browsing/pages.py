"""The handlers of every list: shown, kept as a view, acted on, and taken along as a file."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, quote

from dealt.accounts import Snapshot
from dealt.attributes import ask_for_index
from dealt.browsing.asking import (
    EXPORT_LOOKS_FOR_MS,
    Asked,
    address,
    around,
    chips,
    from_start,
    read_asked,
    request_of,
    to_keep,
)
from dealt.browsing.filtering import filter_of, panel_of, spelled_out
from dealt.browsing.keeping import Shelf, forget_view, keep_view
from dealt.browsing.model import Column, Kind, Row
from dealt.browsing.showing import MOST_COLUMNS, chosen, columns_of, header, lines
from dealt.browsing.sorting import index_of, offered
from dealt.browsing.views import opening, save_view, tabs_of, views_of
from dealt.kernel.errors import Forbidden, InvalidInput
from dealt.kernel.http import Response
from dealt.kernel.limits import TooSlow
from dealt.kernel.paging import Page
from dealt.web import PageRoute, Visit, action, page

MOST_SELECTED = 100
_CSV_PAGE = 100
_CSV = b"text/csv; charset=utf-8"
_MOODS = {1: "open", 2: "positive", 3: "negative"}


async def show(visit: Visit, kind: Kind) -> Response:
    """The list; for htmx only what a search changes."""
    snapshot, found, wrong = await visit.snapshot(), None, dict[str, list[str]]()
    helpful: list[str] = []
    asked, rows, around_it, told = Asked(ordering=kind.ordering), list[Row](), ("", ""), None
    async with visit.reading() as connection:
        views = await views_of(connection, visit.member, kind.name)
        if elsewhere := opening(kind.path, visit.query, views):
            return visit.go(elsewhere)
        try:
            asked = read_asked(kind, visit.query)
            if shorter := spelled_out(asked):
                return visit.go(address(kind, shorter))
            told = await filter_of(visit, connection, snapshot, kind, asked)
            request = request_of(kind, asked, snapshot, visit.now, told)
            found, rows = await kind.read(visit, connection, snapshot, asked.lookups, request)
            rows = rows[::-1] if asked.before else rows
            around_it = around(kind, asked, found)
        except TooSlow as error:
            wrong, helpful = dict(error.fields), offered(kind, snapshot, asked, told, visit.now)
        except InvalidInput as error:
            wrong = dict(error.fields)
        acts = [
            (act, await act.choices(visit, snapshot, connection) if act.choices else None)
            for act in kind.acts
            if visit.may(kind.area, "write")
        ]
    known = columns_of(kind, snapshot)
    columns = chosen(kind, known, views.get(asked.view) or views.get(""))
    labels = {name: column.label for name, column in known.items()}
    refused = " ".join(dict.fromkeys(sentence for each in wrong.values() for sentence in each))
    return await visit.page(
        "browsing/_found.html" if visit.by_htmx else "browsing/list.html",
        400 if refused and not visit.by_htmx else 200,
        kind=kind, asked=asked, rows=rows, columns=columns, refused=refused, count=_told(kind, found),
        total=found.count if found else 0, previous=around_it[0], following=around_it[1], acts=acts, moods=_MOODS,
        known=known, helpful=[(name, labels.get(name, name)) for name in helpful],
        filtering=panel_of(visit, kind, asked, told, wrong),
        filters=[(one, one.choices(snapshot) if one.choices else None) for one in kind.filters],
        chips=chips(kind, asked, labels), sorting=lambda column: _sorting(kind, asked, column),
        presets=_presets(visit, snapshot, kind, asked), tabs=tabs_of(kind.path, views), views=views,
        view=views.get(asked.view) if asked.view else None, plain=tabs_of(kind.path, views)[0][1],
        place=address(kind, from_start(asked)), unsearched=address(kind, replace(from_start(asked), text="")),
        rest=[column for name, column in known.items() if column not in columns], base=snapshot.base_currency,
        export=f"{kind.path}export/{address(kind, from_start(asked)).removeprefix(kind.path)}",
    )  # fmt: skip


def _told(kind: Kind, found: Page | None) -> str:
    """How many there are; from 10,000 on about how many."""
    if found is None:
        return ""
    number = f"{found.count:,}".replace(",", "\u202f")
    return f"{'' if found.count_is_exact else 'About '}{number} {kind.one if found.count == 1 else kind.title.lower()}"


def _sorting(kind: Kind, asked: Asked, column: Column) -> tuple[str, str]:
    """Where a column's head leads, and how the list is sorted by it now: ascending, descending or not."""
    if not column.sort:
        return "", ""
    now = {column.sort: "ascending", f"-{column.sort}": "descending"}.get(asked.ordering, "")
    up = now == "descending" or (not now and column.show in ("name", "text", "badge", "plain"))
    wanted = column.sort if up else f"-{column.sort}"
    return address(kind, replace(from_start(asked), ordering=wanted)), now


def _presets(visit: Visit, snapshot: Snapshot, kind: Kind, asked: Asked) -> list[tuple[str, str, bool]]:
    """The tabs that everybody has: what they are called, where they lead, and whether the list is that one now."""
    found = kind.presets(visit, snapshot) if kind.presets else []
    return [
        (name, address(kind, Asked(ordering=kind.ordering, lookups=lookups)), dict(asked.lookups) == dict(lookups))
        for name, lookups in found
    ]


async def set_columns(visit: Visit, kind: Kind) -> Response:
    """Which columns the plain list, or one of the views, shows, in which order."""
    names, view = visit.form.get("columns", []), visit.text("view")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise InvalidInput.of("columns", "Choose the columns by their names.")
    known = columns_of(kind, await visit.snapshot())
    wanted = [name for name in dict.fromkeys(names) if name in known][:MOST_COLUMNS]
    async with visit.writing() as connection:
        kept = (await views_of(connection, visit.member, kind.name)).get(view)
        if view and kept is None:
            raise visit.not_found("view")
        query, shared = (kept.query, kept.shared and kept.own) if kept else ("", False)
        await save_view(connection, visit.member, kind.name, view, wanted, query, visit.now, shared=shared)
    return visit.go(visit.came_from(kind.path), "The columns are kept.")


async def keep(visit: Visit, kind: Kind) -> Response:
    """The list as it is, under a name."""
    asked, snapshot = read_asked(kind, _arguments(visit.text("query"))), await visit.snapshot()
    known = columns_of(kind, snapshot)
    async with visit.writing() as connection:
        told = await filter_of(visit, connection, snapshot, kind, asked)
        views = await views_of(connection, visit.member, kind.name)
        columns = [column.name for column in chosen(kind, known, views.get(asked.view) or views.get(""))]
        if again := [name for name in dict.fromkeys(visit.text("columns").split(",")) if name in known]:
            columns = again[:MOST_COLUMNS]
        query = to_keep(kind, asked, told)
        left_out = "Its filter may name a person, and is not kept." if told and "filter=" not in query else ""
        return await keep_view(visit, connection, _shelf(kind), columns, query, left_out=left_out)


def _shelf(kind: Kind) -> Shelf:
    return Shelf(kind.name, kind.path, kind.area)


def _arguments(query: str) -> dict[str, str]:
    return {name: value for name, value in parse_qsl(query[:8_000]) if "\x00" not in name + value}


async def forget(visit: Visit, kind: Kind) -> Response:
    """A view less."""
    return await forget_view(visit, _shelf(kind))


async def act(visit: Visit, kind: Kind) -> Response:
    """Do something to the selected."""
    wanted = next((one for one in kind.acts if one.name == visit.text("act")), None)
    if wanted is None:
        raise InvalidInput.of("act", "Choose what is to be done.")
    done = await wanted.do(visit, _ids(visit.text("ids")), visit.text("value"))
    return visit.go(visit.came_from(kind.path), done.said, done.undo)


def _ids(text: str) -> list[int]:
    parts = text.split(",")
    if len(parts) > MOST_SELECTED:
        raise InvalidInput.of("ids", f"At most {MOST_SELECTED} can be changed at once.")
    if not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts):
        raise InvalidInput.of("ids", "Select at least one row.")
    return list(dict.fromkeys(int(part) for part in parts))


async def step(visit: Visit, kind: Kind) -> Response:
    """One step through all of a list, for a module: a hundred rows behind ``cursor``, or those of ``ids``, to take a
    step back. Says where the next one begins, and how this one is taken back.
    """
    wanted = next((one for one in kind.acts if one.name == visit.text("act")), None)
    if wanted is None:
        raise InvalidInput.of("act", "Choose what is to be done.")
    if visit.text("ids"):
        done = await wanted.do(visit, _ids(visit.text("ids")), visit.text("value"))
        return visit.json({"said": done.said})
    snapshot, asked = await visit.snapshot(), from_start(read_asked(kind, _arguments(visit.text("query"))))
    asked = replace(asked, ordering=kind.steady, cursor=visit.text("cursor"))
    async with visit.reading() as connection:
        told = await filter_of(visit, connection, snapshot, kind, asked)
        request = replace(request_of(kind, asked, snapshot, visit.now, told), size=MOST_SELECTED)
        request = replace(request, narrowed=replace(request.narrowed, longest_ms=EXPORT_LOOKS_FOR_MS))
        found, rows = await kind.read(visit, connection, snapshot, asked.lookups, request)
    ids = [row.id for row in rows]
    changed = await wanted.do(visit, ids, visit.text("value")) if ids else None
    undo = changed.undo.fields if changed and changed.undo else None
    return visit.json({"seen": len(ids), "next": found.next_cursor() or "", "undo": undo})


async def index(visit: Visit, kind: Kind) -> Response:
    """Have a field of these records indexed."""
    field, snapshot = visit.text("field"), await visit.snapshot()
    wanted = index_of(kind, snapshot, visit.now, field)
    if wanted is None:
        raise InvalidInput.of("field", "This field is indexed already, or cannot be.")
    async with visit.changing() as connection:
        await ask_for_index(
            connection, visit.workspace_id, kind.domain, field, wanted[0], column_name=wanted[1],
            actor=visit.actor.name, now=visit.now,
        )  # fmt: skip
    back = quote(visit.came_from(kind.path), safe="")
    return visit.go(f"/settings/attributes/indexes/?back={back}", "The index is being built.")


async def export(visit: Visit, kind: Kind) -> Response:
    """Every row of the list as a line of a CSV file, page by page."""
    if not visit.may(kind.area):
        raise Forbidden("Your role does not include these records.")
    snapshot, asked = await visit.snapshot(), from_start(read_asked(kind, visit.query))
    async with visit.reading() as connection:
        told = await filter_of(visit, connection, snapshot, kind, asked)
        request = replace(request_of(kind, asked, snapshot, visit.now, told), size=_CSV_PAGE)
        request = replace(request, narrowed=replace(request.narrowed, longest_ms=EXPORT_LOOKS_FOR_MS))
        views = await views_of(connection, visit.member, kind.name)
        first, rows = await kind.read(visit, connection, snapshot, asked.lookups, request)
    columns = chosen(kind, columns_of(kind, snapshot), views.get(asked.view) or views.get(""))

    async def body() -> AsyncIterator[bytes]:
        yield header(columns) + lines(columns, rows)
        cursor = first.next_cursor()
        while cursor:
            async with visit.reading() as connection:
                following = replace(request, cursor=cursor)
                found, more = await kind.read(visit, connection, snapshot, asked.lookups, following)
            yield lines(columns, more)
            cursor = found.next_cursor()

    disposition = f'attachment; filename="{kind.title.lower()}.csv"'
    return Response(200, body(), _CSV, {"Content-Disposition": disposition, "Cache-Control": "no-store"})


def routes_of(kind: Kind) -> list[PageRoute]:
    """The routes of one kind of list. What a member keeps for itself changes nothing for others."""

    def on(handler: Callable[[Visit, Kind], Awaitable[Response]]) -> Any:
        async def handle(visit: Visit) -> Response:
            return await handler(visit, kind)

        return handle

    return [
        page(kind.path, on(show), kind.area),
        page(f"{kind.path}export/", on(export), "transfer"),
        action(f"{kind.path}index/", on(index), "settings"),
        action(f"{kind.path}columns/", on(set_columns), kind.area, reads=True),
        action(f"{kind.path}views/", on(keep), kind.area, reads=True),
        action(f"{kind.path}views/delete/", on(forget), kind.area, reads=True),
        *([action(f"{kind.path}do/", on(act), kind.area)] if kind.acts else []),
        *([action(f"{kind.path}steps/", on(step), kind.area)] if kind.acts else []),
    ]
