"""What the models read and find. Durations are whole days, money is in the workspace's base currency."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

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


class Findings(msgspec.Struct):
    """What a refresh found. ``note`` says why there are no predictions, ``spending_note`` why they have no values.

    ``unconverted`` counts deals whose value has no rate; ``correlation`` is that of the number and the mean value of
    repeat purchases, which Gamma-Gamma takes to be nil.
    """

    contacts: int = 0
    repeaters: int = 0
    fitted: int = 0
    unconverted: int = 0
    buying: Fit | None = None
    spending: Fit | None = None
    mean_order_value: float | None = None
    correlation: float | None = None
    note: str = ""
    spending_note: str = ""


class Model(msgspec.Struct, frozen=True):
    """The models of a workspace: which deals count, when they are fitted, and what was found the last time."""

    filter: Any
    nightly: bool = False
    refresh_id: int = 0
    state: str = "never"
    started_at: datetime | None = None
    finished_at: datetime | None = None
    next_refresh_at: datetime | None = None
    findings: Findings = msgspec.field(default_factory=Findings)


class Lifetime(msgspec.Struct, frozen=True):
    """What is predicted of one contact, with what it was predicted from."""

    history: History
    prediction: Prediction
    as_of: datetime
