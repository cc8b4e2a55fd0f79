"""The route table of the public API: every resource's routes, in one list that tests walk."""

from __future__ import annotations

from dealt.kernel.http import Route
from dealt.publicapi import (
    activities,
    attribute_types,
    attributes,
    bulk,
    companies,
    deals,
    events,
    exchange_rates,
    lists,
    loss_reasons,
    not_yet,
    people,
    pipelines,
    product_events,
    product_feeds,
    products,
    tags,
    user_changes,
    user_lists,
    user_mass_updates,
    users,
    visits,
    webhooks,
    workspace,
)
from dealt.publicapi.call import Call

ROUTES: list[Route[Call]] = [
    *activities.ROUTES,
    *attribute_types.ROUTES,
    *attributes.ROUTES,
    *bulk.ROUTES,
    *companies.ROUTES,
    *deals.ROUTES,
    *events.ROUTES,
    *exchange_rates.ROUTES,
    *lists.ROUTES,
    *loss_reasons.ROUTES,
    *not_yet.ROUTES,
    *people.ROUTES,
    *pipelines.ROUTES,
    *product_events.ROUTES,
    *product_feeds.ROUTES,
    *products.ROUTES,
    *tags.ROUTES,
    *user_changes.ROUTES,
    *user_lists.ROUTES,
    *user_mass_updates.ROUTES,
    *users.ROUTES,
    *visits.ROUTES,
    *webhooks.ROUTES,
    *workspace.ROUTES,
]
