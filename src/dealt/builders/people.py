"""Those whom a page names: where each one's own page is, and whose names a member may see."""

from __future__ import annotations

from dealt.accounts import sees_only
from dealt.web import Visit

PROFILES = {"contact": "/contacts/", "deal": "/deals/", "company": "/companies/", "product": "/products/"}
"""Where the page of one of a subject is, before its id."""
PLURALS = {"contact": "contacts", "deal": "deals", "product": "products", "company": "companies"}


def may_see_names(visit: Visit, subject: str) -> bool:
    """Whether a member may see which ones belong, and not just how many: deals of others are not everybody's."""
    return subject != "deal" or sees_only(visit.member) is None


def profile(visit: Visit, subject: str) -> str:
    """Where those of a subject have their pages; empty where there is none that the member may open."""
    area = PLURALS[subject]
    return PROFILES.get(subject, "") if visit.may(area) else ""
