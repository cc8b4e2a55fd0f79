"""The kinds of objects that files hold, and what is known of their fields beforehand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dealt.importing import synonyms


@dataclass(frozen=True)
class Kind:
    """One kind of objects. ``one`` names a single object, and the table of a mapping that says where its fields are.

    ``known_by``: the fields of which a row needs one, in the order in which they tell rows of the same object apart;
    ``needs`` names them in a sentence. ``texts``, ``amounts``, ``moments`` and ``lists`` say what their fields are;
    ``separator`` stands between the entries of a list within a cell.
    """

    name: str
    one: str
    known_by: tuple[str, ...]
    needs: str
    synonyms: Mapping[str, tuple[str, ...]]
    texts: frozenset[str]
    amounts: frozenset[str] = frozenset()
    moments: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset({"tags"})
    separator: str = "|"
    takes_tags: bool = False
    takes_list: bool = False

    def __reduce__(self) -> tuple[Callable[[str], Kind], tuple[str]]:
        """Between processes a kind goes by its name, so that there is one of each."""
        return _named, (self.name,)


def _named(name: str) -> Kind:
    return KINDS[name]


ORDERS = Kind(
    "orders",
    "order",
    known_by=("custom_id",),
    needs="the order's own id",
    synonyms=synonyms.ORDER,
    texts=frozenset({
        "custom_id", "user_custom_id", "user_key", "company_custom_id", "product_custom_id", "user_id", "company_id",
        "product_id",
    }),
    amounts=frozenset({"value", "quantity", "discount", "tax", "total", "returned_quantity", "refunded_value"}),
    moments=frozenset({"order_date", "won_at", "lost_at", "source_updated_at"}),
    lists=frozenset({"products", "products_custom_id", "tags", "participants"}),
    separator=",",
)  # fmt: skip
CONTACTS = Kind(
    "contacts",
    "contact",
    # All rows with one e-mail address are written by one process, after one another.
    known_by=("email", "custom_id", "user_id"),
    needs="the e-mail address or the user id",
    synonyms=synonyms.CONTACTS,
    texts=frozenset({"custom_id", "user_id", "company_id", "company_custom_id", "phone_number"}),
    takes_tags=True,
    takes_list=True,
)
COMPANIES = Kind(
    "companies",
    "company",
    known_by=("custom_id",),
    needs="the company's own id",
    synonyms=synonyms.COMPANY,
    texts=frozenset({"custom_id", "postal_code"}),
    lists=frozenset({"tags", "phone_numbers"}),
)
PRODUCTS = Kind(
    "products",
    "product",
    known_by=("custom_id",),
    needs="the product's own id",
    synonyms=synonyms.PRODUCT,
    texts=frozenset({"custom_id"}),
    amounts=frozenset({"price", "quantity"}),
    takes_tags=True,
)
EVENTS = Kind(
    "events",
    "event",
    known_by=("user_custom_id", "user_id", "user_key"),
    needs="the id of the contact",
    synonyms=synonyms.EVENT,
    texts=frozenset({"custom_id", "user_custom_id", "user_key"}),
    moments=frozenset({"timestamp"}),
    lists=frozenset(),
)
KINDS = {kind.name: kind for kind in (ORDERS, CONTACTS, COMPANIES, PRODUCTS, EVENTS)}
