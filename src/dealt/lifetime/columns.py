"""What is predicted of contacts beside what is known of them: in their answers, and as columns of lists of them."""

from __future__ import annotations

from collections.abc import Sequence

from dealt.accounts import Part
from dealt.kernel.db import Connection
from dealt.kernel.lookups import Column
from dealt.lifetime import queries

SHOWN = {
    "lifetime_alive": queries.rounded("alive", 6),
    "lifetime_purchases": queries.rounded("purchases", 6),
    "lifetime_order_value": queries.rounded("order_value", 2),
}
"""As users' answers name them, and as SQL; what is compared is what is shown."""


async def load_predicting(connection: Connection, workspace_id: int) -> bool:
    """Whether the models were ever asked for."""
    return bool(await connection.fetchval(queries.PREDICTING, workspace_id))


PREDICTING: Part[bool] = Part("lifetime", load_predicting)
"""Whether a workspace can have predictions, so that answers of those that cannot have look for none."""


async def predictions_of(
    connection: Connection, workspace_id: int, contact_ids: Sequence[int]
) -> dict[int, dict[str, float | None]]:
    """The last refresh's figures by contact and the names of ``SHOWN``; who is not predicted is left out."""
    rows = await connection.fetch(queries.of_contacts(SHOWN), workspace_id, list(contact_ids))
    return {
        row["contact_id"]: {name: None if row[name] is None else float(row[name]) for name in SHOWN} for row in rows
    }


def prediction_columns(alias: str) -> dict[str, Column]:
    """The figures of a contact, which a statement calls ``alias``."""
    return {
        name: Column(queries.STORED.replace("{figure}", figure).replace("{s}", alias), "float")
        for name, figure in SHOWN.items()
    }
