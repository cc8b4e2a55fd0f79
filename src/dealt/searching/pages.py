"""What the palette finds: contacts, companies, products and deals by any part of what names them."""

from __future__ import annotations

from collections.abc import Collection

from dealt.accounts import sees_only
from dealt.searching.finding import search
from dealt.searching.model import LONGEST_TEXT, Hit, Kind
from dealt.web import Finder, Found, Visit

_OF_EACH = 5
_KINDS: tuple[tuple[Kind, str, str, str], ...] = (
    ("contact", "contacts", "Contact", "/contacts/"),
    ("deal", "deals", "Deal", "/deals/"),
    ("company", "companies", "Company", "/companies/"),
    ("product", "products", "Product", "/products/"),
)


def finders(paths: Collection[str]) -> list[Finder]:
    """A finder for each kind of object that has a page among these paths of the route table."""
    return [_finder(*kind) for kind in _KINDS if f"{kind[3]}<int:id>/" in paths]


def _finder(kind: Kind, area: str, what: str, place: str) -> Finder:
    async def find(visit: Visit, text: str) -> list[Found]:
        async with visit.reading() as connection:
            hits = await search(
                connection, visit.workspace_id, text[:LONGEST_TEXT], kinds={kind}, limit=_OF_EACH,
                assigned_to=sees_only(visit.member),
            )  # fmt: skip
        return [Found(_called(hit), _told(hit, what), f"{place}{hit.id}/") for hit in hits]

    return Finder(area, find)


def _called(hit: Hit) -> str:
    return hit.name or hit.custom_id or f"{hit.kind.capitalize()} {hit.id}"


def _told(hit: Hit, what: str) -> str:
    return f"{what}: {hit.detail}" if hit.detail else what
