"""The resources of the API, in the order of its pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Generic, Literal

from ..asked import Asked, get
from ..describing import Resource, S, reads
from ..shapes import Hit
from .aggregators import Aggregators
from .audit import OneAudit
from .companies import Companies
from .deals import Deals
from .events import Events, PageViews
from .imports import Imports
from .lifetime import OneLifetime
from .products import ProductFeeds, Products
from .rfm import Rfm
from .segments import Segments
from .settings import (
    Activities,
    Attributes,
    ExchangeRates,
    Lists,
    LossReasons,
    OneWorkspace,
    OnlyListed,
    Pipelines,
    Stages,
    Tags,
)
from .users import Users
from .webhooks import Webhooks


class Surface(Resource[S], Generic[S]):
    """What both clients offer."""

    def __init__(self, sender: S) -> None:
        super().__init__(sender)
        self.deals = Deals(sender)
        self.users = Users(sender)
        self.companies = Companies(sender)
        self.products = Products(sender)
        self.product_feeds = ProductFeeds(sender)
        self.events = Events(sender)
        self.page_views = PageViews(sender)
        self.activities = Activities(sender)
        self.lists = Lists(sender)
        self.tags = Tags(sender)
        self.attributes = Attributes(sender)
        self.pipelines = Pipelines(sender)
        self.stages = Stages(sender)
        self.loss_reasons = LossReasons(sender)
        self.exchange_rates = ExchangeRates(sender)
        self.imports = Imports(sender)
        self.webhooks = Webhooks(sender)
        self.workspace = OneWorkspace(sender)
        self.audit = OneAudit(sender)
        self.lifetime = OneLifetime(sender)
        self.rfm = Rfm(sender)
        self.segments = Segments(sender)
        self.aggregators = Aggregators(sender)
        self.emails = OnlyListed(sender, "emails")

    @reads
    def search(
        self, q: str, *, object_types: Iterable[str] | None = None, limit: int | None = None
    ) -> Asked[dict[Literal["hits"], list[Hit]]]:
        """Contacts, companies, products and deals that ``q`` may mean; at most ``limit`` (8) of each kind."""
        kinds = None if object_types is None else ",".join(object_types)
        return get("/search/", {"q": q, "object_types": kinds, "limit": limit})

    @reads
    def schema(self, version: Literal[1, 2] = 2) -> Asked[dict[str, Any]]:
        """The OpenAPI document of the server."""
        return Asked("GET", "/api/schema/", {"version": version}, root=True)
