"""What an occurrence may be refused for, beyond the shape of its fields."""

from __future__ import annotations

from dealt.kernel.errors import NotFound, Unavailable


class ContactNotFound(NotFound):
    """404: there is no such contact."""

    def __init__(self, name: str) -> None:
        super().__init__(f"No contact with {name}. Create the contact first, then send this again.")


class ProductNotFound(NotFound):
    """404: there is no such product."""

    def __init__(self, name: str) -> None:
        super().__init__(f"No product with {name}. Create the product first, then send this again.")


class RepetitionVanished(Unavailable):
    """503: the occurrence that this message repeats was removed at the same moment."""

    def __init__(self) -> None:
        super().__init__("What this message repeats was removed at the same moment; send it again.")
