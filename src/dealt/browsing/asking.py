"""What the address of a list asks for, and the addresses of what is near."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from dealt.accounts import Snapshot
from dealt.browsing.model import Kind
from dealt.builders import NAMING, Filtered, may_name_people, written_out
from dealt.kernel.cursors import encode_cursor
from dealt.kernel.errors import InvalidInput
from dealt.kernel.paging import Page, PageRequest

ROWS = 50
LONGEST_SEARCH = 200
LOOKS_FOR_MS = 2_000
"""How long a page may look for what no index finds."""
EXPORT_LOOKS_FOR_MS = 60_000
HOWS = {
    "exact": "is", "icontains": "contains", "istartswith": "begins with", "gte": "is at least", "gt": "is above",
    "lte": "is at most", "lt": "is below", "isnull": "is empty",
}  # fmt: skip
_OWN = frozenset({"view", "q", "cursor", "before", "ordering", "filter", "page", "page_size", "fields"})


@dataclass(frozen=True, slots=True)
class Asked:
    """``lookups`` are what the quick controls and the arguments of the API ask for, ``filter`` what the builder does,
    as it is spelled; ``cursor`` goes on behind a row, ``before`` back from one.
    """

    view: str = ""
    text: str = ""
    ordering: str = ""
    cursor: str = ""
    before: str = ""
    lookups: Mapping[str, str] = field(default_factory=dict)
    filter: str = ""

    @property
    def is_narrowed(self) -> bool:
        return bool(self.text or self.lookups or self.filter)


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that no control shows: what it says, and the address of the list without it."""

    text: str
    without: str


def read_asked(kind: Kind, args: Mapping[str, str]) -> Asked:
    """What the query asks for. Raises InvalidInput for a text that is too long to be searched for."""
    text = args.get("q", "").strip()
    if len(text) > LONGEST_SEARCH:
        raise InvalidInput.of("q", f"At most {LONGEST_SEARCH} characters can be searched for.")
    lookups = {name: value for name, value in args.items() if name not in _OWN and value.strip()}
    ordering = args.get("ordering", "") or kind.ordering
    return Asked(
        args.get("view", ""), text, ordering, args.get("cursor", ""), args.get("before", ""), lookups,
        args.get("filter", "").strip(),
    )  # fmt: skip


def address(kind: Kind, asked: Asked) -> str:
    """The address of the list as it is asked for; the plain one is named, for the list may open with a view."""
    found = {"view": asked.view, "q": asked.text} | dict(asked.lookups)
    found |= {"ordering": asked.ordering if asked.ordering != kind.ordering else ""}
    found |= {"filter": asked.filter, "cursor": asked.cursor, "before": asked.before}
    query = written_out(found)
    return f"{kind.path}?{query or 'view='}"


def kept(kind: Kind, asked: Asked) -> dict[str, str]:
    """The arguments besides the filter that a form for the filter sends along."""
    found = {"view": asked.view, "q": asked.text} | dict(asked.lookups)
    found |= {"ordering": asked.ordering if asked.ordering != kind.ordering else ""}
    return {name: value for name, value in found.items() if value}


def quick(kind: Kind, asked: Asked) -> list[Any]:
    """What the quick controls ask for, as conditions of the filter language, where they have such."""
    return [one.means(asked.lookups[one.name]) for one in kind.filters if one.means and one.name in asked.lookups]


def from_start(asked: Asked) -> Asked:
    """The same list from its beginning."""
    return replace(asked, cursor="", before="")


def without(asked: Asked, name: str) -> Asked:
    """The same list without one of its filters."""
    return replace(from_start(asked), lookups={key: value for key, value in asked.lookups.items() if key != name})


def to_keep(kind: Kind, asked: Asked, found: Filtered | None) -> str:
    """What a saved view keeps of the query: filters that cannot name a person, and the order."""
    controls = {one.name for one in kind.filters}
    kept = {
        name: value
        for name, value in asked.lookups.items()
        if name in controls or _is_harmless(kind, name.partition("__")[0])
    }
    kept |= {"ordering": asked.ordering if asked.ordering != kind.ordering else ""}
    if found is not None and not may_name_people(found.node, kind.name):
        kept["filter"] = asked.filter
    return written_out(kept)


def _is_harmless(kind: Kind, name: str) -> bool:
    return name in kind.listing.columns and name not in NAMING


def request_of(
    kind: Kind, asked: Asked, snapshot: Snapshot, now: datetime, found: Filtered | None = None
) -> PageRequest:
    """The page that is asked for, of what ``found`` leaves. Raises InvalidInput naming each argument that is not
    understood.
    """
    narrowed = kind.listing.narrow({**asked.lookups, "ordering": asked.ordering}, snapshot, now)
    slow = [name for name in asked.lookups if name in kind.slow]
    conditions = narrowed.conditions
    if asked.text:
        conditions, slow = (*conditions, kind.search(asked.text)), [*slow, "q"]
    if found is not None:
        conditions, slow = (*conditions, found.condition), [*slow, "filter"]
    narrowed = replace(
        narrowed, conditions=conditions, unserved=(*narrowed.unserved, *slow), searched=bool(asked.text),
        longest_ms=min(narrowed.longest_ms, LOOKS_FOR_MS),
    )  # fmt: skip
    if asked.before and narrowed.order is not None:
        narrowed = replace(narrowed, order=narrowed.order.turned)
    return PageRequest(ROWS, cursor=asked.before or asked.cursor or None, narrowed=narrowed)


def around(kind: Kind, asked: Asked, page: Page) -> tuple[str, str]:
    """The addresses of the page before and the page behind; empty where there is none."""
    if not page.rows:
        return "", ""
    start, back = from_start(asked), bool(asked.before)
    forward = page.order.turned if back else page.order
    first, last = (page.rows[-1], page.rows[0]) if back else (page.rows[0], page.rows[-1])
    column, row_id = page.order.columns
    previous, following = "", ""
    if page.has_next if back else asked.cursor:
        cursor = encode_cursor(first[column], first[row_id], forward.turned.key)
        previous = address(kind, replace(start, before=cursor))
    if back or page.has_next:
        cursor = encode_cursor(last[column], last[row_id], forward.key)
        following = address(kind, replace(start, cursor=cursor))
    return previous, following


def chips(kind: Kind, asked: Asked, labels: Mapping[str, str]) -> list[Chip]:
    """The filters that no control shows."""
    controls = {one.name for one in kind.filters}
    found = []
    for name, value in asked.lookups.items():
        if name in controls:
            continue
        column, _, how = name.partition("__")
        told = f"{labels.get(column, column)} {HOWS.get(how or 'exact', how)} {value}"
        if how == "isnull":
            told = f"{labels.get(column, column)} is {'' if value in ('true', '1') else 'not '}empty"
        found.append(Chip(told, address(kind, without(asked, name))))
    return found
