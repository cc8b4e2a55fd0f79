"""What a worker writes imported objects through."""

from __future__ import annotations

from typing import Any

from dealt.accounts import MEMBERS, Definitions, Part
from dealt.aggregators import AGGREGATORS, OF_COMPANIES
from dealt.attributes import ATTRIBUTES, INDEXES
from dealt.deals import DealWriter
from dealt.events import EVENTS, EventWriter
from dealt.importing import Doors
from dealt.kernel.clock import Clock
from dealt.kernel.db import Pool
from dealt.lifetime import PREDICTING
from dealt.pipelines import PIPELINES
from dealt.rfm import RFMS
from dealt.tags import TAGS

PARTS: list[Part[Any]] = [
    AGGREGATORS,
    OF_COMPANIES,
    ATTRIBUTES,
    EVENTS,
    INDEXES,
    MEMBERS,
    PIPELINES,
    PREDICTING,
    RFMS,
    TAGS,
]
"""The definitions that orders, contacts, companies, products and events are written by."""


def open_doors(pool: Pool, clock: Clock) -> Doors:
    """The writers of one import. They gather nothing: what is imported comes in sets."""
    definitions = Definitions(PARTS)
    deals = DealWriter(pool, clock, definitions, gather=False)
    return Doors(deals, EventWriter(pool, clock, definitions, gather=False), definitions)
