"""What becomes of the orders of people who are joined, split or forgotten: every one stays, with somebody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from dealt.deals import queries
from dealt.kernel.db import Record
from dealt.kernel.journal import Entry, encode, record
from dealt.people import (
    Forgetting,
    Move,
    Returning,
    Rows,
    keep_texts,
    kept_texts,
    move_parts,
    tell_moved,
    with_texts_of,
)
from dealt.tasks import move_tasks_of

DEALS_A_BATCH = 500
_decode = msgspec.json.decode


class DealRows(Rows):
    """Deals go with their receipts, links and history, under the lock that every writer of a deal takes."""

    def __init__(self) -> None:
        super().__init__("deals", "id", directory=("deal_ids", "deal_id"), history="deal", versioned=True)

    @property
    def tables(self) -> tuple[str, ...]:
        return ("deals", "deal_ids", "deal_lines", "deal_products", "deal_segment_members")

    @property
    def exported(self) -> tuple[str, ...]:
        return ("deals", "deal_lines", "deal_products")

    async def follow(self, move: Move, moved: Sequence[tuple[int, int]]) -> None:
        ids = [deal_id for _, deal_id in moved]
        for table in ("deal_lines", "deal_products", "deal_segment_members"):
            await move_parts(move, table, "deal_id", ids)
        if move.back:
            # In a merge every task of the contact moves for itself.
            await move_tasks_of(move, ids)
        await tell_moved(move, "deal", moved)

    async def forget(self, forgetting: Forgetting) -> None:
        """Orders stay, without what names the person in them."""
        if not forgetting.names.any:
            return
        after = (0, 0)
        while True:
            rows = await forgetting.connection.fetch(
                queries.TEXTS, forgetting.workspace_id, list(forgetting.contact_ids), *after, DEALS_A_BATCH
            )
            if not rows:
                return
            after = (rows[-1]["contact_id"], rows[-1]["id"])
            cleaned = [found for row in rows if (found := _cleaned(forgetting, row))]
            if cleaned:
                before = {row["id"]: _texts(row) for row in rows}
                await keep_texts(forgetting, "deal_texts", [(before[one["id"]], one) for one in cleaned])
                await self._write(forgetting, cleaned)

    async def restore(self, returning: Returning) -> None:
        """Texts come back where nobody changed them since."""
        connection, workspace_id, now = returning.connection, returning.workspace_id, returning.now
        async for kept in kept_texts(returning, "deal_texts"):
            held = await connection.fetch(queries.LOCK_IDS, workspace_id, list(kept))
            keys = ([row["contact_id"] for row in held], [row["deal_id"] for row in held])
            rows = [_texts(row) for row in await connection.fetch(queries.TEXTS_OF, workspace_id, *keys)]
            back = [_mended(row, *kept[row["id"]]) for row in rows]
            await connection.execute(queries.CLEAN, workspace_id, encode(back), now)
            lines = [line for deal in back for line in deal["lines"]]
            await connection.execute(queries.CLEAN_LINES, workspace_id, encode(lines))
            actor = returning.actor
            entries = [
                Entry(
                    deal["contact_id"], "deal.updated", "deal", deal["id"], actor.name,
                    {"restored": (None, kept[deal["id"]][1]["erased"])}, int(actor.cause), actor.hop,
                )
                for deal in back
            ]  # fmt: skip
            await record(connection, workspace_id, entries, now)

    async def _write(self, forgetting: Forgetting, cleaned: Sequence[dict[str, Any]]) -> None:
        connection, workspace_id, actor = forgetting.connection, forgetting.workspace_id, forgetting.actor
        await connection.fetch(queries.LOCK_IDS, workspace_id, [deal["id"] for deal in cleaned])
        await connection.execute(queries.CLEAN, workspace_id, encode(cleaned), forgetting.now)
        lines = [line for deal in cleaned for line in deal["lines"]]
        if lines:
            await connection.execute(queries.CLEAN_LINES, workspace_id, encode(lines))
            forgetting.report.cleaned["deal_lines"] += len(lines)
        forgetting.report.cleaned["deals"] += len(cleaned)
        entries = [
            Entry(
                deal["contact_id"], "deal.updated", "deal", deal["id"], actor.name, {"erased": (None, deal["erased"])},
                int(actor.cause), actor.hop,
            )
            for deal in cleaned
        ]  # fmt: skip
        await record(connection, workspace_id, entries, forgetting.now)


def _cleaned(forgetting: Forgetting, row: Record) -> dict[str, Any] | None:
    """A deal's texts without the names and which of them changed; None where no name stands in any."""
    names = forgetting.names
    attributes = _decode(row["attributes"])
    clean = names.clean(attributes)
    texts = {name: names.clean_text(row[name]) for name in ("name", "loss_reason_description")}
    lines = []
    for line in _decode(row["lines"] or "[]"):
        receipt = names.clean(line["receipt"])
        if receipt is not line["receipt"]:
            lines.append({"contact_id": row["contact_id"], "deal_id": row["id"], "id": line["id"], "receipt": receipt})
    erased = [name for name, text in texts.items() if text != row[name]]
    erased += [name for name in attributes if clean[name] != attributes[name]]
    erased += [f"order_products.{line['id']}" for line in lines]
    if not erased:
        return None
    kept = {name: value for name, value in clean.items() if value is not None}
    return {"contact_id": row["contact_id"], "id": row["id"], "attributes": kept, **texts} | {
        "lines": lines,
        "erased": erased,
    }


def _texts(row: Record) -> dict[str, Any]:
    """A row of TEXTS with its JSON read, each line with its whole key."""
    key = {"contact_id": row["contact_id"], "deal_id": row["id"]}
    lines = [{**key, **line} for line in _decode(row["lines"] or "[]")]
    return dict(row) | {"attributes": _decode(row["attributes"]), "lines": lines}


def _mended(now: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """A deal with the texts that it had before it was cleaned, where they are still the cleaned ones."""
    texts = {
        name: before[name] if now[name] == after[name] else now[name] for name in ("name", "loss_reason_description")
    }
    clean = {line["id"]: line["receipt"] for line in after["lines"]}
    was = {line["id"]: line["receipt"] for line in before["lines"]}
    lines = [line | {"receipt": was[line["id"]]} for line in now["lines"] if clean.get(line["id"]) == line["receipt"]]
    attributes = with_texts_of(now["attributes"], before["attributes"], after["attributes"])
    return now | texts | {"attributes": attributes, "lines": lines}


DEALS = DealRows()
