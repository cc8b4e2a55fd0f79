"""The pages of single records, with everything around them."""

from dealt.profiles.deal import ROUTES as DEAL

ROUTES = [*DEAL]

__all__ = ["ROUTES"]
