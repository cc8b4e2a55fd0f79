"""The follower WEBHOOKS: turns entries of the journal into deliveries, one for each webhook that wants to know."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec

from dealt.kernel.clock import Clock, iso
from dealt.kernel.db import Connection, Pool, Record, transaction
from dealt.kernel.following import BY_INDEX, due, take
from dealt.kernel.journal import Cause, Follower, encode
from dealt.kernel.rounds import IDLE_S
from dealt.webhooks import queries
from dealt.webhooks.entries import find_entries
from dealt.webhooks.kinds import matches

Presenter: TypeAlias = Callable[[Connection, int, str, Sequence[int]], Awaitable[Mapping[int, Mapping[str, Any]]]]
"""``present(connection, workspace_id, object_type, ids)``: what a delivery says of objects beside their change."""

ENTRIES_DUE = due(Follower.WEBHOOKS)
_ROWS_A_BUCKET = 20
_LEAST_S_BETWEEN = 0.02

_encoder = msgspec.json.Encoder(decimal_format="string")


class FanOut:
    """Queues what changed for the webhooks; several may run at once.

    ``then`` is set when there is something to send. ``present`` adds to what is said of an object.
    """

    def __init__(self, pool: Pool, clock: Clock, present: Presenter, then: asyncio.Event) -> None:
        self._pool = pool
        self._clock = clock
        self._present = present
        self._then = then

    async def round(self) -> float:
        """Take one batch; a short rest after it lets the next be larger."""
        async with transaction(self._pool, BY_INDEX) as connection:
            rows = await take(connection, Follower.WEBHOOKS, _ROWS_A_BUCKET)
            deliveries = await self._deliveries(connection, rows) if rows else []
            if deliveries:
                await connection.execute(queries.QUEUE, encode(deliveries), self._clock.now())
        if deliveries:
            self._then.set()
        if not rows:
            return IDLE_S
        await asyncio.sleep(_LEAST_S_BETWEEN)
        return 0.0

    async def _deliveries(self, connection: Connection, rows: Sequence[Record]) -> list[dict[str, Any]]:
        listening = await _listening(connection, {row["workspace_id"] for row in rows})
        wanted = [
            (row, webhooks)
            for row in sorted(rows, key=lambda row: int(row["id"]))
            if (webhooks := [w for w, kinds in listening[row["workspace_id"]] if matches(kinds, row["kind"])])
        ]
        entries = await find_entries(connection, [row for row, _ in wanted])
        found = [(entries[row["id"]], row, webhooks) for row, webhooks in wanted if row["id"] in entries]
        shown = await self._presented(connection, [(entry, row) for entry, row, _ in found])
        deliveries = []
        for entry, row, webhooks in found:
            key = (row["workspace_id"], entry["object_type"], entry["object_id"])
            body = _body(row["kind"], entry, shown.get(key, {}))
            deliveries += [_delivery(entry, row, webhook_id, body) for webhook_id in webhooks]
        return deliveries

    async def _presented(
        self, connection: Connection, entries: Sequence[tuple[Record, Record]]
    ) -> dict[tuple[int, str, int], Mapping[str, Any]]:
        ids: dict[tuple[int, str], set[int]] = defaultdict(set)
        for entry, row in entries:
            ids[row["workspace_id"], entry["object_type"]].add(entry["object_id"])
        shown = {}
        for (workspace_id, object_type), wanted in ids.items():
            found = await self._present(connection, workspace_id, object_type, sorted(wanted))
            shown.update({(workspace_id, object_type, object_id): told for object_id, told in found.items()})
        return shown


async def _listening(connection: Connection, workspace_ids: set[int]) -> Mapping[int, list[tuple[int, list[str]]]]:
    found = defaultdict(list)
    for row in await connection.fetch(queries.LISTENING, sorted(workspace_ids)):
        found[row["workspace_id"]].append((row["id"], row["kinds"]))
    return found


def _body(kind: str, entry: Record, shown: Mapping[str, Any]) -> str:
    data = {
        "object_type": entry["object_type"],
        "id": entry["object_id"],
        "sequence": entry["id"],
        "actor": entry["actor"],
        "cause": Cause(entry["cause"]).name.lower(),
        "changes": msgspec.Raw(entry["changes"].encode()),
        **({} if entry["object"] is None else {"object": msgspec.Raw(entry["object"].encode())}),
        **shown,
    }
    return _encoder.encode({"type": kind, "timestamp": iso(entry["at"]), "data": data}).decode()


def _delivery(entry: Record, row: Record, webhook_id: int, body: str) -> dict[str, Any]:
    return {
        "contact_id": entry["contact_id"],
        "workspace_id": row["workspace_id"],
        "webhook_id": webhook_id,
        "object_type": entry["object_type"],
        "object_id": entry["object_id"],
        "sequence": entry["id"],
        "kind": row["kind"],
        "body": body,
    }
