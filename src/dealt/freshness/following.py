"""From contacts to the companies for which they count, and marks of companies and products."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from dealt.freshness import queries
from dealt.freshness.derivers import Work
from dealt.kernel.db import Connection
from dealt.kernel.journal import Cause


async def follow_companies(connection: Connection, work: Work) -> None:
    """Mark the companies for which these contacts count now, and those for which they counted when last computed.

    A contact's own rows say which: so whatever makes a contact's values change reaches its companies, too, and nothing
    else has to mark them.
    """
    await connection.execute(
        queries.FOLLOW, list(work.contact_ids), work.hop_list, work.workspace_id, int(work.cause), work.now
    )


async def mark_objects(
    connection: Connection,
    workspace_id: int,
    subject: str,
    object_ids: Iterable[int],
    now: datetime,
    *,
    cause: Cause = Cause.LIVE,
    hop: int = 0,
) -> None:
    """Say that companies or products came, changed or went, in the transaction that does so.

    ``cause`` and ``hop`` go on to the contacts of a company whose values change by it.
    """
    ids = sorted(set(object_ids))
    if ids and subject == "company":
        await connection.execute(queries.MARK_COMPANIES, workspace_id, ids, int(cause), hop, now)
    elif ids:
        await connection.execute(queries.MARK_PRODUCTS, workspace_id, ids, now)
