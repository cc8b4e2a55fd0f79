"""Customer lifetime: whether a contact still buys, how often it will, and what its orders are worth."""

from dealt.lifetime.buying import Buying, fit_buying
from dealt.lifetime.model import HORIZON_DAYS, Fit, History, Prediction
from dealt.lifetime.spending import Spending, fit_spending

__all__ = [
    "HORIZON_DAYS",
    "Buying",
    "Fit",
    "History",
    "Prediction",
    "Spending",
    "fit_buying",
    "fit_spending",
]
