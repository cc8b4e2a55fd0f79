"""What a task is, and what a request asks of one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dealt.kernel.errors import Conflict, InvalidInput, NotFound

NOBODY = 0
"""The contact with whom a task lives that has none."""

BLANK: dict[str, Any] = {
    "custom_id": None,
    "activity_type": 1,
    "name": None,
    "description": "",
    "due_at": None,
    "duration_minutes": None,
    "assigned_to": None,
    "created_by": None,
    "company_id": None,
    "deal_id": None,
    "done": False,
    "done_at": None,
    "attributes": {},
}
"""Every column that a write decides, with its value before anything is known."""


@dataclass(slots=True)
class TaskPatch:
    """What a request asks of a task: columns that a client may write, ``contact_id`` and raw ``attributes``.

    What is absent from ``fields`` stays as it is; None clears. ``named`` holds references by other names than ids.
    """

    fields: dict[str, Any] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
    named: dict[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """What a write did. ``defined`` says that it made or widened a definition: forget the snapshot after commit."""

    id: int
    changed: bool
    defined: bool = False


class CustomIdTaken(InvalidInput):
    """400: another task of the workspace has this custom id."""

    def __init__(self, custom_id: str) -> None:
        super().__init__({"custom_id": [f'A task with the custom_id "{custom_id}" exists; update it instead.']})


class ReferenceNotFound(NotFound):
    """404: the task names a contact, company or deal that does not exist."""

    def __init__(self, what: str, wanted: int | str, called: str = "id") -> None:
        super().__init__(f"No {what} with the {called} {wanted}. Create it first, then send the task again.")


class TaskMoved(Conflict):
    """409: another request moved the task or its deal at the same moment."""

    def __init__(self) -> None:
        super().__init__("Another request has just moved this task or its deal. Read it again, then repeat.")
