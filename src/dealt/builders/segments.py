"""The pages of segments."""

from __future__ import annotations

from typing import Any

from dealt.builders.filtering import joined, read_written, sentence_of
from dealt.builders.forms import description_in, filter_in, name_in, part, plan_of
from dealt.builders.people import PLURALS, may_see_names, profile
from dealt.builders.words import words_of
from dealt.freshness import Derived
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput
from dealt.kernel.http import Response
from dealt.kernel.paging import Narrowed, PageRequest
from dealt.kernel.sql import sql
from dealt.segments import (
    SUBJECTS,
    Keeper,
    Segment,
    create_segment,
    delete_segment,
    page_of_members,
    page_of_segments,
    preview,
    preview_changes,
    read_segment,
    snapshot_segment,
    standings,
    update_segment,
)
from dealt.web import PageRoute, Visit, action, bring_back, page

_HERE = "/segments/"
_MEMBERS = 50


async def show_all(visit: Visit) -> Response:
    """Every segment, with how many belong; ``?q=`` and ``?subject=`` narrow them."""
    asked, subject = visit.query.get("q", "").strip()[:255], visit.query.get("subject", "")
    conditions = [sql("strpos(lower(name), lower({})) > 0", asked)] if asked else []
    conditions += [sql("subject = {}", subject)] if subject in SUBJECTS else []
    async with visit.reading() as connection:
        found = await page_of_segments(
            connection, visit.workspace_id, PageRequest.parse(visit.query, Narrowed(tuple(conditions)))
        )
        segments = [Segment.of(row) for row in found.rows]
        held = await standings(
            connection, visit.of(Derived), visit.workspace_id, segments, visit.now, roughly=True
        )  # fmt: skip
    return await visit.page(
        "builders/segments.html", found=found, held=list(held.values()), asked=asked, subject=subject, plurals=PLURALS
    )


async def show(visit: Visit) -> Response:
    """One segment and a page of those who belong."""
    request = PageRequest.parse({"page_size": str(_MEMBERS)} | visit.query)
    async with visit.reading() as connection:
        segment = await _segment(visit, connection)
        held = await standings(
            connection, visit.of(Derived), visit.workspace_id, [segment], visit.now, roughly=True
        )  # fmt: skip
        seen = may_see_names(visit, segment.subject)
        members = await page_of_members(connection, visit.workspace_id, segment.id, request) if seen else None
        sentence = held[segment.id].sentence
        if segment.kind == "dynamic" and sentence and not held[segment.id].error:
            sentence = sentence_of(await plan_of(visit, connection), segment.subject, segment.filter)
    return await visit.page(
        "builders/segment.html",
        segment=segment,
        held=held[segment.id],
        sentence=sentence,
        members=members,
        profile=profile(visit, segment.subject),
        plural=PLURALS[segment.subject],
    )


async def form(visit: Visit) -> Response:
    """A new segment; ``?subject=``, ``?filter=`` and ``?within=`` say what it begins with."""
    subject = str(visit.form.get("subject") or visit.query.get("subject", "contact"))
    typed = {"name": visit.form.get("name", ""), "description": visit.form.get("description", "")}
    written = _typed_filter(
        visit, joined(read_written(visit.query.get("within", "")), read_written(visit.query.get("filter", "")))
    )
    return await _form(visit, None, subject if subject in SUBJECTS else "contact", typed, written)


async def add(visit: Visit) -> Response:
    """Its members are found in the background."""
    name, about, written = name_in(visit), description_in(visit), filter_in(visit)
    subject = visit.text("subject") or "contact"
    if subject not in SUBJECTS:
        raise InvalidInput.of("subject", f"There are segments of: {', '.join(SUBJECTS)}.")
    async with visit.changing() as connection:
        made = await create_segment(
            connection, _keeper(visit), name=name, subject=subject, written=written, description=about
        )
    return visit.go(f"{_HERE}{made.id}/", f'The segment "{name}" is saved. Its members are being found.')


async def edit(visit: Visit) -> Response:
    """A segment that is there already."""
    async with visit.reading() as connection:
        segment = await _segment(visit, connection)
    typed = {"name": segment.name, "description": segment.description} | {
        name: visit.form[name] for name in ("name", "description") if name in visit.form
    }
    return await _form(visit, segment, segment.subject, typed, _typed_filter(visit, segment.filter))


async def change(visit: Visit) -> Response:
    """Another name, description or filter."""
    async with visit.changing() as connection:
        before = await _segment(visit, connection)
        fields: dict[str, Any] = {"name": name_in(visit), "description": description_in(visit)}
        if before.kind == "dynamic" and (written := filter_in(visit)) != before.filter:
            fields["written"] = written
        await update_segment(connection, _keeper(visit), before.id, **fields)
    return visit.go(f"{_HERE}{visit.id()}/", f'The segment "{fields["name"]}" is saved.')


async def look(visit: Visit) -> Response:
    """For the builder: who passes the filter of the form, and the sentence."""
    subject, written = visit.text("subject"), filter_in(visit)
    if subject not in SUBJECTS:
        raise InvalidInput.of("subject", f"There are segments of: {', '.join(SUBJECTS)}.")
    async with visit.reading() as connection:
        plan = await plan_of(visit, connection)
        found = await preview(connection, plan, subject, written, visit.now)
        sentence = sentence_of(plan, subject, written)
    return visit.json({"html": await _told(visit, subject, sentence=sentence, passing=found.passing)})


async def compare(visit: Visit) -> Response:
    """For the builder: who would enter and who would leave, besides who passes."""
    async with visit.reading() as connection:
        segment, written = await _segment(visit, connection), filter_in(visit)
        plan = await plan_of(visit, connection)
        changes = await preview_changes(connection, plan, segment, written, visit.now)
        found = await preview(connection, plan, segment.subject, written, visit.now)
        sentence = sentence_of(plan, segment.subject, written)
    told = await _told(
        visit, segment.subject, sentence=sentence, passing=found.passing, entering=changes.entering,
        leaving=changes.leaving,
    )  # fmt: skip
    return visit.json({"html": told})


async def snapshot(visit: Visit) -> Response:
    """A static segment with the members of now."""
    async with visit.changing() as connection:
        of = await _segment(visit, connection)
        made = await snapshot_segment(
            connection, _keeper(visit), of.id, name=name_in(visit), description=f"A copy of {of.name}."
        )
    return visit.go(f"{_HERE}{made.id}/", f"The members of {of.name} are copied. The copy stays as it is.")


async def delete(visit: Visit) -> Response:
    """Refused where something else speaks of it."""
    async with visit.changing() as connection:
        segment = await _segment(visit, connection)
        kept = await delete_segment(connection, _keeper(visit), segment.id)
    return visit.go(_HERE, f"{segment.name} is deleted; those who belonged to it stay.", bring_back(kept))


async def _segment(visit: Visit, connection: Connection) -> Segment:
    return await read_segment(connection, visit.workspace_id, visit.id())


async def _form(
    visit: Visit, segment: Segment | None, subject: str, typed: dict[str, Any], written: Any
) -> Response:  # fmt: skip
    async with visit.reading() as connection:
        plan = await plan_of(visit, connection)
        words = words_of(plan.vocabulary.catalogue)
    return await visit.page(
        "builders/segment_form.html",
        segment=segment,
        subject=subject,
        typed=typed,
        written=written,
        words=words,
        plurals=PLURALS,
    )


def _typed_filter(visit: Visit, otherwise: Any) -> Any:
    """What the form held when it was refused."""
    if "filter" not in visit.form:
        return otherwise
    try:
        return filter_in(visit)
    except InvalidInput:
        return otherwise


async def _told(visit: Visit, subject: str, **found: Any) -> str:
    values = {"entering": None, "leaving": None} | found
    return await part(
        visit, "builders/_passing.html", subject=subject, plural=PLURALS[subject], profile=profile(visit, subject),
        named=may_see_names(visit, subject), **values,
    )  # fmt: skip


def _keeper(visit: Visit) -> Keeper:
    return Keeper(visit.of(Derived), visit.workspace_id, visit.now, visit.actor.name)


ROUTES: list[PageRoute] = [
    page(_HERE, show_all, "segments"),
    page("/segments/new/", form, "segments"),
    action("/segments/new/", add, "segments", again=form),
    action("/segments/preview/", look, "segments", reads=True),
    page("/segments/<int:id>/", show, "segments"),
    page("/segments/<int:id>/edit/", edit, "segments"),
    action("/segments/<int:id>/edit/", change, "segments", again=edit),
    action("/segments/<int:id>/changes/", compare, "segments", reads=True),
    action("/segments/<int:id>/snapshot/", snapshot, "segments", again=show),
    action("/segments/<int:id>/delete/", delete, "segments", again=show),
]
