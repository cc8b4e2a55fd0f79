"""The pages of single records, with everything around them."""

from dealt.profiles.contact import ROUTES as CONTACT
from dealt.profiles.deal import ROUTES as DEAL

ROUTES = [*DEAL, *CONTACT]

__all__ = ["ROUTES"]
