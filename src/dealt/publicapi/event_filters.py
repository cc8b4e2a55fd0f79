"""What lists of what happened can be narrowed and ordered by.

An index has them by time, of one contact, of one event and of one product; by their ids only what one contact did can
be ordered, which is little enough to be sorted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dealt.accounts import Snapshot
from dealt.events import EVENTS, PRODUCT_EVENT_TYPES, SOURCES, Stretch, parse_moment
from dealt.kernel.errors import InvalidInput
from dealt.kernel.lookups import BOUNDS, Column
from dealt.kernel.shown import shown
from dealt.kernel.sql import Sql, sql
from dealt.publicapi.listing import Listing, plain

_TIMES = {"timestamp": Column("happened_at", "datetime", served=BOUNDS), **plain(received_at="datetime")}
_OF_ALL = {"user_id": Column("contact_id", "integer", served=BOUNDS)}
_PRODUCT_EVENT = {
    **plain(id="integer", event_type="string", product_id="integer"),
    **_TIMES,
    "event_custom_id": Column("custom_id", "string"),
}


def _named(text: str, snapshot: Snapshot) -> Sql:
    """Events of one name."""
    definition = snapshot.part(EVENTS).by_name.get(text)
    if definition is None:
        raise ValueError("There is no event of this name.")
    return sql("definition_id = {}", definition.id)


def _typed(text: str, _: Snapshot) -> Sql:
    """Product events of one type."""
    if text not in PRODUCT_EVENT_TYPES:
        raise ValueError(f"{shown(text)} is not a valid choice.")
    return sql("event_type = {}", text)


_TYPED = {"event_type": _typed}
NAMES = Listing(
    plain(id="integer", name="string", description="string", first_at="datetime", created_at="datetime"),
    sorts=("id", "name"), small=True,
)  # fmt: skip
EVENTS_OF_USER = Listing(
    {
        **plain(id="integer", custom_id="string"),
        **_TIMES,
        "event_id": Column("definition_id", "integer"),
    },
    sorts=("timestamp", "id"),
    specials={"event": _named},
)
OCCURRENCES = Listing({**plain(id="integer", custom_id="string"), **_TIMES, **_OF_ALL}, sorts=("timestamp",))
PRODUCT_EVENTS_OF_USER = Listing(_PRODUCT_EVENT, sorts=("timestamp", "id"), specials=_TYPED)
EVENTS_OF_PRODUCT = Listing({**_PRODUCT_EVENT, **_OF_ALL}, sorts=("timestamp",), specials=_TYPED)
PAGE_VIEWS = Listing(
    {
        **plain(
            id="integer", url="string", title="string", ip_address="string", user_agent="string",
            browser_family="string", browser_version="string", os_type="string", city="string", country="string",
            timezone="string", resolution="string", custom_id="string",
        ),
        **_TIMES,
        "referer": Column("referrer", "string"),
        "page_domain": Column("domain", "string"),
        "page_path": Column("path", "string"),
    },
    sorts=("timestamp", "id"),
)  # fmt: skip
_BOUNDS = {"datetime__gte": "since", "datetime__lt": "until"}
TIMELINE = Listing({}, sorts=("datetime",), own=("type", *_BOUNDS))
"""Of a timeline, which is merged of five tables, the handler reads all: by ``stretch_of``."""


def stretch_of(args: Mapping[str, str], snapshot: Snapshot) -> Stretch:
    """The part of a timeline that ``type``, ``datetime__gte``, ``datetime__lt`` and ``ordering`` ask for.

    Raises InvalidInput.
    """
    asked: dict[str, Any] = {"newest_first": not args.get("ordering") or args["ordering"].startswith("-")}
    for name, bound in _BOUNDS.items():
        try:
            moment = parse_moment(args.get(name), snapshot.time_zone, None)
        except ValueError as error:
            raise InvalidInput.of(name, str(error)) from None
        if moment is not None:
            asked[bound] = moment
    if args.get("type"):
        asked["sources"] = args["type"].split(",")
        if not set(SOURCES).issuperset(asked["sources"]):
            raise InvalidInput.of("type", f"There are the types {', '.join(SOURCES)}.")
    return Stretch(**asked)
