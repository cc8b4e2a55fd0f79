"""The route table of the public API: every resource's routes, in one list that tests walk."""

from __future__ import annotations

from dealt.kernel.http import Route
from dealt.publicapi import (
    activities,
    attributes,
    bulk,
    companies,
    deals,
    events,
    exchange_rates,
    loss_reasons,
    not_yet,
    pipelines,
    product_events,
    product_feeds,
    products,
    users,
    visits,
    workspace,
)
from dealt.publicapi.call import Call

ROUTES: list[Route[Call]] = [
    *activities.ROUTES,
    *attributes.ROUTES,
    *bulk.ROUTES,
    *companies.ROUTES,
    *deals.ROUTES,
    *events.ROUTES,
    *exchange_rates.ROUTES,
    *loss_reasons.ROUTES,
    *not_yet.ROUTES,
    *pipelines.ROUTES,
    *product_events.ROUTES,
    *product_feeds.ROUTES,
    *products.ROUTES,
    *users.ROUTES,
    *visits.ROUTES,
    *workspace.ROUTES,
]
