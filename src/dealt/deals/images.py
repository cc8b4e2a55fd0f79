"""Images: from rows to a deal with its lines, and the flat form that the journal compares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from dealt.deals import queries
from dealt.deals.model import Deal, DealImage, Line
from dealt.kernel.db import Connection, Record
from dealt.kernel.money import format_amount

_lines = msgspec.json.Decoder(list[Line])
_attributes = msgspec.json.Decoder(dict[str, Any])
_COLUMNS = Deal.__struct_fields__
# What a reader of the history wants to see; the rest is derived from it or only serves the machine.
_TOLD = (
    "custom_id", "name", "currency", "pipeline_id", "stage_id", "status", "won_at", "lost_at", "loss_reason_id",
    "loss_reason_description", "expected_close_date", "assigned_to", "company_id", "participants",
    "product_custom_ids", "product_ids", "tag_ids",
)  # fmt: skip
_SHOWN_AS = {
    "pipeline_id": "pipeline",
    "stage_id": "stage",
    "loss_reason_id": "loss_reason",
    "product_ids": "products",
    "product_custom_ids": "products_custom_id",
    "tag_ids": "tags",
}


async def fetch_images(
    connection: Connection, workspace_id: int, keys: Sequence[tuple[int, int]]
) -> dict[int, DealImage]:
    """The images of deals named by (contact id, deal id), by deal id; what does not exist is left out."""
    if not keys:
        return {}
    contact_ids, deal_ids = zip(*keys, strict=True)
    rows = await connection.fetch(queries.IMAGES, workspace_id, list(contact_ids), list(deal_ids))
    return {row["id"]: image_of(row) for row in rows}


def image_of(row: Record) -> DealImage:
    """The image in a row of ``queries.IMAGE``."""
    values = {name: row[name] for name in _COLUMNS}
    values["attributes"] = _attributes.decode(row["attributes"])
    return DealImage(
        deal=Deal(**values),
        lines=_lines.decode(row["lines"]) if row["lines"] else [],
        guest=row["guest"],
        user_custom_id=row["user_custom_id"],
        company_custom_id=row["company_custom_id"],
    )


def told(image: DealImage | None) -> dict[str, Any]:
    """What the journal tells of an image: field -> value; attributes by name, lines as ``order_products.<id>``."""
    if image is None:
        return {}
    deal = image.deal
    fields: dict[str, Any] = {_SHOWN_AS.get(name, name): value for name in _TOLD if (value := getattr(deal, name))}
    fields["status"] = deal.status
    if deal.value is not None:
        fields["value"] = format_amount(deal.value)
    if not image.guest:
        fields["user_id"] = deal.contact_id
    fields.update(deal.attributes)
    fields.update((f"order_products.{line.id}", line.receipt) for line in image.lines)
    return fields
