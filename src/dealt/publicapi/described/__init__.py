"""What the document says of each resource; ``CHAPTERS`` is the order in which it is read."""

from dealt.publicapi.described import (
    activities,
    attributes,
    bulk,
    companies,
    deals,
    events,
    exchange_rates,
    loss_reasons,
    pipelines,
    product_feeds,
    products,
    users,
    webhooks,
    workspace,
)

CHAPTERS = [
    deals.CHAPTER,
    bulk.CHAPTER,
    users.CHAPTER,
    companies.CHAPTER,
    activities.CHAPTER,
    products.CHAPTER,
    product_feeds.CHAPTER,
    events.CHAPTER,
    pipelines.CHAPTER,
    loss_reasons.CHAPTER,
    attributes.CHAPTER,
    exchange_rates.CHAPTER,
    webhooks.CHAPTER,
    workspace.CHAPTER,
]
