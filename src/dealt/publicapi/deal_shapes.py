"""A deal as versions 1 and 2 of the API show it."""

from __future__ import annotations

from typing import Any

import msgspec

from dealt.accounts import Snapshot
from dealt.attributes import ATTRIBUTES
from dealt.deals import DealImage
from dealt.kernel.clock import iso
from dealt.kernel.db import Record
from dealt.kernel.journal import Cause
from dealt.kernel.money import format_amount
from dealt.tags import TAGS

# The status of a deal's tasks, as a word in version 2 and as a number in a string in version 1.
_PLANNED = {True: ("planned", "1"), False: ("no planned", "3")}


def shape_deal(image: DealImage, snapshot: Snapshot, version: int) -> dict[str, Any]:
    """The whole deal: standard fields, links, receipt, custom attributes (flat in version 2, a list in version 1)."""
    deal = image.deal
    user_id = None if image.guest else deal.contact_id
    planned = _PLANNED[deal.open_tasks > 0]
    tags = snapshot.part(TAGS)
    shape: dict[str, Any] = {
        "id": deal.id,
        "name": deal.name,
        "value": None if deal.value is None else format_amount(deal.value),
        "currency": deal.currency,
        "custom_id": deal.custom_id,
        "stage": deal.stage_id,
        "pipeline": deal.pipeline_id,
        "assigned_to": deal.assigned_to,
        "restricted_to": deal.restricted_to,
        "agent": None,
        "company" if version == 1 else "company_id": None if image.company_gone else deal.company_id,
        "person" if version == 1 else "user_id": user_id,
        "status": str(deal.status) if version == 1 else deal.status,
        "products": [product_id for product_id in deal.product_ids if product_id is not None],
        "scope": str(deal.scope) if version == 1 else deal.scope,
        "created_by": deal.created_by,
        "created_at": iso(deal.created_at),
        "updated_at": iso(deal.updated_at),
        "tags": [{"id": tag_id, "name": tags[tag_id]} for tag_id in deal.tag_ids if tag_id in tags],
        "activities_status": planned[version == 1],
        "expected_close_date": deal.expected_close_date,
        "loss_reason": deal.loss_reason_id,
        "loss_reason_description": deal.loss_reason_description,
        "lost_at": None if deal.lost_at is None else iso(deal.lost_at),
        "won_at": None if deal.won_at is None else iso(deal.won_at),
        "participants": deal.participants,
        "user_custom_id": None if image.guest else image.user_custom_id,
        "products_custom_id": [key for key in deal.product_custom_ids if key is not None],
        "company_custom_id": image.company_custom_id,
        "order_products": image.receipts or [line.receipt for line in image.lines],
        "lines_total": _amount(deal.lines_total),
        "refunded_total": _amount(deal.refunded_total),
        "net_value": _amount(deal.net_value),
        "base_value": _amount(deal.base_value),
        "ordered_at": iso(deal.ordered_at),
        "version": deal.version,
    }
    attributes = snapshot.part(ATTRIBUTES)
    if version == 2:
        return {**attributes.blank["deal"], **deal.attributes, **shape}
    shape["activities_status_updated_at"] = None
    shape["attributes"] = [
        {
            "id": attribute.id,
            "name": attribute.name,
            "name_std": attribute.name_std,
            "value": deal.attributes.get(attribute.name_std),
            "description": attribute.description,
        }
        for attribute in attributes.of("deal").values()
    ]
    return shape


def shape_entry(row: Record) -> dict[str, Any]:
    """One line of a deal's history; ``changes`` maps a field to its value before and after."""
    return {
        "id": row["id"],
        "at": iso(row["at"]),
        "kind": row["kind"],
        "actor": row["actor"],
        "cause": Cause(row["cause"]).name.lower(),
        "changes": msgspec.Raw(row["changes"].encode()),
    }


def _amount(value: Any) -> str | None:
    return None if value is None else format_amount(value)
