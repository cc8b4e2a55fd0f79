"""What a deal consists of, counted in the tables themselves: nothing of it may be missing or left over."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import asyncpg

from dealt.kernel.db import Connection

_DEAL = "SELECT FROM deals AS d WHERE d.workspace_id = t.workspace_id"
_JOURNAL = """SELECT FROM journal AS j
    WHERE j.workspace_id = t.workspace_id AND j.contact_id = t.contact_id AND j.object_type = 'deal'"""

# Each counts one kind of half: rows that are there without what belongs to them.
_HALVES = {
    "deals that deal_ids does not know": """deals AS t WHERE NOT EXISTS (
        SELECT FROM deal_ids AS i WHERE (i.workspace_id, i.deal_id, i.contact_id) = (t.workspace_id, t.id, t.contact_id)
        AND i.custom_id IS NOT DISTINCT FROM t.custom_id)""",
    "deals that deal_custom_ids does not know": """deals AS t WHERE custom_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM deal_custom_ids AS k WHERE k.workspace_id = t.workspace_id AND k.custom_id = t.custom_id
        AND k.deal_id = t.id AND k.deleted_at IS NULL)""",
    "deals without a journal entry": f"""deals AS t
        WHERE NOT EXISTS ({_JOURNAL} AND j.object_id = t.id AND j.kind = 'deal.created')""",
    "deal_ids without a deal": f"""deal_ids AS t
        WHERE NOT EXISTS ({_DEAL} AND d.contact_id = t.contact_id AND d.id = t.deal_id)""",
    "deal_custom_ids without a deal": f"""deal_custom_ids AS t WHERE t.deleted_at IS NULL
        AND NOT EXISTS ({_DEAL} AND d.id = t.deal_id AND d.custom_id = t.custom_id)""",
    "lines without a deal": f"""deal_lines AS t
        WHERE NOT EXISTS ({_DEAL} AND d.contact_id = t.contact_id AND d.id = t.deal_id)""",
    "links without a deal": f"""deal_products AS t
        WHERE NOT EXISTS ({_DEAL} AND d.contact_id = t.contact_id AND d.id = t.deal_id)""",
    "journal entries without a deal": f"""journal AS t WHERE t.kind = 'deal.created'
        AND NOT EXISTS ({_DEAL} AND d.contact_id = t.contact_id AND d.id = t.object_id)
        AND NOT EXISTS ({_JOURNAL} AND j.object_id = t.object_id AND j.kind = 'deal.deleted')""",
}
_STORED = """
SELECT d.custom_id, d.id,
    (SELECT count(*) FROM deal_lines AS l WHERE l.contact_id = d.contact_id AND l.deal_id = d.id) AS lines,
    (SELECT count(*) FROM deal_products AS p WHERE p.contact_id = d.contact_id AND p.deal_id = d.id) AS links,
    (SELECT count(*) FROM journal AS j WHERE j.contact_id = d.contact_id AND j.object_type = 'deal'
        AND j.object_id = d.id AND j.kind = 'deal.created') AS created
FROM deals AS d"""


@dataclass(frozen=True)
class Stored:
    """One deal with the number of its lines, linked products and journal entries that tell of its creation."""

    custom_id: str
    id: int
    lines: int
    links: int
    created: int


@dataclass(frozen=True)
class Contents:
    """What a database holds of deals. ``deal_ids`` and ``deal_custom_ids`` count the rows of each custom id."""

    deals: list[Stored]
    deal_ids: Counter[str]
    deal_custom_ids: Counter[str]
    halves: dict[str, int]
    """How many of each kind of half there are; empty when all is whole."""


async def contents(dsn: str) -> Contents:
    """Everything that is stored of deals in the database at ``dsn``."""
    connection: Connection = await asyncpg.connect(dsn)
    try:
        deals = [Stored(**row) for row in await connection.fetch(_STORED)]
        listed = await connection.fetch("SELECT custom_id FROM deal_ids")
        named = await connection.fetch("SELECT custom_id FROM deal_custom_ids WHERE deleted_at IS NULL")
        counted = {what: await connection.fetchval(f"SELECT count(*) FROM {rows}") for what, rows in _HALVES.items()}
    finally:
        await connection.close()
    halves = {what: number for what, number in counted.items() if number}
    return Contents(deals, Counter(row[0] for row in listed), Counter(row[0] for row in named), halves)
