"""What joining and separating may be refused for."""

from __future__ import annotations

from dealt.kernel.errors import Conflict, NotFound


class NoSuchContact(NotFound):
    """404: there is no contact, and no guest, with this id; or it is merged into another one already."""

    def __init__(self, contact_id: int) -> None:
        super().__init__(f"No contact with the id {contact_id} that could be merged.")


class NotMerged(NotFound):
    """404: the contact is not merged into another one."""

    def __init__(self, contact_id: int) -> None:
        super().__init__(f"The contact {contact_id} is not merged into another one, and none is merged into it.")


class MergedFurther(Conflict):
    """409: a merge cannot be undone before the one that came after it."""

    def __init__(self, parent: int, into: int) -> None:
        super().__init__(
            f"The contact {parent} has itself been merged into {into} since. Undo that first: "
            f"POST /users/{parent}/unmerge/."
        )
