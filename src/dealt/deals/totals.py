"""What stands in each stage: how many deals, and what they are worth. Kept by differences, never counted anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from dealt.deals import queries_of_totals as queries
from dealt.freshness import Drift, Unit
from dealt.kernel.db import Connection, Pool, transaction
from dealt.kernel.rounds import IDLE_S

FOLDING_DUE = queries.FOLDING_DUE
DELTAS_A_ROUND = 20_000
_SUMS = ("deals", "value", "base_value", "unconverted")


@dataclass(slots=True)
class Total:
    """Some deals together. ``by_currency`` holds no sum over currencies; ``base_value`` is that, without the
    ``unconverted``, which have a value and no rate."""

    deals: int = 0
    by_currency: dict[str, Decimal] = field(default_factory=dict)
    base_value: Decimal = Decimal(0)
    unconverted: int = 0

    def add(self, deals: int, currency: str, value: Decimal, base_value: Decimal, unconverted: int) -> None:
        """Some more, all of one currency; "" where they name none."""
        self.deals += deals
        self.base_value += base_value
        self.unconverted += unconverted
        if value:
            self.by_currency[currency] = self.by_currency.get(currency, Decimal(0)) + value


async def read_totals(
    connection: Connection, workspace_id: int, stage_ids: Sequence[int], statuses: Iterable[int] = ()
) -> Mapping[int, Total]:
    """What stands in each of these stages at this moment, exactly; of ``statuses`` only, where some are named."""
    wanted = frozenset(statuses)
    totals = {stage_id: Total() for stage_id in stage_ids}
    for row in await connection.fetch(queries.TOTALS, workspace_id, list(stage_ids)):
        if not wanted or row["status"] in wanted:
            totals[row["stage_id"]].add(
                int(row["deals"]), row["currency"], row["value"], row["base_value"], int(row["unconverted"])
            )
    return totals


async def check_stages(connection: Connection, workspace_id: int) -> list[Drift]:
    """Count all deals of a workspace, mend what the totals lack, and say what differed before.

    The caller's transaction may be undone.
    """
    found = []
    for row in await connection.fetch(queries.CHECK_STAGES, workspace_id):
        for name in _SUMS:
            if row[name] != row[f"new_{name}"]:
                what = f"status {row['status']}, {row['currency'] or 'no currency'}: {name}"
                unit = Unit(0, "stage", row["stage_id"], f"stage_totals:{name}", what)
                found.append(Drift(unit, float(row[name]), float(row[f"new_{name}"])))
    return found


class FoldingRounds:
    """Folds the differences that writes appended into the totals; one process does it at a time."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def round(self) -> float:
        """Fold one batch."""
        async with transaction(self._pool) as connection:
            if not await connection.fetchval(queries.HOLD_FOLDING):
                return IDLE_S
            folded = await connection.fetchval(queries.FOLD, DELTAS_A_ROUND)
            if folded:
                await connection.execute(queries.SWEEP)
        return 0.0 if folded == DELTAS_A_ROUND else IDLE_S
