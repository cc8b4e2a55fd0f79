"""From the deals of a workspace to what the models read of each contact."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dealt.freshness import Vocabulary
from dealt.kernel.db import Connection
from dealt.lifetime import queries
from dealt.lifetime.model import History
from dealt.predicates import Checked, Compiler, Moment, check_filter, parse_filter
from dealt.subjects import SubjectVocabulary

_PREFETCH = 5000


async def check(connection: Connection, workspace_id: int, written: Any) -> tuple[Checked, Vocabulary]:
    """A filter of deals, with the words that it is read by. Raises InvalidInput that names the place."""
    vocabulary = await SubjectVocabulary()(connection, workspace_id, ())
    return check_filter(parse_filter(written), vocabulary.catalogue, "deal", vocabulary.zone), vocabulary


async def read_histories(
    connection: Connection, workspace_id: int, written: Any, now: datetime
) -> tuple[list[int], list[History], int]:
    """The contacts with a purchase, their histories, and how many deals have a value that could not be converted.

    Everything is of one moment, as one statement reads it; the answer comes in pieces. Call it in a transaction.
    Raises InvalidInput where the filter speaks of what is no longer there.
    """
    checked, vocabulary = await check(connection, workspace_id, written)
    zone = vocabulary.zone.key
    compiler = Compiler(vocabulary.catalogue.subject("deal"), "d", Moment(now, zone))
    text, values = queries.histories(workspace_id, zone, now, compiler.condition(checked)).render()
    await connection.execute(queries.LONGEST_READ)
    ids, histories, unconverted = list[int](), list[History](), 0
    async for row in connection.cursor(text, *values, prefetch=_PREFETCH):
        ids.append(row["contact_id"])
        histories.append(History(row["repeats"], row["recency"], row["age"], row["mean_value"]))
        unconverted += row["unconverted"]
    return ids, histories, unconverted
