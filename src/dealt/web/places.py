"""The places of the navigation, as the domains that exist bring them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dealt.accounts import Action, Member, may

_SECTIONS = ("main", "more", "settings")
_KINDS = {"settings": "Settings"}


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere to go. ``section`` is ``main``, ``more`` or ``settings``; ``order`` is where it stands in that.

    ``keys`` are pressed after another, such as ``g d``. ``in_bar`` asks for one of the four places that a phone's
    bottom bar has. A member who may not read in ``area`` (or in one of ``settings|transfer``) does not see it; an empty
    area is for everybody. ``act`` is what the role must allow there: ``write`` for a form that makes something.
    """

    name: str
    path: str
    area: str
    section: str = "main"
    order: int = 100
    icon: str = ""
    keys: str = ""
    in_bar: bool = False
    group: str = ""
    act: Action = "read"


class Places:
    """All places in their order."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._places = sorted(places, key=lambda place: (place.order, place.name))

    def of(self, member: Member, section: str) -> list[Place]:
        """The places of a section that the member may enter."""
        return [place for place in self._places if place.section == section and _open(place, member)]

    def all_of(self, member: Member) -> list[Place]:
        """Every place that the member may enter."""
        return [place for place in self._places if _open(place, member)]

    def in_bar(self, member: Member) -> list[Place]:
        """At most four, for the bottom bar."""
        return [place for place in self._places if place.in_bar and _open(place, member)][:4]

    def first(self, member: Member) -> Place:
        """Where a member comes in."""
        return (self.of(member, "main") or self.all_of(member))[0]

    def told(self, member: Member) -> list[dict[str, str]]:
        """What the palette and the keyboard know of them: first the main places, last the settings."""
        return [
            {"name": place.name, "path": place.path, "keys": place.keys, "what": _what(place)}
            for place in sorted(self.all_of(member), key=lambda place: _SECTIONS.index(place.section))
        ]

    def current(self, path: str, section: str = "") -> Place | None:
        """The place that a path belongs to: the one with the longest path that begins it.

        Whatever is among the settings belongs to the settings' own place of ``main``, wherever its path begins.
        """
        fitting = [p for p in self._places if path.startswith(p.path) and (not section or p.section == section)]
        if not fitting and section == "main" and self.current(path, "settings") is not None:
            return next((place for place in self._places if place.path == "/settings/"), None)
        return max(fitting, key=lambda place: len(place.path), default=None)


def _what(place: Place) -> str:
    return "Do" if place.act == "write" else _KINDS.get(place.section, "Page")


def _open(place: Place, member: Member) -> bool:
    return not place.area or any(may(member, area, place.act) for area in place.area.split("|"))
