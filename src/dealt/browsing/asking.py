"""What the address of a list asks for, and the addresses of what is near."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlencode

from dealt.accounts import Snapshot
from dealt.browsing.model import Kind
from dealt.kernel.cursors import encode_cursor
from dealt.kernel.errors import InvalidInput
from dealt.kernel.paging import Order, Page, PageRequest

ROWS = 50
LONGEST_SEARCH = 200
HOWS = {
    "exact": "is", "icontains": "contains", "istartswith": "begins with", "gte": "is at least", "gt": "is above",
    "lte": "is at most", "lt": "is below", "isnull": "is empty",
}  # fmt: skip
_OWN = frozenset({"view", "q", "cursor", "before", "ordering", "field", "how", "value", "page", "page_size", "fields"})
_NAMING = frozenset({"email", "name", "first_name", "last_name", "phone_number", "custom_id", "key", "last_ip"})


@dataclass(frozen=True, slots=True)
class Asked:
    """``lookups`` are the filters; ``cursor`` goes on behind a row, ``before`` back from one."""

    view: str = ""
    text: str = ""
    ordering: str = ""
    cursor: str = ""
    before: str = ""
    lookups: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.text or self.lookups)


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
    return Asked(args.get("view", ""), text, ordering, args.get("cursor", ""), args.get("before", ""), lookups)


def address(kind: Kind, asked: Asked) -> str:
    """The address of the list as it is asked for."""
    found = {"view": asked.view, "q": asked.text} | dict(asked.lookups)
    found |= {"ordering": asked.ordering if asked.ordering != kind.ordering else ""}
    found |= {"cursor": asked.cursor, "before": asked.before}
    query = urlencode({name: value for name, value in found.items() if value})
    return f"{kind.path}?{query}" if query else kind.path


def from_start(asked: Asked) -> Asked:
    """The same list from its beginning."""
    return replace(asked, cursor="", before="")


def without(asked: Asked, name: str) -> Asked:
    """The same list without one of its filters."""
    return replace(from_start(asked), lookups={key: value for key, value in asked.lookups.items() if key != name})


def to_keep(kind: Kind, asked: Asked) -> str:
    """What a saved view keeps of the query: filters that cannot name a person, and the order."""
    controls = {one.name for one in kind.filters}
    kept = {
        name: value
        for name, value in asked.lookups.items()
        if name in controls or _is_harmless(kind, name.partition("__")[0])
    }
    return urlencode(kept | ({"ordering": asked.ordering} if asked.ordering != kind.ordering else {}))


def _is_harmless(kind: Kind, name: str) -> bool:
    return name in kind.listing.columns and name not in _NAMING


def request_of(kind: Kind, asked: Asked, snapshot: Snapshot, now: datetime) -> PageRequest:
    """The page that is asked for. Raises InvalidInput naming each argument that is not understood."""
    narrowed = kind.listing.narrow({**asked.lookups, "ordering": asked.ordering}, snapshot, now)
    slow = [name for name in asked.lookups if name in kind.slow]
    conditions = narrowed.conditions
    if asked.text:
        conditions, slow = (*conditions, kind.search(asked.text)), [*slow, "q"]
    narrowed = replace(
        narrowed, conditions=conditions, unserved=(*narrowed.unserved, *slow), searched=bool(asked.text)
    )  # fmt: skip
    if asked.before and narrowed.order is not None:
        narrowed = replace(narrowed, order=turned(narrowed.order))
    return PageRequest(ROWS, cursor=asked.before or asked.cursor or None, narrowed=narrowed)


def turned(order: Order) -> Order:
    """The order from the other end."""
    by_id = order.descending if order.id_descending is None else order.id_descending
    return replace(order, descending=not order.descending, id_descending=not by_id)


def around(kind: Kind, asked: Asked, page: Page) -> tuple[str, str]:
    """The addresses of the page before and the page behind; empty where there is none."""
    if not page.rows:
        return "", ""
    start, back = from_start(asked), bool(asked.before)
    forward = turned(page.order) if back else page.order
    first, last = (page.rows[-1], page.rows[0]) if back else (page.rows[0], page.rows[-1])
    column, row_id = page.order.columns
    previous, following = "", ""
    if page.has_next if back else asked.cursor:
        cursor = encode_cursor(first[column], first[row_id], turned(forward).key)
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
