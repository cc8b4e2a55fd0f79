"""What a write of a contact may be refused for, beyond the shape of its fields."""

from __future__ import annotations

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
