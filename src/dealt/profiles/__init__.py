"""The pages of single records, with everything around them."""

from dealt.profiles.company import ROUTES as COMPANY
from dealt.profiles.contact import ROUTES as CONTACT
from dealt.profiles.contact_editing import ROUTES as CONTACT_EDITING
from dealt.profiles.deal import ROUTES as DEAL
from dealt.profiles.deal_making import ROUTES as DEAL_MAKING
from dealt.profiles.merging import ROUTES as MERGING
from dealt.profiles.product import ROUTES as PRODUCT
from dealt.profiles.task import ROUTES as TASK

ROUTES = [*DEAL, *DEAL_MAKING, *CONTACT, *CONTACT_EDITING, *MERGING, *COMPANY, *PRODUCT, *TASK]

__all__ = ["ROUTES"]
