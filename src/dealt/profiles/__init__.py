"""The pages of single records, with everything around them."""

from dealt.profiles.company import ROUTES as COMPANY
from dealt.profiles.contact import ROUTES as CONTACT
from dealt.profiles.deal import ROUTES as DEAL
from dealt.profiles.product import ROUTES as PRODUCT

ROUTES = [*DEAL, *CONTACT, *COMPANY, *PRODUCT]

__all__ = ["ROUTES"]
