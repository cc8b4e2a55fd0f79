"""Who may do what on pages: the one place that decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Action = Literal["read", "write"]

AREAS: dict[str, str] = {
    "deals": "Deals and the board",
    "contacts": "Contacts and their events",
    "companies": "Companies",
    "products": "Products",
    "tasks": "Tasks",
    "segments": "Segments, lists and RFM",
    "aggregators": "Aggregators",
    "transfer": "Imports and exports",
    "settings": "Settings, members, tokens and the audit log",
}
"""Every area of the pages, with what a person calls it."""

ROLES: dict[str, str] = {
    "admin": "Everything, settings and members included",
    "member": "Works with all data; no settings",
    "read-only": "Sees all data, changes nothing",
}
"""The roles that every workspace has, with what they may do. ``custom`` names a role of the workspace's own."""

CUSTOM = "custom"
_DATA = [area for area in AREAS if area != "settings"]
_BUILT_IN: dict[str, dict[str, Action]] = {
    "admin": dict.fromkeys(AREAS, "write"),
    "member": dict.fromkeys(_DATA, "write"),
    "read-only": {area: "read" for area in _DATA if area != "transfer"},
}


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who is signed in. ``areas`` and ``own_deals`` count for a role of the workspace's own."""

    workspace_id: int
    id: int
    email: str
    name: str
    role: str
    areas: Mapping[str, Action] = field(default_factory=dict)
    own_deals: bool = False
    session_id: int = 0
    shop: str = ""
    """What the workspace is called."""
    has_doors: bool = False
    """Whether the same password opens other workspaces."""

    @property
    def called(self) -> str:
        """The name, or the e-mail where there is none."""
        return self.name or self.email


def may(member: Member, area: str, action: Action = "read") -> bool:
    """Whether the member may read, or write, in an area of ``AREAS``."""
    if area not in AREAS:
        raise AssertionError(f"{area} is no area")
    given = (member.areas if member.role == CUSTOM else _BUILT_IN[member.role]).get(area)
    return given == "write" or given == action


def sees_only(member: Member) -> int | None:
    """The member's own id where only deals assigned to the member are seen, else None: for narrowing lists."""
    return member.id if member.role == CUSTOM and member.own_deals else None


def may_see_deal(member: Member, assigned_to: int | None) -> bool:
    """Whether a deal of a certain assignee is within what the member sees."""
    return sees_only(member) in (None, assigned_to)
