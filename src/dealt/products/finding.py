"""Finding products that exist by what others call them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from dealt.kernel.questions import Question, Row
from dealt.kernel.sql import sql
from dealt.products import queries


@dataclass(frozen=True, slots=True)
class FoundProducts:
    """The ids of products by what they were asked for by; what is absent does not exist."""

    ids: set[int] = field(default_factory=set)
    by_custom_id: dict[str, int] = field(default_factory=dict)


def products_question(
    workspace_id: int, *, ids: Iterable[int] = (), custom_ids: Iterable[str] = ()
) -> Question[FoundProducts]:
    """Which products with these ids and custom ids (present or former) are in the catalogue."""
    storable = [wanted for wanted in ids if 0 < wanted < 2**63]
    return Question(sql(queries.EXISTING, workspace_id, storable, workspace_id, list(custom_ids)), _read)


def _read(rows: list[Row]) -> FoundProducts:
    found = FoundProducts()
    for row in rows:
        if row["asked"] is None:
            found.ids.add(row["id"])
        else:
            found.by_custom_id[row["asked"]] = row["id"]
    return found
