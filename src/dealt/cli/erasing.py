"""``dealt erase``: everything that names a person goes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

from cyclopts import Parameter

from dealt.accounts import Actor
from dealt.app import MOVERS
from dealt.cli.showing import show_table, tell
from dealt.cli.where import HERE, Where
from dealt.cli.working import Task, WorkspaceOption, in_workspace
from dealt.contacts import id_of
from dealt.kernel.errors import DealtError, InvalidInput, NotFound
from dealt.people import Report, erase_person, find_people

DryRun = Annotated[
    bool, Parameter(name="--dry-run", negative=(), show_default=False, help="Say what would go; nothing does.")
]
Yes = Annotated[bool, Parameter(name="--yes", negative=(), show_default=False, help="Do not ask.")]


def erase(
    contact_id: int | None = None,
    /,
    *,
    custom_id: str | None = None,
    email: str | None = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    where: Where = HERE,
    workspace: WorkspaceOption = None,
) -> None:
    """Erase a person: contact, history, events, tasks, stored answers. Orders stay, without what names the person.

    It cannot be undone. The people that are named are shown first, with what would go of each.

    Parameters
    ----------
    contact_id
        The number of the contact; also of one that was deleted.
    custom_id
        The shop's own id of the person.
    email
        An e-mail address: every contact that has it is erased.
    """
    if sum(given is not None for given in (contact_id, custom_id, email)) != 1:
        raise InvalidInput.of("erase", "Name the person by one of: the contact's number, --custom-id, --email.")

    async def find(task: Task) -> list[int]:
        if contact_id is not None:
            return [contact_id]
        if custom_id is not None:
            return [await id_of(task.connection, task.workspace_id, custom_id)]
        found = await find_people(task.connection, task.workspace_id, email or "")
        if not found:
            raise NotFound("Nobody has this e-mail address.")
        return found

    people = in_workspace(where, workspace, find)
    show(people, _erase(where, workspace, people, for_good=False))
    if dry_run:
        tell("Nothing was erased.")
        return
    if not yes and not _agreed(people):
        raise InvalidInput.of("erase", "Nothing was erased. Answer yes, or give --yes, to erase for good.")
    _erase(where, workspace, people, for_good=True)
    tell(f"{len(people)} {'person is' if len(people) == 1 else 'people are'} erased.")


class _UndoneError(DealtError):
    """Carries reports out of a transaction that must not be committed."""

    def __init__(self, reports: list[Report]) -> None:
        super().__init__("Undone.")
        self.reports = reports


def _erase(where: Where, workspace: int | None, people: Sequence[int], *, for_good: bool) -> list[Report]:
    async def work(task: Task) -> list[Report]:
        actor = Actor(task.workspace_id, "system")
        reports = [await erase_person(task.connection, MOVERS, actor, person, now=task.now) for person in people]
        if not for_good:
            raise _UndoneError(reports)
        return reports

    try:
        return in_workspace(where, workspace, work)
    except _UndoneError as undone:
        return undone.reports


def show(people: Sequence[int], reports: Sequence[Report]) -> None:
    """Print, for each contact, how many rows of which table are deleted, and how many cleaned."""
    rows = []
    for person, report in zip(people, reports, strict=True):
        for what, counts in report.as_dict().items():
            rows += [(str(person), table, what, str(number)) for table, number in counts.items()]
    show_table(("Contact", "Table", "What", "Rows"), rows)


def _agreed(people: Sequence[int]) -> bool:
    if not sys.stdin.isatty():
        return False
    return input(f"Erase {len(people)} for good? Type yes: ").strip().lower() == "yes"
