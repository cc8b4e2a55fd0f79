"""What contacts do: named events with typed attributes, product events of sixteen types, and page views."""

from dealt.events.auditing import check_occurrences, check_visits
from dealt.events.defining import (
    EVENTS,
    declare_event,
    definition_of,
    page_of_definitions,
    read_definition,
    update_definition,
)
from dealt.events.gathering import EventWriter
from dealt.events.model import LONGEST_NAME, PRODUCT_EVENT_TYPES, EventDefinition, EventNames, Kind
from dealt.events.moments import parse_moment
from dealt.events.moving import OCCURRENCES
from dealt.events.reading import (
    events_of_contact,
    events_of_product,
    occurrences_of_event,
    page_views_of_contact,
    product_events_of_contact,
)
from dealt.events.schemas import Telling, parse_event, parse_page_view, parse_product_event
from dealt.events.timeline import SOURCES, Happening, Stretch, Timeline, read_timeline
from dealt.events.works import AnyWork, ContactReference, EventWork, Occurred, PageViewWork, ProductEventWork

__all__ = [
    "EVENTS",
    "LONGEST_NAME",
    "OCCURRENCES",
    "PRODUCT_EVENT_TYPES",
    "SOURCES",
    "AnyWork",
    "ContactReference",
    "EventDefinition",
    "EventNames",
    "EventWork",
    "EventWriter",
    "Happening",
    "Kind",
    "Occurred",
    "PageViewWork",
    "ProductEventWork",
    "Stretch",
    "Telling",
    "Timeline",
    "check_occurrences",
    "check_visits",
    "declare_event",
    "definition_of",
    "events_of_contact",
    "events_of_product",
    "occurrences_of_event",
    "page_of_definitions",
    "page_views_of_contact",
    "parse_event",
    "parse_moment",
    "parse_page_view",
    "parse_product_event",
    "product_events_of_contact",
    "read_definition",
    "read_timeline",
    "update_definition",
]
