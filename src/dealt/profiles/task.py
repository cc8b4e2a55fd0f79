"""A task: made from anywhere, done and opened again, edited, put off, taken back, deleted."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from dealt.accounts import MEMBERS, Snapshot, may_see_deal, sees_only
from dealt.companies import read_company
from dealt.contacts import called, read_contact
from dealt.deals import fetch_images, home_of
from dealt.kernel.db import Connection, Record, in_transaction
from dealt.kernel.errors import Conflict, InvalidInput, NotFound
from dealt.kernel.http import Response
from dealt.profiles.history import read_history
from dealt.profiles.keeping import attributes_of, written
from dealt.profiles.naming import people
from dealt.profiles.numbers import number_in
from dealt.profiles.typed import Typed, choices_of, due_tomorrow, local_time, sent, shown, shown_attributes
from dealt.profiles.undoing import before_of, check_that_it_was_last, last_change
from dealt.tasks import (
    Written,
    complete_task,
    create_task,
    delete_task,
    parse_task,
    read_task,
    reopen_task,
    task_home,
    update_task,
)
from dealt.web import PageRoute, Undo, Visit, action, bring_back, is_local, page

FIELDS = (
    Typed("name", "What is to be done", required=True),
    Typed("due_date", "Due", "datetime-local", required=True),
    Typed("assigned_to", "Assigned to", "select"),
    Typed("duration", "Minutes", "number"),
    Typed("description", "Notes", rows=4),
)
ABOUT = ("deal_id", "user_id", "company_id")
"""What a task may be about, as a form names it."""
_AS_SENT = {"due_at": "due_date", "duration_minutes": "duration"}
_AREA, _HERE = "tasks", "/tasks/"


async def form(visit: Visit) -> Response:
    """A new task; ``?deal_id=``, ``?user_id=`` and ``?company_id=`` say about what."""
    snapshot = await visit.snapshot()
    given = visit.form if visit.failed is not None else visit.query
    about = {name: str(given[name]) for name in ABOUT if given.get(name)}
    async with visit.reading() as connection:
        named = await _named(visit, connection, {name: number_in(value, name) for name, value in about.items()})
    start = {"due_date": due_tomorrow(visit.now, snapshot), "assigned_to": visit.member.id}
    attributes = attributes_of(snapshot, "task")
    return await visit.page(
        "profiles/new_task.html", fields=FIELDS, typed=shown(visit, FIELDS, start), choices=choices_of(snapshot),
        attributes=attributes, typed_attributes=shown_attributes(visit, attributes, {}), about=about, named=named,
        back=_back(visit, ""),
    )  # fmt: skip


async def add(visit: Visit) -> Response:
    """Made as the API would make it."""
    body = {name: value for name, value in sent(visit, FIELDS).items() if value is not None}
    about = {name: number_in(visit.text(name), name) for name in ABOUT if visit.text(name)}
    if "user_id" in about and not visit.may("contacts"):
        raise InvalidInput.of("user_id", "Your role does not include contacts.")

    async def work(connection: Connection, snapshot: Snapshot) -> Written:
        await _named(visit, connection, about)
        patch = parse_task(body | about, snapshot.time_zone)
        return await create_task(connection, visit.actor, patch, visit.house.definitions, now=visit.now)

    made = await written(visit, work)
    one = f"{_HERE}{made.id}/"
    return visit.go(_back(visit, one), "The task is added.", Undo(f"{one}delete/", {"back": _back(visit, _HERE)}))


async def show(visit: Visit) -> Response:
    """What is to be done, about whom, by when, and who changed what."""
    before = number_in(visit.query.get("before", ""), "before", default=0) or None
    async with visit.reading() as connection:
        snapshot = await visit.house.definitions.for_reading(connection, visit.workspace_id)
        task, home = await _task(visit, connection)
        history = await read_history(connection, snapshot, "task", home, task["id"], before)
        if visit.by_htmx:
            return await visit.page("profiles/_changes.html", history=history, address=_one(visit), what="task")
        about = {name: task[column] for name, column in _COLUMNS.items() if task[column] is not None}
        named = await _named(visit, connection, about, strict=False)
    attributes, values = attributes_of(snapshot, "task"), msgspec.json.decode(task["attributes"])
    fields = {**task, "due_date": local_time(task["due_at"], snapshot), "duration": task["duration_minutes"]}
    return await visit.page(
        "profiles/task.html", task=task, history=history, fields=FIELDS, typed=shown(visit, FIELDS, fields),
        choices=choices_of(snapshot), attributes=attributes, values=values, named=named,
        typed_attributes=shown_attributes(visit, attributes, values), members=snapshot.part(MEMBERS),
    )  # fmt: skip


async def edit(visit: Visit) -> Response:
    """Its fields and attributes: those that the form has."""
    body = sent(visit, FIELDS)

    async def work(connection: Connection, snapshot: Snapshot) -> Written:
        await _task(visit, connection)
        patch = parse_task(body, snapshot.time_zone)
        return await update_task(
            connection, visit.actor, visit.id(), patch, visit.house.definitions, now=visit.now
        )  # fmt: skip

    done = await written(visit, work)
    if not done.changed:
        return visit.go(_one(visit), "Nothing was different, so nothing was changed.")
    return visit.go(_one(visit), "The changes are saved.", Undo(f"{_one(visit)}undo/"))


async def turn(visit: Visit) -> Response:
    """Done, or to be done again."""
    done = visit.text("done") == "true"
    change = complete_task if done else reopen_task

    async def work(connection: Connection, _snapshot: Snapshot) -> Written:
        await _task(visit, connection)
        return await change(connection, visit.actor, visit.id(), visit.house.definitions, now=visit.now)

    await written(visit, work)
    back = _back(visit, _one(visit))
    undo = Undo(f"{_one(visit)}done/", {"done": "false" if done else "true", "back": back})
    return visit.go(back, "The task is done." if done else "The task is open again.", undo)


async def undo(visit: Visit) -> Response:
    """The last change is taken back, if it is still the one that the page showed."""
    change_id = number_in(visit.text("change"), "change", default=0) or None

    async def work(connection: Connection, snapshot: Snapshot) -> Written:
        _, home = await _task(visit, connection)
        named = (connection, visit.workspace_id, "task", home, visit.id())
        entry = await last_change(*named, change_id)
        body = {_AS_SENT.get(name, name): value for name, value in before_of(entry, snapshot).items()}
        if body.get("deal_id") is not None:
            # A task lives with its deal's contact.
            body.pop("user_id", None)
        try:
            patch = parse_task(body | ({"done": bool(body["done"])} if "done" in body else {}), snapshot.time_zone)
        except InvalidInput as error:
            raise Conflict(f"What was before cannot be stored any more: {error.detail}") from None
        done = await update_task(
            connection, visit.actor, visit.id(), patch, visit.house.definitions, now=visit.now
        )  # fmt: skip
        home_now = await task_home(connection, visit.workspace_id, visit.id())
        await check_that_it_was_last(connection, visit.workspace_id, "task", home_now, visit.id(), entry)
        return done

    await written(visit, work)
    return visit.go(_one(visit), "The last change is undone.", Undo(f"{_one(visit)}undo/"))


async def delete(visit: Visit) -> Response:
    """It can be brought back."""

    async def work(connection: Connection) -> tuple[str, int | None]:
        task, _ = await _task(visit, connection)
        kept = await delete_task(connection, visit.actor, task["id"], now=visit.now)
        return task["name"] or "The task", kept

    name, kept = await in_transaction(visit.house.pool, work)
    return visit.go(_back(visit, _HERE), f"{name} is deleted.", bring_back(kept))


_COLUMNS = {"deal_id": "deal_id", "user_id": "contact_id", "company_id": "company_id"}


async def _named(
    visit: Visit, connection: Connection, about: Mapping[str, int], *, strict: bool = True
) -> dict[str, tuple[str, str]]:
    """What the deal, the contact and the company of a task are called, each with its address.

    ``strict`` raises NotFound for what the member may not see; else it is left out.
    """
    readers = {"deal_id": _deal_name, "user_id": _contact_name, "company_id": _company_name}
    found = {}
    for name, number in about.items():
        try:
            found[name] = await readers[name](visit, connection, number)
        except NotFound:
            if strict:
                raise visit.not_found({"user_id": "contact"}.get(name, name.removesuffix("_id"))) from None
    return found


async def _deal_name(visit: Visit, connection: Connection, deal_id: int) -> tuple[str, str]:
    contact_id = await home_of(connection, visit.workspace_id, deal_id) if visit.may("deals") else None
    images = await fetch_images(connection, visit.workspace_id, [(contact_id, deal_id)]) if contact_id else {}
    if deal_id not in images or not may_see_deal(visit.member, images[deal_id].deal.assigned_to):
        raise NotFound
    return images[deal_id].deal.name, f"/deals/{deal_id}/"


async def _contact_name(visit: Visit, connection: Connection, contact_id: int) -> tuple[str, str]:
    if not visit.may("contacts"):
        raise NotFound
    contact = await read_contact(connection, visit.workspace_id, contact_id)
    return called(contact), f"/contacts/{contact['id']}/"


async def _company_name(visit: Visit, connection: Connection, company_id: int) -> tuple[str, str]:
    if not visit.may("companies"):
        raise NotFound
    company = await read_company(connection, visit.workspace_id, company_id)
    return company.name, f"/companies/{company_id}/"


async def _task(visit: Visit, connection: Connection) -> tuple[Record, int]:
    """The task, and the contact under whom its history stands. Raises NotFound."""
    task = await read_task(connection, visit.workspace_id, visit.id())
    if sees_only(visit.member) is not None and task["deal_id"] is not None:
        # A task about a deal that the member may not see tells of that deal.
        await _deal_name(visit, connection, task["deal_id"])
    home = await task_home(connection, visit.workspace_id, visit.id())
    return task, home


def _one(visit: Visit) -> str:
    return f"{_HERE}{visit.id()}/"


def _back(visit: Visit, otherwise: str) -> str:
    """Where the form wants to go on."""
    path = str(visit.form.get("back") or visit.query.get("back") or "")
    return path if is_local(path) else otherwise


_ONE = "/tasks/<int:id>/"
ROUTES: list[PageRoute] = [
    page("/tasks/new/", form, _AREA, writes=True),
    action("/tasks/new/", add, _AREA, again=form),
    page("/tasks/people/", people, _AREA),
    page(_ONE, show, _AREA),
    action(f"{_ONE}edit/", edit, _AREA, again=show),
    action(f"{_ONE}done/", turn, _AREA),
    action(f"{_ONE}undo/", undo, _AREA, again=show),
    action(f"{_ONE}delete/", delete, _AREA),
]
