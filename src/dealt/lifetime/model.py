"""What the models read and find. Durations are whole days, money is in the workspace's base currency."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

HORIZON_DAYS = 90


class History(msgspec.Struct, frozen=True, gc=False):
    """The purchases of one contact, as days on which it bought.

    ``repeats`` counts the days after the first, ``recency`` is from the first to the last, ``age`` from the first to
    now. ``mean_value`` is what a repeat day brought on average, net of returns; 0 where there was none.
    """

    repeats: int
    recency: int
    age: int
    mean_value: float = 0.0


class Fit(msgspec.Struct, frozen=True):
    """Where the likelihood of a model is highest.

    ``converged`` says that the slope is nil there, ``agreeing`` how many of ``starts`` ended at the same height.
    """

    parameters: Sequence[float]
    log_likelihood: float
    converged: bool
    iterations: int
    agreeing: int
    starts: int


class Prediction(msgspec.Struct, frozen=True, gc=False):
    """``purchases`` are expected in the next 90 days, ``order_value`` of a purchase; None where no model says it."""

    alive: float
    purchases: float
    order_value: float | None
