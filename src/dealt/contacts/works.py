"""One contact to be created, or upserted by its custom id."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from dealt.accounts import Actor
from dealt.contacts.model import ContactPatch
from dealt.kernel.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class ContactWork:
    """A contact with a custom id is made or changed, one without is always new."""

    actor: Actor
    patch: ContactPatch

    @property
    def keys(self) -> frozenset[Hashable]:
        """What no other piece of work of the same set may name."""
        return frozenset() if self.patch.custom_id is None else frozenset({self.patch.custom_id})


def upsert_work(actor: Actor, patch: ContactPatch) -> ContactWork:
    """The work of creating or changing the contact with the patch's custom id. Raises InvalidInput without one."""
    if patch.custom_id is None:
        raise InvalidInput.of(patch.custom_id_name, "This field is required.")
    return ContactWork(actor, patch)
