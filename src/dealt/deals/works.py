"""One piece of work on one deal, and what becomes of it."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime
from typing import Literal

import msgspec

from dealt.accounts import Actor
from dealt.deals.model import DealImage
from dealt.deals.schemas import DealPatch
from dealt.kernel.errors import InvalidInput


class DealWork(msgspec.Struct, kw_only=True, gc=False):
    """Create, upsert, update or delete one deal. An existing one is named by ``deal_id`` or by ``custom_id``."""

    how: Literal["create", "upsert", "update", "delete"]
    actor: Actor
    patch: DealPatch | None = None
    deal_id: int | None = None
    custom_id: str | None = None
    only_version: int | None = None
    """Refused where the deal is not in this version any more."""
    source_updated_at: datetime | None = None
    """When a delete was decided, by its source's clock."""

    @property
    def may_create(self) -> bool:
        return self.how in ("create", "upsert")

    @property
    def is_upsert(self) -> bool:
        return self.how == "upsert"

    @property
    def is_delete(self) -> bool:
        return self.how == "delete"

    @property
    def new_custom_id(self) -> str | None:
        """The custom id that the deal has afterwards, where the work names it."""
        return self.patch.fields.get("custom_id") if self.patch else None

    @property
    def keys(self) -> frozenset[Hashable]:
        """What no other piece of work of the same set may name."""
        named = {self.custom_id, self.new_custom_id} - {None}
        return frozenset(named | ({self.deal_id} if self.deal_id is not None else set()))


class DealWritten(msgspec.Struct, kw_only=True, gc=False):
    """What a piece of work led to. ``ignored`` is the sentence that says why a message changed nothing."""

    image: DealImage | None
    created: bool = False
    ignored: str | None = None
    deal_id: int
    deletion_id: int | None = None
    """By which deletion a deleted deal comes back."""


def upsert(patch: DealPatch, actor: Actor) -> DealWork:
    """The work of creating or updating the deal that ``patch`` names by its custom id. Raises InvalidInput."""
    custom_id = patch.fields.get("custom_id")
    if custom_id is None:
        raise InvalidInput.of("custom_id", "This field is required.")
    return DealWork(how="upsert", actor=actor, patch=patch, custom_id=custom_id)
