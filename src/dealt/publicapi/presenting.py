"""What a delivery of a webhook says of an object beside its change: its address here, and a deal whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dealt.accounts import Definitions
from dealt.attributes import ATTRIBUTES
from dealt.deals import show_deals
from dealt.kernel.db import Connection
from dealt.publicapi.deal_shapes import shape_deal
from dealt.tags import TAGS

_PATHS = {
    "aggregator": "aggregators",
    "attribute": "attributes",
    "company": "companies",
    "contact": "users",
    "deal": "deals",
    "loss_reason": "loss-reasons",
    "pipeline": "pipelines",
    "product": "products",
    "segment": "segments",
    "stage": "stages",
    "webhook": "webhooks",
}


class Presenting:
    """Shows objects as version 2 of the API does; for one process."""

    def __init__(self) -> None:
        self._definitions = Definitions([ATTRIBUTES, TAGS])

    async def __call__(
        self, connection: Connection, workspace_id: int, object_type: str, ids: Sequence[int]
    ) -> dict[int, Mapping[str, Any]]:
        """``url`` for what has an address of its own, and ``object`` for a deal: as it is now, null if it is gone."""
        if object_type not in _PATHS:
            return {}
        told: dict[int, dict[str, Any]] = {
            object_id: {"url": f"/api/public/{_PATHS[object_type]}/{object_id}/"} for object_id in ids
        }
        if object_type == "deal":
            snapshot = await self._definitions.for_reading(connection, workspace_id)
            images = await show_deals(connection, workspace_id, ids)
            for deal_id, shown in told.items():
                image = images.get(deal_id)
                shown["object"] = None if image is None else shape_deal(image, snapshot, 2)
        return dict(told)
