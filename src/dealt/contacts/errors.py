"""What a write of a contact may be refused for, beyond the shape of its fields."""

from __future__ import annotations

from collections.abc import Sequence

from dealt.kernel.errors import Conflict, InvalidInput, NotFound


class CustomIdTaken(InvalidInput):
    """400: another contact of the workspace has this custom id. ``name`` is what the sender calls it."""

    def __init__(self, name: str, custom_id: str) -> None:
        super().__init__({name: [f'A contact with the id "{custom_id}" exists; update it, or use update_or_create.']})


class CompanyNotFound(NotFound):
    """404: the contact should join a company that does not exist."""

    def __init__(self, name: str) -> None:
        super().__init__(f"No company with {name}. Create the company first, then send the contact again.")


class CustomIdMoved(Conflict):
    """409: another request changed this contact's custom id at the same moment."""

    def __init__(self) -> None:
        super().__init__("Another request has just changed this contact's custom id. Read it again, then repeat.")


class ContactsNotFound(NotFound):
    """404: of the contacts that a request names some do not exist; ``name`` says what they are named by."""

    def __init__(self, name: str, wanted: Sequence[int | str]) -> None:
        told = ", ".join(map(str, wanted[:20])) + (f" and {len(wanted) - 20} more" if len(wanted) > 20 else "")
        super().__init__(f"There are no users with the {name} {told}. Nothing was changed.")
