"""What a write of a company may be refused for, beyond the shape of its fields."""

from __future__ import annotations

from dealt.kernel.errors import InvalidInput, NotFound


class CustomIdTaken(InvalidInput):
    """400: another company of the workspace has this custom id. ``name`` is what the sender calls it."""

    def __init__(self, name: str, custom_id: str) -> None:
        super().__init__({name: [f'A company with the custom id "{custom_id}" exists; update it instead.']})


class ContactNotFound(NotFound):
    """404: who should join does not exist."""

    def __init__(self, contact_id: int) -> None:
        super().__init__(f"No contact with the id {contact_id}. Create the contact first, then add it.")
