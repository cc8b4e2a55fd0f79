"""The list of deals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec

from dealt.accounts import MEMBERS, Snapshot, may_see_deal, sees_only
from dealt.browsing import queries
from dealt.browsing.model import Act, Column, Done, Filter, Kind, Row
from dealt.browsing.sorting import sorted_by_all
from dealt.browsing.tagging import means, means_tag, tag_of, tag_special, tags_offered
from dealt.builders import as_equals
from dealt.contacts import display_name, read_contacts
from dealt.deals import DealImage, DealPatch, DealWork, DealWriter, list_deals, parse_deal
from dealt.kernel.db import Connection, Record
from dealt.kernel.errors import DealtError, InvalidInput
from dealt.kernel.lookups import Column as ListedColumn
from dealt.kernel.paging import Page, PageRequest
from dealt.kernel.sql import sql
from dealt.pipelines import PIPELINES, Stage
from dealt.publicapi import DEALS as LISTING
from dealt.publicapi import parse_filter
from dealt.searching import matching
from dealt.tags import TAGS
from dealt.tasks import NEXT_OF_DEAL
from dealt.web import Undo, Visit, many

STATUSES = {1: "In progress", 2: "Won", 3: "Lost", 0: "Abandoned", 4: "Archived"}
_LOST = 3
_COLUMNS = (
    Column("name", "Name", "name"),
    Column("contact", "Contact", "contact"),
    Column("value", "Value", "money", sort="base_value"),
    Column("status", "Status", "badge"),
    Column("stage", "Stage"),
    Column("pipeline", "Pipeline"),
    Column("ordered_at", "Ordered", "when", sort="ordered_at"),
    Column("tags", "Tags", "tags"),
    Column("assigned_to", "Assigned to"),
    Column("net_value", "Net value", "money"),
    Column("refunded_total", "Refunded", "money"),
    Column("base_value", "In base currency", "base"),
    Column("expected_close_date", "Expected to close", "date"),
    Column("stage_entered_at", "In this stage since", "when"),
    Column("open_tasks", "Open tasks", "number"),
    Column("next_task", "Next task", "when"),
    Column("loss_reason", "Loss reason"),
    Column("custom_id", "Own id"),
    Column("created_at", "Added", "when", sort="id"),
    Column("updated_at", "Changed", "when", sort="updated_at"),
    Column("id", "Number", "number", sort="id"),
)


async def _read(
    visit: Visit, connection: Connection, snapshot: Snapshot, lookups: Mapping[str, str], request: PageRequest
) -> tuple[Page, list[Row]]:
    member, narrowed = visit.member, request.narrowed
    if sees_only(member) is not None:
        narrowed = replace(narrowed, conditions=(*narrowed.conditions, sql("d.assigned_to = {}", member.id)))
    wanted = await parse_filter(connection, snapshot, lookups)
    page, images = await list_deals(connection, visit.workspace_id, wanted, replace(request, narrowed=narrowed))
    people = {}
    if visit.may("contacts"):
        ids = {image.deal.contact_id for image in images.values() if not image.guest}
        people = await read_contacts(connection, visit.workspace_id, sorted(ids))
    with_tasks = [(one.deal.contact_id, key) for key, one in images.items() if one.deal.open_tasks]
    due = await _next_tasks(connection, visit.workspace_id, with_tasks)
    found = [(images[row["id"]], due.get(row["id"])) for row in page.rows if row["id"] in images]
    return page, [_row(image, people, snapshot, next_task) for image, next_task in found]


async def _next_tasks(
    connection: Connection, workspace_id: int, keys: Sequence[tuple[int, int]]
) -> dict[int, datetime]:  # fmt: skip
    """When the first open task of each deal is due."""
    if not keys:
        return {}
    contacts, deals = [contact for contact, _ in keys], [deal for _, deal in keys]
    rows = await connection.fetch(queries.NEXT_TASKS, workspace_id, contacts, deals)
    return {row["deal_id"]: row["due_at"] for row in rows}


def _row(image: DealImage, people: Mapping[int, Record], snapshot: Snapshot, next_task: datetime | None) -> Row:
    deal, known, tags = image.deal, snapshot.part(PIPELINES), snapshot.part(TAGS)
    person = people.get(deal.contact_id)
    values: dict[str, Any] = dict(deal.attributes) | msgspec.structs.asdict(deal)
    values |= {
        "contact": (deal.contact_id, display_name(person) or person["custom_id"] or "Contact") if person else None,
        "status": (deal.status, STATUSES[deal.status]),
        "stage": known.stages[deal.stage_id].name if deal.stage_id in known.stages else "",
        "pipeline": known.pipelines[deal.pipeline_id].name if deal.pipeline_id in known.pipelines else "",
        "tags": [tags[one] for one in deal.tag_ids if one in tags],
        "assigned_to": snapshot.part(MEMBERS).get(deal.assigned_to or 0, ""),
        "next_task": next_task,
        "loss_reason": known.loss_reasons.get(deal.loss_reason_id or 0, ""),
    }
    return Row(deal.id, deal.name or deal.custom_id or f"Deal {deal.id}", values)


def _stages(snapshot: Snapshot) -> Sequence[tuple[str, str]]:
    return _named(snapshot, snapshot.part(PIPELINES).stages.values())


async def _open_stages(_visit: Visit, snapshot: Snapshot, _connection: Connection) -> Sequence[tuple[str, str]]:
    return _named(snapshot, [one for one in snapshot.part(PIPELINES).stages.values() if not _asks(one)])


def _named(snapshot: Snapshot, stages: Any) -> Sequence[tuple[str, str]]:
    pipelines = snapshot.part(PIPELINES).pipelines
    several = len(pipelines) > 1
    return [(str(one.id), f"{pipelines[one.pipeline_id].name}: {one.name}" if several else one.name) for one in stages]


def _asks(stage: Stage) -> bool:
    """Whether a stage wants something filled in, for which the board and the deal's page have the fields."""
    return bool(stage.required) or stage.sets_status == _LOST


async def _seen(visit: Visit, ids: list[int]) -> dict[int, Record]:
    """Those of the deals that the member may see."""
    async with visit.reading() as connection:
        rows = await connection.fetch(queries.DEALS, visit.workspace_id, ids)
    return {row["id"]: row for row in rows if may_see_deal(visit.member, row["assigned_to"])}


async def _move(visit: Visit, ids: list[int], value: str) -> Done:
    """To one stage; or each to its own, where ``value`` has one for each: the way back."""
    snapshot, stages = await visit.snapshot(), value.split(",")
    known = snapshot.part(PIPELINES).stages
    if not all(one.isascii() and one.isdigit() and len(one) < 19 and int(one) in known for one in stages):
        raise InvalidInput.of("value", "Choose one of the stages.")
    if len(stages) not in (1, len(ids)):
        raise InvalidInput.of("value", "Name one stage, or one for each deal.")
    targets = dict(zip(ids, [int(one) for one in stages] * (len(ids) if len(stages) == 1 else 1), strict=True))
    if len(stages) == 1 and _asks(known[int(value)]):
        raise InvalidInput.of("value", "This stage asks for more to be filled in: move these deals on the board.")
    seen = await _seen(visit, ids)
    works, moving = [], [one for one in ids if one in seen and seen[one]["stage_id"] != targets[one]]
    for one in moving:
        body: dict[str, Any] = {"stage": targets[one]}
        sets = known[targets[one]].sets_status
        patch = parse_deal(body | ({"status": sets} if sets is not None else {}), snapshot.time_zone)
        works.append(DealWork(how="update", actor=visit.actor, patch=patch, deal_id=one))
    moved, told = await _write(visit, works)
    name = known[targets[ids[0]]].name if len(stages) == 1 else "where they were"
    before = ",".join(str(seen[one]["stage_id"]) for one in moved)
    undo = Undo("/deals/do/", {"act": "stage", "ids": ",".join(map(str, moved)), "value": before}) if moved else None
    if any(known[targets[one]].sets_status is not None for one in moved):
        # The status came with the stage; only the history of each deal knows what it was.
        undo = None
    return Done(f"{many(len(moved), 'deal')} moved to {name}.{told}", undo)


async def _tag(visit: Visit, ids: list[int], value: str) -> Done:
    return await _change_tags(visit, ids, value, adds=True)


async def _untag(visit: Visit, ids: list[int], value: str) -> Done:
    return await _change_tags(visit, ids, value, adds=False)


async def _change_tags(visit: Visit, ids: list[int], value: str, *, adds: bool) -> Done:
    name, snapshot = tag_of(value), await visit.snapshot()
    tag_id = next((one for one, called in snapshot.part(TAGS).items() if called == name), None)
    seen = await _seen(visit, ids)
    moving = [one for one in ids if one in seen and (tag_id in seen[one]["tag_ids"]) != adds]
    gives, takes = ([name], []) if adds else ([], [name])
    works = [
        DealWork(
            how="update", actor=visit.actor, deal_id=one,
            patch=DealPatch(fields={}, attributes={}, add_tags=gives, remove_tags=takes),
        )
        for one in moving
    ]  # fmt: skip
    moved, told = await _write(visit, works)
    back = {"act": "untag" if adds else "tag", "ids": ",".join(map(str, moved)), "value": name}
    undo = Undo("/deals/do/", back) if moved else None
    return Done(f"{name} is {'on' if adds else 'off'} {many(len(moved), 'deal')}.{told}", undo)


async def _write(visit: Visit, works: list[DealWork]) -> tuple[list[int], str]:
    """The deals that were written, and a sentence about those that were refused."""
    outcomes = await visit.of(DealWriter).write_many(visit.workspace_id, works) if works else []
    refused = [one for one in outcomes if isinstance(one, Exception)]
    unknown = next((one for one in refused if not isinstance(one, DealtError)), None)
    if unknown is not None:
        raise unknown
    written = [
        work.deal_id
        for work, outcome in zip(works, outcomes, strict=True)
        if not isinstance(outcome, Exception) and work.deal_id is not None
    ]
    return written, f" {many(len(refused), 'deal')} stayed as they were: {refused[0]}" if refused else ""


DEALS = Kind(
    name="deal",
    one="deal",
    title="Deals",
    path="/deals/",
    area="deals",
    domain="deal",
    about="Every order, whatever became of it.",
    empty="A deal appears when your shop sends its first order over the API, or with an import.",
    listing=sorted_by_all(LISTING, {"next_task": ListedColumn(NEXT_OF_DEAL, "datetime")}, tag=tag_special("d.tag_ids")),
    columns=_COLUMNS,
    default=("name", "contact", "value", "status", "stage", "ordered_at", "tags"),
    ordering="-ordered_at",
    filters=(
        Filter("status", "Status", lambda _: [(str(key), name) for key, name in STATUSES.items()], means("status")),
        Filter("stage", "Stage", _stages, means("stage")),
        Filter("tag", "Tag", tags_offered, means_tag),
        Filter("ordered_at__gte", "From", means=lambda day: {"not": as_equals("ordered_at", day, "before")}),
        Filter("ordered_at__lt", "Before", means=means("ordered_at", "before")),
    ),
    search=lambda text: matching("deal", text),
    read=_read,
    alias="d",
    steady="ordered_at",
    acts=(Act("stage", "Move to stage", _move, _open_stages), Act("tag", "Tag", _tag), Act("untag", "Untag", _untag)),
)
