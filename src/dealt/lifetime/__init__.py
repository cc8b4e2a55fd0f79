"""Customer lifetime: whether a contact still buys, how often it will, and what its orders are worth."""

from dealt.lifetime.assessing import assess
from dealt.lifetime.buying import Buying, fit_buying
from dealt.lifetime.columns import PREDICTING, prediction_columns, predictions_of
from dealt.lifetime.keeping import (
    FIELDS,
    NIGHTLY,
    REFRESH,
    ask_for_refresh,
    plan_lifetime,
    read_lifetime,
    read_model,
    refit_lifetime,
    update_model,
)
from dealt.lifetime.model import HORIZON_DAYS, Findings, Fit, History, Lifetime, Model, Prediction
from dealt.lifetime.refreshing import nightly_lifetime, refresh_lifetime
from dealt.lifetime.spending import Spending, fit_spending
from dealt.people import Derived

LIFETIMES = Derived("contact_lifetimes")
"""Predictions go with their contact; whoever takes others in keeps its own until the next refresh."""

__all__ = [
    "FIELDS",
    "HORIZON_DAYS",
    "LIFETIMES",
    "NIGHTLY",
    "PREDICTING",
    "REFRESH",
    "Buying",
    "Findings",
    "Fit",
    "History",
    "Lifetime",
    "Model",
    "Prediction",
    "Spending",
    "ask_for_refresh",
    "assess",
    "fit_buying",
    "fit_spending",
    "nightly_lifetime",
    "plan_lifetime",
    "prediction_columns",
    "predictions_of",
    "read_lifetime",
    "read_model",
    "refit_lifetime",
    "refresh_lifetime",
    "update_model",
]
