"""Who the rows of contacts are about, and writing as many of them at once as depend on no other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from dealt.accounts import Actor, Snapshot
from dealt.contacts import (
    ContactPatch,
    ContactRef,
    ContactWork,
    WrittenContact,
    contacts_with_emails,
    find_contacts,
    update_contact,
    upsert_contacts,
)
from dealt.kernel.db import Connection
from dealt.kernel.errors import DealtError, InvalidInput


class People:
    """Contacts in the order of their rows: what a row says holds for those that follow.

    A row is about the contact with its custom id; else, where that is wanted (``by_email``), about the one with its
    e-mail address. Rows are gathered until one is about somebody of whom an earlier one speaks.
    """

    def __init__(
        self, connection: Connection, actor: Actor, snapshot: Snapshot, now: datetime, *, by_email: bool
    ) -> None:
        self._connection = connection
        self._actor = actor
        self._snapshot = snapshot
        self._now = now
        self._match_email = by_email
        self._known: set[str] = set()
        self._by_email: dict[str, list[ContactRef]] = {}
        self._waiting: dict[int, ContactPatch] = {}
        self._spoken_of: set[str] = set()
        """What the rows that wait are about, by custom id and address."""
        self.written: dict[int, WrittenContact] = {}
        self.refused: dict[int, DealtError] = {}

    async def write(self, patches: Sequence[ContactPatch]) -> None:
        """Write rows; what became of each stands in ``written`` and ``refused``, by its place. Raises DealtError."""
        await self._find(patches)
        for place, patch in enumerate(patches):
            if self._depends(patch):
                await self._flush()
            try:
                one = self._about(patch)
            except InvalidInput as error:
                self.refused[place] = error
                continue
            if one is None:
                self._waiting[place] = patch
                self._spoken_of |= {name for name in (_key(patch), _address(patch)) if name}
            else:
                await self._flush()
                await self._update(place, one, patch)
        await self._flush()

    async def _find(self, patches: Sequence[ContactPatch]) -> None:
        """What is known of everybody whom the rows name, in two statements."""
        workspace_id = self._actor.workspace_id
        custom_ids = {patch.custom_id for patch in patches if patch.custom_id is not None}
        found = await find_contacts(self._connection, workspace_id, custom_ids=custom_ids)
        self._known = {*found.by_custom_id}
        emails = {email for patch in patches if (email := self._email(patch))}
        self._by_email = await contacts_with_emails(self._connection, workspace_id, emails)

    def _email(self, patch: ContactPatch) -> str | None:
        """The address to find a contact by, in small letters. Without a custom id nothing else says who it is."""
        found: str | None = patch.fields.get("email")
        if not found or (patch.custom_id is not None and not self._match_email):
            return None
        return found.lower()

    def _depends(self, patch: ContactPatch) -> bool:
        """Whether a row may be about somebody of whom a waiting one speaks."""
        return not self._spoken_of.isdisjoint({_key(patch), self._email(patch)})

    def _about(self, patch: ContactPatch) -> ContactRef | None:
        """The contact whose address the row gives; a row with a custom id takes only one that has none."""
        email = self._email(patch)
        if email is None or patch.custom_id in self._known:
            return None
        held = self._by_email.get(email, [])
        free = [ref for ref in held if patch.custom_id is None or ref.custom_id is None]
        if len(free) > 1 and patch.custom_id is None:
            sentence = f"{len(free)} contacts have this address; name the user id of the one meant."
            raise InvalidInput.of("email", sentence)
        return free[0] if len(free) == 1 else None

    async def _update(self, place: int, one: ContactRef, patch: ContactPatch) -> None:
        self.written[place] = await update_contact(
            self._connection, self._actor, one.id, patch, snapshot=self._snapshot, now=self._now
        )
        self._note(one.id, one.custom_id, patch)

    async def _flush(self) -> None:
        """Write the rows that wait, as one set."""
        if not self._waiting:
            return
        works = [ContactWork(self._actor, patch) for patch in self._waiting.values()]
        done = await upsert_contacts(self._connection, self._snapshot, works, self._now)
        for (place, patch), outcome in zip(self._waiting.items(), done.outcomes, strict=True):
            if isinstance(outcome, DealtError):
                self.refused[place] = outcome
            else:
                self.written[place] = outcome
                self._note(outcome.id, None, patch)
        self._waiting = {}
        self._spoken_of = set()

    def _note(self, contact_id: int, custom_id: str | None, patch: ContactPatch) -> None:
        """Later rows find the contact by what this one says."""
        if patch.custom_id is not None:
            self._known.add(patch.custom_id)
        if email := _address(patch):
            held = [ref for ref in self._by_email.get(email, []) if ref.id != contact_id]
            self._by_email[email] = [*held, ContactRef(contact_id, patch.custom_id or custom_id)]


def _key(patch: ContactPatch) -> str | None:
    return None if patch.custom_id is None else f"id {patch.custom_id}"


def _address(patch: ContactPatch) -> str | None:
    email: str | None = patch.fields.get("email")
    return email.lower() if email else None


def ids_of(written: Iterable[WrittenContact]) -> list[int]:
    """The contacts that were written, each once."""
    return list(dict.fromkeys(one.id for one in written))
