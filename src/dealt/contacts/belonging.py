"""Which companies and lists contacts belong to, for a whole page at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from dealt.contacts import queries
from dealt.kernel.db import Connection, Record


@dataclass(frozen=True, slots=True)
class Memberships:
    """Rows by contact id: ``companies`` (id, name, member_since), latest first; ``lists`` (id, name, description)."""

    companies: dict[int, list[Record]]
    lists: dict[int, list[Record]]


async def memberships(connection: Connection, workspace_id: int, contact_ids: Sequence[int]) -> Memberships:
    """The memberships of these contacts, in one statement."""
    companies: dict[int, list[Record]] = defaultdict(list)
    lists: dict[int, list[Record]] = defaultdict(list)
    if contact_ids:
        for row in await connection.fetch(queries.MEMBERSHIPS_OF, workspace_id, contact_ids):
            (companies if row["of_company"] else lists)[row["contact_id"]].append(row)
    return Memberships(companies, lists)
