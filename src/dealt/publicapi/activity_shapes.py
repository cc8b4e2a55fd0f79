"""An activity as version 1 and version 2 of the public API show it."""

from __future__ import annotations

from typing import Any

import msgspec

from dealt.accounts import Snapshot
from dealt.attributes import ATTRIBUTES
from dealt.kernel.db import Record
from dealt.publicapi.attribute_shapes import listed

_decode = msgspec.json.Decoder(dict[str, Any]).decode
# What the two versions call differently.
_WORDS = {1: ("datetime", "deal", "person", "company"), 2: ("due_date", "deal_id", "user_id", "company_id")}


def shape_activity(row: Record, snapshot: Snapshot, version: int) -> dict[str, Any]:
    """The whole activity; custom attributes are keys of it in version 2, in version 1 a list of those with a value."""
    due, deal, user, company = _WORDS[version]
    known, values = snapshot.part(ATTRIBUTES).of("task"), _decode(row["attributes"])
    shape: dict[str, Any] = {
        "id": row["id"],
        "activity_type": row["activity_type"],
        "name": row["name"],
        due: row["due_at"],
        "duration": row["duration_minutes"],
        "description": row["description"],
        "assigned_to": row["assigned_to"],
        deal: row["deal_id"],
        user: row["contact_id"],
        company: row["company_id"],
        "done": row["done"],
        "done_date": row["done_at"],
        "created_by": row["created_by"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "custom_id": row["custom_id"],
    }
    if version == 1:
        return shape | {"attributes": listed(known, values)}
    return shape | {name: values.get(name) for name in known if name not in shape}
