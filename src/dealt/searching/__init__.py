"""What people type into a search box: contacts, companies, products and deals by any part of what names them."""

from dealt.searching.finding import matching, search
from dealt.searching.model import KINDS, LONGEST_TEXT, MOST_HITS, Hit, Kind

__all__ = ["KINDS", "LONGEST_TEXT", "MOST_HITS", "Hit", "Kind", "matching", "search"]
