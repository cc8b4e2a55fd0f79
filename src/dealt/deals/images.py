"""Images: from rows to a deal with its lines, and the flat form that the journal compares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from dealt.deals import queries
from dealt.deals.model import Deal, DealImage, Line
from dealt.kernel.db import Connection, Record
from dealt.kernel.money import format_amount

lines_of = msgspec.json.Decoder(list[Line]).decode
"""Lines from their rows as JSON."""
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
    connection: Connection, workspace_id: int, keys: Sequence[tuple[int, int]], *, to_show: bool = False
) -> dict[int, DealImage]:
    """The images of deals named by (contact id, deal id), by deal id; what does not exist is left out.

    ``to_show`` leaves the lines as the receipts that answers hold: such an image cannot be edited.
    """
    if not keys:
        return {}
    if to_show and len(keys) == 1:
        row = await connection.fetchrow(queries.SHOWN_ONE, workspace_id, *keys[0])
        return {row["id"]: _image_of(row, to_show=True)} if row else {}
    contact_ids, deal_ids = zip(*keys, strict=True)
    query = queries.SHOWN if to_show else queries.IMAGES
    rows = await connection.fetch(query, workspace_id, list(contact_ids), list(deal_ids))
    return {row["id"]: _image_of(row, to_show=to_show) for row in rows}


def _image_of(row: Record, *, to_show: bool) -> DealImage:
    values = dict(zip(_COLUMNS, row, strict=False))
    values["attributes"] = _attributes.decode(row["attributes"])
    image = DealImage(
        deal=Deal(**values),
        guest=row["guest"],
        user_custom_id=row["user_custom_id"],
        company_custom_id=row["company_custom_id"],
        company_gone=row["company_gone"],
    )
    if to_show:
        image.receipts = msgspec.Raw((row["receipts"] or "[]").encode())
    elif row["lines"]:
        image.lines = lines_of(row["lines"])
    return image


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
