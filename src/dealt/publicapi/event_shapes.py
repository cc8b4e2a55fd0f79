"""Events, product events, page views and timelines as the public API shows them, in the names of both versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from dealt.events import EventDefinition, EventNames, Happening
from dealt.kernel.clock import iso
from dealt.kernel.db import Record

_decode = msgspec.json.decode
_PAGE_VIEW = (
    "ip_address", "user_agent", "browser_family", "browser_version", "os_type", "city", "country", "url",
)  # fmt: skip


def shape_event(row: Record, names: EventNames) -> dict[str, Any]:
    """One occurrence. ``items`` are its data as texts, ``data`` as they are."""
    data: dict[str, Any] = _decode(row["data"])
    definition = names.by_id.get(row["definition_id"])
    return {
        "id": row["id"],
        "client": row["contact_id"],
        "user_id": row["contact_id"],
        "timestamp": iso(row["happened_at"]),
        "event": definition.name if definition else None,
        "event_id": row["definition_id"],
        "items": [{"key": name, "value": _text(value)} for name, value in data.items()],
        "data": data,
        "custom_id": row["custom_id"],
        "received_at": iso(row["received_at"]),
    }


def shape_product_event(row: Record) -> dict[str, Any]:
    """One product event."""
    return {
        "id": row["id"],
        "client": row["contact_id"],
        "user_id": row["contact_id"],
        "timestamp": iso(row["happened_at"]),
        "event_type": row["event_type"],
        "product_id": row["product_id"],
        "custom_data": _decode(row["custom_data"]),
        "event_custom_id": row["custom_id"],
        "received_at": iso(row["received_at"]),
    }


def shape_page_view(row: Record) -> dict[str, Any]:
    """One page view. Clients read ``extra_data`` as a text: null where there is none."""
    extra = row["extra_data"]
    return {
        "id": row["id"],
        "client": row["contact_id"],
        **{name: row[name] for name in _PAGE_VIEW},
        "referer": row["referrer"],
        "title": row["title"],
        "page_domain": row["domain"],
        "page_path": row["path"],
        "timestamp": iso(row["happened_at"]),
        "extra_data": None if extra == "{}" else extra,
        "timezone": row["timezone"],
        "resolution": row["resolution"],
    }


def shape_happening(happening: Happening) -> dict[str, Any]:
    """One line of a timeline."""
    return {
        "id": happening.id,
        "datetime": iso(happening.at),
        "type": happening.source,
        "name": happening.name,
        "content": {"url": happening.url, "title": happening.title, **happening.content},
    }


def shape_definition(definition: EventDefinition | Mapping[str, Any]) -> dict[str, Any]:
    """The name of an event. ``first_at`` is null while nothing of it happened."""
    found = definition if isinstance(definition, EventDefinition) else EventDefinition(**definition)
    return {
        "id": found.id,
        "name": found.name,
        "description": found.description,
        "first_at": None if found.first_at is None else iso(found.first_at),
        "created_at": iso(found.created_at),
    }


def _text(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
