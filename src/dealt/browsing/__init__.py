"""Lists of records: narrowed, ordered, searched, acted on, and taken along."""

from dealt.browsing.catalogue import COMPANIES, PRODUCTS
from dealt.browsing.contacts import CONTACTS
from dealt.browsing.deals import DEALS
from dealt.browsing.pages import routes_of
from dealt.browsing.tasks import TASKS

ROUTES = [route for kind in (DEALS, CONTACTS, COMPANIES, PRODUCTS, TASKS) for route in routes_of(kind)]

__all__ = ["ROUTES"]
