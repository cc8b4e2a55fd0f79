"""Texts of which names were taken, as they were before: kept while they can come back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import msgspec

from dealt.deletions import images, keep_images
from dealt.people.model import Forgetting, Returning


async def keep_texts(
    forgetting: Forgetting, kind: str, pairs: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]
) -> None:
    """Keep rows as they were before and after they were cleaned; each has its contact and its id."""
    rows = [
        {"contact_id": before["contact_id"], "before": before, "after": after}
        for before, after in pairs
    ]  # fmt: skip
    await keep_images(forgetting.connection, forgetting.workspace_id, forgetting.deletion_id, kind, rows)


async def kept_texts(
    returning: Returning, kind: str
) -> AsyncIterator[dict[int, tuple[dict[str, Any], dict[str, Any]]]]:
    """The rows of ``keep_texts`` in batches: before and after, by id."""
    async for batch in images(returning.connection, returning.workspace_id, returning.deletion.id, kind):
        rows = [msgspec.json.decode(image) for _, image in batch]
        yield {row["before"]["id"]: (row["before"], row["after"]) for row in rows}


def with_texts_of(now: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """``now`` with each value that is still the cleaned one as it was before; what was changed since stays."""
    names = dict.fromkeys([*now, *before])
    mended = {
        name: before.get(name) if name in before and now.get(name) == after.get(name) else now.get(name)
        for name in names
    }
    return {name: value for name, value in mended.items() if value is not None}
