"""Lists of records: narrowed, ordered, searched, acted on, and taken along."""

from dealt.browsing.contacts import CONTACTS
from dealt.browsing.deals import DEALS
from dealt.browsing.pages import routes_of

ROUTES = [*routes_of(DEALS), *routes_of(CONTACTS)]

__all__ = ["ROUTES"]
