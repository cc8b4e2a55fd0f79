"""Companies and products belong to nobody: what changes in them reaches the contacts that look at them by a job."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from dealt.freshness import queries
from dealt.freshness.facets import COMPANIES, PRODUCTS
from dealt.freshness.following import mark_objects
from dealt.kernel.db import Connection, Pool, transaction
from dealt.kernel.jobs import enqueue
from dealt.kernel.journal import Cause, Lane, encode

FAN_OUT = "freshness.fan_out"
AT_ONCE = 100
"""Companies or products whose contacts are marked in one statement."""

# How filters get from contacts and orders to these.
_RELATIONS = {"company": ("company", "companies"), "product": ("product", "products")}
_FACETS = {"company": COMPANIES, "product": PRODUCTS}
# What changes with every edit, or is asked of the latest without being named.
_ALWAYS = ("updated_at", "version", "first", "last")


async def fan_out(
    connection: Connection,
    workspace_id: int,
    subject: str,
    changed: Mapping[int, Iterable[str] | None],
    now: datetime,
    *,
    cause: Cause = Cause.LIVE,
    hop: int = 0,
) -> None:
    """Companies or products changed in these fields; None where one came or went.

    Whether any definition reads that is found out by the job: who defines meanwhile reads what is written here.
    """
    if not changed:
        return
    named = [None if fields is None else list(fields) for fields in changed.values()]
    fields = None if None in named else sorted({field for some in named for field in some or ()})
    await mark_objects(connection, workspace_id, subject, changed, now, cause=cause, hop=hop)
    payload = {"subject": subject, "ids": sorted(changed), "fields": fields, "cause": int(cause), "hop": hop}
    await enqueue(connection, workspace_id, FAN_OUT, payload, now=now)


async def do_fan_out(pool: Pool, workspace_id: int, payload: Mapping[str, Any], now: datetime) -> None:
    """Handle a job of kind ``FAN_OUT``: mark the contacts in the bulk lane, if any definition reads what changed."""
    subject, ids = payload["subject"], payload["ids"]
    fields = None if payload["fields"] is None else [*payload["fields"], *_ALWAYS]
    async with pool.acquire() as connection:
        if not await definitions_name(connection, workspace_id, _RELATIONS[subject], fields):
            return
    for first in range(0, len(ids), AT_ONCE):
        async with transaction(pool) as connection:
            await connection.execute(
                queries.MARK_CONTACTS_OF[subject], workspace_id, ids[first : first + AT_ONCE], int(Lane.BULK),
                payload["cause"], payload["hop"], now, _FACETS[subject],
            )  # fmt: skip


async def definitions_name(
    connection: Connection, workspace_id: int, words: Collection[str], also: Collection[str] | None = None
) -> bool:
    """Whether a definition has one of these words in its filter (or reads a field so called), and one of ``also``.

    Looks at the text: a word that means something else there counts, too.
    """
    asked = [[encode(word) for word in some] for some in (words, also or ())]
    found: bool = await connection.fetchval(queries.DEFINITIONS_NAME, workspace_id, *asked, also is None)
    return found
