"""What can change of a contact, as bits, so that a change is looked at only by whatever reads it.

Definitions say which bits they read, stale rows which bits changed; where they share none, nothing derived can differ.
A few bits are what belongs to contacts; the others are shared by all of a contact's fields, each of which has one by
its name. Two fields with the same bit are computed for each other's sake: that costs work and changes nothing.

Bits are stored, with stale rows and workspaces: whoever gives one another meaning sets all that is stored to
``journal.ANYTHING`` in a migration.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from dealt.kernel.journal import same_json

PRESENCE = 1 << 0
"""A contact comes, goes, is merged or separated. Whatever is defined reads this."""
DEALS = 1 << 1
"""Deals with their lines, links to products, tags, and the number of their open tasks."""
EVENTS = 1 << 2
PRODUCT_EVENTS = 1 << 3
PAGE_VIEWS = 1 << 4
TASKS = 1 << 5
LISTS = 1 << 6
TAGS = 1 << 7
"""The tags of the contact itself."""
COMPANIES = 1 << 8
"""Which companies a contact and its orders have, and what these companies are."""
PRODUCTS = 1 << 9
"""What the catalogue says of the products that a contact has to do with."""
_FIRST_FIELD, _FIELDS = 10, 53

_OF_THEIR_OWN = {"tags": TAGS, "tag_ids": TAGS, "lists": LISTS, "companies": COMPANIES}


@lru_cache(maxsize=4096)
def of_field(name: str) -> int:
    """The bit of a field of a contact: a column, an attribute by its standard name, or what it belongs to."""
    return _OF_THEIR_OWN.get(name) or 1 << (_FIRST_FIELD + zlib.crc32(name.encode()) % _FIELDS)


def of_fields(names: Iterable[str]) -> int:
    """The bits of several fields together."""
    facets = 0
    for name in names:
        facets |= of_field(name)
    return facets


def of_change(before: Mapping[str, Any], after: Mapping[str, Any]) -> int:
    """The bits of what differs in ``after``, which holds columns of a contact; ``attributes`` are looked into."""
    facets = CHANGED
    for column, value in after.items():
        if column == "attributes" or value == before[column]:
            continue
        facets |= of_field(column)
    old, new = before["attributes"], after["attributes"]
    return facets | of_fields(name for name in {**old, **new} if not _same(old.get(name), new.get(name)))


def _same(before: Any, after: Any) -> bool:
    return type(before) is type(after) and same_json(before, after)


CHANGED = of_fields(["updated_at"])
"""What every edit of a contact changes."""
SEEN = of_fields(["page_views", "first_seen", "last_seen"])
"""What a visit changes."""
