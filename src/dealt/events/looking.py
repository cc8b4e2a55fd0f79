"""What the works of a set refer to: looked up for all of them in one statement, then told to each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from dealt.accounts import version_question
from dealt.contacts import ContactRef, Contacts, contacts_question
from dealt.events.errors import ContactNotFound, ProductNotFound
from dealt.events.works import AnyWork, ProductEventWork
from dealt.kernel.db import Connection
from dealt.kernel.errors import DealtError
from dealt.kernel.questions import Question, ask
from dealt.products import FoundProducts, products_question


@dataclass(slots=True)
class Seen:
    """What one look at the database found for a set, and the version at which its definitions stand."""

    version: int
    contacts: Contacts
    products: FoundProducts = field(default_factory=FoundProducts)

    def contact_of(self, work: AnyWork) -> ContactRef:
        """The contact that a work names. Raises ContactNotFound."""
        by, value = work.contact
        if by == "id":
            contact = self.contacts.by_id.get(value)
        else:
            contact = (self.contacts.by_custom_id if by == "custom_id" else self.contacts.by_key).get(value)
        if contact is None:
            raise ContactNotFound(f"the {by} {value}")
        return contact

    def product_of(self, work: ProductEventWork) -> int | None:
        """The id of the product that a work names, None where one is to be made. Raises ProductNotFound."""
        by, value = work.product
        if by == "id" and value in self.products.ids:
            return int(value)
        found = self.products.by_custom_id.get(value) if by == "custom_id" else None
        if found is None and not (work.make_product and by == "custom_id"):
            raise ProductNotFound(f"the {by} {value}")
        return found


async def look(connection: Connection, workspace_id: int, works: Sequence[AnyWork]) -> Seen:
    """Look up every contact and product that ``works`` name, in one statement."""
    questions: list[Question[Any]] = [
        version_question(workspace_id),
        contacts_question(
            workspace_id,
            ids=_named(works, "id"),
            custom_ids=_named(works, "custom_id"),
            keys=_named(works, "key"),
        ),
    ]
    products = [work.product for work in works if isinstance(work, ProductEventWork)]
    if products:
        ids = [value for by, value in products if by == "id"]
        questions.append(products_question(workspace_id, ids=ids, custom_ids=[v for by, v in products if by != "id"]))
    version, contacts, *found = await ask(connection, *questions)
    return Seen(version, contacts, *found)


def refused(seen: Seen, work: AnyWork) -> DealtError | None:
    """Why a work cannot be stored: it names something unknown."""
    try:
        seen.contact_of(work)
        if isinstance(work, ProductEventWork):
            seen.product_of(work)
    except DealtError as error:
        return error
    return None


def _named(works: Iterable[AnyWork], by: str) -> list[Any]:
    return [work.contact[1] for work in works if work.contact[0] == by]
