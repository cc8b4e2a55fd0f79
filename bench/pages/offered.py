"""What a list offers on its own page: its sorts, its filters and the page behind it, from its HTML."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import quote

_CHOICES = 3
_DAY = "2026-06-01"


@dataclass
class Offered:
    """Addresses by what they are called."""

    sorts: dict[str, str] = field(default_factory=dict)
    filters: dict[str, str] = field(default_factory=dict)
    following: str = ""


def read_offered(path: str, html: str) -> Offered:
    """What the list at ``path`` offers: sorts both ways, of each filter the first few choices, and the next page."""
    reader = _Reader(path)
    reader.feed(html)
    return reader.offered


class _Reader(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.offered = Offered()
        self._path, self._select, self._filtering = path, "", False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        have = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._filtering = have.get("aria-label") == "Filters"
        elif tag == "select":
            self._select = have.get("name", "")
        elif tag == "option" and have.get("value"):
            self._offer(self._select, have["value"])
        elif tag == "input" and have.get("type") == "date":
            self._offer(have.get("name", ""), _DAY)
        elif tag == "a":
            self._follow(have.get("href", ""), have.get("rel", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._filtering = False

    def _offer(self, name: str, value: str) -> None:
        known = sum(one.startswith(f"{name}=") for one in self.offered.filters)
        if self._filtering and name and known < _CHOICES:
            self.offered.filters[f"{name}={value}"] = f"{self._path}?{name}={quote(value)}"

    def _follow(self, address: str, rel: str) -> None:
        place, _, query = address.partition("?")
        if place != self._path:
            return
        if "cursor=" in query:
            self.offered.following = address
        elif query.startswith("ordering="):
            name = query.removeprefix("ordering=").removeprefix("-")
            self.offered.sorts[name] = f"{place}?ordering={name}"
            self.offered.sorts[f"-{name}"] = f"{place}?ordering=-{name}"
