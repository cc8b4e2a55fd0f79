"""Orders as far as their rows go: composed and checked, but asked of nobody."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from dealt.accounts import Actor
from dealt.deals import DealWork, upsert
from dealt.importing.composing import Composed, Composer
from dealt.importing.grouping import MOST_ROWS, Group
from dealt.kernel.errors import DealtError


class Draft(msgspec.Struct):
    """An order that may be written."""

    composed: Composed
    work: DealWork

    @property
    def contact(self) -> str | None:
        """The custom id of the contact that the order names."""
        reference = self.work.patch.contact if self.work.patch else None
        if isinstance(reference, tuple) and reference[0] == "custom_id":
            name: str = reference[1]
            return name
        return None

    @property
    def lines(self) -> int:
        """How many lines it has."""
        return len(self.work.patch.lines or ()) if self.work.patch else 0


def draft(groups: Sequence[Group], composer: Composer, actor: Actor) -> tuple[dict[int, Draft], dict[int, str]]:
    """The drafts of orders by their place among ``groups``, and why the others are refused."""
    drafts: dict[int, Draft] = {}
    refused: dict[int, str] = {}
    for place, group in enumerate(groups):
        if group.is_cut:
            refused[place] = f"This order has more than {MOST_ROWS:,} rows, and an order at most so many lines."
            continue
        try:
            composed = composer.compose(group.rows)
            drafts[place] = Draft(composed, upsert(composer.patch_of(composed), actor))
        except DealtError as error:
            refused[place] = error.detail
    return drafts, refused
