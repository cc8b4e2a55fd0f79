"""What a write of a deal may be refused for, beyond the shape of its fields."""

from __future__ import annotations

from dealt.kernel.errors import InvalidInput, NotFound


class ContactNotFound(NotFound):
    """404: the order names a contact that does not exist; create the contact, then send the order again."""

    def __init__(self, name: str) -> None:
        super().__init__(f"No contact with {name}. Create the contact first, then send the order again.")


class CompanyNotFound(NotFound):
    """404: the order names a company that does not exist."""

    def __init__(self, name: str) -> None:
        super().__init__(f"No company with {name}.")


class CustomIdTaken(InvalidInput):
    """400: another deal of the workspace has this custom_id."""

    def __init__(self, custom_id: str) -> None:
        super().__init__({"custom_id": [f'A deal with the custom_id "{custom_id}" exists; update it instead.']})
