"""One occurrence to be written, and what becomes of it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import datetime
from typing import Any, ClassVar, Literal

import msgspec

from dealt.accounts import Actor
from dealt.events.model import Kind
from dealt.products import ProductPatch

ContactBy = Literal["id", "custom_id", "key"]
ProductBy = Literal["id", "custom_id"]
ContactReference = tuple[ContactBy, Any]
ProductReference = tuple[ProductBy, Any]


class Work(msgspec.Struct, kw_only=True):
    """What a contact did. ``happened_at`` None is the moment of arrival; ``custom_id`` is the client's own id."""

    kind: ClassVar[Kind]
    actor: Actor
    contact: ContactReference
    happened_at: datetime | None = None
    custom_id: str | None = None

    @property
    def keys(self) -> frozenset[Hashable]:
        """What no other work of the same set may name."""
        return frozenset() if self.custom_id is None else frozenset({(self.kind, self.custom_id)})


class EventWork(Work, kw_only=True):
    """An occurrence of a named event; ``data`` holds raw values of its attributes."""

    kind = Kind.EVENT
    name: str
    data: Mapping[str, Any] = {}


class ProductEventWork(Work, kw_only=True):
    """What a contact did with a product; ``patch`` is what the message knows of the product.

    ``make_product`` makes a product that is not known, as apps and browsers expect; else it is an error.
    """

    kind = Kind.PRODUCT_EVENT
    product: ProductReference
    event_type: str
    custom_data: Any = {}
    patch: ProductPatch = ProductPatch()
    make_product: bool = False


class PageViewWork(Work, kw_only=True):
    """A look at a page; ``page`` holds columns of ``page_views``, ``url``, ``domain`` and ``path`` at least."""

    kind = Kind.PAGE_VIEW
    page: Mapping[str, Any]


AnyWork = EventWork | ProductEventWork | PageViewWork


class Occurred(msgspec.Struct, kw_only=True, frozen=True):
    """What a work led to. ``first`` says that no event of this name occurred before, ever.

    ``repeated`` says that this very occurrence (by its custom id) was stored before: ``id`` is that one's.
    """

    id: int
    contact_id: int
    first: bool = False
    repeated: bool = False
