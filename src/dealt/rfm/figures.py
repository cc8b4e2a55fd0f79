"""The three aggregators of an RFM, and who has which figures by them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from dealt.aggregators import Aggregator, over_everybody, read_figure
from dealt.freshness import Vocabulary
from dealt.kernel.sql import Sql, sql
from dealt.rfm.model import FIGURES, Rfm

# An order that came back whole is none.
_RETURNED = {
    "all": [
        {"field": "refunded_total", "op": "greater", "value": 0},
        {"field": "net_value", "op": "less_or_equal", "value": 0},
    ]
}
_CALLED = {
    "orders": ("count", None, "number of orders"),
    "last_order": ("max", "ordered_at", "time of the last order"),
    "value": ("sum", "value", "value of all orders"),
}


def aggregators_of(rfm: Rfm) -> list[Aggregator]:
    """As they are written, in the order of ``FIGURES``."""
    return [_aggregator(rfm, name) for name in FIGURES]


def _aggregator(rfm: Rfm, figure: str) -> Aggregator:
    function, field, called = _CALLED[figure]
    counted: Any = rfm.filter
    if rfm.net_of_returns:
        counted = {"all": [*([rfm.filter] if rfm.filter else []), {"not": _RETURNED}]}
    return Aggregator(
        id=0, name=f"{rfm.name}: {called}", description=f"Made for the RFM {rfm.name}.", source="deals",
        function=function, field=field, by=None, last_n=5, net_of_returns=rfm.net_of_returns and figure == "value",
        filter=counted, window=rfm.window, target=rfm.attribute(figure), value_type="",
    )  # fmt: skip


def check_words(vocabulary: Vocabulary, rfm: Rfm) -> None:
    """Raise InvalidInput for a filter or window that makes no sense, naming the place as it was written."""
    for one in aggregators_of(replace(rfm, net_of_returns=False)):
        read_figure(one, vocabulary)


def measured(vocabulary: Vocabulary, rfm: Rfm, now: datetime) -> Sql:
    """A CTE ``measured`` of everybody who has an order that counts: their orders, the day of the last, and the value.

    It is read from the deals themselves, so it lags behind nothing. Raises InvalidInput that names the place.
    """
    check_words(vocabulary, rfm)
    figures = {one: read_figure(made, vocabulary) for one, made in zip(FIGURES, aggregators_of(rfm), strict=True)}
    zone = vocabulary.zone.key
    return (
        sql("WITH found AS (") + over_everybody(vocabulary, figures, now)
        + sql("), measured AS MATERIALIZED (SELECT f.contact_id, f.orders, ((f.last_order)::timestamptz AT TIME ZONE"
              " {}::text)::date AS day, coalesce(f.value, 0) AS value", zone)
        + sql(" FROM found AS f JOIN contacts AS c ON c.id = f.contact_id WHERE f.orders > 0")
        + sql(" AND c.workspace_id = {}::bigint AND NOT c.placeholder)", vocabulary.workspace_id)
    )  # fmt: skip
