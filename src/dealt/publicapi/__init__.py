"""The User.com-compatible face: thin routes in version 1 and version 2 shapes that call the domains' actions."""

from dealt.publicapi.activities import ACTIVITIES
from dealt.publicapi.companies import COMPANIES, computed_of
from dealt.publicapi.deal_filters import DEALS, parse_filter
from dealt.publicapi.dispatch import PublicApi
from dealt.publicapi.listing import Listing, Special
from dealt.publicapi.presenting import Presenting
from dealt.publicapi.product_filters import PRODUCTS
from dealt.publicapi.services import Services
from dealt.publicapi.user_answers import shape_settled
from dealt.publicapi.user_filters import USERS
from dealt.publicapi.user_shapes import UserShape

__all__ = [
    "ACTIVITIES",
    "COMPANIES",
    "DEALS",
    "PRODUCTS",
    "USERS",
    "Listing",
    "Presenting",
    "PublicApi",
    "Services",
    "Special",
    "UserShape",
    "computed_of",
    "parse_filter",
    "shape_settled",
]
