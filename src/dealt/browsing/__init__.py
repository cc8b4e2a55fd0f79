"""Lists of records: narrowed, ordered, searched, acted on, and taken along."""

from dealt.browsing.catalogue import COMPANIES, PRODUCTS
from dealt.browsing.contacts import CONTACTS
from dealt.browsing.deals import DEALS
from dealt.browsing.keeping import Shelf, forget_view, keep_view
from dealt.browsing.pages import routes_of
from dealt.browsing.tasks import TASKS
from dealt.browsing.views import opening, tabs_of, views_of

ROUTES = [route for kind in (DEALS, CONTACTS, COMPANIES, PRODUCTS, TASKS) for route in routes_of(kind)]

__all__ = ["ROUTES", "Shelf", "forget_view", "keep_view", "opening", "tabs_of", "views_of"]
